"""Recordings in any of the forms in which tables of them come."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.data.readers.sensors.blank_rows import without_blank_rows
from lstm_toolkit.data.readers.sensors.columns import SensorColumns, choose_sensor_columns
from lstm_toolkit.data.readers.sensors.folders import others_in, place_of, recording_files
from lstm_toolkit.data.readers.sensors.recordings import (
    Recording,
    missing_in,
    missing_remarks,
    recordings_of,
)
from lstm_toolkit.data.readers.series.cells import has_header
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected, from_frame, read_table
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

FORMS = (
    f"{TABLES} with a step a row, a folder of such tables with one sub-folder a class, or an .npz "
    "file of x_train and y_train"
)


@dataclasses.dataclass(frozen=True)
class TableReading:
    """How tables are read.

    Attributes:
        stated: Names of columns by role, see `choose_sensor_columns`.
        channels: Names of the channels; none finds them.
        encoding: Of CSV, TSV and JSON files.
        sheet: Of workbooks.
        separator: Between cells; "" finds it.
        labelled: Whether labels are needed.
    """

    stated: Mapping[str, str]
    channels: Sequence[str] = ()
    encoding: str = "utf-8"
    sheet: str = ""
    separator: str = ""
    labelled: bool = True

    @property
    def expected(self) -> Expected:
        """What a table is read for."""
        return Expected(FORMS, has_header, blank=True, sheet=self.sheet, separator=self.separator)


@dataclasses.dataclass(frozen=True, eq=False)
class Read:
    """Recordings as they were read.

    Attributes:
        recordings: In the order of the data.
        channels: Their names.
        remarks: What is to be told.
    """

    recordings: list[Recording]
    channels: tuple[str, ...]
    remarks: list[str]


def read_recordings(data: Path | pd.DataFrame, reading: TableReading) -> Read:
    """Reads the recordings of a data frame, a table, or a folder of tables.

    Raises:
        DataError: If it is missing, damaged or in no known form, or a cell is wrong.
    """
    if isinstance(data, Path) and data.is_dir():
        return _read_folder(data, reading)
    if isinstance(data, Path):
        if not data.exists():
            raise DataError("no such file or folder; needs " + FORMS, path=data)
        table = read_table(data, reading.encoding, reading.expected)
    else:
        table = from_frame(data)
    return read_columns(table, reading)


def read_columns(table: Table, reading: TableReading) -> Read:
    """Reads the recordings of one table."""
    columns, table = _chosen(table, reading, labelled=reading.labelled)
    recordings = recordings_of(table, columns)
    remarks = [*table.remarks, *columns.remarks()]
    words = missing_in(table, columns.channels)
    remarks += missing_remarks(recordings, words, columns.channels)
    return Read(recordings, columns.channels, remarks)


def _chosen(table: Table, reading: TableReading, *, labelled: bool) -> tuple[SensorColumns, Table]:
    """Returns what the columns hold, and the rows that are steps."""
    filled = without_blank_rows(table, timed=True)
    columns = choose_sensor_columns(filled, reading.stated, reading.channels, labelled=labelled)
    return columns, filled if columns.time else without_blank_rows(table, timed=False)


def _read_folder(root: Path, reading: TableReading) -> Read:
    """Reads a table a recording; labels stand in them, or are the names of their folders."""
    files = recording_files(root)
    tables = [read_table(file, reading.encoding, reading.expected) for file in files]
    in_folders = reading.labelled and all(place_of(file, root)[0] for file in files)
    recordings: list[Recording] = []
    first = None
    remarks: list[str] = []
    told: list[str] = []
    for file, whole in zip(files, tables, strict=True):
        columns, table = _chosen(whole, reading, labelled=reading.labelled and not in_folders)
        told += [remark for remark in table.remarks if remark not in told]
        if first is None:
            first = columns
            remarks = [*columns.remarks()]
        _check_same(first, columns, file, files[0])
        name = file.relative_to(root).as_posix()
        label, part = place_of(file, root)
        columns = dataclasses.replace(columns, channels=first.channels)
        for each in recordings_of(table, columns, name):
            changes: dict[str, Any] = {"part": part or each.part}
            if in_folders and not columns.label:
                changes["labels"] = np.full(len(each), label, object)
            recordings.append(dataclasses.replace(each, **changes))
    assert first is not None
    if in_folders and not first.label:
        remarks.append("labels in the names of folders")
    others = others_in(root, files)
    remarks += [f"{others:,} files of another kind left out"] if others else []
    remarks += told
    remarks += missing_remarks(recordings, "", first.channels)
    return Read(recordings, first.channels, remarks)


def _check_same(first: SensorColumns, columns: SensorColumns, file: Path, other: Path) -> None:
    """Refuses a table of other channels than those before."""
    if set(columns.channels) == set(first.channels):
        return
    lacking = sorted(set(first.channels) - set(columns.channels))
    more = sorted(set(columns.channels) - set(first.channels))
    what = f"no {', '.join(lacking)[:80]}" if lacking else f"also {', '.join(more)[:80]}"
    raise DataError(
        f"needs the channels of {other.name}, {', '.join(first.channels)[:80]}. Received: {what}; "
        "name those to be read with --set channel_columns=",
        path=file,
    )
