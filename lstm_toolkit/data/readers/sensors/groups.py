"""What stays on one side when windows are split: people, recordings, or stretches of time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import counted
from lstm_toolkit.data.readers.sensors.recordings import Recording
from lstm_toolkit.data.splits.balanced_groups import FEW_BLOCKS, stretches

Names = NDArray[np.str_]


def groups_of(labels: Names, people: Names, recordings: Names, needed: int) -> tuple[Names, str]:
    """Returns what each window belongs to, and how that is told.

    People are held apart if there are enough, so that scores tell of people who are new; else
    recordings, if every label has enough; else stretches of time.

    Args:
        labels: Of each window.
        people: Of each window, "" where none is told.
        recordings: Of each window.
        needed: Splits that are made: three, or fewer where some are published.
    """
    persons = len(set(people.tolist()) - {""})
    if persons >= needed:
        return people, f"split between {said(persons)}"
    told = f"{said(persons)} can not be held apart, so scores tell nothing of others; "
    told = told if persons else ""
    if _least(labels, recordings) >= needed:
        many = len(set(recordings.tolist()))
        return recordings, f"{told}split between {many:,} recordings"
    return stretches(labels, FEW_BLOCKS), f"{told}split by stretches of time"


def _least(labels: Names, groups: Names) -> int:
    """Returns in how many groups the label is that is in the fewest."""
    pairs = {(label, group) for label, group in zip(labels.tolist(), groups.tolist(), strict=True)}
    counts: dict[str, int] = {}
    for label, _ in pairs:
        counts[label] = counts.get(label, 0) + 1
    return min(counts.values(), default=0)


def said(people: int) -> str:
    """Returns a number of people in words.

    >>> said(1), said(2)
    ('1 person or device', '2 people or devices')
    """
    return f"{people:,} {'person or device' if people == 1 else 'people or devices'}"


def named(recordings: Sequence[Recording]) -> str:
    """Returns how many recordings and people there are, in words."""
    people = len({each.group for each in recordings} - {""})
    of = f" of {said(people)}" if people else ""
    return f"{counted(len(recordings), 'recording')}{of}"
