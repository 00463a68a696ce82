"""What the simplest methods hear of a recording: statistics of its cepstra, and where words are."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

CEPSTRA = 13
"""Coefficients of the cosine transform over bands that are kept (MFCC)."""

PARTS = 5
"""Stretches of a recording whose means are taken apart."""

QUIET = 5.0
"""Nats below a recording's loud frames from which nobody speaks."""

LOUD = 6.0
"""Nats below a recording's loudest frame from which a frame counts for its statistics."""

LEAST_LOUD = 6
"""Frames that must be as loud; else all count."""

GAP, WORD = 3, 6
"""Frames of a pause between two words, and of a word, at least."""

Floats = NDArray[np.float32]


def statistics_of_rows(rows: Any) -> Floats:
    """Returns `float32[n, features]`, see `cepstral_statistics`.

    Args:
        rows: Each `float32[frames, bands]`.
    """
    return np.stack([cepstral_statistics(row) for row in rows])


def cepstral_statistics(bands: Floats) -> Floats:
    """Returns mean, deviation, and the means of stretches, of cepstra and of their changes.

    Pauses, at both ends above all, say nothing of the word: frames far below the loudest are left
    out.

    Args:
        bands: `float32[frames, bands]`, in nats.
    """
    from scipy.fft import dct

    bands = np.asarray(bands, np.float32)
    level = bands.max(axis=1)
    loud = level > level.max() - LOUD
    if loud.sum() >= LEAST_LOUD:
        bands = bands[loud]
    cepstra = dct(bands, norm="ortho", axis=1)[:, :CEPSTRA]
    changes = np.gradient(cepstra, axis=0) if len(cepstra) > 1 else np.zeros_like(cepstra)
    both = np.concatenate([cepstra, changes], axis=1)
    edges = np.linspace(0, len(both), PARTS + 1)
    parts = [
        both[min(int(a), len(both) - 1) : max(int(np.ceil(b)), int(a) + 1)].mean(axis=0)
        for a, b in itertools.pairwise(edges)
    ]
    length = np.array([np.log(len(both))], np.float32)
    every = [both.mean(axis=0), both.std(axis=0), *parts, length]
    return np.concatenate(every).astype(np.float32)


def spoken_stretches(bands: Floats) -> list[tuple[int, int]]:
    """Returns where words begin and end, by how loud frames are.

    Args:
        bands: `float32[frames, bands]`, in nats.

    >>> loud, quiet = np.zeros((8, 2), np.float32), np.full((5, 2), -9, np.float32)
    >>> spoken_stretches(np.concatenate([quiet, loud, quiet, loud]))
    [(5, 13), (18, 26)]
    """
    level = np.log(np.exp(np.asarray(bands, np.float64)).sum(axis=1))
    speaks = level > np.quantile(level, 0.95) - QUIET
    edges = np.flatnonzero(np.diff(np.concatenate([[False], speaks, [False]]).astype(np.int8)))
    stretches: list[tuple[int, int]] = []
    for begin, end in edges.reshape(-1, 2).tolist():
        if stretches and begin - stretches[-1][1] < GAP:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((begin, end))
    return [(begin, end) for begin, end in stretches if end - begin >= WORD]


def segmented_words(
    train: Sequence[Floats],
    said: Sequence[Sequence[str]],
    test: Sequence[Floats],
) -> list[list[str]]:
    """Cuts recordings at pauses, and classifies each piece by a support vector machine.

    It is fitted on pieces of training recordings that have as many as words are said.

    Returns:
        Words of each test row; none where no training recording could be cut so.
    """
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    pieces: list[Floats] = []
    labels: list[str] = []
    for bands, words in zip(train, said, strict=True):
        found = spoken_stretches(bands)
        if len(found) == len(words):
            pieces += [cepstral_statistics(bands[begin:end]) for begin, end in found]
            labels += words
    if len(set(labels)) < 2:
        return [labels[:1] for _ in test]
    model = make_pipeline(StandardScaler(), SVC(C=10.0)).fit(np.stack(pieces), labels)
    answers = []
    for bands in test:
        cut = [cepstral_statistics(bands[a:b]) for a, b in spoken_stretches(bands)]
        answers.append(model.predict(np.stack(cut)).tolist() if cut else [])
    return answers
