"""Reads labelled clips from whatever form they come in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.inputs.rows import counted
from lstm_toolkit.data.readers.clips import arrays as array_files
from lstm_toolkit.data.readers.clips.array_clips import ArrayClip
from lstm_toolkit.data.readers.clips.class_folders import labelled_clips, others_below
from lstm_toolkit.data.readers.clips.clip import Clip, Facts
from lstm_toolkit.data.readers.clips.clip_files import open_clip
from lstm_toolkit.data.readers.clips.frames_kept import Kept, Sampling, keep_frames
from lstm_toolkit.data.readers.clips.labelled import DAMAGED_SHARE, LabelledClip
from lstm_toolkit.data.readers.clips.made_clips import sample_clips
from lstm_toolkit.data.readers.clips.tables import ClipNames, clips_of_table, expected
from lstm_toolkit.data.readers.clips.told_by_length import told_by_length
from lstm_toolkit.data.readers.images.arrays import load_arrays
from lstm_toolkit.data.readers.tables.tables import SUFFIXES as TABLES
from lstm_toolkit.data.readers.tables.tables import from_frame, read_table, table_suffix
from lstm_toolkit.data.readers.texts.labels import clean_labels
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from lstm_toolkit.data.readers.tables.table import Table

FORMS = (
    "a folder with one sub-folder a class and clips in it, a table of paths and labels, or an "
    ".npz file of arrays"
)

Label = Literal["motion", "digit"]


def read_clips(
    data: Path | pd.DataFrame | None,
    *,
    sampling: Sampling,
    label: Label = "motion",
    clip_column: str = "",
    label_column: str = "",
    group_column: str = "",
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
) -> Source:
    """Reads clips and their labels.

    Args:
        data: A data frame or a path, see `FORMS`; None takes made clips of moving digits.
        sampling: Which frames are kept, and of which size.
        label: Of the made clips: what is to be told.
        clip_column: Of tables: the column of paths; "" finds it.
        label_column: Likewise, of labels.
        group_column: Of what may not stand in two splits, as persons; "" for none.
        encoding: Of tables.
        sheet: Of workbooks; "" finds it.
        separator: Of CSV and TSV; "" finds it.

    Returns:
        Clips with their labels, by the published splits, and an account of all that was there.

    Raises:
        DataError: If the data is missing, damaged, or holds no clips.
    """
    columns = {"clip_column": clip_column, "label_column": label_column}
    columns["group_column"] = group_column
    if data is None:
        _check_no_columns(columns, sampling, "made clips", None)
        return sample_clips(label, sampling)
    if label != "motion":
        raise DataError(
            "needs the made clips for label=digit; labels of other data stand in its folders, "
            f"or in label_column. Received: label={label}",
            path=data if isinstance(data, Path) else None,
        )
    if isinstance(data, Path) and not data.exists():
        raise DataError(f"no such file or folder; needs {FORMS}", path=data)
    if isinstance(data, Path) and data.is_file() and data.suffix.lower() == ".npz":
        _check_no_columns(columns, sampling, "arrays", data)
        return _of_arrays(data, sampling)
    if isinstance(data, Path) and data.is_dir() and not _tables_in(data):
        _check_no_columns(columns, sampling, "a folder of clips", data)
        clips = labelled_clips(data)
        return _of_files(clips, others_below(data, clips), data, sampling, "clips and other files")
    told = expected(clip_column, label_column, group_column, separator=separator, sheet=sheet)
    file = data
    if isinstance(data, Path):
        file = _tables_in(data)[0] if data.is_dir() else data
        if table_suffix(file) not in (*TABLES, ".txt"):
            raise DataError(f"unknown form; needs {FORMS}", path=data)
        table: Table = read_table(file, encoding, told)
    else:
        table = from_frame(data)
    known = ClipNames(file.parent if isinstance(file, Path) else None)
    clips, lost = clips_of_table(table, known, clip_column, label_column, group_column)
    return _of_files(clips, lost, table.path, sampling, "rows", table.remarks)


def _check_no_columns(
    columns: Mapping[str, str], sampling: Sampling, received: str, path: Path | None
) -> None:
    """Refuses columns for what has none, unless a run that was trained on a table has them."""
    stated = [f"{name}={value}" for name, value in columns.items() if value]
    if stated and sampling.pace is None:
        message = f"needs a table for {stated[0][:80]}. Received: {received}"
        raise DataError(message, path=path)


def _tables_in(folder: Path) -> list[Path]:
    """Returns the one table in a folder whose sub-folders are not classes.

    Raises:
        DataError: If there are several.
    """
    files = sorted(each for each in folder.iterdir() if each.is_file())
    tables = [each for each in files if table_suffix(each) in TABLES and each.name[0] != "."]
    if tables and _has_classes(folder):
        return []
    if len(tables) > 1:
        names = ", ".join(each.name for each in tables)
        raise DataError(f"needs one table of clips. Received: {names[:120]}", path=folder)
    return tables


def _has_classes(folder: Path) -> bool:
    try:
        return len({clip.label for clip in labelled_clips(folder)}) > 1
    except DataError:
        return False


def _of_files(
    clips: Sequence[LabelledClip],
    lost: Mapping[str, int],
    path: Path | None,
    sampling: Sampling,
    unit: str,
    told: Sequence[str] = (),
) -> Source:
    labels = [clip.label for clip in clips]
    splits = [clip.split for clip in clips]
    training = [split == TRAIN for split in splits]
    kept = keep_frames([_Lazy(clip.path) for clip in clips], sampling, path, training)
    _check_damaged(kept, labels)
    groups = [clip.group for clip in clips] if any(clip.group for clip in clips) else None
    return _source(kept, labels, splits, groups, dict(lost), path, unit, told)


class _Lazy:
    """A clip that is looked for when it is read, so that one that is none is one of the damaged."""

    def __init__(self, path: Path):
        self.path = path
        self.name = str(path)

    @cached_property
    def _clip(self) -> Clip:
        return open_clip(self.path)

    def facts(self) -> Facts:
        """Returns size and number of frames."""
        return self._clip.facts()

    def frames(self, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
        """Yields frames."""
        return self._clip.frames(numbers)


def _check_damaged(kept: Kept, labels: Sequence[str]) -> None:
    """Raises the first error if many clips are damaged, or all of a class."""
    gone = set(labels) - {labels[row] for row in kept.rows}
    if kept.damaged and (gone or len(kept.damaged) > DAMAGED_SHARE * len(labels)):
        raise next(iter(kept.damaged.values()))


def _of_arrays(path: Path, sampling: Sampling) -> Source:
    arrays = load_arrays(path)
    names, others = array_files.roles(arrays, path)
    clips: list[ArrayClip] = []
    labels: list[str] = []
    splits: list[str] = []
    for split, named in names.items() or [(TRAIN, {})]:
        each = array_files.clips_in(arrays, named, path)
        clips += each
        labels += array_files.labels_in(arrays, named, len(each), path)
        splits += [split] * len(each)
    kept = keep_frames(clips, sampling, path, [split == TRAIN for split in splits])
    shape = max(clip.pixels.shape for clip in clips)
    told = [f"frames read as [frames, height, width, channels] = {list(shape)}"]
    told += [f"arrays of unknown name not read: {', '.join(others)[:120]}"] if others else []
    return _source(kept, labels, splits, None, {}, path, "clips", told)


def _source(
    kept: Kept,
    labels: Sequence[str],
    splits: Sequence[str],
    groups: Sequence[str] | None,
    lost: dict[str, int],
    path: Path | None,
    unit: str,
    told: Sequence[str],
) -> Source:
    """Returns clips by their splits, with an account of all that was there."""
    used = [labels[row] for row in kept.rows]
    names, spelling = clean_labels(used)
    if kept.damaged:
        first = next(iter(kept.damaged.values()))
        lost[f"damaged, such as {first}"[:160]] = len(kept.damaged)
    account = Account(len(used) + sum(lost.values()), len(used), lost, unit)
    parts = {}
    rows = np.array(kept.rows)
    for split in (TRAIN, VALIDATION, TEST):
        chosen = np.flatnonzero([splits[row] == split for row in rows])
        if len(chosen):
            meta = {} if groups is None else {"group": np.array(groups)[rows[chosen]]}
            target = np.array([names[place] for place in chosen], np.str_)
            parts[split] = Dataset({"clip": kept.clips.subset(chosen)}, {"label": target}, meta)
    if len(parts) == 1:
        parts = {TRAIN: next(iter(parts.values()))}
    if TRAIN not in parts:
        received = ", ".join(parts)
        raise DataError(f"needs a training split. Received: {received}", path=path)
    where = "" if path is None else f" of {path}"
    counts = "".join(f", {len(parts[n]):,} for the {n}" for n in (VALIDATION, TEST) if n in parts)
    size = "×".join(map(str, reversed(kept.clips.values.shape[1:3])))
    note = f"{len(parts[TRAIN]):,} clips of {size}{counts}{where}"
    remarks = [*kept.remarks, *told, *account.remarks(), *spelling, *_twice(kept, names)]
    remarks += told_by_length(kept.clips.lengths, names)
    return Source(
        parts[TRAIN],
        parts.get(TEST),
        "; ".join([note, *remarks]),
        validation=parts.get(VALIDATION),
        account=account,
    )


def _twice(kept: Kept, labels: Sequence[str]) -> list[str]:
    """Warns of clips that are there with two labels."""
    keys = [hashlib.sha256(frames.tobytes()).digest() for frames in kept.clips]
    first: dict[bytes, str] = {}
    count = sum(
        first.setdefault(key, label) != label for key, label in zip(keys, labels, strict=True)
    )
    return [f"warning: {counted(count, 'clip')} there with another label too"] if count else []
