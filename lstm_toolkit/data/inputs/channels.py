"""Steps of series that are to be scored: each row of a table with the steps before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row
from lstm_toolkit.data.inputs.stated import read_as_told
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.series.channel_columns import choose_channel_columns
from lstm_toolkit.data.readers.series.channels import (
    EXPECTED,
    FORMS,
    ChannelTable,
    channel_table,
)
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    from lstm_toolkit.features.channels import ChannelScale


def channel_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads a table as training does; each of its rows is one to be scored, in their order.

    Args:
        path: See `read_channels`.
        context: With the settings of how files are read, and the state of the feature.

    Raises:
        DataError: As `read_channels` does.
    """
    check_there(path, FORMS)
    if path.is_dir():
        raise DataError("needs a file. Received: a folder; needs " + FORMS, path=path)
    state: ChannelScale = context.states["values"]
    settings, stated = context.settings, context.stated
    table = read_as_told(path, context, EXPECTED)
    label = context.column("label_column", table.columns)
    columns = choose_channel_columns(table, ",".join(state.names), label)
    by = settings.steps if "steps" in stated else state.by
    order = settings.date_order if "date_order" in stated else state.date_order
    watched = channel_table(table, columns, by, state.frequency, order)
    said = f"{len(table):,} rows of {len(watched.series):,} series, of {path}"
    first = f"a score needs {state.window // 2} of {state.window} steps before it"
    rows = _rows(watched, table.columns, len(table), state)
    return Inputs(rows, table.columns, "; ".join([said, first, *watched.remarks]))


def _rows(
    table: ChannelTable, cells: dict[str, list[Any]], count: int, state: ChannelScale
) -> Iterator[Row]:
    """Yields the rows of a table in their order; frames are cut when they are asked for."""
    series: list[str] = [""] * count
    steps = np.zeros(count, np.int64)
    padded, times = {}, {}
    for name, each in table.series.items():
        steps[each.rows] = each.steps
        padded[name] = _padded(each.values, state.steps - 1)
        times[name] = table.clock.texts(each.times)
        for row in each.rows.tolist():
            series[row] = name
    for row in range(count):
        name, step = series[row], int(steps[row])
        time = str(times[name][step])
        yield Row(
            f"{name} {time}".strip(),
            {"values": padded[name][step : step + state.steps]},
            {column: values[row] for column, values in cells.items()},
            group=name,
            time=time,
        )


def _padded(values: NDArray[np.float32], before: int) -> NDArray[np.float32]:
    missing = np.full((before, values.shape[1]), np.nan, np.float32)
    return np.concatenate([missing, values])
