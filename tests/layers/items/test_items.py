"""Probabilities of the next item: they add up to one, whichever way they are reckoned."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.builders import session_recommender
from lstm_toolkit.layers import ItemVectors, OwnItems
from lstm_toolkit.training.growth import take_over

SIZE = 12


def test_all_items_add_up_to_one() -> None:
    keras.utils.set_random_seed(0)
    layer = ItemVectors(SIZE, 4)
    rows = tf.random.normal([1, SIZE - 2, 4])
    rows = tf.repeat(rows[:, :1], SIZE - 2, axis=1)
    layer(tf.constant([[2]]))
    logs = layer(rows, wanted=tf.range(2, SIZE)[None])
    assert float(tf.reduce_sum(tf.exp(logs))) == pytest.approx(1, abs=1e-5)
    whole = layer.probabilities(rows[0, :1], layer.inverse_lengths())[0]
    np.testing.assert_allclose(whole[2:], tf.exp(logs)[0], rtol=1e-4)
    assert whole[:2].numpy().tolist() == [0, 0]


def test_an_estimate_comes_near_and_padding_is_zero() -> None:
    keras.utils.set_random_seed(0)
    layer = ItemVectors(SIZE, 4, negatives=20_000, seed=0)
    layer(tf.constant([[2]]))
    layer.counts.assign(np.arange(1, SIZE + 1, dtype=np.float32))
    rows, wanted = tf.random.normal([3, 2, 4]), tf.constant([[3, 0], [11, 5], [2, 0]])
    exact, estimated = (layer(rows, wanted=wanted, training=t) for t in (False, True))
    np.testing.assert_allclose(estimated, exact, atol=0.05)
    assert exact[0, 1] == estimated[2, 1] == 0


def test_counts_are_those_of_the_new_data() -> None:
    small, large = ItemVectors(4, 2), ItemVectors(5, 2)
    for layer, counts in ((small, [1, 1, 9, 8]), (large, [1, 1, 2, 3, 4])):
        layer(keras.Input((None,), dtype="int32"))
        layer.counts.assign(counts)
    take_over(*(keras.Sequential([each]) for each in (small, large)))
    assert large.counts.numpy().tolist() == [1, 1, 2, 3, 4]
    np.testing.assert_array_equal(large.vectors[:4], small.vectors)


def test_own_items_keep_the_sum() -> None:
    """Whatever is given to items that were there is taken from all others."""
    keras.utils.set_random_seed(0)
    model = session_recommender(SIZE, embedding=4, units=(5,))
    session = tf.repeat(tf.constant([[3, 4, 3, 0]]), SIZE, axis=0)
    session, items = session[2:], tf.range(2, SIZE)
    wanted = tf.repeat(items[:, None], 4, axis=1)
    likely = tf.exp(model({"session": session, "next": wanted}))[:, :3]
    np.testing.assert_allclose(tf.reduce_sum(likely, axis=0), np.ones(3), atol=1e-5)
    states = tf.ones([1, 3, 4])
    layer = OwnItems(4)
    layer(states, session[:1, :3], wanted[:1, :3], tf.zeros([1, 3]))
    _, attention = layer.ways(states, tf.constant([[3, 4, 0]]))
    assert attention[0, 0].numpy().tolist() == [1, 0, 0]
    assert attention[0, 2, 2] == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: ItemVectors(2, 4),
            "size must be at least 3, width at least 1 and negatives at least 0. "
            "Received: size=2, width=4, negatives=0",
        ),
        (lambda: OwnItems(0), "width must be at least 1. Received: width=0"),
        (
            lambda: session_recommender(9, embedding=4, units=(4,), bidirectional=True),
            "bidirectional must be False: what comes next must not be read. "
            "Received: bidirectional=True",
        ),
    ],
)
def test_refusals(make: object, message: str) -> None:
    with pytest.raises(ValueError) as error:
        make()  # type: ignore[operator]
    assert str(error.value) == message
