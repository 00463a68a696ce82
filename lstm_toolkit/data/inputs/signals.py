"""Signals to be cleaned: each row of a file comes back in its place, clean samples beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.stated import read_as_told
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.images.arrays import load_arrays
from lstm_toolkit.data.readers.series.clock import Clock
from lstm_toolkit.data.readers.series.columns import (
    Covariates,
    choose_series_columns,
    covariate_names,
)
from lstm_toolkit.data.readers.series.observed import Observed, SeriesTable, observed_series
from lstm_toolkit.data.readers.series.series import EXPECTED
from lstm_toolkit.data.readers.signals.arrays import (
    channels_of,
    chosen_arrays,
    is_arrays,
    rate_of_arrays,
)
from lstm_toolkit.data.readers.signals.pairs import NOISY, other_rate, rate_of
from lstm_toolkit.data.readers.signals.signals import SIGNALS
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.errors import DataError

ROW = "row of the table"
"""A column that is put beside the others, to find each sample's row again."""
MOST_ROWS = 2**24
"""Rows that float32 can count."""

Floats = NDArray[np.float32]


def signal_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads signals to be cleaned, as training reads them.

    Of a wide table all columns are channels of one signal; of a long one each series is a signal,
    with the columns that are stated as its channels.

    Args:
        path: See `read_signals`.
        context: With the settings `value_column` and `noisy_column`, and the state of the feature.

    Raises:
        DataError: If a cell is no number or a time does not fit, with its line.
    """
    check_there(path, SIGNALS)
    if path.is_dir():
        raise DataError("needs a file. Received: a folder; needs " + SIGNALS, path=path)
    if is_arrays(path):
        return _of_arrays(path, context)
    table = read_as_told(path, context, dataclasses.replace(EXPECTED, forms=SIGNALS))
    if len(table) > MOST_ROWS:
        raise DataError(
            f"needs at most {MOST_ROWS:,} rows; give signals as an .npy file. "
            f"Received: {len(table):,}",
            path=path,
        )
    rows, remarks = _of_columns(table, _columns(table, context), context.settings.rate)
    note = "; ".join([f"{counted(len(table), 'row')} of {path}", *dict.fromkeys(remarks)])
    return Inputs(iter(_in_places(rows, table)), table.columns, note)


def _columns(table: Table, context: ReadingContext) -> list[str]:
    """Returns the columns of signals that are stated or that training knew; [""] finds them."""
    known = context.states["values"].noisy_column
    for setting in ("value_column", "noisy_column"):
        if setting in context.stated:
            names = covariate_names(getattr(context.settings, setting))
            if names:
                return list(dict.fromkeys(names))
    names = covariate_names(known)
    if names and set(names) <= table.columns.keys():
        return list(dict.fromkeys(names))
    if NOISY in table.columns:
        return [NOISY]
    return [context.column("value_column", table.columns)]


def _of_columns(
    table: Table, names: Sequence[str], rate: float | None
) -> tuple[list[Row], Sequence[str]]:
    """Returns the signals of columns: their channels side by side, a row a series.

    Args:
        table: What was read.
        names: Of the columns; [""] takes all that hold numbers.
        rate: Samples a second of the training, None if that is not known.
    """
    counted = dataclasses.replace(table, columns={**table.columns, ROW: list(range(len(table)))})
    along = Covariates(past=(ROW,))
    reads = {name: observed_series(counted, name, along) for name in names}
    remarks = [remark for read in reads.values() for remark in _remarks(read)]
    clock = next(iter(reads.values())).clock
    remarks += other_rate(rate_of(clock), rate)
    chosen = choose_series_columns(counted, names[0], along)
    if not chosen.name:
        channels = {name: one for read in reads.values() for name, one in read.series.items()}
        return [Row(", ".join(channels), *_side_by_side(channels, clock))], remarks
    members: dict[str, list[int]] = {}
    for row, cell in enumerate(table.columns[chosen.name]):
        members.setdefault(as_text(cell).strip(), []).append(row)
    signals = []
    for series, rows in members.items():
        channels = {n: read.series[series] for n, read in reads.items() if series in read.series}
        signals.append(_long(series, rows, channels, clock, several=len(names) > 1))
    return signals, remarks


def _remarks(read: SeriesTable) -> Iterator[str]:
    yield from (remark for remark in read.remarks if not remark.startswith("columns ignored"))
    if read.empty:
        yield f"without a value: {', '.join(read.empty)[:80]}"


def _side_by_side(
    channels: Mapping[str, Observed], clock: Clock
) -> tuple[Floats, Mapping[str, Any]]:
    """Puts signals side by side as channels, from the first sample of any to the last.

    Returns:
        `float32[steps, channels]`, and the rows of the table with their steps.
    """
    begin = min(int(one.times[0]) for one in channels.values())
    times = clock.grid(begin, max(int(one.times[-1]) for one in channels.values()))
    whole = np.full((len(times), len(channels)), np.nan, np.float32)
    table_rows = np.full(len(times), -1)
    for channel, one in enumerate(channels.values()):
        places = np.searchsorted(times, one.times)
        whole[places, channel] = one.values
        there = np.isfinite(one.past[:, 0])
        table_rows[places[there]] = one.past[there, 0].astype(np.int64)
    names = list(channels) if len(channels) > 1 else []
    return whole, _cells(table_rows, names)


def _long(
    name: str, rows: Sequence[int], channels: Mapping[str, Observed], clock: Clock, *, several: bool
) -> Row:
    """Returns the signal of a series, with all `rows` that it has in the table."""
    if not channels:
        error = DataError("needs at least one value. Received: none")
        return Row(name, error, {"rows": list(rows), "steps": [-1] * len(rows)})
    samples, cells = _side_by_side(channels, clock)
    named = {"channels": list(channels)} if several else {}
    return Row(name, samples, {**_with_outside(cells, rows), **named})


def _with_outside(cells: Mapping[str, Any], rows: Sequence[int]) -> dict[str, Any]:
    """Adds the rows before the first sample and after the last, which are at no step."""
    outside = sorted(set(rows) - set(cells["rows"]))
    steps = [*cells["steps"], *[-1] * len(outside)]
    return {**cells, "rows": [*cells["rows"], *outside], "steps": steps}


def _cells(table_rows: NDArray[np.int64], channels: Sequence[str]) -> dict[str, Any]:
    """Returns rows of the table with the step at which each is."""
    steps = np.flatnonzero(table_rows >= 0)
    return {
        "rows": table_rows[steps].tolist(),
        "steps": steps.tolist(),
        "channels": list(channels),
    }


def _in_places(rows: Sequence[Row], table: Table) -> Iterator[Row]:
    """Yields rows with their cells and the places that these have among all rows of the table."""
    if len(rows) == 1:  # rows before the first sample and after the last are part of the one signal
        (row,) = rows
        rows = [dataclasses.replace(row, cells=_with_outside(row.cells, range(len(table))))]
    for row in rows:
        own = row.cells["rows"]
        columns = {name: [cells[r] for r in own] for name, cells in table.columns.items()}
        yield dataclasses.replace(row, cells={**row.cells, "columns": columns}, places=own)


def _of_arrays(path: Path, context: ReadingContext) -> Inputs:
    arrays = load_arrays(path)
    state, settings = context.states["values"], context.settings
    stated = [n for n in ("value_column", "noisy_column") if n in context.stated]
    wanted = getattr(settings, stated[0]) if stated else state.noisy_column
    if stated or wanted in arrays:
        name = chosen_arrays(arrays, "", wanted, path)[1]
    else:
        name = NOISY if NOISY in arrays else chosen_arrays(arrays, "", "", path)[1]
    array = arrays[name]
    columns = channels_of(array, name, path)  # which checks it
    signals = array.astype(np.float32)
    signals = signals.reshape(
        *([1] if array.ndim < 3 else []), *array.shape, *[1] * (array.ndim == 1)
    )
    count, time, width = signals.shape
    names = [f"channel_{channel}" for channel in range(1, width + 1)]
    rows = []
    for number, signal in enumerate(signals):
        cells: dict[str, Any] = {"signal": [number + 1] * time} if count > 1 else {}
        cells |= {n: [float(v) for v in signal[:, c]] for c, n in enumerate(names)}
        own = {"columns": cells, "steps": range(time), "channels": names if width > 1 else []}
        value: Any = signal
        if np.isnan(signal).all():
            value = DataError("needs at least one value. Received: none")
        rows.append(Row(f"signal {number + 1}", value, own))
    note = f"{counted(len(columns), 'channel')} of {time:,} samples of {path}"
    note = "; ".join([note, *other_rate(rate_of_arrays(arrays), settings.rate)])
    heads = [*(["signal"] if count > 1 else []), *names]
    return Inputs(iter(rows), dict.fromkeys(heads, ()), note)
