"""Reads labelled texts from whatever form they come in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstm_toolkit.data.columns import texts as column
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.tables.cleaning import count_note, printable
from lstm_toolkit.data.readers.tables.columns import Columns, Table, choose_columns
from lstm_toolkit.data.readers.tables.tables import read_data
from lstm_toolkit.data.readers.texts.folders import read_folder
from lstm_toolkit.data.readers.texts.labels import check_classes, check_missing, clean_labels
from lstm_toolkit.data.samples import sample_path
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def read_texts(
    data: Path | pd.DataFrame | None,
    *,
    text_column: str = "",
    label_column: str = "",
    encoding: str = "utf-8",
    labelled: bool = True,
    known: Sequence[str] = (),
) -> Source:
    """Reads texts and their labels.

    Empty texts and texts without a label are dropped, control characters become spaces, and
    labels are cleaned by `clean_labels`; the note tells what was dropped, merged, replaced
    or ignored. Test rows are those of a folder `test/` beside `train/`, or of a column
    `split` that says so.

    Args:
        data: A data frame or a path, see `text_tables.FORMS`; None takes the sample reviews.
        text_column: The column of texts, or several with `+` between; see `choose_columns`.
        label_column: The column of labels.
        encoding: Of CSV, TSV, JSON and text files.
        labelled: Whether labels are needed; if not, all labels are "".
        known: The classes of a trained network: labels that differ from one in case alone
            are spelt like it, and any number of rows a class will do.

    Returns:
        Texts `object[n]`, each a `str`, with their labels.

    Raises:
        DataError: If the data is missing, damaged or incomplete, its columns cannot be told
            apart, more than one text in twenty lacks a label, or a class is too small.
    """
    table = read_data(
        sample_path("reviews") if data is None else data,
        encoding,
        partial(read_folder, encoding=encoding, labelled=labelled),
    )
    columns = choose_columns(table, text_column, label_column, labelled=labelled)
    texts, rows, remarks = _texts(table, columns)
    labels = [""] * len(rows)
    if labelled:
        labels, rows, more = _labels(table, columns.label, rows)
        spelling = {name.casefold(): name for name in known}
        labels = [spelling.get(label.casefold(), label) for label in labels]
        remarks += more
    published = _published(table, columns.split, rows)
    kept = list(zip((texts[row] for row in rows), labels, published, strict=True))
    train = [(text, label) for text, label, held_out in kept if not held_out]
    test = [(text, label) for text, label, held_out in kept if held_out]
    if labelled and not known:
        check_classes((label for _, label in train), table.path)
    place = "the sample reviews" if data is None else str(table.path or "a data frame")
    note = _note(table, columns, len(train), len(test), [*table.remarks, *remarks], place)
    found = {} if table.layout else _found(columns)
    return Source(_examples(train), _examples(test) if test else None, note, found)


def _texts(table: Table, columns: Columns) -> tuple[list[str], list[int], list[str]]:
    """Returns all texts, the rows that are not empty, and what was dropped or replaced."""
    parts = zip(*map(table.texts, columns.texts), strict=True)
    texts, replaced = printable([" ".join(filter(None, cells)) for cells in parts])
    rows = [row for row, text in enumerate(texts) if text and not text.isspace()]
    if not rows:
        raise DataError(
            "needs at least one text. "
            f"Received: {len(texts):,} rows, all empty in {' + '.join(columns.texts)}",
            path=table.path,
        )
    empty = len(texts) - len(rows)
    return texts, rows, count_note(empty, "empty text", "dropped") + replaced


def _labels(
    table: Table, column: str, rows: Sequence[int]
) -> tuple[list[str], list[int], list[str]]:
    """Returns the labels of rows, the rows that have one, and what was dropped or merged."""
    cells = table.texts(column)
    raw, replaced = printable([cells[row] for row in rows])
    labels, merged = clean_labels(raw)
    missing = [row for row, label in zip(rows, labels, strict=True) if not label]
    line = table.line(missing[0]) if missing else None
    check_missing(len(missing), len(rows), path=table.path, line=line)
    dropped = count_note(len(missing), "text", "without a label dropped")
    kept = [row for row, label in zip(rows, labels, strict=True) if label]
    return [label for label in labels if label], kept, dropped + replaced + merged


def _examples(rows: Sequence[tuple[str, str]]) -> Dataset:
    labels = np.array([label for _, label in rows], np.str_)
    return Dataset({"text": column([text for text, _ in rows])}, {"label": labels})


def _published(table: Table, split: str, rows: Sequence[int]) -> list[bool]:
    """Tells which rows are of the published test split."""
    if not split:
        return [False] * len(rows)
    cells = table.texts(split)
    return [cells[row].strip().casefold() == "test" for row in rows]


def _found(columns: Columns) -> dict[str, str]:
    return {"text_column": "+".join(columns.texts), "label_column": columns.label}


def _note(
    table: Table, columns: Columns, train: int, test: int, remarks: Sequence[str], place: str
) -> str:
    held_out = f", {test:,} for the test" if test else ""
    layout = [table.layout]
    if not table.layout:
        several = "s" if len(columns.texts) > 1 else ""
        layout = [f"texts in column{several} {' + '.join(columns.texts)}"]
        layout += [f"labels in column {columns.label}"] if columns.label else []
        layout += [f"test rows by column {columns.split}"] if columns.split else []
    count = f"{train:,} example{'' if train == 1 else 's'}{held_out}"
    return "; ".join([f"{count}: {', '.join(layout)}, of {place}", *remarks])
