"""Which models and versions lie in the folders that are served."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from lstm_toolkit.errors import InputError

GRAPH = "saved_model.pb"

Stamp = tuple[tuple[str, int, int], ...]
"""Names, sizes and times of the files of a version; another one means another content."""

Versions = dict[int, Path]


@dataclasses.dataclass(frozen=True)
class Root:
    """A folder that was given: of versions, of such folders, or one version.

    Attributes:
        path: Where it is.
        name: Of its model, if that was given.
    """

    path: Path
    name: str = ""


def parse_root(word: str) -> Root:
    """Reads `PATH` or `NAME=PATH`.

    Raises:
        InputError: If there is no folder at the path.
    """
    name, equals, rest = word.partition("=")
    named = bool(equals) and not Path(word).exists()
    root = Root(Path(rest), name) if named else Root(Path(word))
    if named and re.fullmatch(r"[\w.-]+", name) is None:
        raise InputError(f"needs letters, digits, . _ and - in NAME=PATH. Received: {word}")
    if not root.path.is_dir():
        raise InputError(f"{root.path}: needs a folder of exports. Received: no folder")
    return root


def find_models(roots: Iterable[Root]) -> dict[str, Versions]:
    """Returns the versions of each model, by name and number.

    Raises:
        InputError: If two folders give models of one name.
        OSError: If a folder cannot be read.
    """
    models: dict[str, Versions] = {}
    for root in roots:
        for name, versions in _models_of(root):
            if name in models:
                raise InputError(
                    f"{root.path}: needs models of different names, as in NAME=PATH. "
                    f"Received: {name} twice"
                )
            models[name] = versions
    return models


def _models_of(root: Root) -> Iterator[tuple[str, Versions]]:
    path = root.path.resolve()
    if (path / GRAPH).exists():
        number = path.name.isdecimal()
        name = path.parent.name if number else path.name
        yield root.name or name, {int(path.name) if number else 1: path}
    elif versions := _versions(path):
        yield root.name or path.name, versions
    elif path.is_dir() and not root.name:
        for child in sorted(path.iterdir()):
            if not child.name.startswith(".") and (versions := _versions(child)):
                yield child.name, versions


def _versions(path: Path) -> Versions:
    if not path.is_dir():
        return {}
    entries = (entry for entry in path.iterdir() if entry.name.isdecimal())
    return {int(entry.name): entry for entry in entries if (entry / GRAPH).exists()}


def stamp(version: Path) -> Stamp:
    """Returns what tells whether a version's files are as they were."""
    return tuple(sorted(_files(version)))


def _files(version: Path) -> Iterator[tuple[str, int, int]]:
    for folder, _, names in os.walk(version):
        for name in names:
            path = Path(folder) / name
            facts = path.stat()
            yield str(path.relative_to(version)), facts.st_size, facts.st_mtime_ns
