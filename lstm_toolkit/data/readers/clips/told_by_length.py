"""Whether the number of a clip's frames alone tells its class, which a network then learns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

LEAST_CLIPS = 10
"""Of a class and of the others, from which what tells them apart is no chance."""

APART = 0.95
"""Share of the pairs of a clip of a class and another of which the former has more frames, or
fewer, from which lengths tell the class."""


def told_by_length(lengths: NDArray[np.int64], labels: Sequence[str]) -> Iterator[str]:
    """Warns of the first class whose clips are longer or shorter than all others.

    >>> lengths = np.array([8, 9] * 5 + [1] * 10)
    >>> list(told_by_length(lengths, ["rolls"] * 10 + ["hangs"] * 10))[0][:57]
    'warning: the number of frames alone tells hangs from othe'
    """
    names = np.asarray(labels)
    for name in np.unique(names):
        own, others = lengths[names == name], np.sort(lengths[names != name])
        if min(len(own), len(others)) < LEAST_CLIPS:
            continue
        fewer = np.searchsorted(others, own, "left") + np.searchsorted(others, own, "right")
        longer = float(fewer.mean()) / (2 * len(others))
        if max(longer, 1 - longer) >= APART:
            yield (
                f"warning: the number of frames alone tells {name} from other classes; networks "
                "learn it, and clips of other lengths are then answered wrongly"
            )
            return
