"""Adversarial training: on vectors perturbed so that the loss rises, in a plain Keras model."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

PASSES = 2
"""Forward passes whose activations are kept at once."""


def train_adversarially(
    model: keras.Model,
    layer: keras.layers.Layer,
    *,
    real: Callable[[tf.Tensor], tf.Tensor],
    amount: float,
) -> keras.Model:
    """Lets `fit` train on the mean of two losses: of each batch, and of the batch perturbed.

    The perturbation of a row's vectors e is `amount * norm(e) * g / norm(g)`, with g the gradient
    of the loss with respect to e, and the L2 norm over the row's real steps and their features. It
    counts as a constant in the second gradient. T. Miyato, A. M. Dai and I. Goodfellow,
    "Adversarial Training Methods for Semi-Supervised Text Classification", 2017
    (arXiv:1605.07725); they fix the norm of the perturbation, and normalise the vectors.

    A step takes two to three times as long. Dropout differs between both passes. The logged
    `loss` is the mean of both, not to be compared with `val_loss`; metrics are of the batch alone.

    Args:
        model: Functional. Changed in place; saved, cloned or copied it trains as Keras's own
            does. A `train_step` of a subclass is replaced.
        layer: One of the model's that is called once; its input, `float[batch, time, features]`,
            is what is perturbed. Other layers that take the same tensor see it as it was.
        real: Tells from a batch of the model's input which steps are no padding,
            `bool[batch, time]`; the others are left alone.
        amount: Norm of the perturbation as a share of that of the vectors, at least 0.

    Returns:
        The same model.

    Raises:
        ValueError: If `amount` is below 0, or the model does not call `layer` once.

    Example:
        >>> inputs = keras.Input((None,), dtype="int32")
        >>> vectors = keras.layers.Embedding(50, 4, mask_zero=True)(inputs)
        >>> lstm = keras.layers.LSTM(4)
        >>> model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(lstm(vectors)))
        >>> model = train_adversarially(model, lstm, real=lambda x: x != 0, amount=0.2)
    """
    if not 0 <= amount < math.inf:
        raise ValueError(f"amount must be at least 0. Received: amount={amount!r}")
    calls = len(layer._inbound_nodes) if layer in model.layers else 0
    if calls != 1:
        raise ValueError(
            f"layer must be one of the model's that is called once. Received: {layer.name}, "
            f"called {calls} times"
        )
    probe = _Probe(layer)

    def gradients(inputs: Any, loss_of: Callable[[Any], Any]) -> tuple[Any, Any, list[Any]]:
        """Returns the batch's outputs, the loss, and what `Optimizer.apply_gradients` takes."""

        def half_a_loss() -> tuple[Any, tf.Tensor]:
            outputs = model(inputs, training=True)
            return outputs, loss_of(outputs) / PASSES

        # Persistent, since it is asked for the perturbation before it is asked for the step.
        with probe, tf.GradientTape(persistent=True) as tape:
            outputs, half = half_a_loss()
            vectors = probe.seen
            scaled = model.optimizer.scale_loss(half)
            with tape.stop_recording():
                gradient = tape.gradient(scaled, vectors)
                probe.added = _perturbation(vectors, real(inputs), gradient, amount)
            _, other_half = half_a_loss()
            loss = half + other_half
            scaled = model.optimizer.scale_loss(loss)
        of_weights = tape.gradient(scaled, model.trainable_weights)
        del tape
        return outputs, loss, of_weights

    def train_step(data: Any) -> dict[str, Any]:
        inputs, targets, weights = keras.utils.unpack_x_y_sample_weight(data)
        outputs, loss, of_weights = gradients(
            inputs,
            lambda outputs: model.compute_loss(inputs, targets, outputs, weights, training=True),
        )
        model.optimizer.apply_gradients(zip(of_weights, model.trainable_weights, strict=True))
        # Keras divides losses by the replicas, so that gradients can be added up.
        loss *= tf.distribute.get_strategy().num_replicas_in_sync
        rows = tf.shape(keras.tree.flatten(inputs)[0])[0]
        for metric in model.metrics:
            if metric.name == "loss":
                metric.update_state(loss, sample_weight=rows)
        return dict(model.compute_metrics(inputs, targets, outputs, weights))

    train_step.passes = PASSES  # type: ignore[attr-defined]
    train_step.gradients = gradients  # type: ignore[attr-defined]
    model.train_step = train_step
    return model


def passes(model: keras.Model) -> int:
    """Returns how many forward passes of a training step are in memory at once."""
    return int(getattr(model.train_step, "passes", 1))


class _Probe:
    """Shows what a layer is given while the context is open, and adds `added` to it."""

    def __init__(self, layer: keras.layers.Layer) -> None:
        self.layer = layer
        self.seen: Any = None
        self.added: Any = None

    def __enter__(self) -> None:
        original = self.layer.call

        def call(inputs: Any, *args: Any, **more: Any) -> Any:
            self.seen = inputs
            if self.added is not None:
                self.seen = inputs + self.added
                # A sum loses the mask that Keras hangs on a tensor; inner layers look for it.
                self.seen._keras_mask = getattr(inputs, "_keras_mask", None)
            return original(self.seen, *args, **more)

        self.layer.call = call

    def __exit__(self, *_: object) -> None:
        del self.layer.call
        self.seen = self.added = None


def _perturbation(
    vectors: tf.Tensor, steps: tf.Tensor, gradient: tf.Tensor, amount: float
) -> tf.Tensor:
    """Returns what is added to `[batch, time, features]` vectors, zeros at padded steps."""
    shown = tf.cast(steps, tf.float32)[..., tf.newaxis]
    # 16 bits do not hold sums of squares.
    uphill = tf.cast(gradient, tf.float32) * shown
    slope = _norms(uphill)
    # A loss that is scaled too high has no gradient.
    uphill = tf.where(tf.math.is_finite(slope), tf.math.divide_no_nan(uphill, slope), 0.0)
    norm = amount * _norms(tf.cast(vectors, tf.float32) * shown)
    return tf.cast(norm * uphill, vectors.dtype)


def _norms(rows: tf.Tensor) -> tf.Tensor:
    return tf.sqrt(tf.reduce_sum(tf.square(rows), axis=[1, 2], keepdims=True))
