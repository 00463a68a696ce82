"""Reads recordings of sensors, and cuts them into windows with a label each."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import Sequences
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.inputs.rows import counted
from lstm_toolkit.data.readers.sensors.arrays import Axes, parts_of, read_window_arrays
from lstm_toolkit.data.readers.sensors.groups import groups_of, named, said
from lstm_toolkit.data.readers.sensors.rate import on_grid, step_of
from lstm_toolkit.data.readers.sensors.recordings import Recording
from lstm_toolkit.data.readers.sensors.sample import sample_recordings
from lstm_toolkit.data.readers.sensors.tables import Read, TableReading, read_recordings
from lstm_toolkit.data.readers.sensors.windows import Cut, Mixed, cut_recordings, window_of
from lstm_toolkit.data.readers.series.columns import covariate_names
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

FILLED = 0.5
"""Share of a window that may be left out between two times; a longer gap parts a recording."""

MANY, SINGLE = 10, 0.9
"""Of so many recordings, the share of a single step from which they are none."""


def read_sensors(
    data: Path | pd.DataFrame | None,
    *,
    window: int | None = None,
    whole: bool = False,
    overlap: float = 0.5,
    mixed_windows: Mixed = "majority",
    label_column: str = "",
    group_column: str = "",
    recording_column: str = "",
    time_column: str = "",
    channel_columns: str = "",
    step: float | None = None,
    axes: Axes = "auto",
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
) -> Source:
    """Reads recordings or windows of several channels.

    A table has a step a row: channels in columns of numbers, a label, and where there are such
    the time, the recording and the person or device. A folder holds a table a recording, with
    labels in them or in the names of sub-folders. An `.npz` file, or a folder of `.npy` files,
    holds windows that are cut already, `[n, time, channels]`, or end to end with their lengths.

    Args:
        data: A data frame or a path; None takes made recordings of gestures.
        window: Steps; None takes short recordings of one label as they are, else 100 steps.
        whole: Takes recordings as they are, however long.
        overlap: Share of a window that the next one repeats, in [0, 1).
        mixed_windows: What becomes of windows with several labels: "majority" or "drop".
        label_column: Of the labels; "" finds it.
        group_column: Of people or devices, between which windows are split; "" finds it.
        recording_column: What tells recordings apart; "" finds it.
        time_column: When a row was recorded; "" finds it.
        channel_columns: Columns of numbers with commas between; "" takes all others.
        step: Time between two steps; None finds it.
        axes: Of windows in arrays: "time_first", "channels_first" or "auto".
        encoding: Of CSV, TSV and JSON files.
        sheet: Name or number of the sheet of a workbook; "" finds it.
        separator: Between the cells of CSV and TSV; "" finds it.

    Returns:
        `values` (`float32[n, time, channels]`, NaN where a value is missing, or `Sequences` of
        unequal length), the target `label`, and of each row its `group`.

    Raises:
        DataError: If a cell is no number or a time does not fit, with line and recording, or no
            window has a label.
    """
    if isinstance(data, Path) and holds_arrays(data):
        return _of_arrays(data, axes)
    if data is None:
        recordings, channels = sample_recordings()
        read, place = Read(recordings, channels, []), "made recordings of gestures"
    else:
        stated = {
            "label": label_column,
            "group": group_column,
            "recording": recording_column,
            "time": time_column,
        }
        channels = covariate_names(channel_columns)
        reading = TableReading(stated, channels, encoding, sheet, separator)
        read = read_recordings(data, reading)
        place = str(data) if isinstance(data, Path) else "a data frame"
        _check_several_steps(read.recordings, place)
    window = None if whole else window_of(read.recordings, window)
    parts, common, told = evened(read.recordings, step, window)
    cut = cut_recordings(parts, window, overlap, mixed_windows)
    found: dict[str, Any] = {
        "window": window,
        "channel_columns": ",".join(read.channels),
        "step": common or None,
    }
    return _source(cut, read, [*read.remarks, *told], place, found)


def _check_several_steps(recordings: Sequence[Recording], place: str) -> None:
    """Refuses what a column of numbers of rows makes of recordings."""
    single = sum(len(each) == 1 for each in recordings)
    if len(recordings) >= MANY and single >= SINGLE * len(recordings):
        raise DataError(
            f"needs recordings of several steps, as recording_column tells them apart. Received: "
            f"{single:,} of {len(recordings):,} of one step in {place}"
        )


def evened(
    recordings: Sequence[Recording], step: float | None, window: int | None
) -> tuple[list[Recording], float, list[str]]:
    """Puts recordings on the grid of their steps.

    Returns:
        Parts of recordings, the time between two steps, and what is to be told.
    """
    common = step_of(recordings, step)
    parts, filled, uneven, cuts = [], 0, 0, 0
    for each in recordings:
        longest = len(each) if window is None else int(FILLED * window)
        evenly, more, between = on_grid(each, common, longest)
        parts += evenly
        filled, uneven, cuts = filled + more, uneven + between, cuts + len(evenly) - 1
    told = [f"a step every {common:.6g}{' s' if _dated(recordings) else ''}"] if common else []
    told += [f"{counted(filled, 'step')} left out, and taken as missing"] if filled else []
    told += [f"{counted(uneven, 'time')} between two steps, taken as the nearest"] if uneven else []
    told += [f"recordings parted at {counted(cuts, 'long gap')}"] if cuts else []
    return parts, common, told


def _dated(recordings: Sequence[Recording]) -> bool:
    return any(each.dated for each in recordings)


def holds_arrays(path: Path) -> bool:
    """Tells whether a file or a folder holds windows in NumPy's files."""
    if path.is_dir():
        return any(path.glob("*.npy"))
    return path.suffix.lower() in (".npz", ".npy")


def _of_arrays(path: Path, axes: Axes) -> Source:
    parts, channels, unknown = parts_of(read_window_arrays(path), path, axes)
    if len(parts) == 1:
        parts = {TRAIN: next(iter(parts.values()))}
    if TRAIN not in parts:
        raise DataError(
            f"needs a training split beside the others. Received: {', '.join(parts)}", path=path
        )
    widths = {_width(part) for part in parts.values()}
    if len(widths) > 1:
        raise DataError(
            f"needs equally many channels in every split. Received: {sorted(widths)}", path=path
        )
    _check_lengths(parts, path)
    rows = parts[TRAIN]
    people = np.asarray(rows.meta["person"]) if "person" in rows.meta else None
    told = [f"arrays ignored: {', '.join(unknown)[:120]}"] if unknown else []
    if people is not None and len(set(people.tolist())) >= 4 - len(parts):
        rows = dataclasses.replace(rows, meta={"group": people})
        told.append(f"split between {said(len(set(people.tolist())))}")
    elif len(parts) < 3:
        told.append("split by stretches of rows, since neighbours may be of one recording")
    held_out = "".join(f", {len(parts[n]):,} for the {n}" for n in parts if n != TRAIN)
    note = "; ".join([f"{len(rows):,} windows{_sizes(rows)}{held_out} in {path}", *told])
    plain = {name: dataclasses.replace(part, meta={}) for name, part in parts.items()}
    found = {"channel_columns": ",".join(channels)} if channels else {}
    return Source(rows, plain.get(TEST), note, found, validation=plain.get(VALIDATION))


def _check_lengths(parts: Mapping[str, Dataset], path: Path) -> None:
    """Refuses splits of other lengths than the training's, where that has one alone."""
    first = parts[TRAIN].inputs
    if isinstance(first, Sequences):
        return
    steps = first.shape[1]
    for name, part in parts.items():
        column = part.inputs
        several = isinstance(column, Sequences)
        longest = int(column.lengths.max()) if several else column.shape[1]
        if longest != steps:
            raise DataError(
                f"needs windows of {steps:,} steps in every split, as in training. Received: "
                f"{longest:,} in the {name}",
                path=path,
            )


def _width(rows: Dataset) -> int:
    return int(np.asarray(rows.inputs[:1]).shape[-1])


def _sizes(rows: Dataset) -> str:
    """Returns in words how many steps and channels windows have."""
    column = rows.inputs
    width = _width(rows)
    lengths = getattr(column, "lengths", None)
    if lengths is not None:
        steps = f"{int(lengths.min()):,} to {int(lengths.max()):,}"
    else:
        steps = f"{column.shape[1]:,}"
    return f" of {steps} steps, {width} channel{'' if width == 1 else 's'}"


def _source(
    cut: Cut,
    read: Read,
    told: Sequence[str],
    place: str,
    found: Mapping[str, Any],
) -> Source:
    account = Account(
        len(cut.rows) + sum(cut.left_out.values()), len(cut.rows), cut.left_out, "windows"
    )
    remarks = [*told, *cut.remarks, *account.remarks()]
    if not len(cut.rows):
        why = "; ".join([*account.remarks(), *cut.remarks])[:240]
        raise DataError(f"needs a window with a label. Received: none in {place}; {why}")
    parts = _parted(cut.rows)
    if TRAIN not in parts:
        raise DataError(
            f"needs a training split beside the others. Received: {', '.join(parts)} in {place}"
        )
    rows = parts[TRAIN]
    needed = 4 - len(parts)
    groups, kind = groups_of(
        np.asarray(rows.labels), rows.meta["person"], rows.meta["recording"], needed
    )
    rows = dataclasses.replace(rows, meta={"group": groups})
    note = "; ".join(
        [
            f"{len(cut.rows):,} windows{_sizes(rows)}, of {named(read.recordings)} in {place}",
            *([kind] if needed > 1 else []),
            *remarks,
        ]
    )
    plain = {name: dataclasses.replace(part, meta={}) for name, part in parts.items()}
    return Source(
        rows, plain.get(TEST), note, found, validation=plain.get(VALIDATION), account=account
    )


def _parted(rows: Dataset) -> dict[str, Dataset]:
    """Returns the rows of each published split; all of them for training where there is none."""
    parts = np.asarray(rows.meta["part"])
    names = [name for name in (TRAIN, VALIDATION, TEST) if (parts == name).any()]
    if not names or set(parts.tolist()) == {""}:
        return {TRAIN: rows}
    parts = np.where(parts == "", TRAIN, parts)
    names = [name for name in (TRAIN, VALIDATION, TEST) if (parts == name).any()]
    return {name: rows.take(np.flatnonzero(parts == name)) for name in names}
