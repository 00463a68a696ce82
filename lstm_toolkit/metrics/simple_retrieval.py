"""The simplest ways to find an answer: the known text with the most words in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.metrics.retrieval_scores import facts_of, named, ranking_scores

K1, B = 1.2, 0.75
"""Of BM25; S. Robertson and H. Zaragoza, 2009 (doi:10.1561/1500000019)."""

TEXTS, CLASSES = 5, 1_000
"""Texts an answer on average, and answers at most, for which a classifier is fitted too."""


def tf_idf(
    model: Any, known: Sequence[str], numbers: NDArray[np.int32], asked: Sequence[str], truth: Any
) -> dict[str, float]:
    """Scores the answer of the text with the greatest cosine of tf-idf.

    Args:
        model: A transformer of texts into tf-idf, as `Text.simple_model` returns it.
        known: The table.
        numbers: `int32[known]`, of its answers.
        asked: Questions.
        truth: `int32[n]`, the numbers of their answers.
    """
    table = model.fit_transform(list(known))
    return _scores(table, model.transform(list(asked)), numbers, truth)


def bm25(
    model: Any, known: Sequence[str], numbers: NDArray[np.int32], asked: Sequence[str], truth: Any
) -> dict[str, float]:
    """Scores the answer of the best text by BM25, of the words that `model` finds; as `tf_idf`."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(token_pattern=model.token_pattern)
    counts = csr_matrix(counter.fit_transform(list(known)), dtype=np.float64)
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    holding = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log(1 + (counts.shape[0] - holding + 0.5) / (holding + 0.5))
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    norms = K1 * (1 - B + B * lengths / max(lengths.mean(), 1e-9))
    counts.data = idf[counts.indices] * counts.data * (K1 + 1) / (counts.data + norms[rows])
    return _scores(counts, counter.transform(list(asked)).astype(np.float64), numbers, truth)


def linear_svm(
    model: Any, known: Sequence[str], numbers: NDArray[np.int32], asked: Sequence[str], truth: Any
) -> dict[str, float]:
    """Scores the answers as classes by scikit-learn's linear SVM, C = 1, on tf-idf; as `tf_idf`."""
    from sklearn.svm import LinearSVC

    fitted = LinearSVC(C=1.0).fit(model.fit_transform(list(known)), numbers)
    decisions = fitted.decision_function(model.transform(list(asked)))
    if decisions.ndim == 1:
        decisions = np.stack([-decisions, decisions], axis=1)
    return _ranked([_facts(decisions, np.asarray(truth))])


def many_questions(numbers: NDArray[np.int32]) -> bool:
    """Tells whether answers have so many texts that they can be learnt as classes.

    Args:
        numbers: `int32[known]`, of the answers from 0 on, each with a text at least.
    """
    classes = int(numbers.max()) + 1
    return 2 <= classes <= CLASSES and len(numbers) >= TEXTS * classes


def _scores(
    table: Any, questions: Any, numbers: NDArray[np.int32], truth: NDArray[np.int32]
) -> dict[str, float]:
    """Returns scores; an answer's is the greatest of its texts'."""
    facts = []
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    for begin in range(0, questions.shape[0], 256):
        likeness = (questions[begin : begin + 256] @ table.T).toarray()
        best = np.maximum.reduceat(likeness[:, order], starts, axis=1)
        facts.append(_facts(best, truth[begin : begin + 256]))
    return _ranked(facts)


def _ranked(facts: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    scores = ranking_scores(named(np.concatenate(facts)))
    return {name: value for name, value in scores.items() if name != "loss"}


def _facts(scores: NDArray[np.float64], truth: NDArray[np.int32]) -> NDArray[np.float64]:
    # Ties are broken at random but alike each time, or the first answers would win them.
    noise = np.random.default_rng(0).random(scores.shape) * 1e-9
    zeros = np.zeros(scores.shape, np.float32)
    return facts_of(scores + noise, zeros, zeros, truth)
