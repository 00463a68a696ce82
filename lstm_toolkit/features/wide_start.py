"""The linear fit to tokens, bigrams and affixes that stands beside the LSTM of texts."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator
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
"""Numbers of tokens, bigrams and affixes at most that are fitted on; of more, rows are drawn. So a
million texts take no more memory than this many numbers do."""
MOST_FITTED = 150_000
"""Rows at most that are fitted on, likewise: the LSTM beside sees all of them."""
MOST_WEIGHTS = 10_000_000
"""Features times classes at most, which take the solver two gigabytes; of more features those that
fewest rows have get no weights."""
ABSENT = 5.0
"""By how much the score of a class without rows is below the others."""
STEPS = 100
"""Of the solver at most."""
AT_ONCE = 10_000
"""Rows that are counted at a time."""


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
        seed: Of the folds, and of rows that are drawn where they are too many.
    """
    sizes = [len(vocabulary) for vocabulary in encoder.vocabularies]
    if train is None:
        tables = [np.zeros((size, classes), np.float32) for size in sizes]
        return WideStart(tables, np.zeros(classes, np.float32), 0.0)
    counts, truth = _counted(train, sizes, seed)
    strength = _chosen_strength(counts, truth, classes, seed)
    weights, bias = _fitted(counts, truth, classes, strength)
    borders = np.cumsum(sizes)[:-1]
    return WideStart(np.split(weights, borders), bias, strength)


def fitted_share(lengths: NDArray[np.int64], views: int) -> float:
    """Returns about which share of the rows is fitted on.

    Args:
        lengths: `int64[n]` tokens of each row.
        views: Numbers for each token.
    """
    numbers = MOST_NUMBERS / max(int(lengths.sum()) * views, 1)
    return min(1.0, numbers, MOST_FITTED / max(len(lengths), 1))


def wide_remarks(lengths: NDArray[np.int64], views: int) -> Iterator[str]:
    """Yields which share of the rows is fitted on, if that is not all; see `fitted_share`."""
    share = fitted_share(lengths, views)
    if share < 1:
        yield f"the linear path is fitted to {share:.0%} of the training rows, drawn by the seed"


def _drawn(lengths: NDArray[np.int64], truth: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Returns sorted rows up to `MOST_FITTED` and `MOST_NUMBERS`, one of each class at least."""
    if int(lengths.sum()) <= MOST_NUMBERS and len(lengths) <= MOST_FITTED:
        return np.arange(len(lengths))
    order = np.random.default_rng(seed).permutation(len(lengths))
    firsts = np.sort(np.unique(truth[order], return_index=True)[1])
    order = np.concatenate([order[firsts], np.delete(order, firsts)])
    fitting = int(np.searchsorted(np.cumsum(lengths[order]), MOST_NUMBERS, side="right"))
    return np.sort(order[: max(min(fitting, MOST_FITTED), len(firsts))])


def _counted(train: Encoded, sizes: list[int], seed: int) -> tuple[csr_array, NDArray[np.int64]]:
    """Returns how often what is known occurs in each row, by the root of its length; classes."""
    from scipy.sparse import csr_array

    (encoded,) = train.inputs.values()
    rows: Any = encoded.rows
    targets = np.asarray(train.targets.rows)
    truth = targets if targets.ndim == 1 else targets.argmax(axis=1)
    chosen = _drawn(rows.lengths * len(sizes), truth, seed)
    some = rows[chosen]
    numbers = some.values.reshape(len(some.values), len(sizes))
    known = numbers > 1  # neither padding nor unknown
    features = (numbers + np.cumsum([0, *sizes[:-1]], dtype=np.int32))[known]
    roots = np.repeat(1.0 / np.sqrt(some.lengths), some.lengths).astype(np.float32)
    occurrences = known.sum(axis=1)
    ends = np.concatenate([[0], np.cumsum(occurrences)])[some.offsets].astype(np.int32)
    values = np.repeat(roots, occurrences)
    counts = csr_array((values, features, ends), shape=(len(some), sum(sizes)))
    counts.sum_duplicates()
    return counts, truth[chosen].astype(np.int64)


def _chosen_strength(counts: csr_array, truth: NDArray[np.int64], classes: int, seed: int) -> float:
    """Returns the C with which most rows that were left out of the fit are answered rightly.

    It climbs from the middle one, since each costs as many fits as there are folds. Rows of a class
    that has fewer than folds are never left out.
    """
    most = max(min(MOST_ROWS, MOST_SCORES // classes), classes)
    some = np.sort(np.random.default_rng(seed).permutation(len(truth))[:most])
    counts, truth = counts[some], truth[some]
    place = len(STRENGTHS) // 2
    parts = _folds(truth, seed)
    if not parts:
        return STRENGTHS[place]

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


def _folds(truth: NDArray[np.int64], seed: int) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Returns rows to fit and rows that are left out, for each fold; none of a single class."""
    from sklearn.model_selection import StratifiedKFold

    scarce = np.bincount(truth)[truth] < FOLDS
    several, always = np.flatnonzero(~scarce), np.flatnonzero(scarce)
    if len(np.unique(truth[several])) < 2:
        return []
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    parts = folds.split(truth[several], truth[several])
    return [(np.concatenate([several[some], always]), several[out]) for some, out in parts]


def _fitted(
    counts: csr_array, truth: NDArray[np.int64], classes: int, strength: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns `float32[features, classes]` weights and `float32[classes]` biases."""
    from scipy.sparse import csr_array
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((counts.shape[1], classes), np.float32)
    bias = np.zeros(classes, np.float32)
    present = np.unique(truth)
    if len(present) < 2:
        return weights, bias
    columns = _most_frequent(counts, MOST_WEIGHTS // len(present))
    counts = counts if len(columns) == counts.shape[1] else counts[:, columns]
    scales = _scales(counts, truth, classes)
    values = counts.data * scales[counts.indices]
    norm = np.sqrt(np.square(values).sum() / len(truth)) or np.float32(1)
    values /= norm
    model = LogisticRegression(C=strength, max_iter=STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        # The places are those of `counts`: a copy would take as much memory as they do.
        model.fit(csr_array((values, counts.indices, counts.indptr), counts.shape), truth)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(present) == 2:
        halves = np.array([[-0.5], [0.5]])
        coefficients, intercepts = halves * coefficients, (halves * intercepts)[:, 0]
    weights[np.ix_(columns, present)] = (coefficients * scales / norm).T
    bias[:] = intercepts.min() - ABSENT  # of classes that none of these rows has
    bias[present] = intercepts
    return weights, bias


def _most_frequent(counts: csr_array, most: int) -> NDArray[np.int64]:
    """Returns sorted columns that most rows have."""
    if counts.shape[1] <= most:
        return np.arange(counts.shape[1])
    held = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.sort(np.argsort(-held, kind="stable")[: max(most, 1)])


def _scales(counts: csr_array, truth: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """Returns how much each feature counts: the root of its rarity times its naive Bayes ratio."""
    by_class = np.zeros((counts.shape[1], classes))
    for start in range(0, len(truth), AT_ONCE):
        ends = counts.indptr[start : start + AT_ONCE + 1]
        of_class = np.repeat(truth[start : start + AT_ONCE], np.diff(ends))
        places = counts.indices[ends[0] : ends[-1]] * np.int64(classes) + of_class
        by_class += np.bincount(places, minlength=by_class.size).reshape(by_class.shape)
    rarity = np.log((1 + len(truth)) / (1 + by_class.sum(axis=1))) + 1
    ratios = np.abs(ratios_of_counts(by_class)).max(axis=1)
    scales: NDArray[np.float32] = np.sqrt(ratios * rarity).astype(np.float32)
    return scales
