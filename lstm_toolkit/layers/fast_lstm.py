"""Makes the LSTM layers of a model train faster on a CPU; the model stays a plain Keras model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers.lstm_loop import run_lstm

CLOSED = 1e4
"""What holds a gate shut in float16 too; with the other sign, open."""


def speed_up(model: keras.Model) -> keras.Model:
    """Lets the LSTM layers of a model run in a loop that trains faster on a CPU.

    Same weights, same answers up to rounding: inputs are multiplied with their kernel for all
    steps at once, and the gradient is that of `run_lstm`. Layers inside wrappers such as
    `Bidirectional` are found too. Left as they are: layers whose activations are not
    tanh and sigmoid, with `recurrent_dropout`, `unroll` or without a bias; and all of them
    where TensorFlow sees a GPU. XLA (`jit_compile=True`) cannot compile what is faster here.

    Args:
        model: Changed in place; saved, cloned or pickled it holds Keras's own layers again.

    Returns:
        The same model.
    """
    for layer in _lstm_layers(model):
        if _eligible(layer) and "inner_loop" not in vars(layer):
            layer.inner_loop = _FastLoop(layer)
            layer.supports_jit = False
    return model


def _lstm_layers(model: keras.Model) -> Iterator[keras.layers.LSTM]:
    for layer in model._flatten_layers():
        if type(layer) is keras.layers.LSTM:  # a subclass may compute something else
            yield layer


def _eligible(layer: keras.layers.LSTM) -> bool:
    return (
        layer.activation is keras.activations.tanh
        and layer.recurrent_activation is keras.activations.sigmoid
        and layer.use_bias
        and not layer.recurrent_dropout
        and not layer.unroll
        and layer.use_cudnn is not True
        and layer.cell.implementation == 2
        and type(layer.cell) is keras.layers.LSTMCell
    )


class _FastLoop:
    """Takes the place of the `inner_loop` of one LSTM layer."""

    def __init__(self, layer: keras.layers.LSTM) -> None:
        self.layer = layer
        self.original = layer.inner_loop

    def __call__(
        self, sequences: Any, initial_state: Any, mask: Any, training: Any = False
    ) -> tuple[Any, Any, list[Any]]:
        """Returns the last output, all outputs if they are wanted, and the last state."""
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        if not self._can(sequences, mask):
            return self.original(sequences, initial_state, mask, training=training)
        layer = self.layer
        inputs = self._dropped(sequences, training)
        valid = None if mask is None else tf.cast(mask, tf.bool)
        if layer.go_backwards:
            inputs = tf.reverse(inputs, [1])
            valid = None if mask is None else tf.reverse(valid, [1])
        kernel, recurrent, bias = (_reorder(weight) for weight in self._weights())
        outputs, output, cell = run_lstm(
            _project(inputs, valid, kernel, bias),
            *initial_state,
            recurrent,
            _widen(valid, layer.units),
            sequences=layer.return_sequences,
            training=bool(training),
        )
        answered = _answered(valid, zero=layer.zero_output_for_mask)
        last = output if valid is None else tf.where(answered[:, -1:], output, 0)
        return last, _batch_major(outputs, last, answered), [output, cell]

    def _can(self, sequences: Any, mask: Any) -> bool:
        return (
            not tf.config.list_physical_devices("GPU")
            and sequences.dtype == self.layer.cell.compute_dtype == self.layer.compute_dtype
            and (mask is None or len(mask.shape) == 2)
        )

    def _dropped(self, sequences: tf.Tensor, training: Any) -> tf.Tensor:
        cell = self.layer.cell
        if training and 0 < cell.dropout < 1:
            return sequences * cell.get_dropout_mask(sequences[:, 0, :])[:, None]
        return sequences

    def _weights(self) -> Iterator[tf.Tensor]:
        cell = self.layer.cell
        for weight in (cell.kernel, cell.recurrent_kernel, cell.bias):
            yield tf.convert_to_tensor(weight)


def _reorder(weight: tf.Tensor) -> tf.Tensor:
    """Brings Keras's gates (input, forget, candidate, output) into the order of `run_lstm`."""
    i, f, g, o = tf.split(weight, 4, axis=-1)
    return tf.concat([i, g, f, o], axis=-1)


def _project(
    inputs: tf.Tensor, valid: tf.Tensor | None, kernel: tf.Tensor, bias: tf.Tensor
) -> tf.Tensor:
    """Returns `float[time, batch, 4 * units]`: inputs times kernel plus bias.

    Two more columns of the inputs bring the bias to the valid steps and closed gates to the
    others in the same product.
    """
    if valid is not None:
        valid = valid[:, :, None]
        gates = tf.constant([-CLOSED, 0, CLOSED, -CLOSED], inputs.dtype)
        closed = tf.repeat(gates, kernel.shape[1] // 4)
        inputs = tf.where(valid, inputs, 0)
        columns = [tf.cast(column, inputs.dtype) for column in (valid, ~valid)]
        inputs = tf.concat([inputs, *columns], axis=2)
        kernel = tf.concat([kernel, bias[None], closed[None]], axis=0)
    inputs = tf.transpose(inputs, [1, 0, 2])
    projected = tf.matmul(tf.reshape(inputs, [-1, inputs.shape[2]]), kernel)
    if valid is None:
        projected = tf.nn.bias_add(projected, bias)
    projected = tf.reshape(projected, tf.concat([tf.shape(inputs)[:2], [kernel.shape[1]]], 0))
    projected.set_shape([*inputs.shape[:2], kernel.shape[1]])
    return projected


def _widen(valid: tf.Tensor | None, units: int) -> tf.Tensor | None:
    """Returns `bool[time, batch, units]`: choosing is several times faster without broadcasting."""
    if valid is None:
        return None
    return tf.tile(tf.transpose(valid)[:, :, None], [1, 1, units])


def _answered(valid: tf.Tensor | None, *, zero: bool) -> tf.Tensor | None:
    """Returns where Keras gives an output, `bool[batch, time]`; elsewhere it gives zeros.

    A masked step repeats the output before it, unless `zero`; before the first valid
    step there is none, whatever the initial state.
    """
    if valid is None or zero:
        return valid
    return tf.cumsum(tf.cast(valid, tf.int32), axis=1) > 0


def _batch_major(
    outputs: tf.Tensor | None, last: tf.Tensor, answered: tf.Tensor | None
) -> tf.Tensor:
    if outputs is None:
        return last[:, None]
    if answered is not None:
        outputs = tf.where(_widen(answered, outputs.shape[2]), outputs, 0)
    return tf.transpose(outputs, [1, 0, 2])
