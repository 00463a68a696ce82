"""Which words are copied, how often, and whose attention says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from lstm_toolkit.layers import beam_search, greedy
from lstm_toolkit.layers.decoding.copying import copied_places, is_any, limit_copies

END, COPY, WORD, OTHER = range(4)


def places(attention: Any, written: Any, real: Any) -> list[Any]:
    """Returns the places of one answer of one row."""
    found = copied_places(
        tf.constant([[attention]], tf.float32), tf.constant([[written]]), tf.constant([real])
    )
    return found.numpy()[0, 0].tolist()


def test_the_word_with_most_attention_is_copied() -> None:
    attention = [[0.6, 0.3, 0.1], [0.1, 0.2, 0.7]]
    assert places(attention, [True, True], [True, True, True]) == [0, 2]
    assert places(attention, [False, True], [True, True, True]) == [0, 2]


def test_what_cannot_be_copied_never_is() -> None:
    attention = [[0.8, 0.05, 0.05, 0.1], [0.9, 0.0, 0.0, 0.1]]
    assert places(attention, [True, True], [False, True, True, False]) == [1, 2]


def test_a_copied_word_comes_again_last() -> None:
    attention = [[0.9, 0.1], [0.9, 0.1], [0.9, 0.1]]
    assert places(attention, [True] * 3, [True, True]) == [0, 1, 0]
    assert places(attention, [True] * 3, [False, True]) == [1, 1, 1]


def test_beams_choose_for_themselves() -> None:
    attention = tf.constant([[[[0.9, 0.1]], [[0.2, 0.8]]]])
    found = copied_places(attention, tf.constant([[[True], [True]]]), tf.constant([[True, True]]))
    assert found.numpy().tolist() == [[[0], [1]]]


def eager_copier(tokens: tf.Tensor, state: tf.Tensor) -> Any:
    """Would copy for ever; the end comes next."""
    logits = tf.math.log(tf.constant([0.2, 0.6, 0.15, 0.05]))
    shape = tf.shape(tokens)
    return tf.broadcast_to(logits, [shape[0], shape[1], 4]), state, None


def test_no_more_is_copied_than_there_is() -> None:
    step, state = limit_copies(
        eager_copier, tf.zeros([3, 1]), tf.constant([0, 1, 2]), (COPY,), end=END
    )
    decoded = greedy(step, state, start=WORD, end=END, max_steps=5)
    assert decoded.ids.numpy()[:, 0].tolist() == [[END, 0, 0], [COPY, END, 0], [COPY, COPY, END]]


def shy_copier(tokens: tf.Tensor, state: tf.Tensor) -> Any:
    """Would rather write a word than copy, and then end."""
    first = tf.math.log(tf.constant([0.05, 0.2, 0.7, 0.05]))
    then = tf.math.log(tf.constant([0.9, 0.02, 0.04, 0.04]))
    logits = tf.where(tf.equal(state, 0.0)[..., tf.newaxis], first, then)
    return logits, state + 1.0, None


def test_an_end_without_what_is_to_be_copied_costs() -> None:
    for copies, wanted in ((0, [WORD, END]), (1, [COPY, END])):
        step, state = limit_copies(
            shy_copier, tf.zeros([1, 1]), tf.constant([copies]), (COPY,), end=END
        )
        decoded = beam_search(step, state, start=WORD, end=END, beam_width=3, max_steps=4)
        assert decoded.ids.numpy()[0, 0, :2].tolist() == wanted


def test_attention_follows_beams_that_change_places() -> None:
    """The beam that is second after the first step wins; its own attention is kept."""

    def step(tokens: tf.Tensor, state: tf.Tensor) -> Any:
        first = tf.constant([0.01, 0.0, 0.6, 0.39])
        after_word = tf.constant([0.01, 0.03, 0.48, 0.48])
        after_other = tf.constant([0.01, 0.97, 0.01, 0.01])
        after_copy = tf.constant([0.97, 0.01, 0.01, 0.01])
        tables = tf.stack([after_copy, after_copy, after_word, after_other])
        chosen = tf.where(tf.equal(state, 0.0)[..., tf.newaxis], first, tf.gather(tables, tokens))
        # Who wrote OTHER looks at the last word, all others at the first.
        looks = tf.where(tf.equal(tokens, OTHER), 1, 0)
        return tf.math.log(chosen), state + 1.0, tf.one_hot(looks, 2)

    limited, state = limit_copies(step, tf.zeros([1, 1]), tf.constant([1]), (COPY,), end=END)
    decoded = beam_search(
        limited, state, start=WORD, end=END, beam_width=2, max_steps=3, keep_attention=True
    )
    assert decoded.ids.numpy()[0, 0].tolist() == [OTHER, COPY, END]
    assert decoded.attention is not None
    np.testing.assert_array_equal(decoded.attention.numpy()[0, 0, 1], [0, 1])
    found = copied_places(
        decoded.attention, is_any(decoded.ids, (COPY,)), tf.constant([[True, True]])
    )
    assert found.numpy()[0, 0, 1] == 1
