"""`AttentionWrapper` over several steps: mechanisms, layers, cells, initial states."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.addons.reference import write_case

BATCH, STEPS, FEATURES, TIME, DEPTH, UNITS = 3, 4, 2, 5, 3, 4
LUONG = {"class": "LuongAttention", "arguments": {}}
SCALED = {"class": "LuongAttention", "arguments": {"scale": True}, "lengths": [5, 2, 3]}
HARD = {"class": "LuongAttention", "arguments": {"probability_fn": "hardmax"}}
BAHDANAU = {"class": "BahdanauAttention", "arguments": {}, "lengths": [1, 5, 4]}
NORMED = {"class": "BahdanauAttention", "arguments": {"normalize": True}}
MONOTONIC = {"class": "LuongMonotonicAttention", "arguments": {"scale": True}}
HARD_MONOTONIC = {
    "class": "BahdanauMonotonicAttention",
    "arguments": {"mode": "hard"},
    "lengths": [5, 2, 3],
}
CASES: dict[str, dict[str, Any]] = {
    "luong": {"mechanisms": [LUONG]},
    "luong_layer": {"mechanisms": [LUONG], "wrapper": {"attention_layer_size": 3}},
    "scaled_layer": {"mechanisms": [SCALED], "wrapper": {"attention_layer_size": 5}},
    "hardmax": {"mechanisms": [HARD], "wrapper": {"attention_layer_size": 3}},
    "bahdanau": {"mechanisms": [BAHDANAU], "wrapper": {"output_attention": False}},
    "normed": {"mechanisms": [NORMED], "wrapper": {"attention_layer_size": 4}},
    "initial_cell_state": {"mechanisms": [SCALED], "initial": "constructor"},
    "clone": {"mechanisms": [BAHDANAU], "initial": "clone"},
    "list_of_one": {"mechanisms": [LUONG], "is_list": True},
    "two": {"mechanisms": [SCALED, NORMED]},
    "two_layers": {
        "mechanisms": [SCALED, BAHDANAU],
        "wrapper": {"attention_layer_size": [3, 5]},
        "initial": "clone",
    },
    "cell_output": {
        "mechanisms": [LUONG, NORMED],
        "wrapper": {"output_attention": False, "attention_layer_size": [2, 2]},
    },
    "cell_input": {"mechanisms": [SCALED], "functions": ["cell_input_fn"]},
    "own_layer": {"mechanisms": [SCALED], "functions": ["attention_layer"]},
    "own_attention": {
        "mechanisms": [NORMED],
        "wrapper": {"attention_layer_size": 3},
        "functions": ["attention_fn"],
    },
    "gru": {"mechanisms": [SCALED], "cells": ["GRUCell"]},
    "stacked": {"mechanisms": [BAHDANAU], "cells": ["LSTMCell", "LSTMCell"]},
    "layer_norm": {"mechanisms": [SCALED], "cells": ["LayerNormLSTMCell"]},
    "peephole": {"mechanisms": [NORMED], "cells": ["PeepholeLSTMCell"]},
    "monotonic": {"mechanisms": [MONOTONIC], "wrapper": {"attention_layer_size": 3}},
    "hard_monotonic": {"mechanisms": [HARD_MONOTONIC]},
    "no_history": {"mechanisms": [SCALED], "wrapper": {"alignment_history": False}},
}


def arrays() -> dict[str, np.ndarray]:
    """Runs each case."""
    found: dict[str, np.ndarray] = {}
    for seed, (name, case) in enumerate(CASES.items(), start=400):
        wrapper = {"alignment_history": True, **case.get("wrapper", {})}
        options = {"cells": ["LSTMCell"], "functions": [], **case, "wrapper": wrapper}
        found.update(write_case(name, options, _run(options, seed)))
    return found


def _run(options: dict[str, Any], seed: int) -> dict[str, Any]:
    import tensorflow as tf
    import tensorflow_addons as tfa

    rng = np.random.default_rng(seed)
    given = {
        "x": tf.constant(rng.normal(size=(BATCH, STEPS, FEATURES)), tf.float32),
        "memory": tf.constant(rng.normal(size=(BATCH, TIME, DEPTH)), tf.float32),
    }
    states = [tf.constant(rng.normal(size=(BATCH, UNITS)), tf.float32) for _ in range(2)]
    classes = {
        name: getattr(tfa.rnn if hasattr(tfa.rnn, name) else tf.keras.layers, name)
        for name in options["cells"]
    }
    mechanisms = [
        getattr(tfa.seq2seq, m["class"])(UNITS, **m["arguments"]) for m in options["mechanisms"]
    ]
    lengths = [m.get("lengths") for m in options["mechanisms"]]
    wrapper = build(options, tf.keras, tfa.seq2seq.AttentionWrapper, classes, mechanisms)
    how = (tf, wrapper, mechanisms, lengths, given, states, options.get("initial"))
    parts(tf, unroll(*how)[1])  # makes the weights
    wrapper.set_weights([rng.normal(size=w.shape, scale=0.6) for w in wrapper.get_weights()])
    probe = rng.normal(size=(BATCH, STEPS, 8)).astype("float32")
    with tf.GradientTape() as tape:
        tape.watch(list(given.values()))
        outputs, last = unroll(*how)
        loss = tf.reduce_sum(outputs * probe[:, :, : outputs.shape[-1]])
    gradients = tape.gradient(loss, [*given.values(), *wrapper.trainable_weights])
    return {
        **given, "states": states, "weights": wrapper.get_weights(), "probe": probe,
        "outputs": outputs, "parts": parts(tf, last),
        "gradients": [tf.zeros(()) if g is None else g for g in gradients],
    }  # fmt: skip


def build(options: dict[str, Any], keras: Any, wrapper: Any, classes: Any, mechanisms: Any) -> Any:
    """Makes a wrapper of either library."""
    cells = [classes[name](UNITS) for name in options["cells"]]
    is_list = len(mechanisms) > 1 or options.get("is_list", False)
    functions = {
        "cell_input_fn": lambda inputs, attention: attention[:, :2] * inputs,
        "attention_layer": keras.layers.Dense(3, activation="tanh"),
        "attention_fn": own_attention,
    }
    return wrapper(
        cells[0] if len(cells) == 1 else keras.layers.StackedRNNCells(cells),
        mechanisms if is_list else mechanisms[0],
        **options["wrapper"],
        **{name: functions[name] for name in options["functions"]},
    )


def own_attention(mechanism: Any, output: Any, state: Any, layer: Any) -> tuple[Any, Any, Any]:
    """Attends with another layer than usual: over the context alone, doubled."""
    import tensorflow as tf

    alignments, state = mechanism([output, state])
    context = tf.einsum("bt,btd->bd", alignments, mechanism.values)
    return 2.0 * layer(context), alignments, state


def unroll(
    tf: Any, wrapper: Any, mechanisms: Any, lengths: Any, given: Any, states: Any, initial: Any
) -> tuple[Any, Any]:
    """Takes all steps: outputs `float32[batch, steps, width]`, last state."""
    for mechanism, length in zip(mechanisms, lengths, strict=True):
        mechanism.setup_memory(given["memory"], length)
    if initial == "constructor":
        wrapper._initial_cell_state = states
    state = wrapper.get_initial_state(batch_size=BATCH, dtype=tf.float32)
    if initial == "clone":
        state = state.clone(cell_state=states)
    outputs = []
    for step in range(STEPS):
        output, state = wrapper(given["x"][:, step], state)
        outputs.append(output)
    return tf.stack(outputs, 1), state


def parts(tf: Any, state: Any) -> list[Any]:
    """Returns the tensors of a state, histories stacked."""
    history = state.alignment_history
    stacked = [x.stack() for x in tf.nest.flatten(history)]
    rest = state._replace(alignment_history=())
    return [*tf.nest.flatten(rest), *stacked]
