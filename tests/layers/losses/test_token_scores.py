"""Loss and metrics of tokens, against numbers worked out by NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers import MixTokens, Perplexity, TokenAccuracy, TokenCrossentropy

TARGETS = np.array([[4, 2, 0], [1, 0, 0]])
LOGITS = np.random.default_rng(0).normal(size=(2, 3, 5)).astype(np.float32)
REAL = TARGETS != 0


def cross_entropy() -> np.ndarray:
    log = LOGITS - np.log(np.exp(LOGITS).sum(-1, keepdims=True))
    return -np.take_along_axis(log, TARGETS[..., None], -1)[..., 0]


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_is_the_mean_over_real_tokens(smoothing: float) -> None:
    log = LOGITS - np.log(np.exp(LOGITS).sum(-1, keepdims=True))
    each = (1 - smoothing) * cross_entropy() - smoothing * log.mean(-1)
    loss = TokenCrossentropy(smoothing)(TARGETS, LOGITS)
    np.testing.assert_allclose(loss, each[REAL].mean(), rtol=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_the_gradient_is_the_softmax_less_the_targets(smoothing: float, scale: float) -> None:
    logits = tf.constant(scale * LOGITS)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = TokenCrossentropy(smoothing)(TARGETS, logits)
    softmax = np.exp(scale * (LOGITS - LOGITS.max(-1, keepdims=True)))
    softmax /= softmax.sum(-1, keepdims=True)
    wanted = (1 - smoothing) * np.eye(5)[TARGETS] + smoothing / 5
    expected = (softmax - wanted) * REAL[..., None] / REAL.sum()
    np.testing.assert_allclose(tape.gradient(loss, logits), expected, atol=1e-6)


def test_padding_changes_nothing() -> None:
    wider = np.pad(TARGETS, ((0, 0), (0, 4)))
    logits = np.pad(LOGITS, ((0, 0), (0, 4), (0, 0)))
    for make in (TokenCrossentropy, Perplexity, TokenAccuracy):
        assert float(make()(wider, logits)) == pytest.approx(float(make()(TARGETS, LOGITS)))


def test_weights_weigh_rows_or_steps() -> None:
    loss = TokenCrossentropy()
    rows = loss(TARGETS, LOGITS, np.array([1.0, 0.0]))
    np.testing.assert_allclose(rows, cross_entropy()[0, :2].sum() / 3, rtol=1e-6)
    np.testing.assert_allclose(loss(TARGETS, LOGITS, REAL), loss(TARGETS, LOGITS), rtol=1e-6)


def test_metrics() -> None:
    perplexity, accuracy = Perplexity(), TokenAccuracy()
    perplexity.update_state(TARGETS, LOGITS)
    accuracy.update_state(TARGETS, LOGITS)
    np.testing.assert_allclose(perplexity.result(), np.exp(cross_entropy()[REAL].mean()), rtol=1e-6)
    hits = (LOGITS.argmax(-1) == TARGETS)[REAL].mean()
    np.testing.assert_allclose(accuracy.result(), hits, rtol=1e-6)


def test_the_loss_comes_back_from_its_configuration() -> None:
    again = keras.losses.deserialize(keras.losses.serialize(TokenCrossentropy(0.2)))
    assert again.label_smoothing == 0.2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: TokenCrossentropy(1.0),
            "label_smoothing must be in [0, 1). Received: label_smoothing=1.0",
        ),
        (lambda: MixTokens(-0.1), "rate must be in [0, 1). Received: rate=-0.1"),
    ],
)
def test_shares_are_checked(make: object, message: str) -> None:
    with pytest.raises(ValueError) as error:
        make()  # type: ignore[operator]
    assert str(error.value) == message


def test_guesses_replace_tokens_in_training_alone() -> None:
    tokens = np.array([[2, 3, 4, 0]], np.int32)
    logits = keras.ops.one_hot(np.array([[7, 8, 9, 9]]), 10)
    assert MixTokens(0.5)(tokens, logits, training=False).numpy().tolist() == tokens.tolist()
    seen = {
        tuple(MixTokens(0.5, seed=seed)(tokens, logits, training=True).numpy()[0])
        for seed in range(40)
    }
    assert seen == {(2, b, c, 0) for b in (3, 7) for c in (4, 8)}
