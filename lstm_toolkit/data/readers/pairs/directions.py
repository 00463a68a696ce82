"""From which column or language to which other, as settings say it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from lstm_toolkit.data.readers.pairs.languages import is_name, language
from lstm_toolkit.errors import DataError, did_you_mean


@dataclasses.dataclass(frozen=True)
class RequestedColumns:
    """The settings that choose columns, or files by their languages.

    Attributes:
        source_column: The column of source sentences.
        target_column: The column of their translations.
        direction: Both, as `en-zh`.

    Raises:
        DataError: If a column is asked for in two ways, or the direction is no two names.
    """

    source_column: str = ""
    target_column: str = ""
    direction: str = ""

    def __post_init__(self) -> None:
        if self.direction and len(self._told) > 1:
            received = ", ".join(f"{name}={value}" for name, value in self._told)
            raise DataError(
                f"needs either direction, or source_column and target_column. Received: {received}"
            )
        if self.direction and not self.cuts:
            raise DataError(
                "needs two names with - between them as direction, such as en-zh. "
                f"Received: direction={self.direction}"
            )

    def __bool__(self) -> bool:
        """Whether anything is told."""
        return bool(self._told)

    @property
    def cuts(self) -> list[tuple[str, str]]:
        """The ways to take the direction as two names, which may hold - themselves."""
        parts = self.direction.split("-")
        halves = (("-".join(parts[:i]), "-".join(parts[i:])) for i in range(1, len(parts)))
        cuts = [(source.strip(), target.strip()) for source, target in halves]
        return [cut for cut in cuts if all(cut)]

    def names_header(self, rows: Sequence[Sequence[str]]) -> bool:
        """Tells whether the first row names columns: those asked for, or two that are known.

        A table of sentences has none if in doubt, so that no sentence is lost.
        """
        cells = {" ".join(cell.split()) for cell in rows[0]}
        asked = {self.source_column, self.target_column, *(n for cut in self.cuts for n in cut)}
        if any(name in cells for name in asked if name and not name.isdecimal()):
            return True
        if len(rows[0]) == 1:  # a sentence may well be "hi" or "no", which are codes too
            return all(is_name(cell) and len(cell) > 3 for cell in cells)
        return sum(map(is_name, cells)) > 1

    def among(
        self,
        names: Sequence[str],
        choice: Sequence[str],
        path: Path | None,
        *,
        noun: str = "column",
        labelled: bool = True,
    ) -> tuple[str, str]:
        """Returns the names that are asked for, "" where none is.

        Args:
            names: All there are; a number counts them from 1.
            choice: Those to be told if another is asked for.
            path: Where they are from.
            noun: What they name.
            labelled: Whether the target is asked for too.

        Raises:
            DataError: If there is no such name, or source and target are the same.
        """
        cuts = self.cuts or [(self.source_column, self.target_column)]
        cuts = cuts if labelled else [(source, "") for source, _ in cuts]
        found = next(filter(None, (_both(cut, names) for cut in cuts)), None)
        if found is None:
            name = next(name for name in cuts[0] if name and not _find(name, names))
            hint = did_you_mean(name, choice)
            raise DataError(f"no {noun} `{name}` for {self._option(name)}, {hint}", path=path)
        if found[0] and found[0] == found[1]:
            received = ", ".join(f"{name}={value}" for name, value in self._told)
            message = f"needs source and target in different {noun}s. Received: {received}"
            raise DataError(message, path=path)
        return found

    @property
    def _told(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in vars(self).items() if value]

    def _option(self, name: str) -> str:
        """Returns the setting in which a name stands."""
        if self.direction:
            return f"direction={self.direction}"
        return "source_column" if name == self.source_column else "target_column"


def _both(cut: tuple[str, str], names: Sequence[str]) -> tuple[str, str] | None:
    """Returns the names that two words stand for, or else the columns that they count."""
    found = tuple(_find(word, names) for word in cut)
    if not all(name or not word for name, word in zip(found, cut, strict=True)):
        numbers = range(1, len(names) + 1)
        if not all(not word or (word.isdecimal() and int(word) in numbers) for word in cut):
            return None
        found = tuple(names[int(word) - 1] if word else "" for word in cut)
    return found[0], found[1]


def _find(word: str, names: Sequence[str]) -> str:
    """Returns the name that a word stands for: itself, but for case, or its language."""
    if word in names:
        return word
    for plain in (str.casefold, language):
        same = [name for name in names if plain(word) and plain(name) == plain(word)]
        if len(same) == 1:
            return same[0]
    return ""
