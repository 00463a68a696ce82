"""`LazyAdam` over several steps with repeated rows, beside a dense weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.addons.reference import write_case

ROWS, WIDTH, STEPS = 7, 3, 6
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "rate": {"learning_rate": 0.05},
    "betas": {"beta_1": 0.7, "beta_2": 0.95},
    "no_momentum": {"beta_1": 0.0, "learning_rate": 0.01},
    "large_epsilon": {"epsilon": 0.1, "learning_rate": 0.05},
    "schedule": {"schedule": [0.1, 2, 0.5]},
}


def arrays() -> dict[str, np.ndarray]:
    """Runs each case."""
    found: dict[str, np.ndarray] = {}
    for seed, (name, options) in enumerate(CASES.items(), start=300):
        found.update(write_case(name, options, _run(options, seed)))
    return found


def _run(options: dict[str, Any], seed: int) -> dict[str, Any]:
    import tensorflow as tf
    import tensorflow_addons as tfa

    rng = np.random.default_rng(seed)
    arguments = dict(options)
    if "schedule" in arguments:
        schedule = tf.keras.optimizers.schedules.ExponentialDecay
        arguments["learning_rate"] = schedule(*arguments.pop("schedule"))
    table = tf.Variable(rng.normal(size=(ROWS, WIDTH)), dtype=tf.float32)
    dense = tf.Variable(rng.normal(size=(WIDTH,)), dtype=tf.float32)
    optimizer = tfa.optimizers.LazyAdam(**arguments)
    found: dict[str, Any] = {"table": table.numpy(), "dense": dense.numpy()}
    steps: dict[str, list[Any]] = {
        name: [] for name in ("rows", "row_gradients", "dense_gradients", "tables", "denses")
    }
    for _ in range(STEPS):
        rows = rng.integers(0, ROWS - 1, 8).astype("int32")  # the last row is never seen
        gradients = rng.normal(size=(8, WIDTH)).astype("float32")
        dense_gradient = rng.normal(size=(WIDTH,)).astype("float32")
        slices = tf.IndexedSlices(tf.constant(gradients), tf.constant(rows), [ROWS, WIDTH])
        optimizer.apply_gradients([(slices, table), (tf.constant(dense_gradient), dense)])
        news = (rows, gradients, dense_gradient, table.numpy(), dense.numpy())
        for values, new in zip(steps.values(), news, strict=True):
            values.append(new)
    found["momentum"] = optimizer.get_slot(table, "m").numpy()
    found["velocity"] = optimizer.get_slot(table, "v").numpy()
    return {**found, **steps}
