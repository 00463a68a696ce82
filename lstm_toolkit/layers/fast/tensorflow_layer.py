"""Runs a Keras LSTM layer in the loop of `run_lstm`."""

from __future__ import annotations

import keras
import tensorflow as tf

from lstm_toolkit.layers.fast.loop import run_lstm

CLOSED = 1e4
"""What holds a gate closed, in float16 too; with the other sign, open."""


def run_layer_in_tensorflow(
    layer: keras.layers.LSTM, inputs: tf.Tensor, state: list[tf.Tensor], valid: tf.Tensor | None
) -> tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]:
    """Runs the layer over `float[batch, time, features]`, from the first step to the last.

    Args:
        layer: What it returns, and what it gives for masked steps, decides.
        inputs: In the order in which they are read.
        state: The output and the cell before the first step, `float[batch, units]`.
        valid: The mask, `bool[batch, time]`, if there is one.

    Returns:
        What `inner_loop` of the layer does: the last output, all outputs (the last one alone
        where the layer does not return sequences), the last state.
    """
    weights = (layer.cell.kernel, layer.cell.bias, layer.cell.recurrent_kernel)
    kernel, bias, recurrent = (_reorder(tf.convert_to_tensor(w)) for w in weights)
    outputs, *last = run_lstm(
        _project(inputs, valid, kernel, bias),
        state[0],
        state[1],
        recurrent,
        _widen(valid, layer.units),
        sequences=layer.return_sequences,
    )
    if outputs is None:
        outputs = last[0][None]
    if valid is not None:
        outputs = tf.where(_answered(layer, valid), outputs, 0)
    return outputs[-1], tf.transpose(outputs, [1, 0, 2]), last


def _answered(layer: keras.layers.LSTM, valid: tf.Tensor) -> tf.Tensor:
    """Returns where the layer gives an output, `bool[time, batch, units]`; else zeros.

    A masked step repeats the output before it, unless `zero_output_for_mask`; before
    the first valid step there is none, whatever the initial state.
    """
    if not layer.zero_output_for_mask:
        valid = tf.cumsum(tf.cast(valid, tf.int32), axis=1) > 0
    if not layer.return_sequences:
        valid = valid[:, -1:]
    return _widen(valid, layer.units)


def _reorder(weight: tf.Tensor) -> tf.Tensor:
    """Brings Keras's gates (input, forget, candidate, output) into the order of `run_lstm`."""
    i, f, g, o = tf.split(weight, 4, axis=-1)
    return tf.concat([i, g, f, o], axis=-1)


def _project(
    inputs: tf.Tensor, valid: tf.Tensor | None, kernel: tf.Tensor, bias: tf.Tensor
) -> tf.Tensor:
    """Returns `float[time, batch, 4 * units]`: inputs times kernel plus bias.

    With a mask, two more columns of the inputs bring the bias to the valid steps, and
    closed gates to the others, within the same product.
    """
    if valid is not None:
        inputs, kernel = _with_gates(inputs, valid[:, :, None], kernel, bias)
    inputs = tf.transpose(inputs, [1, 0, 2])
    projected = tf.matmul(tf.reshape(inputs, [-1, inputs.shape[2]]), kernel)
    if valid is None:
        projected = tf.nn.bias_add(projected, bias)
    width = kernel.shape[1]
    projected = tf.reshape(projected, tf.concat([tf.shape(inputs)[:2], [width]], axis=0))
    projected.set_shape([*inputs.shape[:2], width])
    return projected


def _with_gates(
    inputs: tf.Tensor, valid: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    gates = tf.constant([-CLOSED, 0, CLOSED, -CLOSED], inputs.dtype)
    closed = tf.repeat(gates, kernel.shape[1] // 4)
    kernel = tf.concat([kernel, bias[None], closed[None]], axis=0)
    columns = [tf.cast(column, inputs.dtype) for column in (valid, ~valid)]
    return tf.concat([tf.where(valid, inputs, 0), *columns], axis=2), kernel


def _widen(valid: tf.Tensor | None, units: int) -> tf.Tensor | None:
    """Returns `bool[time, batch, units]`: choosing by broadcasting is several times slower."""
    if valid is None:
        return None
    return tf.tile(tf.transpose(valid)[:, :, None], [1, 1, units])
