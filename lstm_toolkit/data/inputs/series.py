"""Series whose next values are wanted: one row a series, its last steps go in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row
from lstm_toolkit.data.inputs.stated import read_as_told
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.series.clock import Clock
from lstm_toolkit.data.readers.series.columns import Covariates
from lstm_toolkit.data.readers.series.observed import Observed, observed_series
from lstm_toolkit.data.readers.series.series import EXPECTED, FORMS
from lstm_toolkit.data.readers.series.windows import SECOND
from lstm_toolkit.errors import DataError


def series_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads a table of series, long or wide, as training does; each series is a row.

    Known covariates of the steps to come stand in rows without a value.

    Args:
        path: See `read_series`.
        context: With the settings of how files are read, `date_order` among them, and the
            states of the features, which say what goes in.

    Raises:
        DataError: As `read_series` does, but of series that are too short; those are rows
            with an error.
    """
    check_there(path, FORMS)
    if path.is_dir():
        raise DataError("needs a file. Received: a folder; needs " + FORMS, path=path)
    states: Mapping[str, Any] = context.states.features
    names = {part: getattr(states.get(part), "names", ()) for part in ("past", "known", "static")}
    known_order = states["values"].date_order  # an export has no settings
    table = observed_series(
        read_as_told(path, context, EXPECTED),
        context.settings.value_column,
        Covariates(**names),
        states["start"].frequency if "start" in states else "",
        context.settings.date_order if "date_order" in context.stated else known_order,
    )
    horizon = context.states.target.horizon
    rows = [
        _row(name, table.series[name], table.clock, states, horizon)
        if name in table.series
        else Row(name, DataError("needs at least one value. Received: none"), {"unique_id": name})
        for name in table.names
    ]
    columns: dict[str, list[Any]] = {"unique_id": [row.name for row in rows], "ds": []}
    steps = states["values"].steps
    said = f"the last {steps} steps of {len(rows):,} series, of {path}"
    return Inputs(iter(rows), columns, "; ".join([said, *table.remarks]))


def _row(name: str, series: Observed, clock: Clock, states: Mapping[str, Any], horizon: int) -> Row:
    last = int(series.times[-1])
    cells = {"unique_id": name, "ds": clock.texts(clock.after(last, horizon))}
    try:
        return Row(name, _values(series, clock, states, horizon), cells)
    except DataError as error:
        return Row(name, error, cells)


def _values(
    series: Observed, clock: Clock, states: Mapping[str, Any], horizon: int
) -> dict[str, Any]:
    steps, count = states["values"].steps, len(series.values)
    if count < steps:
        raise DataError(f"needs the last {steps} numbers. Received: {count} numbers")
    last = series.values[-steps:]
    values: dict[str, Any] = {"values": np.asarray(last, np.float32)}
    if "start" in states:
        if not clock.dated:
            raise DataError("needs dates, as the training had. Received: counted steps")
        values["start"] = np.asarray(series.times[-steps] // SECOND, np.int64)
    if "past" in states:
        values["past"] = series.past[-steps:]
    if "known" in states:
        ahead = len(series.known) - count
        if ahead < horizon:
            raise DataError(
                f"needs {', '.join(states['known'].names)} for the {horizon} steps after the last "
                f"value, in rows without one. Received: {ahead} such rows"
            )
        values["known"] = series.known[count - steps : count + horizon]
    if "static" in states:
        values["static"] = series.static
    return values
