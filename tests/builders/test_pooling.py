"""What all steps of a layer become."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from lstm_toolkit.builders.pooling import pool


@pytest.mark.parametrize("kind", ["max", "mean", "max_mean"])
def test_rows_without_a_step_spoil_no_gradient(kind: str) -> None:
    x = tf.constant(np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32))
    real = tf.constant([[True, True, False], [False, False, False]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        pooled = pool(x, real, kind)
        shown = ops.where(ops.any(real, axis=1)[:, None], pooled, 0.0)
    assert np.isfinite(shown).all()
    assert np.isfinite(tape.gradient(shown, x)).all()
