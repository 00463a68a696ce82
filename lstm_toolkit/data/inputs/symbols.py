"""Sequences of letters that are to be answered: records of FASTA and FASTQ, and rows of tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.inputs.lines import is_lines, read_lines
from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.stated import names_columns, read_as_told
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.symbols.letters import without_blanks
from lstm_toolkit.data.readers.symbols.records import ID, SEQUENCE, TITLE, record_suffix
from lstm_toolkit.data.readers.symbols.tables import (
    FORMS,
    SEQUENCE_NAMES,
    SequenceFiles,
    read_sequence_table,
    row_names,
    sequence_column,
)
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError


def sequence_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads sequences, one a record, a row, or a line of a .txt file.

    A sequence that cannot be answered, as one with letters outside of the alphabet, is a row with
    an error.

    Args:
        path: See `tables.FORMS`; or a .txt file with a sequence a line.
        context: With the settings of how files are read, and the states.

    Raises:
        DataError: If it is missing, damaged or in no known form.
    """
    check_there(path, FORMS)
    table = _read(path, context)
    stated = context.column("sequence_column", table.columns)
    column = sequence_column(table, stated)
    sequences = [without_blanks(cell) for cell in table.texts(column)]
    columns = {name: cells for name, cells in table.columns.items() if name != TITLE}
    names = row_names(table, column)
    account = Account(len(table) + sum(table.left_out.values()), len(table), table.left_out)
    told = [*table.remarks, *account.remarks()]
    note = "; ".join([f"{counted(len(table), 'sequence')}: column {column}, of {path}", *told])
    state = context.states.only
    return Inputs(_rows(table, columns, sequences, names, state), columns, note)


def _read(path: Path, context: ReadingContext) -> Table:
    settings = context.settings
    if path.is_dir() or record_suffix(path):
        names = ("encoding", "sheet", "separator")
        reading = {name: getattr(settings, name) for name in names}
        return read_sequence_table(path, SequenceFiles(**reading, labelled=False))
    if is_lines(path):
        lines, remarks = read_lines(path, settings.encoding)
        if not any("\t" in line for line in lines):
            return Table({SEQUENCE: list(lines)}, range(1, len(lines) + 1), path, tuple(remarks))
    expected = SequenceFiles(settings.sequence_column).expected()
    known = {settings.sequence_column, *context.states.features}

    def header(rows: Sequence[Sequence[str]]) -> bool:
        named = any(fold(cell) in SEQUENCE_NAMES for cell in rows[0])
        return named or names_columns(rows, tuple(known - {""}))

    every = dataclasses.replace(expected, has_header=header, blank=True)
    return read_as_told(path, context, every)


def _rows(
    table: Table,
    columns: dict[str, Any],
    sequences: Sequence[str],
    names: Sequence[str],
    state: Any,
) -> Iterator[Row]:
    for row, sequence in enumerate(sequences):
        value: str | DataError = sequence
        try:
            state.check(sequence)
        except DataError as error:
            value = DataError(f"{names[row][:40]}: {error}", path=table.path, line=table.line(row))
        shown = names[row] if ID in table.columns or not sequence else sequence
        yield Row(shown, value, {name: cells[row] for name, cells in columns.items()})
