"""The contract of every way to build a classifier of texts."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.builders import cudnn_blockers, pool, text_classifier, weigh_both
from lstm_toolkit.builders.cudnn import recurrent_layers
from lstm_toolkit.system.runtime import dtype_policy

RNG = np.random.default_rng(0)
VECTORS = RNG.normal(0, 1, (12, 6)).astype(np.float32)
BIGRAM_VECTORS = RNG.normal(0, 1, (9, 2)).astype(np.float32)
WIDE_VECTORS = [RNG.normal(0, 1, (size, 3)).astype(np.float32) for size in (12, 9)]

VARIANTS: dict[str, dict[str, Any]] = {
    "max": {"bidirectional": True},
    "last": {"pooling": "last"},
    "mean": {"pooling": "mean"},
    "max_mean": {"pooling": "max_mean"},
    "attention": {"pooling": "attention"},
    "gru": {"cell": "gru"},
    "two layers": {"units": (5, 4)},
    "vectors": {"vectors": VECTORS},
    "wide": {"wide": True, "pooling": "mean"},
    "bigrams": {"bigrams": 9, "wide": True},
    "fitted": {
        "bigrams": 9, "affixes": (7, 6), "wide": True, "wide_vectors": None, "wide_bias": None,
    },
    "adversarial": {
        "adversarial": 0.3, "bigrams": 9, "wide": True, "bigram_vectors": BIGRAM_VECTORS,
    },
    "everything": {
        "units": (4, 4), "cell": "gru", "pooling": "max_mean", "layer_norm": True, "residual": True,
        "l2": 0.001, "vectors": VECTORS, "bigrams": 9, "bigram_vectors": BIGRAM_VECTORS,
        "wide": True, "wide_vectors": WIDE_VECTORS, "bidirectional": True,
    },
}  # fmt: skip

FITTED = {
    "wide_vectors": [RNG.normal(0, 1, (size, 3)).astype(np.float32) for size in (12, 9, 7, 6)],
    "wide_bias": RNG.normal(0, 1, 3).astype(np.float32),
}
VARIANTS["fitted"] |= FITTED

LENGTHS = np.arange(16) % 3 + 1
TOKENS = np.where(np.arange(3) < LENGTHS[:, None], RNG.integers(1, 12, (16, 3)), 0)
BIGRAMS = np.where(TOKENS > 0, RNG.integers(1, 9, (16, 3)), 0)
LABELS = np.arange(16) % 3


def build(variant: str = "max", **more: Any) -> keras.Model:
    keras.utils.set_random_seed(1)
    options = {"classes": 3, "embedding": 6, "units": (4,), "dropout": 0.5, "spatial_dropout": 0.4}
    return text_classifier(12, **(options | VARIANTS[variant] | more))


def inputs(variant: str) -> np.ndarray:
    if "bigrams" not in VARIANTS[variant]:
        return TOKENS
    affixes = [np.minimum(BIGRAMS, size - 1) for size in VARIANTS[variant].get("affixes", ())]
    return np.stack([TOKENS, BIGRAMS, *affixes], axis=-1)


@functools.cache
def at_random(variant: str) -> keras.Model:
    """Returns a model with weights with which every step matters."""
    model, rng = build(variant), np.random.default_rng(2)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(0, 1, weight.shape))
    return model


def padded(rows: np.ndarray, steps: int) -> np.ndarray:
    return np.pad(rows, ((0, 0), (0, steps), (0, 0))[: rows.ndim])


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_gives_probabilities_in_float32(variant: str) -> None:
    outputs = at_random(variant)(inputs(variant))
    assert outputs.shape == (16, 3)
    assert outputs.dtype == "float32"
    np.testing.assert_allclose(outputs.numpy().sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("variant", VARIANTS)
def test_padding_changes_no_answer(variant: str) -> None:
    model, rows = at_random(variant), inputs(variant)
    expected = model(rows).numpy()
    assert np.ptp(expected, axis=0).min() > 0.05
    np.testing.assert_allclose(model(padded(rows, 3)).numpy(), expected, atol=1e-6, rtol=0)
    short = LENGTHS == 1
    np.testing.assert_allclose(model(rows[short, :1]).numpy(), expected[short], atol=1e-6, rtol=0)


@pytest.mark.parametrize("variant", VARIANTS)
def test_one_step_changes_every_weight_and_all_are_saved(variant: str, tmp_path: Path) -> None:
    model, rows = build(variant), inputs(variant)
    before = [weight.numpy() for weight in model.trainable_weights]
    model.compile(
        keras.optimizers.Adam(0.02),
        "sparse_categorical_crossentropy",
        jit_compile=False,
        run_eagerly=True,  # tracing a graph takes longer than one step
    )
    model.fit(rows, LABELS, batch_size=16, verbose=0)
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert (weight.numpy() != old).any(), weight.path
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(rows).numpy(), model(rows).numpy())


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_is_made_of_keras_alone_and_cudnn_can_run_it(variant: str) -> None:
    model = at_random(variant)
    assert {type(each).__module__.split(".")[0] for each in model.operations} == {"keras"}
    assert cudnn_blockers(model) == []
    assert model.name == f"{VARIANTS[variant].get('cell', 'lstm')}_text_classifier"


@pytest.mark.parametrize(
    ("variant", "policy"),
    [
        ("last", "mixed_float16"),
        ("attention", "mixed_float16"),
        ("everything", "mixed_float16"),
        ("max_mean", "mixed_bfloat16"),
    ],
)
def test_in_mixed_precision_the_answers_stay_in_float32(variant: str, policy: str) -> None:
    with dtype_policy(policy):
        model = build(variant)
    exact = at_random(variant)
    model.set_weights(exact.get_weights())
    outputs = model(inputs(variant))
    assert outputs.dtype == "float32"
    assert model.get_layer("embedding").compute_dtype == policy.removeprefix("mixed_")
    for layer in recurrent_layers(model):
        assert layer.compute_dtype == policy.removeprefix("mixed_")
    assert model.get_layer("scores").compute_dtype == "float32"
    np.testing.assert_allclose(outputs.numpy().sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(outputs.numpy(), exact(inputs(variant)).numpy(), atol=0.05)


def test_the_tables_start_from_what_they_are_given() -> None:
    model = build("everything")
    for name, start in (
        ("embedding", VECTORS),
        ("bigram_embedding", BIGRAM_VECTORS),
        ("wide_tokens", WIDE_VECTORS[0]),
        ("wide_bigrams", WIDE_VECTORS[1]),
    ):
        np.testing.assert_array_equal(model.get_layer(name).get_weights()[0], start)
    for name in ("wide_tokens", "wide_bigrams"):
        assert not build("bigrams").get_layer(name).get_weights()[0].any()


def test_the_wide_path_adds_up_the_weights_of_tokens_and_bigrams() -> None:
    model = build("everything")
    model.get_layer("scores").set_weights([np.zeros((16, 3)), np.zeros(3)])
    tokens, bigrams = np.array([[3, 5, 5, 7, 0, 0]]), np.array([[2, 4, 8, 2, 0, 0]])
    total = (WIDE_VECTORS[0][tokens[0, :4]] + WIDE_VECTORS[1][bigrams[0, :4]]).sum(axis=0) / 2
    expected = np.exp(total) / np.exp(total).sum()
    found = model(np.stack([tokens, bigrams], axis=-1)).numpy()
    np.testing.assert_allclose(found, expected[None], atol=1e-6)


def test_a_path_that_was_fitted_is_part_of_the_answer_and_stays_as_it_is() -> None:
    model, rows = build("fitted"), inputs("fitted")
    model.get_layer("scores").set_weights([np.zeros((4, 3)), np.zeros(3)])
    steps = (rows[..., :1] > 0).astype(np.float32)
    bags = [(table[rows[..., n]] * steps).sum(1) for n, table in enumerate(FITTED["wide_vectors"])]
    total = sum(bags) / np.sqrt(LENGTHS)[:, None] + FITTED["wide_bias"]
    expected = np.exp(total * model.get_layer("weights_of_both").get_weights()[0][0, 0])
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model(rows).numpy(), expected, atol=1e-5)
    assert not [weight.path for weight in model.trainable_weights if "wide" in weight.path]


def test_the_lstm_is_trained_without_a_path_that_was_fitted() -> None:
    options = {"dropout": 0.0, "spatial_dropout": 0.0}
    both, alone = build("fitted", **options), build("fitted", wide=False, **options)
    for layer in alone.layers:
        layer.set_weights(both.get_layer(layer.name).get_weights()) if layer.weights else None
    rows = inputs("fitted")
    trained = both(rows, training=True).numpy()
    np.testing.assert_allclose(trained, alone(rows).numpy(), atol=1e-6)
    assert np.abs(both(rows).numpy() - trained).max() > 0.05


@pytest.mark.parametrize("one_hot", [False, True])
@pytest.mark.parametrize("right", ["wide", "lstm"])
def test_what_answers_best_counts_most(right: str, one_hot: bool) -> None:
    model, rows = build("fitted"), inputs("fitted")
    rng = np.random.default_rng(0)
    weights = model.get_layer("scores").get_weights()
    model.get_layer("scores").set_weights([rng.normal(0, 5, each.shape) for each in weights])
    layer = model.get_layer("weights_of_both")
    layer.set_weights([np.array([[right == "wide", right == "lstm"]], np.float32)])
    truth = model(rows).numpy().argmax(axis=1)
    weigh_both(model, lambda: model(rows).numpy(), np.eye(3)[truth] if one_hot else truth)
    wide, lstm = layer.get_weights()[0][0]
    assert lstm > wide if right == "lstm" else wide > 3 * lstm
    assert (model(rows).numpy().argmax(axis=1) == truth).mean() > 0.8


def test_a_network_without_a_fitted_path_has_nothing_to_weigh() -> None:
    weigh_both(at_random("wide"), lambda: pytest.fail("it was asked"), LABELS)


def test_it_learns_a_tiny_problem_of_word_order() -> None:
    good, bad, nots = (2, 3), (4, 5), (6, 7)
    rows, labels = [], []
    for no in nots:
        for g in good:
            for b in bad:
                # "good, not bad" and "bad, not good" hold the same words.
                rows += [[g, 8, no, b], [b, 8, no, g], [g, 0, 0, 0], [b, 0, 0, 0], [no, g, 0, 0]]
                labels += [1, 0, 1, 0, 0]
    keras.utils.set_random_seed(0)
    model = text_classifier(
        9, classes=2, embedding=8, units=(8,), dropout=0.0, spatial_dropout=0.0, bidirectional=False
    )
    model.compile(keras.optimizers.Adam(0.03), "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(np.array(rows), np.array(labels), epochs=30, batch_size=40, verbose=0)
    assert (model(np.array(rows)).numpy().argmax(axis=1) == labels).all()


X = np.array([[[1.0, -8.0], [3.0, -2.0], [99.0, 99.0]], [[5.0, -1.0], [99.0, 99.0], [99.0, 0.0]]])
REAL = np.array([[True, True, False], [True, False, False]])
MEAN = [[2.0, -5.0], [5.0, -1.0]]
MAX = [[3.0, -2.0], [5.0, -1.0]]


def pooled(kind: Any, x: np.ndarray, real: np.ndarray, score: float = 0.0) -> np.ndarray:
    """Pools with weights of attention that are all `score`."""
    dtype = str(x.dtype)
    given = [keras.Input((None, 2), dtype=dtype), keras.Input((None,), dtype="bool")]
    with dtype_policy(dtype if dtype == "float32" else f"mixed_{dtype}"):
        model = keras.Model(given, pool(*given, kind))
    model.set_weights([np.full(weight.shape, score) for weight in model.get_weights()])
    outputs = model([x, real])
    assert outputs.dtype == dtype
    return tf.cast(outputs, "float32").numpy()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("max", MAX), ("mean", MEAN), ("attention", MEAN), ("max_mean", np.hstack([MAX, MEAN]))],
)
def test_pooling_leaves_padded_steps_out(kind: str, expected: Any) -> None:
    found = pooled(kind, X.astype(np.float32), REAL)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_attention_weighs_steps_by_their_scores() -> None:
    # All weights are 1/2: hidden = tanh((a + b + 1) / 2) twice, score = hidden.
    x = np.array([[[1.0, 0.0], [-1.0, 0.0], [99.0, 99.0]]], np.float32)
    first, second = np.exp(np.tanh([1.0, 0.0]))
    expected = (first - second) / (first + second)
    found = pooled("attention", x, np.array([[True, True, False]]), 0.5)
    np.testing.assert_allclose(found, [[expected, 0]], atol=1e-6)


@pytest.mark.parametrize("kind", ["mean", "attention", "max"])
def test_long_texts_are_pooled_right_in_16_bits(kind: str) -> None:
    x = np.full((1, 5000, 2), 0.875, np.float16)
    np.testing.assert_allclose(pooled(kind, x, np.ones((1, 5000), bool)), 0.875, rtol=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"vocabulary": 1}, "vocabulary must be at least 2. Received: vocabulary=1"),
        ({"classes": 1}, "classes must be at least 2. Received: classes=1"),
        ({"embedding": 0}, "embedding must be at least 1. Received: embedding=0"),
        ({"bigrams": -1}, "bigrams must be at least 0. Received: bigrams=-1"),
        ({"adversarial": -0.1}, "adversarial must be at least 0. Received: adversarial=-0.1"),
        (
            {"spatial_dropout": 1.0},
            "spatial_dropout must be in [0, 1). Received: spatial_dropout=1.0",
        ),
        (
            {"pooling": "sum"},
            "pooling must be one of last, max, mean, attention, max_mean. Received: pooling='sum'",
        ),
        (
            {"vectors": VECTORS[:, :5]},
            "vectors must be of shape (12, 6). Received: vectors of (12, 5)",
        ),
        (
            {"bigrams": 8, "bigram_vectors": BIGRAM_VECTORS},
            "bigram_vectors must be of shape (8, 2). Received: bigram_vectors of (9, 2)",
        ),
        (
            {"bigram_vectors": BIGRAM_VECTORS},
            "bigram_vectors must be of shape (0, 2). Received: bigram_vectors of (9, 2)",
        ),
        (
            {"wide": True, "wide_vectors": WIDE_VECTORS},
            "wide_vectors must be 1, of tokens. Received: 2",
        ),
        (
            {"wide": True, "bigrams": 9, "wide_vectors": WIDE_VECTORS[:1]},
            "wide_vectors must be 2, of tokens and bigrams. Received: 1",
        ),
        (
            {"wide": True, "wide_vectors": WIDE_VECTORS[1:]},
            "wide_vectors must be of shape (12, 3). Received: wide_vectors of (9, 3)",
        ),
        ({"units": ()}, "units must be integers of at least 1. Received: units=()"),
        ({"cell": "rnn"}, "cell must be one of lstm, gru. Received: cell='rnn'"),
        ({"dropout": 1.0}, "dropout must be in [0, 1). Received: dropout=1.0"),
        ({"l2": -1.0}, "l2 must be at least 0. Received: l2=-1.0"),
        (
            {"residual": True, "pooling": "last", "units": (4, 3)},
            "residual needs a layer as wide as the one before it, the last not counted. "
            "Received: units=(4, 3), features=6",
        ),
    ],
)
def test_a_wrong_argument_gives_its_full_message(options: dict[str, Any], message: str) -> None:
    given = {"vocabulary": 12, "classes": 3, "embedding": 6, "units": (4,)} | options
    with pytest.raises(ValueError) as error:
        text_classifier(**given)
    assert str(error.value) == message


def test_an_unknown_pooling_gives_its_full_message() -> None:
    x, real = keras.Input((None, 2)), keras.Input((None,), dtype="bool")
    with pytest.raises(ValueError) as error:
        pool(x, real, "sum")  # type: ignore[arg-type]
    assert str(error.value) == (
        "kind must be one of max, mean, max_mean, attention. Received: kind='sum'"
    )
