"""Windows of recordings with a label each, cut when they are asked for and never stored."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Sequences, Windows
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.readers.sensors.recordings import Recording
from lstm_toolkit.data.readers.texts.labels import clean_labels

Mixed = Literal["majority", "drop"]

WINDOW = 100
"""Steps of a window where none is stated and labels change inside of recordings."""

LONGEST = 1000
"""Steps of a recording that is taken as one window, at most."""

Ints = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Cut:
    """Windows, and what became of the others.

    Attributes:
        rows: `values` of the steps, the target `label`, and of each row its `recording`,
            `person` and `part`.
        places: `int64[n, 3]`: the recording of each, its first step and the one behind the last.
        left_out: How many windows or recordings are not among them, by the reason.
        remarks: What else is to be told.
    """

    rows: Dataset
    places: Ints
    left_out: dict[str, int]
    remarks: list[str]


def window_of(recordings: Sequence[Recording], stated: int | None) -> int | None:
    """Returns how long windows are; None takes each recording as one.

    That is so where each has one label and is short.
    """
    if stated is not None:
        return stated
    whole = all(len(each) <= LONGEST and len(set(each.labels) - {""}) < 2 for each in recordings)
    return None if whole else WINDOW


def cut_recordings(
    recordings: Sequence[Recording],
    window: int | None,
    overlap: float = 0.5,
    mixed: Mixed = "majority",
    *,
    labelled: bool = True,
) -> Cut:
    """Cuts windows of equal length that overlap, or takes recordings as they are.

    Args:
        recordings: On their grid.
        window: Steps; None takes each recording as one window.
        overlap: Share of a window that the next one repeats, in [0, 1).
        mixed: What becomes of windows with several labels: that of most steps counts, or they
            are dropped.
        labelled: Whether windows without a label or a value are left out. If not, a last window
            ends where its recording does.
    """
    names, remarks = clean_labels([label for each in recordings for label in each.labels])
    spelt = np.split(np.array(names, object), np.cumsum([len(each) for each in recordings])[:-1])
    left_out: Counter[str] = Counter()
    several = 0
    places, labels, tails = [], [], 0
    for number, each in enumerate(recordings):
        spans = _spans(len(each), window, overlap, covering=not labelled)
        if not spans:
            left_out[f"recordings shorter than a window of {window}, as {_name(each)}"] += 1
        elif spans[-1][1] < len(each):
            tails += len(each) - spans[-1][1]
        for begin, end in spans:
            label, mixture = _label(spelt[number][begin:end].tolist(), mixed)
            several += mixture
            if label is None and labelled:
                left_out[_unlabelled(mixture, mixed)] += 1
                continue
            if labelled and not np.isfinite(each.values[begin:end]).any():
                left_out["windows without a value"] += 1
                continue
            places.append((number, begin, end))
            labels.append(label or "")
    if several and mixed == "majority":
        remarks.append(f"{several:,} windows hold several labels: that of most steps counts")
    if tails:
        remarks.append(f"{tails:,} steps at the ends of recordings fill no window")
    spans_of = np.array(places, np.int64).reshape(-1, 3)
    rows = _rows(recordings, spans_of, labels, window)
    return Cut(rows, spans_of, dict(_joined(left_out)), remarks)


def _name(recording: Recording) -> str:
    return recording.name[:40] or "the only one"


def _joined(left_out: Counter[str]) -> dict[str, int]:
    """Counts reasons that differ in their example alone under the first of them."""
    first: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for reason, count in left_out.items():
        counts[first.setdefault(reason.partition(", as ")[0], reason)] += count
    return counts


def _spans(
    steps: int, window: int | None, overlap: float, *, covering: bool
) -> list[tuple[int, int]]:
    if window is None:
        return [(0, steps)]
    hop = max(1, round(window * (1 - overlap)))
    begins = list(range(0, steps - window + 1, hop))
    if covering and begins and begins[-1] + window < steps:
        begins.append(steps - window)
    return [(begin, begin + window) for begin in begins]


def _label(words: Sequence[str], mixed: Mixed) -> tuple[str | None, bool]:
    """Returns the label of a window, None if there is none, and whether it holds several.

    Steps without a label must be fewer than half.
    """
    counts = Counter(words)
    without = counts.pop("", 0)
    if not counts or 2 * without > len(words):
        return None, False
    several = len(counts) > 1
    if several and mixed == "drop":
        return None, True
    return counts.most_common(1)[0][0], several


def _unlabelled(mixture: bool, mixed: Mixed) -> str:
    return (
        f"windows with several labels (mixed_windows={mixed})"
        if mixture
        else ("windows without a label")
    )


def _rows(
    recordings: Sequence[Recording], places: Ints, labels: Sequence[str], window: int | None
) -> Dataset:
    values = np.concatenate([each.values for each in recordings])
    begins = np.concatenate([[0], np.cumsum([len(each) for each in recordings])[:-1]])
    which = places[:, 0]
    starts = begins[which] + places[:, 1]
    column: Any
    if window is not None:
        column = Windows(values, starts, window)
    else:
        lengths = places[:, 2] - places[:, 1]
        kept = [values[start : start + n] for start, n in zip(starts, lengths, strict=True)]
        steps = np.concatenate(kept) if kept else values[:0]
        same = len(set(lengths.tolist())) == 1
        column = (
            steps.reshape(len(lengths), -1, values.shape[1])
            if same
            else Sequences.from_lengths(steps, lengths)
        )
    texts = np.array(labels, np.str_) if labels else np.zeros(0, "<U1")

    def of(facts: Sequence[str]) -> NDArray[np.str_]:
        return np.array(facts, np.str_)[which]

    meta = {
        "recording": of([each.name for each in recordings]),
        "person": of([each.group for each in recordings]),
        "part": of([each.part for each in recordings]),
    }
    return Dataset({"values": column}, {"label": texts}, meta)
