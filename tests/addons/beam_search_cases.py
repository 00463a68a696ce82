"""Beam search: widths, ends early and never, limits, penalties, attention.

The same code runs on both libraries; see `decode`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.addons.reference import write_case

UNITS, WIDTH, SOURCE = 4, 3, 5
DEFAULTS: dict[str, Any] = {
    "beams": 4,
    "batch": 3,
    "vocabulary": 9,
    "seed": 0,
    "end": 2,
    # Added to END's logit: how soon answers end.
    "end_bias": 0.0,
    "steps": 7,
    "length": 0.0,
    "coverage": 0.0,
    # Number of attention mechanisms; without any the cell is a plain LSTM.
    "mechanisms": 0,
    "embedding_fn": False,
    "time_major": False,
}


def _cases() -> dict[str, dict[str, Any]]:
    cases: dict[str, dict[str, Any]] = {}
    for beams in (1, 4, 8):
        for length in (0.0, 1.0):
            for end_bias in (-1.0, 1.0):
                name = f"plain_{beams}_{length}_{end_bias}"
                seed = 100 + len(cases)
                cases[name] = {"beams": beams, "length": length, "end_bias": end_bias, "seed": seed}
        for coverage in (0.0, 0.4):
            name = f"attention_{beams}_{coverage}"
            penalties = {"coverage": coverage, "length": 0.6, "end_bias": 0.5}
            cases[name] = {"beams": beams, "mechanisms": 1, "seed": 200 + len(cases), **penalties}
    cases |= {
        "one_row": {"batch": 1, "seed": 300, "length": 0.6},
        "many_rows": {"batch": 8, "beams": 4, "seed": 301, "steps": 5},
        "small_vocabulary": {"vocabulary": 5, "seed": 302, "steps": 9},
        # More beams than first candidates.
        "beams_above_vocabulary": {"vocabulary": 3, "beams": 8, "seed": 303},
        "beams_above_vocabulary_length": {"vocabulary": 4, "beams": 8, "seed": 304, "length": 1.0},
        "large_vocabulary": {"vocabulary": 200, "seed": 305, "end_bias": 3.0},
        "end_at_once": {"end_bias": 9.0, "seed": 306, "beams": 1},
        "ends_soon": {"end_bias": 4.0, "seed": 307, "length": 1.0},
        "never_ends": {"end_bias": -50.0, "seed": 308, "steps": 6},
        "no_limit": {"end_bias": 7.0, "seed": 309, "steps": None},
        "no_limit_8": {"end_bias": 7.0, "seed": 310, "steps": None, "beams": 8, "length": 1.2},
        "one_step": {"steps": 1, "seed": 311},
        "end_zero": {"end": 0, "seed": 312, "end_bias": 1.0},
        "end_last": {"end": 8, "seed": 313, "end_bias": 1.0, "length": 0.8},
        "negative_length": {"length": -0.5, "seed": 314, "end_bias": 1.0},
        "embedding_fn": {"embedding_fn": True, "seed": 315},
        "time_major": {"time_major": True, "seed": 316},
        "two_mechanisms": {"mechanisms": 2, "seed": 317, "coverage": 0.3, "end_bias": 1.0},
        "coverage_ends_soon": {"mechanisms": 1, "seed": 318, "coverage": 1.0, "end_bias": 3.0},
        "coverage_long": {
            "mechanisms": 1, "seed": 319, "coverage": 0.2, "end_bias": 6.0, "steps": 12,
            "length": 1.0,
        },
    }  # fmt: skip
    return cases


CASES = _cases()


def arrays() -> dict[str, np.ndarray]:
    """Runs each case."""
    import tensorflow as tf
    import tensorflow_addons as tfa

    found: dict[str, np.ndarray] = {}
    for name, case in CASES.items():
        found |= write_case(name, case, decode(case, tf.keras, tfa.seq2seq))
    return found


def decode(case: dict[str, Any], keras: Any, library: Any) -> dict[str, np.ndarray]:
    """Searches with the decoder of one library or the other.

    Args:
        case: What differs from `DEFAULTS`.
        keras: Keras of that library.
        library: Has `BeamSearchDecoder`, `AttentionWrapper`, …

    Returns:
        Its answers, and parts of its last state.
    """
    return {name: np.asarray(x) for name, x in searcher(case, keras, library)().items()}


def searcher(case: dict[str, Any], keras: Any, library: Any) -> Callable[[], dict[str, Any]]:
    """Returns a function that searches; see `decode`."""
    import tensorflow as tf

    options = {**DEFAULTS, **case}
    rng = np.random.default_rng(options["seed"])
    cell, first = _cell(options, keras, library, rng)
    embedding = rng.normal(size=(options["vocabulary"], WIDTH), scale=2.0).astype("float32")
    own = options["embedding_fn"]
    decoder = library.BeamSearchDecoder(
        cell,
        options["beams"],
        embedding_fn=(lambda ids: tf.gather(embedding, ids)) if own else None,
        output_layer=_head(options, keras, rng),
        length_penalty_weight=options["length"],
        coverage_penalty_weight=options["coverage"],
        maximum_iterations=options["steps"],
        output_time_major=options["time_major"],
    )

    def search() -> dict[str, Any]:
        answers, last, lengths = decoder(
            None if own else embedding,
            start_tokens=np.ones(options["batch"], np.int32),
            end_token=options["end"],
            initial_state=first(),
        )
        steps = answers.beam_search_decoder_output
        found = {
            "ids": answers.predicted_ids,
            "scores": steps.scores,
            "step_ids": steps.predicted_ids,
            "parents": steps.parent_ids,
            "lengths": lengths,
            "log_probs": last.log_probs,
            "finished": last.finished,
            "last_lengths": last.lengths,
        }
        if options["mechanisms"] == 1:
            found["history"] = last.cell_state.alignment_history
        if options["coverage"]:
            found["coverage"] = last.accumulated_attention_probs
        return found

    return search


def _cell(
    options: dict[str, Any], keras: Any, library: Any, rng: np.random.Generator
) -> tuple[Any, Callable[[], Any]]:
    """Returns the cell, and what makes its first state: arrays in it belong to one graph."""
    states = [rng.normal(size=(options["batch"], UNITS)).astype("float32") for _ in range(2)]
    cell = keras.layers.LSTMCell(UNITS)
    fill(cell, WIDTH + UNITS * bool(options["mechanisms"]) * 2, rng)
    if options["mechanisms"]:
        cell = _attend(cell, options, keras, library, rng)

    def first() -> Any:
        tiled = [library.tile_batch(x, options["beams"]) for x in states]
        if not options["mechanisms"]:
            return tiled
        rows = options["batch"] * options["beams"]
        return cell.get_initial_state(batch_size=rows, dtype="float32").clone(cell_state=tiled)

    return cell, first


def _head(options: dict[str, Any], keras: Any, rng: np.random.Generator) -> Any:
    head = keras.layers.Dense(options["vocabulary"])
    fill(head, UNITS * (2 if options["mechanisms"] else 1), rng)
    kernel, bias = head.get_weights()
    bias[options["end"]] += options["end_bias"]
    head.set_weights([kernel, bias])
    return head


def _attend(
    cell: Any, options: dict[str, Any], keras: Any, library: Any, rng: np.random.Generator
) -> Any:
    memory = rng.normal(size=(options["batch"], SOURCE, WIDTH)).astype("float32")
    lengths = rng.integers(1, SOURCE + 1, options["batch"]).astype("int32")
    mechanisms, layers = [], []
    for _ in range(options["mechanisms"]):
        keys = keras.layers.Dense(UNITS, use_bias=False)
        fill(keys, WIDTH, rng)
        mechanisms.append(
            library.LuongAttention(
                UNITS,
                library.tile_batch(memory, options["beams"]),
                library.tile_batch(lengths, options["beams"]),
                memory_layer=keys,
            )
        )
        layers.append(keras.layers.Dense(2 * UNITS // options["mechanisms"], use_bias=False))
        fill(layers[-1], UNITS + WIDTH, rng)
    one = options["mechanisms"] == 1
    return library.AttentionWrapper(
        cell,
        mechanisms[0] if one else mechanisms,
        attention_layer=layers[0] if one else layers,
        alignment_history=one,
    )


def fill(layer: Any, width: int, rng: np.random.Generator) -> None:
    """Gives a layer random weights.

    Args:
        layer: A cell or a dense layer.
        width: Of its inputs.
        rng: Draws them.
    """
    layer.build((None, width))
    layer.built = True
    layer.set_weights([rng.normal(size=w.shape).astype("float32") for w in layer.get_weights()])
