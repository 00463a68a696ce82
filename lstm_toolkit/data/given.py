"""Data as callers of the Python interface have it: paths, tables, arrays."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.data.columns import Arrow, Ragged, Windows, texts
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.errors import DataError, InputError

FORMS = "a path, a DataFrame, columns by name, a pair of inputs and targets, a Dataset or a Source"


def as_given(data: Any, inputs: Iterable[str], target: str) -> Any:
    """Returns what a reader takes, or a `Source` where nothing is to be read.

    Args:
        data: See `FORMS`; None stands for the sample data.
        inputs: Names of the columns that go in.
        target: Name of the column that is to come out.

    Returns:
        None, a `Path`, a `pandas.DataFrame` or a `Source`.

    Raises:
        InputError: If it is something else, or its columns are of different lengths.
    """
    if data is None or isinstance(data, Path | Source) or _is_frame(data):
        return data
    if isinstance(data, str | os.PathLike):
        return Path(data)
    if isinstance(data, Dataset):
        return Source(data, None, f"{len(data):,} rows")
    names = list(inputs)
    if isinstance(data, Mapping):
        return _frame(data)
    pair = isinstance(data, tuple | list) and len(data) == 2
    if pair and len(names) == 1 and not any(isinstance(side, str | Path) for side in data):
        return _source(names[0], data[0], target, data[1])
    raise InputError(f"data must be {FORMS}. Received: a {type(data).__name__}")


def _is_frame(data: Any) -> bool:
    return type(data).__name__ == "DataFrame" and type(data).__module__.startswith("pandas")


def _frame(columns: Mapping[str, Any]) -> Any:
    import pandas as pd

    try:
        return pd.DataFrame({str(name): list(values) for name, values in columns.items()})
    except (TypeError, ValueError) as error:
        raise InputError(f"columns must be equally long lists. {error}") from None


def _source(name: str, inputs: Any, target: str, targets: Any) -> Source:
    try:
        rows = Dataset({name: as_column(inputs)}, {target: _target(targets)})
    except DataError:
        raise
    except (TypeError, ValueError) as error:
        raise InputError(f"data must be inputs and as many targets. {error}") from None
    if not len(rows):
        raise DataError("needs at least one row. Received: none")
    return Source(rows, None, f"{len(rows):,} rows given")


def as_column(values: Any) -> Any:
    """Returns a column from a list or an array: texts, labels, numbers, or rows of them.

    >>> as_column([[1, 2], [3]]).to_list()
    [[1, 2], [3]]
    """
    if isinstance(values, np.ndarray | Ragged | Windows | Arrow):
        return values
    if hasattr(values, "to_numpy"):  # by place: pandas would take rows by their labels
        return values.to_numpy()
    values = list(values)
    if values and all(isinstance(value, str) for value in values):
        return texts(values)
    lengths = {len(value) for value in values if isinstance(value, list | tuple)}
    of_texts = any(isinstance(value, list | tuple) and _holds_texts(value) for value in values)
    return Ragged.of(values) if len(lengths) > 1 or of_texts else np.asarray(values)


def _holds_texts(row: Any) -> bool:
    return any(isinstance(value, str) for value in row)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _target(values: Any) -> Any:
    """Returns what is to come out; whole numbers, truth values and objects are labels."""
    column = as_column(values)
    if isinstance(column, Ragged | Windows | Arrow) or column.ndim > 1 or column.dtype.kind == "f":
        return column
    missing = [row for row, value in enumerate(column) if value is None or _is_nan(value)]
    if missing:
        raise DataError(f"needs a target in every row. Received: none in row {missing[0] + 1}")
    return texts([str(value) for value in column])
