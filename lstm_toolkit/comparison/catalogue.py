"""Finds runs and searches in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from lstm_toolkit.comparison.entries import Entry, read_run, read_search
from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import BEST, CONFIG, JOINED, SAMPLES, SAVED_MODEL, SEARCH

USUAL = (Path("runs"), Path("tuning"))
"""Where `train` and `tune` leave what they are not told a folder for."""

DEPTH = 4
"""Folders below the one that is looked into."""


def find_entries(folder: Path | None = None) -> tuple[list[Entry], list[Path]]:
    """Looks for runs and searches, which may be unfinished, damaged, or of other versions.

    Args:
        folder: Looked into, `DEPTH` folders deep; a run or a search itself is one entry. None
            takes `USUAL`.

    Returns:
        The entries by their paths, and the folders directly in it that hold none.

    Raises:
        InputError: If there is no such folder.
    """
    entries: list[Entry] = []
    without: list[Path] = []
    for root in _roots(folder):
        seen: set[str] = set()
        if _kind(root) is not None:
            entries += _below(root, DEPTH, seen)
            continue
        for child in _folders(root):
            inside = list(_below(child, DEPTH - 1, seen))
            entries += inside
            without += [] if inside else [child]
    return entries, without


def _roots(folder: Path | None) -> Iterable[Path]:
    if folder is None:
        usual = [path for path in USUAL if path.is_dir()]
        if not usual:
            raise InputError("needs a folder of runs. Received: none, and neither runs nor tuning")
        return usual
    if not folder.is_dir():
        received = "a file" if folder.exists() else "none"
        raise InputError(f"{folder}: needs a folder of runs. Received: {received}")
    return [folder]


def _kind(folder: Path) -> str | None:
    if (folder / SEARCH).exists():
        return "search"
    return "run" if (folder / CONFIG).exists() or (folder / SAMPLES).exists() else None


def _below(folder: Path, depth: int, seen: set[str]) -> Iterator[Entry]:
    """Yields what a folder is, or what its folders are; each once, whatever links lead to it."""
    real = os.path.realpath(folder)
    if real in seen or (folder / SAVED_MODEL).exists():
        return
    seen.add(real)
    kind = _kind(folder)
    if kind == "run":
        yield read_run(folder)
        return
    inside = _folders(folder)
    if kind == "search":
        yield read_search(folder)
        inside = [path for path in inside if path.name.startswith(f"{BEST}-")]
    elif (folder / JOINED).exists():  # a worker's, whose trials are those of the chief
        inside = []
    if depth:
        for path in inside:
            yield from _below(path, depth - 1, seen)


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")
    except OSError:  # nobody may look into it
        return []
