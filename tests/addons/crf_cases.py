"""Conditional random fields: sizes, lengths, bitmaps."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.addons.reference import write_case

CASES: dict[str, dict[str, Any]] = {
    "plain": {"shape": [3, 6, 4], "lengths": [6, 6, 6]},
    "lengths": {"shape": [4, 6, 3], "lengths": [6, 1, 3, 2]},
    "empty_row": {"shape": [3, 4, 3], "lengths": [4, 0, 2]},
    "one_step": {"shape": [3, 1, 5], "lengths": [1, 1, 1]},
    "two_steps": {"shape": [2, 2, 2], "lengths": [2, 1]},
    "one_tag": {"shape": [2, 4, 1], "lengths": [4, 2]},
    "wide": {"shape": [5, 9, 7], "lengths": [9, 8, 3, 1, 5]},
}


def arrays() -> dict[str, np.ndarray]:
    """Runs each case."""
    found: dict[str, np.ndarray] = {}
    for seed, (name, options) in enumerate(CASES.items(), start=500):
        found.update(write_case(name, options, _run(options, seed)))
    return found


def _run(options: dict[str, Any], seed: int) -> dict[str, Any]:
    import tensorflow as tf
    from tensorflow_addons import text

    rng = np.random.default_rng(seed)
    batch, time, tags = options["shape"]
    inputs = tf.constant(rng.normal(size=(batch, time, tags)), tf.float32)
    transitions = tf.constant(rng.normal(size=(tags, tags)), tf.float32)
    indices = rng.integers(0, tags, (batch, time)).astype("int32")
    lengths = np.array(options["lengths"], "int32")
    bitmap = rng.random((batch, time, tags)) < 0.5
    np.put_along_axis(bitmap, indices[:, :, None], True, axis=2)
    with tf.GradientTape() as tape:
        tape.watch([inputs, transitions])
        likelihood, _ = text.crf_log_likelihood(inputs, indices, lengths, transitions)
        loss = tf.reduce_sum(likelihood)
    decoded, best = text.crf_decode(inputs, transitions, lengths)
    constrained, allowed = text.crf_constrained_decode(inputs, bitmap, transitions, lengths)
    viterbi, viterbi_score = text.viterbi_decode(inputs[0].numpy(), transitions.numpy())
    gradients = tape.gradient(loss, [inputs, transitions])
    return {
        "inputs": inputs, "transitions": transitions, "indices": indices, "lengths": lengths,
        "bitmap": bitmap, "likelihood": likelihood,
        "score": text.crf_sequence_score(inputs, indices, lengths, transitions),
        "unary": text.crf_unary_score(indices, lengths, inputs),
        "binary": text.crf_binary_score(indices, lengths, transitions),
        "norm": text.crf_log_norm(inputs, lengths, transitions),
        "multitag": text.crf_multitag_sequence_score(inputs, bitmap, lengths, transitions),
        "decoded": decoded, "best": best, "constrained": constrained, "allowed": allowed,
        "viterbi": np.array(viterbi, "int32"), "viterbi_score": viterbi_score,
        "gradients": [tf.zeros_like(transitions) if g is None else g for g in gradients],
    }  # fmt: skip
