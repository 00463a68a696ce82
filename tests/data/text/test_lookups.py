"""Functions of texts that become graphs when they are called often."""

from __future__ import annotations

import tensorflow as tf

from lstm_toolkit.data.text.lookups import PLAIN_CALLS, TextGraph


def test_few_calls_need_no_graph_and_many_give_the_same() -> None:
    traced = []

    def function(texts: tf.Tensor) -> tf.RaggedTensor:
        traced.append(not tf.executing_eagerly())
        return tf.strings.split(tf.strings.lower(texts, encoding="utf-8"))

    split, texts = TextGraph(function), tf.constant(["A b", "", "\u00c9t\u00e9 c"])
    answers = [split(texts).to_list() for _ in range(PLAIN_CALLS + 3)]
    assert answers == [answers[0]] * len(answers)
    assert traced == [False] * PLAIN_CALLS + [True]


def test_inside_a_graph_it_is_traced_once() -> None:
    calls = []

    def function(texts: tf.Tensor) -> tf.Tensor:
        calls.append(texts)
        return tf.strings.length(texts)

    length = TextGraph(function)
    both = tf.function(lambda texts: (length(texts), length(texts)), autograph=False)
    one, other = both(tf.constant(["abc", ""]))
    assert one.numpy().tolist() == other.numpy().tolist() == [3, 0]
    assert len(calls) == 1
