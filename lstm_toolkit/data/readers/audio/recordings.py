"""Reads recordings with a class or a transcript each."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import Sequences, texts
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.labels import class_key
from lstm_toolkit.data.readers.audio.arrays import read_sound_arrays
from lstm_toolkit.data.readers.audio.folders import read_sound_folder
from lstm_toolkit.data.readers.audio.made_speech import made_speech
from lstm_toolkit.data.readers.audio.recording import LABEL, Recording, Recordings, Said
from lstm_toolkit.data.readers.audio.sounds import SUFFIXES, Sound, is_sound
from lstm_toolkit.data.readers.audio.tables import read_sound_table, tables_in
from lstm_toolkit.data.readers.texts.labels import clean_labels
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

ARRAYS = (".npz", ".npy")

DAMAGED_SHARE = 0.05
"""Share of the recordings that may be damaged, and are then left out and counted."""

MANY_SPEAKERS = 10
"""From so many on, some of those to learn from are held apart to choose the best weights, where the
test split is published."""

SILENCE = "silence"
"""The class of recordings in which nobody speaks."""

SILENCE_NAMES = (SILENCE, "_silence_", "silent", "静音")

_LATER = (TEST, VALIDATION)

HoldOut = Literal["auto", "speakers", "recordings"]


def read_recordings(
    data: Path | pd.DataFrame | None,
    said: Said = "label",
    *,
    longest: float = 30.0,
    hold_out: HoldOut = "auto",
    known: Sequence[str] = (),
    sample_rate: int | None = None,
    **table: Any,
) -> Source:
    """Reads recordings of speech with what is said in them.

    Args:
        data: A folder of sounds (a sub-folder a class, or texts beside them), a table of files, an
            `.npz` file, or a data frame; None takes made digits.
        said: `label` for a class each, `transcript` for words.
        longest: Seconds; longer ones are left out.
        hold_out: What is kept on one side of the splits: speakers, so that scores tell of new
            ones, or recordings alone. Auto holds speakers apart where at least three are known
            (of published splits, `MANY_SPEAKERS`) and no published split shares them with the
            training.
        known: The classes of a trained network.
        sample_rate: Of arrays that do not tell it.
        **table: How a table is read, see `read_sound_table`.

    Returns:
        `audio`, rows of `float32`: the rate and then samples; the target `label` or `transcript`;
        and in `meta` the `group` of each row.

    Raises:
        DataError: If the data is missing, many recordings are damaged, or all of a class.
    """
    read = recordings_of(data, said, sample_rate, **table)
    path = data if isinstance(data, Path) else None
    used, left_out = _usable(read, said, longest, path)
    used, told = _one_spelling(used, said, known)
    if hold_out == "speakers":
        used, shared = _without_shared_speakers(used, path)
        left_out |= shared
    groups, how = _groups(used, hold_out, published=read.published)
    parts = {}
    for part in (TRAIN, VALIDATION, TEST):
        rows = [row for row, each in enumerate(used) if each.part == part]
        if rows:
            parts[part] = _dataset([used[row] for row in rows], said, groups[rows])
    if TRAIN not in parts:
        parts[TRAIN] = parts.pop(VALIDATION if VALIDATION in parts else TEST)
    account = Account(len(used) + sum(left_out.values()), len(used), left_out, "recordings")
    where = "made speech" if data is None else str(data) if path else "a data frame"
    note = "; ".join(
        [
            f"{_count(used)} of {where}",
            *_rates(used),
            how,
            *read.remarks,
            *told,
            *_clipped(used),
            *account.remarks(),
        ]
    )
    return Source(
        parts[TRAIN], parts.get(TEST), note, validation=parts.get(VALIDATION), account=account
    )


def recordings_of(
    data: Path | pd.DataFrame | None, said: Said, sample_rate: int | None = None, **table: Any
) -> Recordings:
    """Returns recordings in any form, those that cannot be read as their errors."""
    if data is None:
        return made_speech(said)
    if not isinstance(data, Path):
        return read_sound_table(data, said, **table)
    if not data.exists():
        raise DataError("no such file or folder", path=data)
    if data.is_dir():
        if tables_in(data):
            return read_sound_table(data, said, **table)
        return read_sound_folder(data, said)
    if data.suffix.lower() in ARRAYS:
        return read_sound_arrays(data, said, sample_rate)
    if is_sound(data):
        raise DataError(
            "needs a folder of recordings, a table of their files, or an .npz file. Received: one "
            "recording",
            path=data,
        )
    return read_sound_table(data, said, **table)


def _usable(
    read: Recordings, said: Said, longest: float, path: Path | None
) -> tuple[list[Recording], dict[str, int]]:
    """Returns the recordings that can be learnt from, and counts the others.

    Raises:
        DataError: If many are damaged, nothing is left, or nothing of a class.
    """
    left_out = dict(read.left_out)
    used: list[Recording] = []
    damaged = [each for each in read.each if isinstance(each.sound, DataError)]
    for each in read.each:
        if isinstance(each.sound, DataError):
            continue
        reason = _reason(each, each.sound, longest)
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
        else:
            used.append(each)
    lost = {each.said for each in read.each} - {each.said for each in used}
    many = len(damaged) > DAMAGED_SHARE * len(read.each)
    if damaged and (many or (said == LABEL and lost & {each.said for each in damaged})):
        first = damaged[0].sound
        assert isinstance(first, DataError)
        raise first
    if damaged:
        left_out[f"damaged, such as {damaged[0].name[-60:]}"] = len(damaged)
    if not used or (said == LABEL and lost):
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in left_out.items())
        of = f" of {min(lost)}" if used else ""
        raise DataError(
            f"needs recordings that can be used{of}. Received: none; {reasons[:160]}", path=path
        )
    return used, left_out


def _reason(each: Recording, sound: Sound, longest: float) -> str:
    """Returns why a recording is not learnt from, "" if it is."""
    if sound.seconds > longest:
        return f"longer than longest={longest:g} seconds"
    if sound.silent and each.said.casefold() not in SILENCE_NAMES:
        return "silent throughout"
    return ""


def _one_spelling(
    used: list[Recording], said: Said, known: Sequence[str]
) -> tuple[list[Recording], list[str]]:
    """Returns recordings with one writing of each class, and what is told of others."""
    if said != LABEL:
        return [dataclasses.replace(e, said=" ".join(e.said.split())) for e in used], []
    labels, told = clean_labels([each.said for each in used])
    key = class_key(known)
    names = {key(name): name for name in known}
    labels = [names.get(key(label), label) for label in labels]
    labels = [SILENCE if label.casefold() in SILENCE_NAMES else label for label in labels]
    pairs = zip(used, labels, strict=True)
    return [dataclasses.replace(each, said=label) for each, label in pairs], told


def _without_shared_speakers(
    used: Sequence[Recording], path: Path | None
) -> tuple[list[Recording], dict[str, int]]:
    """Drops rows of speakers who stand in a published part that is scored later, and counts them.

    Raises:
        DataError: If nobody is left to learn from.
    """
    tested, validated = ({e.speaker for e in used if e.part == p} - {""} for p in _LATER)
    scored = {TRAIN: tested | validated, VALIDATION: tested}
    rows = [each for each in used if each.speaker not in scored.get(each.part, set())]
    parts = {each.part for each in used}
    if TRAIN in parts and TRAIN not in {each.part for each in rows}:
        raise DataError(
            "needs speakers to learn from who stand in no other published split. Received: none; "
            "--set hold_out=recordings learns from all",
            path=path,
        )
    count = len(used) - len(rows)
    reason = "of speakers who stand in a split that is scored"
    return rows, {reason: count} if count else {}


def _groups(
    used: Sequence[Recording], hold_out: HoldOut, *, published: bool
) -> tuple[NDArray[np.str_], str]:
    """Returns what stays on one side of the splits, and how that is told."""
    people = [each.speaker for each in used]
    count = len(set(people) - {""})
    train = {each.speaker for each in used if each.part == TRAIN} - {""}
    shared = train & {each.speaker for each in used if each.part != TRAIN}
    if hold_out == "speakers" and count < 3:
        raise DataError(f"needs at least three speakers for hold_out=speakers. Received: {count}")
    few = published and count < MANY_SPEAKERS  # of whom the training can spare none
    if hold_out == "speakers" or (hold_out == "auto" and count >= 3 and not shared and not few):
        own = [who or f"recording {row}" for row, who in enumerate(people)]
        return np.array(own), f"{count:,} speakers, held apart by the splits"
    told = f"{count:,} speakers, in all splits alike" if count else "speakers are not known"
    if published:
        told = "splits as published" + (f", {len(shared):,} speakers in several" if shared else "")
        told += f", {len(train):,} speakers to learn from" if train else ""
    return np.array([f"recording {row}" for row in range(len(used))]), told


def _dataset(rows: Sequence[Recording], said: Said, groups: NDArray[np.str_]) -> Dataset:
    sounds = [each.sound.row() for each in rows if isinstance(each.sound, Sound)]
    words = [each.said for each in rows]
    target = np.array(words) if said == LABEL else texts(words)
    return Dataset({"audio": column_of(sounds)}, {said: target}, {"group": groups})


def column_of(rows: Sequence[NDArray[np.float32]]) -> Sequences:
    """Returns rows of rates and samples as a column."""
    return Sequences.from_lengths(np.concatenate(rows), [len(row) for row in rows])


def _count(used: Sequence[Recording]) -> str:
    seconds = sum(each.sound.seconds for each in used if isinstance(each.sound, Sound))
    length = f"{seconds:.0f} seconds" if seconds < 600 else f"{seconds / 60:.0f} minutes"
    return f"{len(used):,} recordings, {length}"


def _rates(used: Sequence[Recording]) -> list[str]:
    counts = Counter(each.sound.rate for each in used if isinstance(each.sound, Sound))
    if len(counts) == 1:
        return [f"{next(iter(counts)):,} samples a second"]
    several = ", ".join(f"{count:,} of {rate:,}" for rate, count in counts.most_common(4))
    return [f"several rates are brought to one: {several}"]


def _clipped(used: Sequence[Recording]) -> list[str]:
    count = sum(each.sound.clipped for each in used if isinstance(each.sound, Sound))
    return [f"{count:,} recordings are clipped"] if count else []


__all__ = ["SUFFIXES", "column_of", "read_recordings", "recordings_of"]
