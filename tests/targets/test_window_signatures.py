"""Windows with a mask, and streams a step at a time."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from lstm_toolkit.data.labels import Labels
from lstm_toolkit.targets import Signature, WindowClasses
from lstm_toolkit.targets.window_signatures import window_signatures

STEPS, CHANNELS = 4, 2
NAMES = Labels(("still", "moves"))


def classified(values: tf.Tensor) -> dict[str, tf.Tensor]:
    """Answers by the mean of the first channel; what is missing counts for nothing."""
    known = tf.math.is_finite(values)
    level = tf.reduce_mean(tf.where(known, values, tf.zeros_like(values))[..., 0], axis=1)
    moves = tf.sigmoid(level)
    return WindowClasses().decode(tf.stack([1 - moves, moves], axis=1), NAMES)


BASE = Signature(classified, (tf.TensorSpec([None, STEPS, CHANNELS], tf.float32, "values"),))
SIGNATURES = window_signatures(BASE, 2)


def test_what_the_mask_leaves_out_is_missing() -> None:
    rows = np.random.default_rng(0).normal(size=(3, STEPS, CHANNELS)).astype(np.float32)
    rows[1, 2, 0] = np.nan
    signature = SIGNATURES["serving_default"]
    inputs = signature.samples({"values": rows})
    assert np.isfinite(inputs["values"]).all()
    told = signature.function(*(tf.constant(inputs[spec.name]) for spec in signature.inputs))
    np.testing.assert_array_equal(
        told["probabilities"], classified(tf.constant(rows))["probabilities"]
    )


def streamed(steps: np.ndarray, smoothing: float) -> list[dict[str, tf.Tensor]]:
    signature = SIGNATURES["stream"]
    state = [tf.zeros([1, *spec.shape[1:]], spec.dtype) for spec in signature.state]
    answers = []
    for step in steps:
        told = signature.function(tf.constant(step[None]), tf.constant(smoothing), *state)
        state = [told[spec.name] for spec in signature.state]
        answers.append(told)
    return answers


def test_a_stream_answers_as_windows_do_without_smoothing() -> None:
    steps = np.random.default_rng(1).normal(size=(9, CHANNELS)).astype(np.float32)
    steps[3, 1] = np.nan
    answers = streamed(steps, 0.0)
    windows = np.stack([steps[end - STEPS : end] for end in range(STEPS, 10)])
    whole = classified(tf.constant(windows))
    for name in ("label", "probability", "probabilities"):
        own = np.concatenate([told[name] for told in answers[STEPS - 1 :]])
        if name == "label":
            assert own.tolist() == whole[name].numpy().tolist()
        else:
            np.testing.assert_allclose(own, whole[name], rtol=1e-6)


def test_smoothing_averages_probabilities_over_time() -> None:
    steps = np.array([[8.0, 0], [-8.0, 0], [-80.0, 0]], np.float32)
    alone = [float(told["probabilities"][0, 1]) for told in streamed(steps, 0.0)]
    smooth = [float(told["probabilities"][0, 1]) for told in streamed(steps, 0.5)]
    first = alone[0]
    second = (first * 0.25 + alone[1] * 0.5) / 0.75
    third = (first * 0.125 + alone[1] * 0.25 + alone[2] * 0.5) / 0.875
    np.testing.assert_allclose(smooth, [first, second, third], rtol=1e-5)
    assert [told["label"].numpy()[0] for told in streamed(steps, 0.5)][-1] == b"still"


def test_windows_of_unequal_length_have_no_stream() -> None:
    varies = Signature(classified, (tf.TensorSpec([None, None, CHANNELS], tf.float32, "values"),))
    assert set(window_signatures(varies, 2)) == {"serving_default", "windows"}


def test_answers_hold_all_probabilities_by_label() -> None:
    told = classified(tf.constant(np.zeros((1, STEPS, CHANNELS), np.float32)))
    (answer,) = WindowClasses().to_json({name: value.numpy() for name, value in told.items()})
    assert answer == {
        "label": "still",
        "probability": 0.5,
        "probabilities": {"still": 0.5, "moves": 0.5},
    }
