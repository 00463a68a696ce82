"""Reads labelled texts from whatever form they come in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lstm_toolkit.data.columns import texts as column
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.tables.cleaning import printable
from lstm_toolkit.data.readers.tables.columns import Columns, choose_columns, unknown_splits
from lstm_toolkit.data.readers.tables.folders import choose_tables, read_tables
from lstm_toolkit.data.readers.tables.joined import SPLIT
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import (
    LABELLED_TEXTS,
    SUFFIXES,
    Expected,
    read_data,
    read_table,
    table_suffix,
)
from lstm_toolkit.data.readers.texts.class_folders import holds_texts, others_in, read_folder, walk
from lstm_toolkit.data.readers.texts.label_kinds import LabelKind
from lstm_toolkit.data.readers.texts.made_reviews import sample_reviews
from lstm_toolkit.data.readers.texts.nested import unfolded
from lstm_toolkit.data.readers.texts.one_hot import LABEL, with_label_column
from lstm_toolkit.data.readers.texts.selection import Selection
from lstm_toolkit.data.readers.texts.targets import (
    LabelOptions,
    as_target,
    read_target,
    separator_of,
)
from lstm_toolkit.data.splits.parts import (
    FLAGS,
    TEST,
    TRAIN,
    VALIDATION,
    fold,
    part_of,
    part_of_file,
    parts_by_flags,
)
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def read_texts(
    data: Path | pd.DataFrame | None,
    *,
    text_column: str = "",
    label_column: str = "",
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
    labelled: bool = True,
    known: Sequence[str] = (),
    label_kind: LabelKind = "auto",
    label_separator: str = "",
    min_rows: int = 0,
    small_classes: Literal["pool", "drop"] = "pool",
    of_none: Sequence[str] = (),
) -> Source:
    """Reads texts and their labels.

    Empty texts and texts without a label are left out, control characters become spaces, and
    labels that read alike are one; the note tells what was left out, merged, replaced or
    ignored. Validation and test rows are those of folders such as `train/`, `val/` and `test/`,
    or of a column such as `split`, by any of the names in `data.splits.parts`.

    Args:
        data: A data frame or a path, see `tables.FORMS`; None takes the sample reviews,
            or made ones for several labels or numbers.
        text_column: The column of texts, or several with `+` between; see `choose_columns`.
        label_column: The column of labels.
        encoding: Of CSV, TSV, JSON and text files.
        sheet: Name or number of the sheet of an Excel workbook; "" finds it.
        separator: Between the cells of CSV and TSV, one sign or "tab"; "" finds it.
        labelled: Whether labels are needed; if not, all labels are "".
        known: The classes of a trained network: labels that read like one are spelt like it,
            and any number of rows a class will do.
        label_kind: What stands in the column of labels: "classes"; "several" labels a row,
            in lists or with a separator between; "numbers"; or "auto" for classes, which
            refuses a column that seems to hold something else.
        label_separator: What stands between several labels; "" finds it.
        min_rows: Different texts that a class needs; 0 refuses classes that are too small to
            be split.
        small_classes: Whether classes with fewer go into one class `other`, or are left out.
        of_none: Labels of rows of no class, as `splits.parts.fold` returns them: those of published
            splits are scored even if there are none to learn from.

    Returns:
        Texts `object[n]`, each a `str`, with the target `label`: `str[n]`, or `Ragged` rows
        of `str` for several, or `float32[n]` for numbers.

    Raises:
        DataError: If the data is missing, damaged or incomplete, its columns cannot be told
            apart, more than one text in twenty lacks a label, a class is too small, or all its
            rows were left out.
    """
    expected = Expected(
        labelled=True,
        names={*LABELLED_TEXTS.names, *map(fold, (*text_column.split("+"), label_column))} - {""},
        sheet=sheet,
        separator=separator,
    )
    of_columns = partial(with_label_column, label_column=label_column, kind=label_kind)
    in_columns: Callable[[Table], Table] = of_columns if labelled else _as_it_is
    needed = partial(
        _needed, text=text_column, label=label_column, labelled=labelled, in_columns=in_columns
    )
    table = read_data(
        sample_reviews(label_kind) if data is None else data,
        encoding,
        partial(_folder, encoding=encoding, expected=expected, needed=needed, labelled=labelled),
        expected,
    )
    table = table if table.layout else in_columns(_with_splits(unfolded(table)))
    columns = _columns(table, text_column, label_column, labelled=labelled)
    texts, remarks = _texts(table, columns)
    if labelled and not table.layout:
        remarks += unknown_splits(table, (*columns.texts, columns.label, columns.split))
    selection = _selection(table, columns, texts)
    values: Sequence[Any] = [""] * len(texts)
    if labelled and label_kind == "several":
        label_separator = separator_of(table, columns.label, label_separator, known)
    if labelled:
        options = LabelOptions(label_kind, label_separator, min_rows, small_classes, known, of_none)
        values, more = read_target(table, columns.label, selection, texts, options)
        remarks += more
    parts = {
        name: _dataset([texts[row] for row in rows], [values[row] for row in rows], label_kind)
        for name, rows in selection.published().items()
    }
    account = selection.account()
    where = "the sample reviews" if data is None else str(table.path or "a data frame")
    return Source(
        parts[TRAIN],
        parts.get(TEST),
        "; ".join([_note(table, columns, parts, where), *_told(table, account.remarks(), remarks)]),
        {} if table.layout else _found(columns, label_separator),
        validation=parts.get(VALIDATION),
        account=account,
    )


def _folder(
    root: Path,
    encoding: str,
    expected: Expected,
    needed: Callable[[Table], Collection[str]],
    *,
    labelled: bool,
) -> Table:
    """Reads a folder of texts, or one of tables where there are no texts."""
    files = tables_in(root, labelled=labelled)
    if not files:
        return read_folder(root, encoding, labelled=labelled)
    read = partial(read_table, encoding=encoding, expected=expected)
    used = choose_tables(files, root)
    table = read_tables(used, root, read, needed)
    others = others_in(root, used, "not among the tables read")
    if not others:
        return table
    left_out = {**table.left_out, **others}
    return dataclasses.replace(table, left_out=left_out, unit="rows and files")


def tables_in(root: Path, *, labelled: bool = True) -> list[Path]:
    """Returns the tables below a folder, none where it holds a text a file, which are read then.

    Args:
        root: The folder.
        labelled: Whether labels are needed; if not, texts may stand in `root` itself.
    """
    files = [file for file in walk(root) if _is_table(file)]
    lines = {part_of_file(file) for file in files if table_suffix(file) == ".txt"}
    lines_in_parts = TRAIN in lines and len(lines) > 1
    return files if lines_in_parts or not holds_texts(root, labelled=labelled) else []


def _is_table(file: Path) -> bool:
    """Tells whether a file is a table by its name; a `.txt` is if it is named after a split."""
    suffix = table_suffix(file)
    return suffix in SUFFIXES or (suffix == ".txt" and bool(part_of_file(file)))


def _with_splits(table: Table) -> Table:
    """Puts splits that are told by columns of truth values into one column, `split`."""
    flags = {name: table.texts(name) for name in table.columns if fold(name) in FLAGS}
    parts = parts_by_flags(flags)
    if not parts or SPLIT in table.columns:
        return table
    told = f"splits by column {' and '.join(flags)}"
    columns = {name: cells for name, cells in table.columns.items() if name not in flags}
    return dataclasses.replace(
        table, columns={**columns, SPLIT: parts}, remarks=(*table.remarks, told)
    )


def _as_it_is(table: Table) -> Table:
    return table


def _needed(
    table: Table,
    text: str,
    label: str,
    *,
    labelled: bool,
    in_columns: Callable[[Table], Table],
) -> set[str]:
    whole = in_columns(unfolded(table))
    columns = choose_columns(whole, text, label, labelled=labelled)
    if columns.label not in table.columns and columns.label == LABEL:
        return {*columns.texts, *(set(table.columns) - set(whole.columns))}
    return {*columns.texts, columns.label}


def _columns(table: Table, text: str, label: str, *, labelled: bool) -> Columns:
    if not table.layout:
        return choose_columns(table, text, label, labelled=labelled)
    split = "split" if labelled and "split" in table.columns else ""
    return Columns(("text",), "label" if labelled else "", split)


def _texts(table: Table, columns: Columns) -> tuple[list[str], list[str]]:
    """Returns all texts, and what was replaced in them."""
    parts = zip(*map(table.texts, columns.texts), strict=True)
    return printable([" ".join(filter(None, cells)) for cells in parts])


def _selection(table: Table, columns: Columns, texts: Sequence[str]) -> Selection:
    """Returns the rows that hold a text and belong to a split."""
    cells = table.texts(columns.split) if columns.split else []
    parts = [part_of(cell) for cell in cells] if cells else [TRAIN] * len(texts)
    selection = Selection(table, parts)
    others = sorted({cells[row].strip() or "nothing" for row, part in enumerate(parts) if not part})
    more = ", …" if len(others) > 3 else ""
    marked = f"marked {', '.join(others[:3])}{more} in column {columns.split}"
    selection.leave_out(lambda row: not parts[row], marked)
    selection.leave_out(lambda row: not texts[row].strip(), "with an empty text")
    if not selection.rows:
        raise DataError(
            "needs at least one text. "
            f"Received: {len(texts):,} rows, all empty in {' + '.join(columns.texts)}",
            path=table.path,
        )
    return selection


def _dataset(texts: Sequence[str], values: Sequence[Any], kind: LabelKind) -> Dataset:
    return Dataset({"text": column(texts)}, {"label": as_target(values, kind)})


def _found(columns: Columns, separator: str) -> dict[str, str]:
    found = {"text_column": "+".join(columns.texts), "label_column": columns.label}
    return found | ({"label_separator": separator} if separator else {})


def _told(table: Table, left_out: Sequence[str], remarks: Sequence[str]) -> list[str]:
    """Returns all remarks, warnings first."""
    told = [*table.remarks, *left_out, *remarks]
    return sorted(told, key=lambda remark: not remark.startswith("warning:"))


def _note(table: Table, columns: Columns, parts: Mapping[str, Dataset], where: str) -> str:
    train = len(parts[TRAIN])
    count = f"{train:,} example{'' if train == 1 else 's'}"
    names = {VALIDATION: "validation", TEST: "the test"}
    count += "".join(f", {len(parts[n]):,} for {name}" for n, name in names.items() if n in parts)
    layout = [table.layout]
    if not table.layout:
        several = "s" if len(columns.texts) > 1 else ""
        layout = [f"texts in column{several} {' + '.join(columns.texts)}"]
        layout += [f"labels in column {columns.label}"] if columns.label else []
        layout += [f"splits by column {columns.split}"] if columns.split else []
    return f"{count}: {', '.join(layout)}, of {where}"
