"""Lines as samples: which of their cells are channels, and what is wrong with them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.series.cells import MISSING, number
from lstm_toolkit.data.readers.series.columns import COUNT_NAMES, SERIES_NAMES, TIME_NAMES
from lstm_toolkit.errors import DataError
from lstm_toolkit.serving.standard_input import STDIN

Floats = NDArray[np.float32]


class SampleReader:
    """Reads lines as samples: cells with commas, semicolons or tabs between.

    Words in the first line that holds anything name the columns. Those that hold times, the name of
    the series or numbers of rows are no channels. Without names every cell is a channel.

    Args:
        wanted: Columns that alone are channels, where the first line names all of them.

    Attributes:
        channels: How many there are; 0 until a line has told.
        names: Of the channels, none where the first line has none.
    """

    def __init__(self, wanted: Sequence[str] = ()):
        self.channels = 0
        self.names: tuple[str, ...] = ()
        self._wanted = tuple(wanted)
        self._sign = ","
        self._number, self._begun = 0, False
        self._places: tuple[int, ...] = ()
        self._width = 0
        self._series_place: int | None = None
        self._series = ""

    def read(self, line: str) -> Floats | DataError | None:
        """Returns the samples of a line or what is wrong with it; None of names or an empty line.

        Returns:
            `float32[channels]`, NaN where one is missing.

        Raises:
            DataError: If the first line names no channel.
        """
        self._number += 1
        if not line.strip():
            return None
        if not self._begun:
            self._begun = True
            self._sign = next((sign for sign in ("\t", ";", ",") if sign in line), ",")
            if _is_header(self._cells(line)):
                self._take_names(self._cells(line))
                return None
        return self._samples(self._cells(line))

    def _cells(self, line: str) -> list[str]:
        cells = next(csv.reader([line], delimiter=self._sign), [""])
        return [cell.strip() for cell in cells]

    def _take_names(self, cells: Sequence[str]) -> None:
        plain = [cell.casefold() for cell in cells]
        self._series_place = next((p for p, name in enumerate(plain) if name in SERIES_NAMES), None)
        others = ("", *SERIES_NAMES, *TIME_NAMES, *COUNT_NAMES)
        places = [place for place, name in enumerate(plain) if name not in others]
        if self._wanted and set(self._wanted) <= set(cells):
            places = [cells.index(name) for name in self._wanted]
        if not places:
            raise DataError(
                f"needs a column of samples. Received: {', '.join(cells)[:80]}",
                **self._at,
            )
        self._set_channels(places, len(cells))
        self.names = tuple(cells[place] for place in places)

    def _set_channels(self, places: Sequence[int], width: int) -> None:
        self._places, self._width, self.channels = tuple(places), width, len(places)

    def _samples(self, cells: Sequence[str]) -> Floats | DataError:
        if self.channels and len(cells) != self._width:
            return DataError(
                f"needs {self._width} cells, as the first line. Received: {len(cells)}", **self._at
            )
        if self._series_place is not None:
            series = cells[self._series_place]
            self._series = self._series or series
            if series != self._series:
                return DataError(
                    f"needs one series, {self._series[:40]}. Received: {series[:40]}", **self._at
                )
        chosen = [cells[place] for place in self._places] if self.channels else cells
        values = [number(cell) for cell in chosen]
        with np.errstate(over="ignore"):
            samples = np.array([np.inf if v is None else v for v in values], np.float32)
        if np.isinf(samples).any():
            wrong = chosen[int(np.isinf(samples).argmax())]
            return DataError(f"needs numbers. Received: {wrong[:40]}", **self._at)
        if not self.channels:
            self._set_channels(range(len(cells)), len(cells))
        return samples

    @property
    def _at(self) -> dict[str, Any]:
        return {"path": STDIN, "line": self._number}


def _is_header(cells: Sequence[str]) -> bool:
    """Tells whether cells are words: at least one is, and none is a number or begins an object."""
    filled = [cell for cell in cells if cell.casefold() not in MISSING]
    return bool(filled) and all(_is_word(cell) for cell in filled)


def _is_word(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return not cell.startswith(("{", "["))
    return False
