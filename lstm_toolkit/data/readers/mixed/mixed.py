"""Reads tables whose columns are of several kinds."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import texts
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.labels import label_text
from lstm_toolkit.data.readers.mixed.columns import (
    MixedColumns,
    choose_mixed,
    find_label,
    split_column,
)
from lstm_toolkit.data.readers.mixed.names import kind_of, split_names
from lstm_toolkit.data.readers.mixed.pictures import picture_column
from lstm_toolkit.data.readers.mixed.sample import sample_products
from lstm_toolkit.data.readers.mixed.values import absent, column_of
from lstm_toolkit.data.readers.series.cells import number
from lstm_toolkit.data.readers.tables.columns import LABEL_NAMES
from lstm_toolkit.data.readers.tables.folders import choose_tables, read_tables
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected, read_data, read_table
from lstm_toolkit.data.readers.texts.labels import clean_labels
from lstm_toolkit.data.readers.texts.texts import tables_in
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION, fold, part_of
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

FORMS = f"{TABLES}, with columns that go in and one that comes out, or a folder of such tables"

CLASSES, NUMBERS = "label", "number"
"""Names of what comes out among the targets of rows."""


def read_mixed(
    data: Path | pd.DataFrame | None,
    *,
    columns: Mapping[str, str] | None = None,
    label_column: str = "",
    label_kind: str = "auto",
    unused_columns: str = "",
    decimal: str = "point",
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
    height: int = 0,
    width: int = 0,
    resize: str = "pad",
    known: Mapping[str, Any] | None = None,
    scored: bool = False,
) -> Source:
    """Reads a table of columns of several kinds with what is to come out of them.

    Rows without a label are left out. The note tells which column was taken for what, which
    are left alone, and why.

    Args:
        data: A data frame or a path, see `FORMS`; None takes the sample products.
        columns: Columns by their kind, with commas between; what is not named is proposed.
        label_column: The column that comes out; "" finds it by its name.
        label_kind: "classes", "numbers", or "auto", which refuses what may be either.
        unused_columns: Columns that are left alone.
        decimal: "point" or "comma" before the fraction of numbers in text.
        encoding: Of CSV, TSV, JSON and text files.
        sheet: Name or number of the sheet of an Excel workbook; "" finds it.
        separator: Between the cells of CSV and TSV, one sign or "tab"; "" finds it.
        height: Rows of pixels of pictures, see `Frame.choose`.
        width: Columns of pixels.
        resize: "pad" or "stretch".
        known: What a network learnt of its columns by the names of inputs; others are not read,
            and those that the table lacks are told.
        scored: Whether rows are scored, and none is needed to learn from.

    Raises:
        DataError: If the data is missing, damaged, or a column or a cell is unfit.
    """
    named = [name for each in (columns or {}).values() for name in split_names(each)]
    expected = expected_table([label_column, *named], sheet=sheet, separator=separator)
    if data is None:
        table = sample_products(label_kind)
    else:
        table = read_data(data, encoding, partial(_folder, encoding, expected), expected)
    where = "the sample products" if data is None else str(table.path or "a data frame")
    if known is None:
        chosen = choose_mixed(
            table,
            columns or {},
            label_column=label_column,
            label_kind=label_kind,
            unused_columns=unused_columns,
            decimal=decimal,
        )
    else:
        chosen = known_columns(
            table,
            headings_of(known),
            label_column,
            numbers=label_kind == "numbers",
            unused=split_names(unused_columns),
        )
    frame = {"height": height, "width": width, "pad": resize == "pad"}
    cells = Cells(decimal, frame, known, scored)
    rows, remarks = _rows(table, chosen, cells)
    chosen = dataclasses.replace(chosen, remarks=[*chosen.remarks, *remarks])
    return _source(table, chosen, where, rows, cells)


class Cells(NamedTuple):
    """How cells are read.

    Attributes:
        decimal: "point" or "comma".
        frame: Of pictures, see `Frame.choose`.
        known: What a network learnt of its columns; None if there is none yet.
        scored: Whether rows are scored alone.
    """

    decimal: str
    frame: Mapping[str, Any]
    known: Mapping[str, Any] | None
    scored: bool


def headings_of(known: Mapping[str, Any]) -> dict[str, str]:
    """Returns what people call the columns of a network, by the names of inputs."""
    return {name: state.heading for name, state in known.items()}


def expected_table(
    names: list[str], *, sheet: str = "", separator: str = "", forms: str = FORMS
) -> Expected:
    """Returns how tables are read, see `names_columns`."""
    known = {*LABEL_NAMES, *(fold(name) for name in names if name)}
    return Expected(
        forms, partial(names_columns, known), names=known, sheet=sheet, separator=separator
    )


def names_columns(known: Collection[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tells whether the first row names columns: one that is known, or no number is in it."""
    values = [number(cell) for cell in rows[0]]
    plain = all(value is None or np.isnan(value) for value in values)
    return plain or any(fold(cell) in known for cell in rows[0])


def _folder(encoding: str, expected: Expected, root: Path) -> Table:
    used = choose_tables(tables_in(root), root)
    read = partial(read_table, encoding=encoding, expected=expected)
    return read_tables(used, root, read, lambda table: list(table.columns))


def known_columns(
    table: Table,
    known: Mapping[str, str],
    label_column: str,
    *,
    numbers: bool,
    unused: Collection[str] = (),
) -> MixedColumns:
    """Returns the columns of a table that a network knows, and tells which are not there.

    Args:
        table: What a reader found.
        known: What people call the columns, by the names of inputs.
        label_column: That comes out; "" finds it by its name.
        numbers: Whether numbers come out.
        unused: Columns that are left alone; others may tell a published split.

    Raises:
        DataError: If none is there, or the label is missing, or a row is of no split.
    """
    here = here_of(table, known)
    lacking = [heading for heading in known.values() if heading not in here]
    if len(lacking) == len(known):
        needed = ", ".join(known.values())[:160]
        received = ", ".join(table.columns)[:120]
        raise DataError(f"needs a column of {needed}. Received: {received}", path=table.path)
    label = label_column or find_label(table, {*here.values()})
    if label not in table.columns:
        raise DataError(f"needs the label column {label}. Received: none", path=table.path)
    kinds = {here[heading]: kind_of(name) for name, heading in known.items() if heading in here}
    split = split_column(table, [n for n in table.columns if n not in {*kinds, *unused, label}])
    return MixedColumns(kinds, label, numbers, split, {}, lacking_remarks(lacking))


def here_of(table: Table, known: Mapping[str, str]) -> dict[str, str]:
    """Returns the columns of a table by headings; capitals, spaces and signs do not count."""
    folded = {fold(name): name for name in table.columns}
    pairs = {
        heading: heading if heading in table.columns else folded.get(fold(heading) or heading, "")
        for heading in known.values()
    }
    return {heading: name for heading, name in pairs.items() if name}


def lacking_remarks(lacking: list[str]) -> list[str]:
    """Returns a line on columns that are not there."""
    if not lacking:
        return []
    names, several = ", ".join(lacking[:6]), len(lacking) > 1
    more = f" and {len(lacking) - 6} more" if len(lacking) > 6 else ""
    return [
        f"warning: column{'s'[: len(lacking) - 1]} {names}{more} {'are' if several else 'is'} "
        "not there; rows are answered without"
    ]


def _source(table: Table, chosen: MixedColumns, where: str, rows: Dataset, cells: Cells) -> Source:
    labels, remarks = _labels(table, chosen, cells.decimal)
    used = [row for row, label in enumerate(labels) if label is not None]
    if not used:
        raise DataError(f"needs labels in column {chosen.label}. Received: none", path=table.path)
    known_labels = [labels[row] for row in used]
    targets = np.array(known_labels, np.float32) if chosen.numbers else texts(known_labels)
    kept = rows.take(np.array(used))
    kept = Dataset(kept.columns, {NUMBERS if chosen.numbers else CLASSES: targets})
    parts = _parts(table, chosen, used)
    seen = len(table) + sum(table.left_out.values())
    left_out = {"without a label": len(table) - len(used), **table.left_out}
    account = Account(seen, len(used), left_out, table.unit)
    kind = "numbers" if chosen.numbers else "classes"
    note = f"{len(used):,} rows: {chosen.note()}; {kind} in column {chosen.label}, of {where}"
    remarks = [*chosen.remarks, *table.remarks, *remarks, *account.remarks()]
    split = {name: kept.take(places) for name, places in parts.items() if len(places)}
    if TRAIN not in split and cells.scored:
        split[TRAIN] = split.pop(VALIDATION) if VALIDATION in split else kept.take(np.arange(0))
    if TRAIN not in split:
        raise DataError(
            "needs rows to learn from. Received: published splits alone", path=table.path
        )
    return Source(
        split[TRAIN],
        split.get(TEST),
        "; ".join([note, *sorted(remarks, key=lambda each: not each.startswith("warning:"))]),
        chosen.found(),
        validation=split.get(VALIDATION),
        account=account,
    )


def _parts(table: Table, chosen: MixedColumns, used: list[int]) -> dict[str, Any]:
    """Returns the places of the rows of each published split among those used."""
    if not chosen.split:
        return {TRAIN: np.arange(len(used))}
    cells = table.columns[chosen.split]
    parts = np.array([part_of(as_text(cells[row])) for row in used])
    return {name: np.flatnonzero(parts == name) for name in (TRAIN, VALIDATION, TEST)}


def _rows(table: Table, chosen: MixedColumns, cells: Cells) -> tuple[Dataset, list[str]]:
    """Returns the columns that go in, and what is to be told of lost pictures."""
    here: Mapping[str, str] = chosen.inputs
    if cells.known is not None:
        headings = headings_of(cells.known)
        there = here_of(table, headings)
        here = {name: there.get(heading, "") for name, heading in headings.items()}
    columns: dict[str, Any] = {}
    remarks: list[str] = []
    for name, heading in here.items():
        kind = kind_of(name)
        if not heading:
            columns[name] = absent(kind, len(table))
        elif kind == "image":
            root = Path() if table.path is None else folder_of(table.path)
            column = picture_column(table, heading, root, **_frame(name, cells))
            columns[name], remarks = column[0], [*remarks, *column[1]]
        else:
            columns[name] = column_of(table, heading, kind, cells.decimal)
    return Dataset(columns), remarks


def _frame(name: str, cells: Cells) -> dict[str, Any]:
    """Returns what pictures are brought to: that of the network, where there is one."""
    if cells.known is None:
        return dict(cells.frame)
    return dataclasses.asdict(cells.known[name].inner.frame)


def folder_of(path: Path) -> Path:
    """Returns the folder at which paths in a table begin."""
    return path if path.is_dir() else path.parent


def _labels(table: Table, chosen: MixedColumns, decimal: str) -> tuple[list[Any], list[str]]:
    """Returns the label of each row, None where there is none, and what is to be told."""
    if chosen.numbers:
        values = column_of(table, chosen.label, "number", decimal)
        return [None if np.isnan(value) else float(value) for value in values], []
    names, remarks = clean_labels([label_text(cell) for cell in table.columns[chosen.label]])
    return [name or None for name in names], remarks
