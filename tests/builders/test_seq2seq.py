"""The contract of encoder-decoders: masks, weights, saving, and steps equal to training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.builders import seq2seq
from lstm_toolkit.builders.decoder import StepwiseDecoder
from lstm_toolkit.layers import TokenCrossentropy, greedy

KINDS: dict[str, dict[str, Any]] = {
    "luong": {},
    "scaled_luong": {"attention": "scaled_luong", "units": (6, 7)},
    "bahdanau": {"attention": "bahdanau", "bidirectional": False},
    "scaled_bahdanau": {"attention": "scaled_bahdanau", "tied": True},
    "none": {"attention": "none", "bidirectional": False},
    "none_tied": {"attention": "none", "tied": True},
    "input_feeding": {"input_feeding": True, "units": (6, 7)},
    "input_feeding_bahdanau": {
        "input_feeding": True,
        "attention": "scaled_bahdanau",
        "tied": True,
    },
    "scheduled_sampling": {"scheduled_sampling": 0.3},
}

USUAL: dict[str, Any] = {
    "embedding": 8,
    "units": (6,),
    "bidirectional": True,
    "attention": "luong",
    "dropout": 0.3,
    "embedding_dropout": 0.2,
}


def network(kind: str) -> keras.Model:
    keras.utils.set_random_seed(0)
    return seq2seq(20, 15, **(USUAL | KINDS[kind]))


def pairs(rows: int = 6) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(0)
    source = rng.integers(4, 20, (rows, 5))
    source[rows // 2 :, 3:] = 0
    target = rng.integers(4, 15, (rows, 7))
    target[:, 0] = 2
    target[::2, 5:] = 0
    told = target[:, :-1]
    return {"source": source.astype(np.int32), "target": told.astype(np.int32)}, target[:, 1:]


@pytest.mark.parametrize("kind", KINDS)
def test_contract(kind: str, tmp_path: Path) -> None:
    model, (inputs, targets) = network(kind), pairs()
    logits = model(inputs, training=False).numpy()
    assert logits.shape == (6, 6, 15)

    padded = {name: np.pad(part, ((0, 0), (0, 3))) for name, part in inputs.items()}
    np.testing.assert_allclose(model(padded, training=False)[:, :6], logits, atol=1e-6)

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(inputs, training=False), logits)

    step, state = StepwiseDecoder(loaded).start(tf.constant(inputs["source"]))
    for time in range(6):
        told = tf.constant(inputs["target"][:, time : time + 1])
        scores, state, attention = step(told, state)
        np.testing.assert_allclose(scores[:, 0], logits[:, time], atol=1e-6)
        if attention is not None:
            np.testing.assert_allclose(attention.numpy().sum(-1), 1, atol=1e-6)
            assert np.all(attention.numpy()[3:, 0, 3:] == 0)
    assert (attention is None) == kind.startswith("none")

    before = [weight.numpy().copy() for weight in model.trainable_variables]
    # Tracing a graph takes longer than one step; `test_it_learns_to_copy` trains in one.
    model.compile("adam", loss=TokenCrossentropy(), jit_compile=False, run_eagerly=True)
    model.fit(inputs, targets, batch_size=6, verbose=0)
    for weight, old in zip(model.trainable_variables, before, strict=True):
        assert np.any(weight.numpy() != old), weight.path


def test_default_networks_are_of_keras_layers_alone() -> None:
    for layer in network("luong")._flatten_layers():
        assert type(layer).__module__.startswith("keras."), layer


@pytest.mark.parametrize("kind", ["luong", pytest.param("input_feeding", marks=pytest.mark.slow)])
def test_it_learns_to_copy(kind: str) -> None:
    keras.utils.set_random_seed(1)
    options = USUAL | KINDS[kind] | {"units": (32,), "embedding": 16}
    quiet = {"dropout": 0.0, "embedding_dropout": 0.0}
    model = seq2seq(10, 10, **(options | quiet))
    rng = np.random.default_rng(0)
    words = rng.integers(4, 10, (512, 4)).astype(np.int32)
    told = np.pad(words, ((0, 0), (1, 0)), constant_values=2)
    asked = np.pad(words, ((0, 0), (0, 1)), constant_values=3)
    model.compile(keras.optimizers.Adam(0.02), loss=TokenCrossentropy(), jit_compile=False)
    model.fit({"source": words, "target": told}, asked, batch_size=32, epochs=12, verbose=0)
    step, state = StepwiseDecoder(model).start(tf.constant(words[:64]))
    written = greedy(step, state, start=2, end=3, max_steps=6).ids[:, 0, :4]
    assert np.mean(written.numpy() == words[:64]) > 0.9


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"units": ()}, "units must be integers of at least 1. Received: units=()"),
        ({"embedding": 0}, "embedding must be at least 1. Received: embedding=0"),
        (
            {"attention": "luongs"},
            "attention must be one of none, luong, scaled_luong, bahdanau, scaled_bahdanau. "
            "Received: attention='luongs'",
        ),
        ({"dropout": 1.0}, "dropout must be in [0, 1). Received: dropout=1.0"),
        (
            {"attention": "none", "input_feeding": True},
            "input_feeding needs attention. Received: attention='none'",
        ),
    ],
)
def test_wrong_arguments(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as error:
        seq2seq(20, 15, **(USUAL | wrong))
    assert str(error.value) == message


def test_vocabularies_hold_the_marks() -> None:
    with pytest.raises(ValueError) as error:
        seq2seq(4, 15, **USUAL)
    expected = "source_vocabulary must be at least 5. Received: source_vocabulary=4"
    assert str(error.value) == expected


def test_mixed_precision_scores_in_float32() -> None:
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        for kind in ("luong", "input_feeding_bahdanau", "none_tied"):
            model, (inputs, _) = network(kind), pairs()
            assert model(inputs, training=False).dtype == tf.float32
    finally:
        keras.config.set_dtype_policy(policy)
