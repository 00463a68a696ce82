"""Files of text, unpacked, and what stands beside them."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path

from lstm_toolkit.errors import DataError
from lstm_toolkit.system.archives import gunzip
from lstm_toolkit.system.pointers import check_pointer


def read_bytes(path: Path) -> bytes:
    """Returns what a file holds, unpacked if its name ends in `.gz`.

    Raises:
        DataError: If it cannot be read, is truncated, or is a pointer to another file.
    """
    try:
        content = gunzip(path) if path.suffix.lower() == ".gz" else path.read_bytes()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"is truncated or damaged. {error}", path=path) from error
    except OSError as error:
        raise DataError(f"cannot be read. {error.strerror}", path=path) from error
    check_pointer(content, path)
    return content


def entries(folder: Path) -> list[Path]:
    """Returns what is in a folder, in the order of its names, without what is hidden.

    Raises:
        DataError: If it cannot be read.
    """
    try:
        found = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    except OSError as error:
        raise DataError(f"cannot be read. {error.strerror}", path=folder) from error
    return sorted(found, key=lambda entry: entry.name)


def ignored(root: Path, files: Sequence[Path]) -> tuple[str, ...]:
    """Tells what else is in the folders that were gone through, folders first.

    Args:
        root: The folder that was read.
        files: What was read in it.

    Returns:
        One remark, or none if all was read.
    """
    above = {folder for file in files for folder in (file.parent, file.parent.parent)}
    folders = {folder for folder in above if folder == root or root in folder.parents} | {root}
    used = folders.union(files)
    others = [entry for folder in folders for entry in entries(folder) if entry not in used]
    if not others:
        return ()
    others.sort(key=lambda entry: (entry.is_file(), entry))
    names = ", ".join(entry.relative_to(root).as_posix() for entry in others[:3])
    more = f" and {len(others) - 3:,} more" if len(others) > 3 else ""
    return (f"{names}{more} ignored",)
