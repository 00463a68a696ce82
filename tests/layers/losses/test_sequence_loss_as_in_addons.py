"""Sequence losses are those of tensorflow-addons."""

from __future__ import annotations

import pytest
import tensorflow as tf

from lstm_toolkit.layers import SequenceLoss, sequence_loss
from tests.addons.reference import assert_forward, assert_gradient, read_cases
from tests.addons.sequence_loss_cases import _squared

CASES = read_cases("sequence_loss")


@pytest.mark.parametrize("name", CASES)
def test_losses_and_gradients(name: str) -> None:
    case = CASES[name]
    arguments = dict(case.options["arguments"])
    if case.options["kind"] == "function":
        arguments["softmax_loss_function"] = _squared
    logits = tf.constant(case["logits"])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        if case.options["kind"] == "class":
            loss = SequenceLoss(**arguments)(case["targets"], logits, case["weights"])
        else:
            loss = sequence_loss(logits, case["targets"], case["weights"], **arguments)
        total = tf.reduce_sum(loss)
    assert loss.shape == case["loss"].shape
    assert_forward(loss, case["loss"])
    assert_gradient(tape.gradient(total, logits), case["gradients/0"])


def test_the_cases_are_many() -> None:
    assert len(CASES) == 42
