"""Files that are either whole or not there, whenever the process is killed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lstm_toolkit.errors import InputError

LOCK = ".lock"
"""The file that `exclusive_lock` leaves in a folder."""
_DRAFT = ".draft-"


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yields a path beside `path` to write to; moves it into place at the end.

    If the block raises, `path` stays as it was and nothing is left beside it.

    Raises:
        OSError: If the folder cannot be written or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays last because Keras chooses the format of a file by it.
    draft = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield draft
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def check_writable(folder: Path) -> None:
    """Refuses a folder that cannot be written, whether it exists yet or not; makes nothing.

    Raises:
        InputError: If it, or the nearest one above it that exists, is a file or cannot be
            written.
    """
    place = folder.absolute()
    while not place.exists() and not place.is_symlink():
        place = place.parent
    if not place.is_dir():
        raise InputError(f"{folder}: needs a folder to write to. Received: a file, {place}")
    try:
        # The rights alone do not tell: the disk may be full, or mounted for reading.
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written. {error.strerror}; choose another place"
        ) from error


def clear_drafts(folder: Path) -> None:
    """Removes what a killed process left unfinished in `folder`; hold its lock meanwhile."""
    for entry in folder.iterdir():
        if entry.name.startswith(_DRAFT):
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name != LOCK and is_draft(entry):
            entry.unlink(missing_ok=True)


def is_draft(path: Path) -> bool:
    """Tells whether this file is a lock, or a draft that `atomic_write` made."""
    return path.name == LOCK or re.fullmatch(r"\..+\.\d+\.\w+", path.name) is not None


@contextlib.contextmanager
def exclusive_lock(folder: Path) -> Iterator[None]:
    """Keeps other processes of this toolkit from writing to `folder` during the block.

    The folder is made if need be. The system lets go of the lock when a process dies.

    Raises:
        InputError: If another process holds it.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(f"{folder}: another process is writing to it") from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def new_folder(parent: Path) -> Iterator[Path]:
    """Yields a new hidden folder in `parent`, removed at the end if it still stands."""
    parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=parent))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Writes a UTF-8 text file atomically."""
    with atomic_write(path) as draft:
        draft.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Writes a JSON file atomically, indented for people to read."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
