"""Folders of tables: shards of one, or a table for each published split."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from lstm_toolkit.data.readers.tables.joined import join_tables
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import TRAIN, part_of, part_of_file
from lstm_toolkit.errors import DataError


def split_of(file: Path, root: Path) -> str:
    """Returns the published split of a file, by its name or those of the folders above it."""
    above = file.relative_to(root).parts[:-1]
    return part_of_file(file) or next(filter(None, map(part_of, reversed(above))), "")


def choose_tables(files: Collection[Path], root: Path) -> dict[Path, str]:
    """Returns the tables of a folder that belong together, and the split of each.

    They are those whose names tell training, validation or test; or all of them where none does
    and they are of one form. Those without such a name are to learn from where others are
    named after a split to be scored alone, as `reviews.csv` beside `test.csv`.

    Args:
        files: All tables below the folder.
        root: The folder.

    Raises:
        DataError: If they are of several forms, and none is named after a split.
    """
    parts = {file: split_of(file, root) for file in files}
    named = {file: part for file, part in parts.items() if part}
    if TRAIN in named.values() or len(set(named.values())) > 1:
        return named
    others = [file for file in parts if file not in named]
    if len({file.name.partition(".")[2].lower() for file in others}) > 1:
        names = ", ".join(str(file.relative_to(root)) for file in sorted(files)[:4])
        raise DataError(
            "needs one table, shards of one form, or tables named after their splits, such as "
            f"train.csv and test.csv. Received: {names[:120]}",
            path=root,
        )
    if not (others and named):
        return dict.fromkeys(parts, "")
    return {file: part or TRAIN for file, part in parts.items()}


def read_tables(
    chosen: Mapping[Path, str],
    root: Path,
    read: Callable[[Path], Table],
    needed: Callable[[Table], Collection[str]],
) -> Table:
    """Reads the tables of a folder that belong together, and returns all rows.

    Args:
        chosen: What `choose_tables` returned.
        root: The folder.
        read: Reads one.
        needed: See `join_tables`.

    Raises:
        DataError: As `read` and `join_tables` do.
    """
    tables = [(str(file.relative_to(root)), part, read(file)) for file, part in chosen.items()]
    return join_tables(tables, root, needed)
