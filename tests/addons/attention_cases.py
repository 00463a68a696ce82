"""Attention mechanisms alone: one query."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.addons.reference import write_case

CLASSES = {"LuongAttention": "scale", "BahdanauAttention": "normalize"}
BATCH, TIME, DEPTH, UNITS = 3, 6, 4, 5


def arrays() -> dict[str, np.ndarray]:
    """Crosses the options."""
    found: dict[str, np.ndarray] = {}
    seed = 100
    for name, switch in CLASSES.items():
        for on in (False, True):
            for probability in ("softmax", "hardmax"):
                for masking in ("none", "lengths", "mask"):
                    seed += 1
                    options = {
                        "class": name,
                        "arguments": {switch: on, "probability_fn": probability},
                        "masking": masking,
                    }
                    case = f"{name}-{switch}_{on}-{probability}-{masking}"
                    found.update(write_case(case, options, _run(options, seed)))
    return {**found, **_monotonic()}


def _monotonic() -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    seed = 150
    for kind, switch in {"Luong": "scale", "Bahdanau": "normalize"}.items():
        for mode in ("parallel", "recursive", "hard"):
            for on, masking in ((False, "none"), (True, "lengths")):
                seed += 1
                options = {
                    "class": f"{kind}MonotonicAttention",
                    "arguments": {switch: on, "mode": mode, "score_bias_init": -0.5},
                    "masking": masking,
                }
                case = f"{kind}MonotonicAttention-{mode}-{masking}"
                found.update(write_case(case, options, _run(options, seed)))
    return found


def _run(options: dict[str, Any], seed: int) -> dict[str, Any]:
    import tensorflow as tf
    import tensorflow_addons as tfa

    rng = np.random.default_rng(seed)
    memory = tf.constant(rng.normal(size=(BATCH, TIME, DEPTH)), tf.float32)
    query = tf.constant(rng.normal(size=(BATCH, UNITS)), tf.float32)
    masking = {
        "none": {},
        "lengths": {"memory_sequence_length": np.array([6, 1, 3], "int32")},
        "mask": {"memory_mask": rng.random((BATCH, TIME)) < 0.6},
    }[options["masking"]]
    attention = getattr(tfa.seq2seq, options["class"])(UNITS, **options["arguments"])
    attention.setup_memory(memory, **masking)
    state = attention.initial_state(BATCH, tf.float32)
    if "mode" in options["arguments"] and options["arguments"]["mode"] != "hard":
        state = tf.constant(rng.dirichlet(np.ones(TIME), BATCH), tf.float32)
    attention([query, state])
    attention.set_weights([rng.normal(size=w.shape) for w in attention.get_weights()])
    probe = rng.normal(size=(BATCH, TIME)).astype("float32")
    with tf.GradientTape() as tape:
        tape.watch([memory, query])
        attention.setup_memory(memory, **masking)
        alignments, after = attention([query, state])
        loss = tf.reduce_sum(alignments * probe)
    found = {
        "memory": memory, "query": query, "state": state, "probe": probe, **masking,
        "weights": attention.get_weights(), "values": attention.values, "keys": attention.keys,
        "alignments": alignments, "after": after,
        "initial": attention.initial_state(BATCH, tf.float32),
    }  # fmt: skip
    if not {"hard", "hardmax"} & set(options["arguments"].values()):
        wanted = [memory, query, *attention.trainable_weights]
        found["gradients"] = list(tape.gradient(loss, wanted))
    return found
