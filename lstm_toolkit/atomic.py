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


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
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


def clear_drafts(folder: Path) -> None:
    """Removes what `replacing` could not finish in `folder` because it was killed."""
    for entry in folder.iterdir():
        if is_draft(entry):
            entry.unlink(missing_ok=True)


def is_draft(path: Path) -> bool:
    """Tells whether `replacing` made a file of this name."""
    return re.fullmatch(r"\..+\.\d+\.\w+", path.name) is not None


@contextlib.contextmanager
def new_folder(parent: Path) -> Iterator[Path]:
    """Yields a new hidden folder in `parent`, removed at the end if it still stands."""
    parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=parent))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Writes a UTF-8 text file atomically."""
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Writes a JSON file atomically, indented for people to read."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
