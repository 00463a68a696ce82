"""Decoders that read what they are given, or the likeliest token.

The same code runs on both libraries; see `decode`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.addons.beam_search_cases import fill
from tests.addons.reference import write_case

UNITS, WIDTH, VOCABULARY, BATCH, STEPS, END = 4, 3, 6, 4, 5, 2
CASES: dict[str, dict[str, Any]] = {
    "training": {"lengths": [5, 0, 3, 1]},
    "training_imputed": {"lengths": [4, 0, 3, 1], "decoder": {"impute_finished": True}},
    "training_mask": {"mask": [5, 2, 3, 1]},
    "training_all": {},
    "training_time_major": {
        "lengths": [5, 2, 3, 4],
        "time_major": True,
        "decoder": {"output_time_major": True},
    },
    "training_limit": {"lengths": [5, 2, 3, 4], "decoder": {"maximum_iterations": 3}},
    "training_no_head": {"lengths": [5, 2, 3, 4], "head": False},
    "greedy": {"sampler": "GreedyEmbeddingSampler"},
    "greedy_imputed": {"sampler": "GreedyEmbeddingSampler", "decoder": {"impute_finished": True}},
    "greedy_never_ends": {"sampler": "GreedyEmbeddingSampler", "end_bias": -50.0},
    "greedy_ends_at_once": {"sampler": "GreedyEmbeddingSampler", "end_bias": 50.0},
    "gather_tree": {"tree": True},
}


def arrays() -> dict[str, np.ndarray]:
    """Runs each case."""
    import tensorflow as tf
    import tensorflow_addons as tfa

    found: dict[str, np.ndarray] = {}
    for name, case in CASES.items():
        found |= write_case(name, case, decode(case, tf.keras, tfa.seq2seq))
    return found


def decode(case: dict[str, Any], keras: Any, library: Any) -> dict[str, np.ndarray]:
    """Runs a decoder of one library or the other, or its trees.

    Args:
        case: An entry of `CASES`.
        keras: Keras of that library.
        library: Has `BasicDecoder`, `gather_tree`, …

    Returns:
        What it gives.
    """
    rng = np.random.default_rng(500 + list(CASES).index(_name(case)))
    found = _trees(library, rng) if case.get("tree") else _answers(case, keras, library, rng)
    return {name: np.asarray(x) for name, x in found.items()}


def _name(case: dict[str, Any]) -> str:
    return next(name for name, other in CASES.items() if other == case)


def _answers(
    case: dict[str, Any], keras: Any, library: Any, rng: np.random.Generator
) -> dict[str, Any]:
    import tensorflow as tf

    cell, head = keras.layers.LSTMCell(UNITS), keras.layers.Dense(VOCABULARY)
    fill(cell, WIDTH, rng)
    fill(head, UNITS, rng)
    kernel, bias = head.get_weights()
    bias[END] += case.get("end_bias", 0.5)
    head.set_weights([kernel, bias])
    state = [tf.constant(rng.normal(size=(BATCH, UNITS)), tf.float32) for _ in range(2)]
    options = dict(case.get("decoder", {}))
    if "sampler" in case:
        sampler = getattr(library, case["sampler"])()
        inputs = rng.normal(size=(VOCABULARY, WIDTH), scale=2.0).astype("float32")
        reading = {"start_tokens": np.array([1, 3, 4, 5], np.int32), "end_token": END}
        options.setdefault("maximum_iterations", 7)
    else:
        sampler = library.TrainingSampler(time_major=case.get("time_major", False))
        shape = (STEPS, BATCH, WIDTH) if case.get("time_major") else (BATCH, STEPS, WIDTH)
        inputs = rng.normal(size=shape).astype("float32")
        reading = _reading(case)
    decoder = library.BasicDecoder(
        cell, sampler, output_layer=head if case.get("head", True) else None, **options
    )
    outputs, last, lengths = decoder(inputs, initial_state=state, **reading)
    return {
        "outputs": outputs.rnn_output,
        "ids": outputs.sample_id,
        "lengths": lengths,
        "hidden": last[0],
        "carry": last[1],
    }


def _reading(case: dict[str, Any]) -> dict[str, Any]:
    if "lengths" in case:
        return {"sequence_length": np.array(case["lengths"], np.int32)}
    if "mask" in case:
        return {"mask": np.arange(STEPS) < np.array(case["mask"])[:, None]}
    return {}


def _trees(library: Any, rng: np.random.Generator) -> dict[str, Any]:
    shape = (7, 3, 4)
    ids = rng.integers(0, 9, shape).astype("int32")
    parents = rng.integers(0, 4, shape).astype("int32")
    lengths = rng.integers(1, 8, (3, 4)).astype("int32")
    values = rng.normal(size=(7, 3, 4, 2)).astype("float32")
    merged = values.reshape(7, 12, 2)
    return {
        "tree": library.gather_tree(ids, parents, lengths.max(1), END),
        "array": library.gather_tree_from_array(values, parents, lengths),
        "merged": library.gather_tree_from_array(merged, parents, lengths),
        "tiled": library.tile_batch(values[:2], 3),
    }
