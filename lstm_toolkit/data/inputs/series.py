"""Series whose next numbers are wanted: one row a series, its last steps go in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row
from lstm_toolkit.data.inputs.tables import check_there, read_as_told
from lstm_toolkit.data.readers.series.series import EXPECTED, FORMS, Observed, observed_series
from lstm_toolkit.errors import DataError


def series_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads a table of series, long or wide, as training does; each series is a row.

    Args:
        path: See `read_series`.
        context: With the settings `value_column`, `encoding`, `sheet` and `separator`.

    Raises:
        DataError: As `read_series` does, but of series that are too short; those are rows
            with an error.
    """
    column = context.settings.value_column
    check_there(path, FORMS)
    if path.is_dir():
        raise DataError("needs a file. Received: a folder; needs " + FORMS, path=path)
    series, told = observed_series(read_as_told(path, context, EXPECTED), column)
    steps = context.states.only.steps
    columns: dict[str, list[Any]] = {
        "series": list(series),
        "steps": [len(each.values) for each in series.values()],
    }
    rows = (_row(name, each, steps) for name, each in series.items())
    return Inputs(
        rows, columns, f"the last {steps} steps of {len(series):,} series, of {path}{told}"
    )


def _row(name: str, series: Observed, steps: int) -> Row:
    count = len(series.values)
    value: object = np.asarray(series.values[-steps:], np.float32)
    if count < steps:
        value = DataError(f"needs the last {steps} numbers. Received: {count} numbers")
    return Row(name, value, {"series": name, "steps": count})
