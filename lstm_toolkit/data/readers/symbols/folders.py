"""Folders of FASTA and FASTQ files: one a class, or one for each published split."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from lstm_toolkit.data.readers.symbols.records import (
    ID,
    LABEL,
    SEQUENCE,
    TITLE,
    read_records,
    record_suffix,
)
from lstm_toolkit.data.readers.tables.folders import split_of
from lstm_toolkit.data.readers.tables.joined import SPLIT
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.texts.class_folders import others_in, walk
from lstm_toolkit.data.splits.parts import TRAIN, part_of
from lstm_toolkit.errors import DataError


def record_files(root: Path) -> list[Path]:
    """Returns the FASTA and FASTQ files below a folder."""
    return [file for file in walk(root) if record_suffix(file)]


def read_record_folder(
    root: Path, encoding: str, labelled: Callable[[Table], Table] | None
) -> Table:
    """Reads all records of a folder.

    Files named after splits, or in folders that are, are those; their classes stand in headers
    or, where files stand in folders with other names too, are those folders' names. Else the name
    of each file is a class, or that of its folder where there are several.

    Args:
        root: The folder.
        encoding: Of the headers.
        labelled: Adds classes to records of one file; None where none are needed.

    Raises:
        DataError: If there is no such file, or as `read_records` and `labelled` do.
    """
    files = record_files(root)
    if not files:
        raise DataError("needs FASTA or FASTQ files. Received: a folder without any", path=root)
    _check_names(files, root)
    parts = {file: split_of(file, root) for file in files}
    split = len({part for part in parts.values() if part}) > 1
    columns: dict[str, list[str]] = {ID: [], TITLE: [], SEQUENCE: []}
    columns |= {LABEL: []} if labelled else {}
    columns |= {SPLIT: []} if split else {}
    for file in files:
        table = read_records(file, encoding)
        name = _class_of(file, root, parts[file] if split else "")
        if labelled and not name:
            table = labelled(table)
        cells = {**table.columns, LABEL: table.columns.get(LABEL, [name] * len(table))}
        cells[SPLIT] = [parts[file] or TRAIN] * len(table)
        for column in columns:
            columns[column] += cells[column]
    others = others_in(root, files, "of another kind")
    return Table(columns, (), root, left_out=others, unit="records and files")


def _class_of(file: Path, root: Path, part: str) -> str:
    """Returns the class that the name of a file or of the folder above it tells; "" for none."""
    if above := _class_above(file, root):
        return above
    return "" if part and split_of(Path(file.name), Path()) else _stem(file)


def _class_above(file: Path, root: Path) -> str:
    above = [name for name in file.relative_to(root).parts[:-1] if not part_of(name)]
    return above[-1] if above else ""


def _stem(file: Path) -> str:
    """Returns a file's name without the ending that tells its form: `E.coli` of `E.coli.fa.gz`."""
    name = file.with_suffix("") if file.suffix.lower() == ".gz" else file
    return name.name.removesuffix(name.suffix)


def _check_names(files: Iterable[Path], root: Path) -> None:
    """Refuses two files of one folder that would be one class by their names alone."""
    first: dict[Path, Path] = {}
    for file in files:
        other = first.setdefault(file.with_name(_stem(file)), file)
        if other is not file and not _class_above(file, root):
            raise DataError(
                "needs one file for each class, or a folder of its name for several. "
                f"Received: {other.name[:60]} and {file.name[:60]}",
                path=root,
            )
