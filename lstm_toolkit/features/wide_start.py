"""The linear fit to tokens, bigrams and affixes that stands beside the LSTM of texts."""

from __future__ import annotations

import dataclasses
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.text.naive_bayes import ratios_of_counts

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from lstm_toolkit.data.text.text_encoder import TextEncoder
    from lstm_toolkit.features.feature import Encoded

STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0)
"""Values of C, of which cross-validation chooses."""
FOLDS = 2
MOST_ROWS = 10_000
"""Rows at most on which C is chosen."""
MOST_SCORES = 300_000
"""Rows times classes at most on which C is chosen."""
MOST_NUMBERS = 20_000_000
"""Numbers of tokens, bigrams and affixes at most that are fitted on; of more, every so many-th row
is taken. So a million texts take no more memory than this many numbers do."""
ABSENT = 5.0
"""By how much the score of a class without rows is below the others."""
STEPS = 100
"""Of the solver at most."""


@dataclasses.dataclass(frozen=True)
class WideStart:
    """A linear model of texts.

    Attributes:
        tables: `float32[size, classes]` of each vocabulary: what an occurrence adds to the score
            of each class, once divided by the root of the number of tokens.
        bias: `float32[classes]`, of each class.
        strength: C, as it was chosen.
    """

    tables: list[NDArray[np.float32]]
    bias: NDArray[np.float32]
    strength: float


def wide_start(
    encoder: TextEncoder, classes: int, train: Encoded | None, *, seed: int
) -> WideStart:
    """Fits logistic regression to tokens, bigrams and affixes of the training rows.

    Each is weighed by how rare it is and by how much it speaks for a class, as naive Bayes counts
    it: S. Wang and C. Manning, "Baselines and Bigrams", 2012
    (https://aclanthology.org/P12-2018). C is chosen by cross-validation on these rows.

    Args:
        encoder: Of the texts.
        classes: How many there are.
        train: Encoded training rows; zeros without.
        seed: Of the folds.
    """
    sizes = [len(vocabulary) for vocabulary in encoder.vocabularies]
    if train is None:
        tables = [np.zeros((size, classes), np.float32) for size in sizes]
        return WideStart(tables, np.zeros(classes, np.float32), 0.0)
    counts, truth = _counted(train, sizes)
    strength = _chosen_strength(counts, truth, classes, seed)
    weights, bias = _fitted(counts, truth, classes, strength)
    borders = np.cumsum(sizes)[:-1]
    return WideStart(np.split(weights, borders), bias, strength)


def _counted(train: Encoded, sizes: list[int]) -> tuple[csr_array, NDArray[np.int64]]:
    """Returns how often what is known occurs in each row, by the root of its length; classes."""
    from scipy.sparse import csr_array

    (encoded,) = train.inputs.values()
    rows: Any = encoded.rows
    targets = np.asarray(train.targets.rows)
    truth = targets if targets.ndim == 1 else targets.argmax(axis=1)
    every = max(-(-int(rows.lengths.sum()) * len(sizes) // MOST_NUMBERS), 1)
    some = rows[np.arange(0, len(rows), every)]
    numbers = some.values.reshape(len(some.values), len(sizes))
    known = numbers > 1  # neither padding nor unknown
    features = (numbers + np.cumsum([0, *sizes[:-1]], dtype=np.int32))[known]
    roots = np.repeat(1.0 / np.sqrt(some.lengths), some.lengths).astype(np.float32)
    occurrences = known.sum(axis=1)
    ends = np.concatenate([[0], np.cumsum(occurrences)])[some.offsets]
    values = np.repeat(roots, occurrences)
    counts = csr_array((values, features, ends), shape=(len(some), sum(sizes)))
    counts.sum_duplicates()
    return counts, truth[::every].astype(np.int64)


def _chosen_strength(counts: csr_array, truth: NDArray[np.int64], classes: int, seed: int) -> float:
    """Returns the C with which most rows that were left out of the fit are answered rightly.

    It climbs from the middle one, since each costs as many fits as there are folds.
    """
    from sklearn.model_selection import StratifiedKFold

    most = max(min(MOST_ROWS, MOST_SCORES // classes), classes)
    some = np.sort(np.random.default_rng(seed).permutation(len(truth))[:most])
    counts, truth = counts[some], truth[some]
    place = len(STRENGTHS) // 2
    folds = min(FOLDS, int(np.bincount(truth)[np.unique(truth)].min()))
    if folds < 2:
        return STRENGTHS[place]
    parts = list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(truth, truth))

    @cache
    def right(place: int) -> int:
        if not 0 <= place < len(STRENGTHS):
            return -1
        total = 0
        for fitted, left_out in parts:
            weights, bias = _fitted(counts[fitted], truth[fitted], classes, STRENGTHS[place])
            answers = (counts[left_out] @ weights + bias).argmax(axis=1)
            total += int((answers == truth[left_out]).sum())
        return total

    step = 1 if right(place + 1) > right(place) else -1
    while right(place + step) > right(place):
        place += step
    return STRENGTHS[place]


def _fitted(
    counts: csr_array, truth: NDArray[np.int64], classes: int, strength: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns `float32[features, classes]` weights and `float32[classes]` biases."""
    from scipy.sparse import diags_array
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((counts.shape[1], classes), np.float32)
    bias = np.zeros(classes, np.float32)
    present = np.unique(truth)
    if len(present) < 2:
        return weights, bias
    scales = _scales(counts, truth, classes)
    features = (counts @ diags_array(scales)).astype(np.float32).tocsr()
    norm = np.sqrt(features.multiply(features).sum() / features.shape[0]) or 1.0
    model = LogisticRegression(C=strength, max_iter=STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features / norm, truth)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(present) == 2:
        halves = np.array([[-0.5], [0.5]])
        coefficients, intercepts = halves * coefficients, (halves * intercepts)[:, 0]
    weights[:, present] = (coefficients * scales / norm).T
    bias[:] = intercepts.min() - ABSENT  # of classes that none of these rows has
    bias[present] = intercepts
    return weights, bias


def _scales(counts: csr_array, truth: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """Returns how much each feature counts: the root of its rarity times its naive Bayes ratio."""
    occurs = counts.astype(bool).astype(np.float32)
    by_class = occurs.T @ np.eye(classes, dtype=np.float32)[truth]
    rarity = np.log((1 + len(truth)) / (1 + by_class.sum(axis=1))) + 1
    ratios = np.abs(ratios_of_counts(by_class)).max(axis=1)
    scales: NDArray[np.float32] = np.sqrt(ratios * rarity).astype(np.float32)
    return scales
