"""Runs a Keras LSTM or GRU layer in the native recurrence."""

from __future__ import annotations

import keras
import tensorflow as tf

from lstm_toolkit.layers.fast.native import run_native


def run_layer_natively(
    layer: keras.layers.LSTM | keras.layers.GRU,
    inputs: tf.Tensor,
    state: list[tf.Tensor],
    valid: tf.Tensor | None,
) -> tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]:
    """Runs the layer; arguments and results are those of `run_layer_in_tensorflow`, in float32."""
    gru = isinstance(layer, keras.layers.GRU)
    outputs, *last = run_native(
        inputs,
        _gru_weights(layer.cell) if gru else _lstm_weights(layer.cell),
        state[0],
        state[-1],
        valid,
        gru=gru,
        zeros=layer.zero_output_for_mask,
        sequences=layer.return_sequences,
    )
    if layer.return_sequences:
        return outputs[:, -1], outputs, last[: len(state)]
    return outputs, outputs[:, None], last[: len(state)]


def _lstm_weights(cell: keras.layers.LSTMCell) -> tf.Tensor:
    return tf.concat([cell.kernel, cell.recurrent_kernel, cell.bias[None]], axis=0)


def _gru_weights(cell: keras.layers.GRUCell) -> tf.Tensor:
    """Returns the weights as `run_native` wants them.

    The candidate's two parts stand apart, since the reset gate multiplies the second alone:
    inputs have no weights in that, nor the output before in the first.
    """
    gates = 2 * cell.units
    kernel, recurrent = (
        tf.convert_to_tensor(cell.kernel),
        tf.convert_to_tensor(cell.recurrent_kernel),
    )
    inner, outer = tf.unstack(tf.convert_to_tensor(cell.bias))
    rows = [
        (kernel[:, :gates], kernel[:, gates:], tf.zeros_like(kernel[:, gates:])),
        (recurrent[:, :gates], tf.zeros_like(recurrent[:, gates:]), recurrent[:, gates:]),
        ((inner + outer)[None, :gates], inner[None, gates:], outer[None, gates:]),
    ]
    return tf.concat([tf.concat(row, axis=1) for row in rows], axis=0)
