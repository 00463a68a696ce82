"""Training on texts moved towards what the network gets wrong; it stays a plain Keras model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf


def train_adversarially(
    model: keras.Model,
    layer: keras.layers.Layer,
    *,
    real: Callable[[tf.Tensor], tf.Tensor],
    amount: float,
) -> keras.Model:
    """Lets `fit` train each batch twice: as it is, and moved to where its loss is higher.

    The vectors e of a row's steps are moved by `amount * |e| * g / |g|`, with g the gradient of
    the loss with respect to e and |.| the root of the sum of squares over the row's real steps
    and their features; the loss is the mean of both. T. Miyato, A. M. Dai and I. Goodfellow,
    "Adversarial Training Methods for Semi-Supervised Text Classification", 2017
    (arXiv:1605.07725); they hold the length fixed, and the vectors normalised. A step takes
    two to three times as long. Dropout differs between both; metrics are of the batch as it is.

    Args:
        model: Changed in place; saved, cloned or copied it trains as Keras's own does. Of a
            subclass with a `train_step` of its own, that is passed over.
        layer: One of the model's that is called once; its input, `float[batch, time, features]`,
            is what is moved.
        real: Tells from a batch of the model's input which steps are no padding,
            `bool[batch, time]`; the others stay as they are.
        amount: Length of the move against that of the row, at least 0; 0.2 to 0.5 is usual.

    Returns:
        The same model.

    Raises:
        ValueError: If `amount` is below 0.

    Example:
        >>> inputs = keras.Input((None,), dtype="int32")
        >>> vectors = keras.layers.Embedding(50, 4, mask_zero=True)(inputs)
        >>> lstm = keras.layers.LSTM(4)
        >>> model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(lstm(vectors)))
        >>> model = train_adversarially(model, lstm, real=lambda x: x != 0, amount=0.2)
    """
    if amount < 0:
        raise ValueError(f"amount must be at least 0. Received: amount={amount!r}")
    probe = _Probe(layer)

    def train_step(data: Any) -> dict[str, Any]:
        inputs, targets, weights = keras.utils.unpack_x_y_sample_weight(data)

        def answer() -> tuple[Any, tf.Tensor]:
            outputs = model(inputs, training=True)
            loss = model.compute_loss(inputs, targets, outputs, weights, training=True)
            return outputs, loss

        # Persistent, since it is asked for the move before it is asked for the step.
        with probe, tf.GradientTape(persistent=True) as tape:
            outputs, loss = answer()
            vectors = probe.seen
            scaled = model.optimizer.scale_loss(loss)
            with tape.stop_recording():
                gradient = tape.gradient(scaled, vectors)
                probe.move = _move(vectors, real(inputs), gradient, amount)
            _, moved_loss = answer()
            total = (loss + moved_loss) / 2
            scaled = model.optimizer.scale_loss(total)
        trained = model.trainable_weights
        gradients = tape.gradient(scaled, trained)
        del tape
        model.optimizer.apply_gradients(zip(gradients, trained, strict=True))
        for metric in model.metrics:
            if metric.name == "loss":
                metric.update_state(total, sample_weight=tf.shape(vectors)[0])
        return dict(model.compute_metrics(inputs, targets, outputs, weights))

    model.train_step = train_step
    return model


class _Probe:
    """Shows what a layer is given while the context is open, and moves it by `move`."""

    def __init__(self, layer: keras.layers.Layer) -> None:
        self.layer = layer
        self.seen: Any = None
        self.move: Any = None

    def __enter__(self) -> None:
        original = self.layer.call

        def call(inputs: Any, *args: Any, **more: Any) -> Any:
            self.seen = inputs if self.move is None else inputs + self.move
            return original(self.seen, *args, **more)

        self.layer.call = call

    def __exit__(self, *_: object) -> None:
        del self.layer.call
        self.seen = self.move = None


def _move(vectors: tf.Tensor, steps: tf.Tensor, gradient: tf.Tensor, amount: float) -> tf.Tensor:
    """Returns how `[batch, time, features]` vectors are moved, zeros at padded steps."""
    shown = tf.cast(steps, tf.float32)[..., tf.newaxis]
    # 16 bits do not hold sums of squares.
    uphill = tf.cast(gradient, tf.float32) * shown
    slope = _lengths(uphill)
    # A loss scaled too high has no gradient; then the optimizer passes the batch over as well.
    uphill = tf.where(tf.math.is_finite(slope), tf.math.divide_no_nan(uphill, slope), 0.0)
    length = amount * _lengths(tf.cast(vectors, tf.float32) * shown)
    return tf.cast(length * uphill, vectors.dtype)


def _lengths(rows: tf.Tensor) -> tf.Tensor:
    return tf.sqrt(tf.reduce_sum(tf.square(rows), axis=[1, 2], keepdims=True))
