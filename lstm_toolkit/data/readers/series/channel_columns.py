"""Which columns of a table hold times, names of series, channels, and labels of anomalies."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.series.cells import number
from lstm_toolkit.data.readers.series.columns import (
    SERIES_NAMES,
    covariate_names,
    holds_numbers,
    time_columns,
)
from lstm_toolkit.data.readers.tables.columns import listed
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError, did_you_mean

LABEL_NAMES = (
    *("anomaly", "is_anomaly", "anomalous", "label", "labels", "is_attack", "attack", "outlier"),
    *("changepoint", "change_point"),
)
"""Names of columns that say with 0 and 1 what is an anomaly, best first."""


@dataclasses.dataclass(frozen=True)
class ChannelColumns:
    """The columns of a table by what they hold.

    Attributes:
        values: The channels.
        name: That of the series, "" if there is one series.
        times: One, several parts of a time, or none.
        label: What is known to be an anomaly, "" where nothing is.
        remarks: What is to be told.
    """

    values: tuple[str, ...]
    name: str
    times: tuple[str, ...]
    label: str
    remarks: tuple[str, ...] = ()


def choose_channel_columns(table: Table, value_columns: str, label_column: str) -> ChannelColumns:
    """Chooses columns as stated, else by their names and by what they hold.

    Raises:
        DataError: If a column that was stated is not there, none holds numbers, or labels are
            something else than 0 and 1.
    """
    names = {name: name.strip().casefold() for name in table.columns}
    stated = covariate_names(value_columns)
    for wanted in filter(None, (*stated, label_column)):
        if wanted not in names:
            hint = did_you_mean(wanted, names)
            raise DataError(f"needs a column `{wanted}`, {hint}", path=table.path)
    left = {name: plain for name, plain in names.items() if name not in stated}
    series = next((name for name, plain in left.items() if plain in SERIES_NAMES), "")
    times = time_columns({name: plain for name, plain in left.items() if name != series})
    marks = _label_columns(table, left)
    if not (marks or label_column or stated):
        _refuse_other_labels(table, left)
    label = label_column or next(iter(marks), "")
    _check_label(table, label)
    used = {series, label, *times, *(name for name, p in left.items() if p in LABEL_NAMES)}
    values = stated or tuple(
        name for name in names if name not in used and holds_numbers(table.columns[name], name)
    )
    _check_values(table, values)
    others = [name for name in names if name not in {*values, series, label, *times}]
    remarks = [f"labels in column {label}, for scores alone"] if label else []
    remarks += [f"columns ignored: {listed(others)}"] if others else []
    return ChannelColumns(values, series, times, label, tuple(remarks))


def _label_columns(table: Table, names: Mapping[str, str]) -> list[str]:
    """Returns columns that are named as labels are, and hold 0 and 1 alone."""
    marked = [name for name, plain in names.items() if plain in LABEL_NAMES]
    marked = [name for name in marked if _wrong_label(table, name) is None]
    return sorted(marked, key=lambda name: LABEL_NAMES.index(names[name]))


def _wrong_label(table: Table, column: str) -> int | None:
    """Returns the first row with something else than 0, 1 or nothing."""
    cells = table.columns[column]
    return next((row for row, cell in enumerate(cells) if not _is_label(cell)), None)


def marks_of(table: Table, column: str) -> NDArray[np.bool_]:
    """Returns `bool[rows]`, which rows a column of labels marks."""
    return np.array([_mark(cell) == 1 for cell in table.columns[column]], bool)


def _is_label(cell: object) -> bool:
    value = _mark(cell)
    return value is not None and (value in (0, 1) or math.isnan(value))


def _mark(cell: object) -> float | None:
    """Returns the number of a cell; 1 and 0 of True and False."""
    return _TRUTH.get(str(cell).strip().casefold(), number(cell))


_TRUTH = {"true": 1.0, "false": 0.0}


def _refuse_other_labels(table: Table, names: Mapping[str, str]) -> None:
    """Refuses numbers under the name of labels that are none: a channel would give them away."""
    for name in (name for name, plain in names.items() if plain in LABEL_NAMES):
        if holds_numbers(table.columns[name], name):
            row = _wrong_label(table, name) or 0
            raise DataError(
                f"needs 0 or 1 in column {name[:40]}, by its name labels; if it is a channel, name "
                f"all channels with value_columns=. Received: {str(table.columns[name][row])[:40]}",
                path=table.path,
                line=table.line(row),
            )


def _check_label(table: Table, column: str) -> None:
    row = _wrong_label(table, column) if column else None
    if row is not None:
        raise DataError(
            f"needs 0 or 1 in column {column}. Received: {str(table.columns[column][row])[:40]}",
            path=table.path,
            line=table.line(row),
        )


def _check_values(table: Table, values: tuple[str, ...]) -> None:
    if not values:
        raise DataError(
            "needs a column of numbers; name it with --set value_columns=. Received columns: "
            f"{', '.join(table.columns)}",
            path=table.path,
        )
    wrong = next((name for name in values if "," in name), None)
    if wrong is not None:
        raise DataError(f"needs channels without commas. Received: {wrong[:60]}", path=table.path)
