"""Data as callers of the Python interface have it: paths, tables, arrays."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import Arrow, Ragged, Windows, texts
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.labels import label_text
from lstm_toolkit.data.readers.texts.labels import clean_labels
from lstm_toolkit.data.splits.parts import part_of
from lstm_toolkit.errors import DataError, InputError

FORMS = (
    "a path, a DataFrame, columns by name, a list of records, a pair of inputs and targets, a "
    "Dataset or a Source"
)


Check = Callable[[Any], Any]
"""Returns a column that was given in Python as readers hand it on, or raises `DataError`."""


def as_given(
    data: Any, inputs: Iterable[str], target: str, checks: Mapping[str, Check] | None = None
) -> Any:
    """Returns what a reader takes, or a `Source` where nothing is to be read.

    Args:
        data: See `FORMS`; None stands for the sample data.
        inputs: Names of the columns that go in.
        target: Name of the column that is to come out.
        checks: Of the columns of a pair, by name.

    Returns:
        None, a `Path`, a `pandas.DataFrame` or a `Source`.

    Raises:
        InputError: If it is something else, or its columns are of different lengths.
    """
    if data is None or isinstance(data, Source) or _is_frame(data):
        return data
    if isinstance(data, str | os.PathLike):
        return _path(data)
    if isinstance(data, Dataset):
        return _whole(data, f"{len(data):,} rows")
    table = _table(data)
    if table is not None:
        return table
    names = list(inputs)
    pair = isinstance(data, tuple | list) and len(data) == 2
    if pair and len(names) == 1 and not any(isinstance(side, str | Path) for side in data):
        check_order(dict(zip((names[0], target), data, strict=True)))
        frame = _labelled_texts(names[0], data[0], target, data[1])
        columns = {names[0]: data[0]}, {target: data[1]}
        return _source(*columns, checks or {}) if frame is None else frame
    raise InputError(f"data must be {FORMS}. Received: a {type(data).__name__}")


def _path(data: str | os.PathLike[str]) -> Path:
    """Returns a path; raises `InputError` of a text that can be none, such as a table itself."""
    text = os.fspath(data)
    try:
        if text and "\0" not in text:
            Path(text).exists()
            return Path(text)
    except OSError:  # too long
        pass
    raise InputError(f"data must be a path, or {FORMS[8:]}. Received: the text {text[:40]!r}")


def _whole(rows: Dataset, note: str) -> Source:
    return Source(rows, None, note, account=Account(len(rows), len(rows)))


def _is_frame(data: Any) -> bool:
    return type(data).__name__ == "DataFrame" and type(data).__module__.startswith("pandas")


def _frame(columns: Mapping[str, Any]) -> Any:
    import pandas as pd

    check_order(columns)
    try:
        return pd.DataFrame({str(name): list(values) for name, values in columns.items()})
    except (TypeError, ValueError) as error:
        raise InputError(f"columns must be equally long lists. {error}") from None


def check_order(columns: Mapping[str, Any]) -> None:
    """Refuses columns of which it cannot be told which values stand in one row.

    Rows are taken by their places. A set has no places, and of two Series whose indexes hold
    the same names in two orders, rows may be meant by these.

    Raises:
        InputError: If a column is a set, or two are such Series.
    """
    for name, values in columns.items():
        if isinstance(values, set | frozenset):
            raise InputError(f"data must have its rows in an order. Received: a set as {name}")
    indexes = {name: values.index for name, values in columns.items() if hasattr(values, "iloc")}
    for (one, first), (other, second) in pairwise(indexes.items()):
        same = len(first) == len(second) and not first.equals(second)
        if same and not first.symmetric_difference(second).size:
            raise InputError(
                f"data must have its rows in one order; {other}.reindex({one}.index) brings them "
                f"there. Received: the same index in two orders, in {one} and {other}"
            )


def _table(data: Any) -> Any:
    """Returns a frame of what is a table in another form, None of all else."""
    if hasattr(data, "to_pandas"):  # of polars, Arrow and Hugging Face
        return data.to_pandas()
    if isinstance(data, Mapping):
        return _parts(data) if _are_parts(data) else _frame(data)
    return _records(data) if isinstance(data, list) and _holds_records(data) else None


def _records(rows: list[Any]) -> Any:
    import pandas as pd

    names = dict.fromkeys(name for row in rows for name in row)
    return pd.DataFrame(
        {str(name): [row.get(name) for row in rows] for name in names}, dtype=object
    )


def _are_parts(data: Mapping[Any, Any]) -> bool:
    """Tells whether published splits are given by name, each a table."""
    parts = [part_of(str(name)) for name in data]
    tables = all(not isinstance(table, list) or _holds_records(table) for table in data.values())
    return len(data) > 1 and all(parts) and len(set(parts)) == len(parts) and tables


def _holds_records(rows: list[Any]) -> bool:
    return bool(rows) and all(isinstance(row, Mapping) for row in rows)


def _parts(data: Mapping[Any, Any]) -> Any:
    """Returns the rows of all splits in one frame, with the column `split`."""
    import pandas as pd

    frames = {name: as_given(table, (), "") for name, table in data.items()}
    wrong = next((name for name, frame in frames.items() if not _is_frame(frame)), None)
    if wrong is not None:
        raise InputError(f"splits must be tables. Received: a {type(data[wrong]).__name__}")
    named = (frame.assign(split=str(name)) for name, frame in frames.items())
    return pd.concat(list(named), ignore_index=True)


def _labelled_texts(name: str, inputs: Any, target: str, labels: Any) -> Any:
    """Returns a pair of texts and labels as a frame, whose cells a reader checks, or None."""
    if (name, target) != ("text", "label"):
        return None
    columns = (
        as_column(inputs),
        _objects(list(labels)) if _hold_lists(labels) else as_column(labels),
    )
    if any(getattr(column, "ndim", 2) != 1 for column in columns):
        return None
    if len(columns[0]) != len(columns[1]) or not len(columns[0]):
        return None
    if not all(isinstance(v, str) for v in columns[0]):
        return None
    return _frame({name: columns[0].tolist(), target: columns[1].tolist()})


def _hold_lists(labels: Any) -> bool:
    """Tells whether a row holds its labels in a list, be it only one."""
    rows = labels if isinstance(labels, list | tuple) else ()
    return any(isinstance(row, list | tuple) and _holds_texts(row) for row in rows)


def _source(
    inputs: Mapping[str, Any], targets: Mapping[str, Any], checks: Mapping[str, Check]
) -> Source:
    def checked(name: str, column: Any) -> Any:
        return checks[name](column) if name in checks else column

    try:
        rows = Dataset(
            {name: checked(name, _input(values)) for name, values in inputs.items()},
            {name: checked(name, _target(values)) for name, values in targets.items()},
        )
        rows, remarks = _with_one_spelling(rows)
    except DataError:
        raise
    except (TypeError, ValueError) as error:
        raise InputError(f"data must be inputs and as many targets. {error}") from None
    if not len(rows):
        raise DataError("needs at least one row. Received: none")
    return _whole(rows, "; ".join([f"{len(rows):,} rows given", *remarks]))


def _with_one_spelling(rows: Dataset) -> tuple[Dataset, list[str]]:
    """Returns rows with one writing of each class, and what is to be told of the others."""
    labels = rows.targets.get("label")
    if not isinstance(labels, np.ndarray) or labels.ndim > 1 or labels.dtype.kind not in "OU":
        return rows, []
    names, remarks = clean_labels(labels.tolist())
    return dataclasses.replace(rows, targets={**rows.targets, "label": texts(names)}), remarks


def _input(values: Any) -> Any:
    column = as_column(values)
    _check_filled(column, "an input")
    if isinstance(column, np.ndarray) and column.ndim == 2 and isinstance(column.flat[0], str):
        raise DataError(f"needs one text a row. Received: rows of {column.shape[1]}")
    if isinstance(column, np.ndarray) and column.dtype == object and column.ndim == 1:
        if any(isinstance(value, np.ndarray) for value in column):
            return column
        return texts([str(v) if isinstance(v, int | float) else v for v in column])
    return column


def finite(column: Any) -> Any:
    """Returns numbers; raises `DataError` if one is missing or infinite."""
    values = column.values if isinstance(column, Ragged) else np.asarray(column)
    if values.dtype.kind not in "biuf":
        raise DataError(f"needs numbers. Received: {values.dtype}")
    if not np.isfinite(values).all():
        wrong = values[~np.isfinite(values)].flat[0]
        raise DataError(f"needs finite numbers. Received: {wrong}")
    return column


def _check_filled(column: Any, what: str) -> None:
    if not isinstance(column, np.ndarray) or column.dtype != object or column.ndim > 1:
        return
    missing = [row for row, value in enumerate(column) if value is None or _is_nan(value)]
    if missing:
        raise DataError(f"needs {what} in every row. Received: none in row {missing[0] + 1:,}")


def as_column(values: Any) -> Any:
    """Returns a column from a list or an array: texts, labels, numbers, or rows of them.

    >>> as_column([[1, 2], [3]]).to_list()
    [[1, 2], [3]]
    """
    if isinstance(values, np.ndarray) and values.dtype.kind in "OSU":
        return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    if isinstance(values, np.ndarray | Ragged | Windows | Arrow):
        return values
    if hasattr(values, "to_numpy"):  # by place: pandas would take rows by their labels
        return values.to_numpy()
    values = list(values)
    if _holds_texts(values):
        return texts(values)  # as they are: NumPy would make "nan" of a missing one among them
    if len({np.shape(value) for value in values if isinstance(value, np.ndarray)}) > 1:
        return _objects(values)
    lengths = {len(value) for value in values if isinstance(value, list | tuple)}
    of_texts = any(isinstance(value, list | tuple) and _holds_texts(value) for value in values)
    return Ragged.of(values) if len(lengths) > 1 or of_texts else np.asarray(values)


def _objects(values: list[Any]) -> Any:
    column = np.empty(len(values), object)
    for row, value in enumerate(values):  # at once, NumPy would look into them
        column[row] = value
    return column


def _holds_texts(row: Any) -> bool:
    return any(isinstance(value, str) for value in row)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _target(values: Any) -> Any:
    """Returns what is to come out; whole numbers, truth values and objects are labels."""
    column = as_column(values)
    if isinstance(column, Ragged | Windows | Arrow) or column.ndim > 1 or column.dtype.kind == "f":
        return column
    _check_filled(column, "a target")
    return texts([value if isinstance(value, str) else label_text(value) for value in column])
