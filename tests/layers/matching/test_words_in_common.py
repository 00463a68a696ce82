"""Cosines of bags, whichever way they are computed."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.layers import MatchScores, WordsInCommon

BUCKETS = 12

hashes = st.lists(
    st.lists(st.integers(0, BUCKETS - 1), min_size=4, max_size=4), min_size=1, max_size=5
)


def layer() -> WordsInCommon:
    words = WordsInCommon(BUCKETS)
    words.build([(None, None, 2)] * 2)
    words.set_weights([np.linspace(0.5, 2.0, BUCKETS, dtype=np.float32)])
    return words


def tensor(rows: list[list[int]]) -> tf.Tensor:
    return tf.reshape(tf.constant(rows, tf.int32), [len(rows), 2, 2])


def counted(rows: list[list[int]]) -> np.ndarray:
    """Returns unit vectors, counted one by one."""
    weights = np.linspace(0.5, 2.0, BUCKETS)
    bags = np.zeros((len(rows), BUCKETS))
    for row, numbers in enumerate(rows):
        for number in filter(None, numbers):
            bags[row, number] += weights[number]
    return bags / np.maximum(np.linalg.norm(bags, axis=1, keepdims=True), 1e-9)


@settings(max_examples=25, deadline=None)
@given(hashes, hashes)
def test_words_in_common_are_the_cosine_of_bags(
    texts: list[list[int]], known: list[list[int]]
) -> None:
    words = layer()
    wanted = counted(texts) @ counted(known).T
    np.testing.assert_allclose(words([tensor(texts), tensor(known)]), wanted, atol=1e-5)
    products = words.bags(tensor(texts)) @ tf.transpose(words.bags(tensor(known)))
    np.testing.assert_allclose(products, wanted, atol=1e-5)


def test_too_few_buckets_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^buckets must be at least 2\. Received: buckets=1$"):
        WordsInCommon(1)


def test_scores_are_a_weighted_sum() -> None:
    scores = MatchScores(start=2.0)
    cosines = [tf.constant([[1.0, 0.5]]), tf.constant([[0.0, 1.0]])]
    np.testing.assert_allclose(scores(cosines), [[2.0, 3.0]], rtol=1e-6)
