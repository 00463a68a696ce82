"""Recordings to be answered: files of sound, folders, tables and arrays of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, counted
from lstm_toolkit.data.inputs.tables import check_there
from lstm_toolkit.data.readers.audio.folders import opened
from lstm_toolkit.data.readers.audio.recording import Recording
from lstm_toolkit.data.readers.audio.recordings import ARRAYS, recordings_of
from lstm_toolkit.data.readers.audio.sounds import FORMS, is_sound
from lstm_toolkit.data.readers.audio.tables import is_table
from lstm_toolkit.errors import DataError

_READ = ("path_column", "speaker_column", "encoding", "sheet", "separator")


def recording_inputs(path: Path, context: ReadingContext) -> Inputs:
    """Reads recordings; one that cannot be read, or is too long, is a row with an error.

    Args:
        path: A file of sound, a folder with such in it, however deep, a table of their files, or
            an `.npz` file.
        context: With the settings of how files are read.

    Raises:
        DataError: If it is missing, damaged or in no known form.
    """
    check_there(path, f"sounds ({FORMS})")
    own = context.settings
    if path.is_dir() or is_table(path) or path.suffix.lower() in ARRAYS:
        stated = {n: getattr(own, n) for n in _READ if n in context.stated or n == "encoding"}
        read = recordings_of(path, "", own.sample_rate, **stated)
        rows, remarks = list(read.each), read.remarks
    else:  # by its content, whatever its name ends in
        rows, remarks = [Recording(str(path), opened(path))], ()
    names = dict.fromkeys(name for row in rows for name in row.cells) or {"recording": ()}
    columns = {name: [row.cells.get(name, row.name) for row in rows] for name in names}
    single = len(rows) == 1 and is_sound(path)
    note = "" if single else "; ".join([f"{counted(len(rows), 'recording')} of {path}", *remarks])
    return Inputs(_rows(rows, own.longest), columns, note)


def _rows(rows: list[Recording], longest: float) -> Iterator[Row]:
    for row in rows:
        sound = row.sound
        cells = row.cells or {"recording": row.name}
        if isinstance(sound, DataError):
            yield Row(row.name, sound, cells)
        elif sound.seconds > longest:
            error = DataError(
                f"needs at most longest={longest:g} seconds; --set longest= takes more, and "
                f"predict RUN - reads a stream. Received: {sound.seconds:.1f} seconds"
            )
            yield Row(row.name, error, cells)
        else:
            yield Row(row.name, {"audio": sound.row()}, cells)
