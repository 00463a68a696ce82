"""Attention mechanisms answer as those of tensorflow-addons did."""

from __future__ import annotations

from typing import Any

import pytest
import tensorflow as tf

from lstm_toolkit import layers
from tests.addons.reference import Case, assert_forward, assert_gradient, read_cases

CASES = read_cases("attention")


def masking(case: Case) -> dict[str, Any]:
    names = ("memory_sequence_length", "memory_mask")
    return {name: case[name] for name in names if case.get(name) is not None}


def mechanism(case: Case) -> layers.AttentionMechanism:
    units = case["query"].shape[-1]
    made = getattr(layers, case.options["class"])(units, **case.options["arguments"])
    made.setup_memory(case["memory"], **masking(case))
    made([case["query"], case["state"]])
    made.set_weights(case.numbered("weights"))
    return made


@pytest.mark.parametrize("name", CASES)
def test_alignments_and_gradients(name: str) -> None:
    case = CASES[name]
    attention = mechanism(case)
    memory, query = tf.constant(case["memory"]), tf.constant(case["query"])
    with tf.GradientTape() as tape:
        tape.watch([memory, query])
        attention.setup_memory(memory, **masking(case))
        state = tf.constant(case["state"])
        alignments, after = attention([query, state])
        loss = tf.reduce_sum(alignments * case["probe"])
    found = {"values": attention.values, "keys": attention.keys}
    found["initial"] = attention.initial_state(len(query), "float32")
    found |= {"alignments": alignments, "after": after}
    for key, value in found.items():
        assert_forward(value, case[key], key)
    expected = case.numbered("gradients")
    if expected:
        weights = [weight.value for weight in attention.trainable_weights]
        gradients = tape.gradient(loss, [memory, query, *weights])
        for one, other in zip(gradients, expected, strict=True):
            assert_gradient(one, other)


def test_the_cases_are_many() -> None:
    assert len(CASES) == 36
    assert sum(bool(case.numbered("gradients")) for case in CASES.values()) == 20
