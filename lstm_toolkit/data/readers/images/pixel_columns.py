"""Which columns of a table of pixels hold labels, splits and running numbers."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.images.label_names import LABEL_NAMES
from lstm_toolkit.data.readers.images.pixels import white_level
from lstm_toolkit.data.splits.parts import SPLIT_NAMES, fold, part_of
from lstm_toolkit.errors import DataError, did_you_mean

ENDS = ("first", "last")
"""What the setting `label_column` says of a table without a header."""

MOST_CLASSES = 100
EVENNESS = 0.5
"""Least entropy of labels, as a share of that of equally frequent ones: pixels at an edge are
nearly all ground."""
NEIGHBOURS = 0.5
"""Correlation with the next pixel from which a column is one itself."""

_INDEX_NAMES = ("", "index", "id", "idx", "imageid", "image_id", "row", "no", "number")


@dataclasses.dataclass(frozen=True)
class Columns:
    """What the columns of a table are.

    Attributes:
        label: Position of the labels.
        names: Of all columns, None without a header.
        split: Position of what says to which split a row belongs.
        indices: Positions of running numbers, which are left out.
    """

    label: int
    names: list[str] | None
    split: int | None = None
    indices: tuple[int, ...] = ()
    total: int = 0

    @property
    def no_pixels(self) -> set[int]:
        """Positions of all that are no pixels."""
        return {self.label, *self.indices, *([] if self.split is None else [self.split])}

    @property
    def name(self) -> str:
        """The name of the label column, or its number from 1."""
        return self.names[self.label] if self.names is not None else str(self.label + 1)

    @property
    def described(self) -> str:
        """Which column holds the labels, in words."""
        if self.names is not None:
            return f"column {self.name}"
        if self.label == self.total - 1:
            return "the last column"
        return "the first column" if self.label == 0 else f"column {self.name}"

    @property
    def remarks(self) -> list[str]:
        """What is to be told besides."""
        return ["a running number of rows left out"] if self.indices else []


def is_header(cells: list[str], label_column: str = "") -> bool:
    """Tells whether the first line names columns: by words, or by counting them.

    >>> is_header(["label", "0", "1", "2"]), is_header(["A", "0", "0", "7"])
    (True, False)
    """
    words = [cell for cell in cells if not _is_number(cell)]
    if len(words) > len(cells) / 2:
        return True
    known = {*LABEL_NAMES, *_INDEX_NAMES, label_column.casefold()}
    if any(word.casefold() in known or fold(word) in SPLIT_NAMES for word in words):
        return True
    numbers = [float(cell) for cell in cells if _is_number(cell)]
    counted = all(later - first == 1 for first, later in itertools.pairwise(numbers))
    return len(words) <= 2 and len(numbers) > 3 and counted


def unmangled(cells: list[str]) -> list[str] | None:
    """Returns the row that pandas took for a header, and whose repeated cells it numbered.

    >>> unmangled(["7", "0", "0.1", "0.2", "0.3"])
    ['7', '0', '0', '0', '0']
    >>> unmangled(["label", "p0", "p1"])
    """
    seen: Counter[str] = Counter()
    row = []
    for cell in cells:
        stem, dot, number = cell.rpartition(".")
        value = stem if dot and seen[stem] and number == str(seen[stem]) else cell
        seen[value] += 1
        row.append(value)
    renamed = sum(one != other for one, other in zip(row, cells, strict=True))
    numbers = sum(map(_is_number, row)) >= len(row) - 1
    return row if renamed >= 3 and numbers and len(set(cells)) == len(cells) else None


def by_name(names: list[str] | None, label_column: str) -> list[int]:
    """Returns the positions of columns that by their names are no pixels."""
    return [
        place
        for place, name in enumerate(names or [])
        if name.casefold() in LABEL_NAMES
        or fold(name) in SPLIT_NAMES
        or is_index(name)
        or (name and name == label_column)
    ]


def decide(
    names: list[str] | None,
    total: int,
    texts: Mapping[int, NDArray[Any]],
    pixels: NDArray[Any],
    label_column: str,
    path: Path | None,
) -> Columns:
    """Decides what each column is.

    Args:
        names: Of the columns, None without a header.
        total: How many columns there are.
        texts: Cells of columns that may be no pixels, `object[n]` by position.
        pixels: All others, `[n, pixels]`.
        label_column: What the user says.
        path: The table.

    Raises:
        DataError: If which column holds labels cannot be told.
    """
    split = _split_column(names, texts, path)
    named = _named_label(names, label_column, path)
    indices = tuple(
        place
        for place in range(min(2, total))
        if place in texts and place != named and _is_running(names, place, texts[place])
    )
    indices = indices if 0 in indices else ()
    left = [place for place in range(total) if place not in indices and place != split]
    label = named
    if label is None:
        ends = dict(zip(ENDS, (left[0], left[-1]), strict=True))
        label = ends.get(label_column)
    if label is None:
        label = _by_values(ends, texts, pixels, names, path)
    return Columns(label, names, split, tuple(p for p in indices if p != label), total)


def _split_column(
    names: list[str] | None, texts: Mapping[int, NDArray[Any]], path: Path | None
) -> int | None:
    """Returns the column of splits; beside two of them it may hold other words."""
    for place, name in enumerate(names or []):
        if fold(name) not in SPLIT_NAMES:
            continue
        words = sorted(set(texts[place]))
        parts = set(map(part_of, words))
        if "" not in parts or len(parts) > 2:
            return place
        if _as_numbers(texts[place]) is None:
            wrong = next(word for word in words if not part_of(word))
            raise DataError(
                "needs train, validation or test in the column of splits. "
                f"Received: {wrong[:40] or 'nothing'}",
                path=path,
            )
    return None


def _named_label(names: list[str] | None, label_column: str, path: Path | None) -> int | None:
    if label_column and (names is None or label_column not in names):
        if label_column in ENDS:
            return None
        known = [*ENDS, *(names or [])]
        raise DataError(
            f"no column `{label_column}`, {did_you_mean(label_column, known)}", path=path
        )
    if label_column and names is not None:
        return names.index(label_column)
    found = [place for place, name in enumerate(names or []) if name.casefold() in LABEL_NAMES]
    return found[0] if found else None


def is_index(name: str) -> bool:
    """Tells whether a column numbers the rows by its name."""
    return name.casefold() in _INDEX_NAMES or name.startswith("Unnamed: ")


def _is_running(names: list[str] | None, place: int, cells: NDArray[Any]) -> bool:
    """Tells whether a column numbers the rows: each cell is one more than that before."""
    if names is not None and not is_index(names[place]) and not _is_number(names[place]):
        return False
    numbers = _as_numbers(cells)
    if numbers is None or len(numbers) < 3:
        return names is not None and is_index(names[place]) and len(set(cells)) == len(cells)
    named = names is not None and is_index(names[place])
    distinct = len(np.unique(numbers)) == len(numbers)
    return bool((np.diff(numbers) == 1).all()) or (named and distinct)


def _as_numbers(cells: NDArray[Any]) -> NDArray[np.float64] | None:
    try:
        numbers = cells.astype(np.float64)
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _by_values(
    ends: Mapping[str, int],
    texts: Mapping[int, NDArray[Any]],
    pixels: NDArray[Any],
    names: list[str] | None,
    path: Path | None,
) -> int:
    """Returns the end of the rows that holds labels, not pixels.

    Raises:
        DataError: If neither looks so, or both do.
    """
    good = {end: place for end, place in ends.items() if _looks_like_labels(texts[place])}
    beyond = {place for place in ends.values() if _is_no_pixel(texts[place], pixels)}
    if beyond:
        good = {end: place for end, place in good.items() if {place} == beyond}
    good = {end: place for end, place in good.items() if not _goes_along(end, place, texts, pixels)}
    if len(set(good.values())) == 1:
        return next(iter(good.values()))
    received = "both ends" if good else "neither end"
    shown = "" if names is None else f" of {', '.join(names[:3])}, … {names[-1]}"[:150]
    raise DataError(
        f"needs a column named {' or '.join(LABEL_NAMES[:5])}, or the setting label_column: its "
        f"name, first or last. Received: values like labels at {received}{shown}",
        path=path,
    )


def _looks_like_labels(cells: NDArray[Any]) -> bool:
    values, counts = np.unique(cells.astype(str), return_counts=True)
    numbers = _as_numbers(values)
    if numbers is None:
        return "" not in values
    if (numbers % 1 != 0).any() or not 2 <= len(np.unique(numbers)) <= MOST_CLASSES:
        return False
    shares = counts / counts.sum()
    evenness = -(shares * np.log(shares)).sum() / np.log(len(shares))
    return bool(evenness >= EVENNESS) and len(cells) >= 2 * len(values)


def _is_no_pixel(cells: NDArray[Any], pixels: NDArray[Any]) -> bool:
    """Tells whether cells are text, or above the scale of the pixels."""
    numbers = _as_numbers(cells)
    return numbers is None or bool(numbers.max(initial=0) > white_level(pixels))


def _goes_along(
    end: str, place: int, texts: Mapping[int, NDArray[Any]], pixels: NDArray[Any]
) -> bool:
    """Tells whether a column at one end goes along with the pixel beside it."""
    numbers = _as_numbers(texts[place])
    beside: NDArray[Any] | None = pixels[:, 0 if end == ENDS[0] else -1] if pixels.size else None
    neighbour = place + (1 if end == ENDS[0] else -1)
    if neighbour in texts:
        beside = _as_numbers(texts[neighbour])
    if numbers is None or beside is None or not numbers.std() or not beside.std():
        return False
    return bool(abs(np.corrcoef(numbers, beside)[0, 1]) >= NEIGHBOURS)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
