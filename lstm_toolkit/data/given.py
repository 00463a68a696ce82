"""Data as callers of the Python interface have it: paths, tables, arrays."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.data.columns import Ragged, texts
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
    if isinstance(data, tuple | list) and len(data) == 2 and len(names) == 1:
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
        rows = Dataset({name: as_column(inputs)}, {target: as_column(targets)})
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
    if isinstance(values, np.ndarray | Ragged) or not isinstance(values, list | tuple):
        return values if hasattr(values, "__getitem__") else np.asarray(list(values))
    if values and all(isinstance(value, str) for value in values):
        return texts(values)
    lengths = {len(value) for value in values if isinstance(value, list | tuple)}
    return Ragged.of(values) if len(lengths) > 1 else np.asarray(values)
