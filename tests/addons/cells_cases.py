"""Cells in `keras.layers.RNN`: sizes, masks, initial states, options."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.addons.reference import write_case

CELLS = ("LayerNormLSTMCell", "PeepholeLSTMCell")
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "wide": {"batch": 4, "time": 9, "features": 5, "units": 7},
    "one_unit": {"batch": 1, "time": 2, "features": 1, "units": 1},
    "masked": {"lengths": [7, 3, 1]},
    "initial_state": {"initial_state": True},
    "masked_initial_state": {"lengths": [2, 7, 4], "initial_state": True},
    "no_bias": {"cell": {"use_bias": False}},
    "relu": {"cell": {"activation": "relu"}},
    "tanh_gates": {"cell": {"recurrent_activation": "tanh", "activation": "sigmoid"}},
    "dropout_at_inference": {"cell": {"dropout": 0.4, "recurrent_dropout": 0.3}},
    "backwards": {"go_backwards": True, "lengths": [7, 5, 6]},
}
EPSILONS = {"small_epsilon": 1e-5, "large_epsilon": 0.1}


def arrays() -> dict[str, np.ndarray]:
    """Runs each cell over each case."""
    found: dict[str, np.ndarray] = {}
    seed = 0
    for cell in CELLS:
        cases = dict(CASES)
        if cell == "LayerNormLSTMCell":
            cases.update({n: {"cell": {"norm_epsilon": e}} for n, e in EPSILONS.items()})
        for name, options in cases.items():
            seed += 1
            full = {"class": cell, "batch": 3, "time": 7, "features": 3, "units": 4, **options}
            found.update(write_case(f"{cell}-{name}", full, _run(full, seed)))
    return found


def _run(options: dict[str, Any], seed: int) -> dict[str, Any]:
    import tensorflow as tf
    import tensorflow_addons as tfa

    rng = np.random.default_rng(seed)
    batch, time, units = options["batch"], options["time"], options["units"]
    x = tf.constant(rng.normal(size=(batch, time, options["features"])), tf.float32)
    state = [tf.constant(rng.normal(size=(batch, units)), tf.float32) for _ in range(2)]
    cell = getattr(tfa.rnn, options["class"])(units, **options.get("cell", {}))
    rnn = tf.keras.layers.RNN(
        cell,
        return_sequences=True,
        return_state=True,
        go_backwards=options.get("go_backwards", False),
    )
    rnn(x)
    rnn.set_weights([rng.normal(size=w.shape, scale=0.7) for w in rnn.get_weights()])
    probe = rng.normal(size=(batch, time, units)).astype("float32")
    mask = tf.sequence_mask(options["lengths"], time) if "lengths" in options else None
    with tf.GradientTape() as tape:
        tape.watch([x, state])
        out, h, c = rnn(x, mask=mask, initial_state=state if "initial_state" in options else None)
        loss = tf.reduce_sum(out * probe) + tf.reduce_sum(c * probe[:, 0])
    gradients = tape.gradient(loss, [x, *rnn.trainable_weights])
    return {
        "x": x, "state": list(state), "probe": probe, "weights": rnn.get_weights(),
        "outputs": out, "h": h, "c": c, "gradients": list(gradients),
    }  # fmt: skip
