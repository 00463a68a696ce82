"""Which picture a table means by a name, a path, or a path on another machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from lstm_toolkit.data.splits.parts import part_of

_ELSEWHERE = re.compile(r"/|[a-z]+:/")
"""How paths begin that do not depend on a folder, and addresses."""


class PictureNames:
    """Pictures by whatever a table may call them, as far as that is one alone.

    Args:
        files: The pictures.
        root: The folder of the table, in which they are.
    """

    def __init__(self, files: Sequence[Path], root: Path):
        several: dict[str, set[Path]] = {}
        for file in files:
            relative = file.relative_to(root)
            for place in range(len(relative.parts)):
                part = Path(*relative.parts[place:])
                for name in (part.as_posix(), part.with_suffix("").as_posix()):
                    several.setdefault(name.casefold(), set()).add(relative)
        self._root = root
        self._known = {name: named.pop() for name, named in several.items() if len(named) == 1}

    def find(self, name: object) -> Path | None:
        """Returns the picture that a cell names; of a path on another machine its end counts.

        Such an end is the picture's folder and name at least, where it lies in one, and no
        folder before it may be of another split.
        """
        path = str(name).replace("\\", "/").removeprefix("./").casefold()
        relative = self._known.get(path)
        if relative is None and _ELSEWHERE.match(path):
            relative = self._by_end(path.split("/"))
        return None if relative is None else self._root / relative

    def _by_end(self, parts: list[str]) -> Path | None:
        for place in range(1, len(parts)):
            relative = self._known.get("/".join(parts[place:]))
            if relative is None:
                continue
            before = relative.parts[: place - len(parts)]
            named = len(parts) - place > 1 or not before
            splits = {_split(parts[:place]), _split(before)} - {""}
            return relative if named and len(splits) < 2 else None
        return None


def _split(folders: Sequence[str]) -> str:
    """Returns the split that the innermost folder names that names one, else ""."""
    return next((part for folder in reversed(folders) if (part := part_of(folder))), "")
