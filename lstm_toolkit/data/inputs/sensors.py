"""Windows of recordings that are to be answered, with where each begins and ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.sensors.arrays import (
    fitting_window,
    parts_of,
    read_window_arrays,
)
from lstm_toolkit.data.readers.sensors.groups import named
from lstm_toolkit.data.readers.sensors.recordings import Recording
from lstm_toolkit.data.readers.sensors.sensors import evened, holds_arrays
from lstm_toolkit.data.readers.sensors.tables import FORMS, TableReading, read_recordings
from lstm_toolkit.data.readers.sensors.windows import cut_recordings
from lstm_toolkit.data.readers.series.columns import covariate_names
from lstm_toolkit.errors import DataError


def sensor_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads windows as training does, but without labels; each is a row.

    Every step is in some window: the last one ends where its recording does. A recording that is
    shorter than a window is a row with an error, and so is a window without a value.

    Args:
        path: See `read_sensors`.
        context: With the settings of how files are read, and the states, which say which
            channels there are and how long windows are.

    Raises:
        DataError: As `read_sensors` does, but for labels.
    """
    check_there(path, FORMS)
    state = context.states.only
    if holds_arrays(path):
        return _of_arrays(path, context)
    reading = reading_of(context)
    read = read_recordings(path, reading)
    window = None if state.varies else state.steps
    parts, _, told = evened(read.recordings, state.step or None, window)
    cut = cut_recordings(parts, window, context.settings.overlap, labelled=False)
    rows = list(_rows(parts, cut.places, cut.rows.inputs, state))
    columns: dict[str, list[Any]] = {
        name: [row.cells[name] for row in rows] for name in ("recording", "start", "end")
    }
    note = f"{counted(len(rows), 'window')} of {named(read.recordings)} in {path}"
    return Inputs(iter(rows), columns, "; ".join([note, *read.remarks, *told]))


def reading_of(context: ReadingContext) -> TableReading:
    """Returns how tables are read that are to be answered: channels as the training had them."""
    own, state = context.settings, context.states.only
    roles = ("recording", "group", "time")
    return TableReading(
        {role: getattr(own, f"{role}_column") for role in roles},
        covariate_names(state.reading["channel_columns"]),
        own.encoding,
        own.sheet,
        own.separator,
        labelled=False,
    )


def _rows(recordings: Sequence[Recording], places: Any, windows: Any, state: Any) -> Iterator[Row]:
    """Yields windows in the order of recordings, and those that give none as errors."""
    of_recording: dict[int, list[int]] = {}
    for row, (number, _, _) in enumerate(places.tolist()):
        of_recording.setdefault(number, []).append(row)
    for number, each in enumerate(recordings):
        rows = of_recording.get(number, [])
        if not rows:
            error = DataError(f"needs {state.steps} steps. Received: {len(each)}")
            yield _row(each, 0, len(each), error)
        for row in rows:
            begin, end = places[row, 1:].tolist()
            values = np.asarray(windows[np.array([row])], np.float32)[0]
            yield _row(each, begin, end, _fitting(values, state))


def _row(recording: Recording, begin: int, end: int, value: Any) -> Row:
    start, last = recording.time(begin), recording.time(end - 1)
    name = f"{recording.name} {start} to {last}".strip()
    cells = {"recording": recording.name, "start": start, "end": last}
    return Row(name, value, cells)


def _of_arrays(path: Path, context: ReadingContext) -> Inputs:
    arrays = read_window_arrays(path)
    axes, state = context.settings.axes, context.states.only
    parts, _, _ = parts_of(arrays, path, axes, labelled=False)
    rows = []
    for part, each in parts.items():
        for number, window in enumerate(each.inputs, 1):
            name = f"{part} {number}" if len(parts) > 1 else f"row {number}"
            rows.append(Row(name, _fitting(window, state), {"row": name}))
    columns = {"row": [row.name for row in rows]}
    return Inputs(iter(rows), columns, f"{counted(len(rows), 'window')} of {path}")


def _fitting(window: Any, state: Any) -> Any:
    steps = None if state.varies else state.steps
    try:
        values = fitting_window(np.asarray(window, np.float32), len(state.names), steps)
    except DataError as error:
        return error
    return {"values": values}
