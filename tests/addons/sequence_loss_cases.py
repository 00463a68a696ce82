"""`sequence_loss` and `SequenceLoss`: each allowed choice of reductions."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.addons.reference import write_case

OPTIONS = (
    "average_across_timesteps", "average_across_batch", "sum_over_timesteps", "sum_over_batch",
)  # fmt: skip
CHOICES = {
    "average": (True, True, False, False),
    "average_time": (True, False, False, False),
    "average_batch": (False, True, False, False),
    "none": (False, False, False, False),
    "sum": (False, False, True, True),
    "sum_time": (False, False, True, False),
    "sum_batch": (False, False, False, True),
}
KINDS = ("lengths", "fractions", "empty", "one_hot", "function", "class")
BATCH, TIME, CLASSES = 3, 5, 4


def arrays() -> dict[str, np.ndarray]:
    """Crosses reductions and kinds of targets and weights."""
    found: dict[str, np.ndarray] = {}
    seed = 200
    for kind in KINDS:
        for choice, values in CHOICES.items():
            seed += 1
            options = {"kind": kind, "arguments": dict(zip(OPTIONS, values, strict=True))}
            found.update(write_case(f"{kind}-{choice}", options, _run(options, seed)))
    return found


def _run(options: dict[str, Any], seed: int) -> dict[str, Any]:
    import tensorflow as tf
    import tensorflow_addons as tfa

    rng = np.random.default_rng(seed)
    kind = options["kind"]
    logits = tf.constant(rng.normal(size=(BATCH, TIME, CLASSES)), tf.float32)
    targets = rng.integers(0, CLASSES, (BATCH, TIME)).astype("int32")
    if kind == "one_hot":
        targets = np.eye(CLASSES, dtype="float32")[targets]
    weights = np.less.outer(np.zeros(BATCH), np.zeros(TIME)).astype("float32")
    if kind == "fractions":
        weights = rng.random((BATCH, TIME)).astype("float32") * (rng.random((BATCH, TIME)) < 0.7)
    elif kind != "empty":
        weights = (np.arange(TIME) < np.array([[5], [0], [2]])).astype("float32")
    arguments = dict(options["arguments"])
    if kind == "function":
        arguments["softmax_loss_function"] = _squared
    with tf.GradientTape() as tape:
        tape.watch(logits)
        if kind == "class":
            loss = tfa.seq2seq.SequenceLoss(**arguments)(targets, logits, weights)
        else:
            loss = tfa.seq2seq.sequence_loss(logits, targets, weights, **arguments)
        total = tf.reduce_sum(loss)
    return {
        "logits": logits, "targets": targets, "weights": weights, "loss": loss,
        "gradients": [tape.gradient(total, logits)],
    }  # fmt: skip


def _squared(*, labels: Any, logits: Any) -> Any:
    import tensorflow as tf

    wanted = tf.one_hot(labels, CLASSES)
    return tf.reduce_sum(tf.square(tf.nn.softmax(logits) - wanted), -1)
