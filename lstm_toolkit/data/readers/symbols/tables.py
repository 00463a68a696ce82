"""Any file of sequences as a table, and which of its columns hold what."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.data.readers.symbols.folders import read_record_folder, record_files
from lstm_toolkit.data.readers.symbols.header_labels import HeaderLabels, with_labels
from lstm_toolkit.data.readers.symbols.records import (
    ID,
    SUFFIXES,
    read_records,
    record_suffix,
)
from lstm_toolkit.data.readers.tables.columns import LABEL_NAMES
from lstm_toolkit.data.readers.tables.folders import choose_tables, read_tables
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import SUFFIXES as TABLE_SUFFIXES
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected, read_data, table_suffix
from lstm_toolkit.data.readers.tables.tables import read_table as read_one
from lstm_toolkit.data.readers.texts.class_folders import walk
from lstm_toolkit.data.readers.texts.nested import unfolded
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

FORMS = (
    f"a FASTA or FASTQ file ({', '.join(SUFFIXES[:3])}, .fastq …, with .gz or not), a folder of "
    f"such with a file a class, or {TABLES}"
)

SEQUENCE_NAMES = (
    *("sequence", "seq", "sequences", "dna", "rna", "protein", "dnasequence", "rnasequence"),
    *("proteinsequence", "aasequence", "aa", "aaseq", "nucleotides", "residues", "peptide"),
    *("read", "promoter", "bases", "input", "primary", "text", "序列"),
)
"""Names of a column of sequences, best first; case and signs do not count."""

NAME_NAMES = (ID, "name", "accession", "entry", "record", "geneid", "proteinid", "pdbid")
"""Names of a column by which a row is called in messages."""


@dataclasses.dataclass(frozen=True)
class SequenceFiles:
    """How files of sequences are read.

    Attributes:
        sequence_column: Of tables; "" finds it.
        label_column: Likewise.
        encoding: Of text files.
        sheet: Of workbooks; "" finds it.
        separator: Of CSV and TSV; "" finds it.
        header_labels: Where classes stand in headers of FASTA, see `with_labels`.
        labels_file: A table of ids and classes; "" takes one beside.
        labelled: Whether classes are needed.
        known: The classes of a trained network.
    """

    sequence_column: str = ""
    label_column: str = ""
    encoding: str = "utf-8"
    sheet: str = ""
    separator: str = ""
    header_labels: HeaderLabels = "auto"
    labels_file: str = ""
    labelled: bool = True
    known: Sequence[str] = ()

    def expected(self, more: Sequence[str] = ()) -> Expected:
        """Returns what a table is read for."""
        own = [fold(name) for name in (self.sequence_column, self.label_column) if name]
        names = (*SEQUENCE_NAMES, *NAME_NAMES, *LABEL_NAMES, *own, *more)
        return Expected(FORMS, names=names, sheet=self.sheet, separator=self.separator)


def read_sequence_table(data: Path | pd.DataFrame, files: SequenceFiles) -> Table:
    """Reads any of `FORMS` as a table.

    Raises:
        DataError: If it is missing, damaged or in no known form.
    """
    labelled = partial(
        with_labels, how=files.header_labels, labels_file=files.labels_file, known=files.known
    )
    add: Callable[[Table], Table] | None = labelled if files.labelled else None
    if isinstance(data, Path) and record_suffix(data) and not data.is_dir():
        table = read_records(data, files.encoding)
        return add(table) if add else table
    if isinstance(data, Path) and data.is_dir() and record_files(data):
        return read_record_folder(data, files.encoding, add)
    expected = files.expected()
    folder = partial(_folder, files=files, expected=expected)
    return unfolded(read_data(data, files.encoding, folder, expected))


def _folder(root: Path, files: SequenceFiles, expected: Expected) -> Table:
    tables = [file for file in walk(root) if table_suffix(file) in TABLE_SUFFIXES]
    if not tables:
        raise DataError(f"needs {FORMS}. Received: a folder without any", path=root)

    def needed(table: Table) -> Collection[str]:
        return {sequence_column(table, files.sequence_column)}

    read = partial(read_one, encoding=files.encoding, expected=expected)
    return read_tables(choose_tables(tables, root), root, read, needed)


def sequence_column(table: Table, stated: str = "") -> str:
    """Returns the column of sequences: as stated, else by its name, else by its letters.

    Raises:
        DataError: If there is no such column, or the choice is open.
    """
    if stated:
        if stated not in table.columns:
            hint = did_you_mean(stated, table.columns)
            raise DataError(f"no column `{stated}` for sequence_column, {hint}", path=table.path)
        return stated
    names = {fold(name): name for name in reversed(table.columns)}
    known = next((names[name] for name in SEQUENCE_NAMES if name in names), "")
    if known:
        return known
    written = [name for name in table.columns if _is_sequences(table.columns[name])]
    if len(written) != 1:
        raise DataError(
            "needs one column of sequences, named `sequence` or by the setting sequence_column. "
            f"Received: {', '.join(table.columns)[:120]}",
            path=table.path,
        )
    return written[0]


def _is_sequences(cells: Sequence[Any]) -> bool:
    """Tells whether cells are long words of letters and gaps alone."""
    words = ["".join(str(cell).split()) for cell in cells if cell is not None]
    letters = all(word.strip("-.*").replace("-", "").isalpha() for word in words if word)
    return bool(words) and letters and sum(map(len, words)) >= 15 * len(words)


def row_names(table: Table, column: str) -> list[str]:
    """Returns how each row is called: its id, or its number.

    Args:
        table: What was read.
        column: Of the sequences, which is no name.
    """
    names = {fold(name): name for name in reversed(table.columns) if name != column}
    chosen = next((names[name] for name in NAME_NAMES if name in names), "")
    cells = table.texts(chosen) if chosen else [""] * len(table)
    return [cell or f"row {row:,}" for row, cell in enumerate(cells, 1)]
