"""Makes the LSTM layers of a model train faster on a CPU; the model stays a plain Keras model."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers.fast.loop import run_lstm

CLOSED = 1e4
"""What holds a gate closed, in float16 too; with the other sign, open."""


def speed_up(model: keras.Model) -> keras.Model:
    """Lets the LSTM layers of a model run in a loop that trains faster on a CPU.

    Where `training=True`, with the same weights and the same answers up to rounding: inputs
    are multiplied with their kernel for all steps at once, and the gradient is that of
    `run_lstm`. What is called without `training`, evaluation, prediction and exports, is
    Keras's own loop. Layers inside wrappers such as `Bidirectional` are found too.

    Left as they are: layers whose activations are not tanh and sigmoid, without a bias,
    with `recurrent_dropout` or `unroll`; and all of them where TensorFlow sees a GPU. XLA
    (`jit_compile=True`) cannot compile what runs here.

    Args:
        model: Changed in place; saved, cloned or copied it holds Keras's own layers again.

    Returns:
        The same model.

    Example:
        >>> model = keras.Sequential([keras.layers.LSTM(4), keras.layers.Dense(1)])
        >>> model = speed_up(model)
        >>> model.compile(loss="mse", jit_compile=False)
    """
    for layer in model._flatten_layers():
        if _eligible(layer) and "inner_loop" not in vars(layer):
            layer.inner_loop = _FastLoop(layer)
            layer.supports_jit = False
    return model


def _eligible(layer: keras.layers.Layer) -> bool:
    return (
        type(layer) is keras.layers.LSTM  # a subclass may compute something else
        and layer.activation is keras.activations.tanh
        and layer.recurrent_activation is keras.activations.sigmoid
        and layer.use_bias
        and not layer.recurrent_dropout
        and not layer.unroll
        and layer.use_cudnn is not True
        and layer.cell.implementation == 2
    )


class _FastLoop:
    """Takes the place of the method `inner_loop` of one LSTM layer."""

    def __init__(self, layer: keras.layers.LSTM) -> None:
        self.layer = layer
        self.original = layer.inner_loop

    def __call__(
        self, sequences: Any, initial_state: Any, mask: Any, training: Any = False
    ) -> tuple[Any, Any, list[Any]]:
        """Returns the last output, all outputs if the layer returns them, the last state."""
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        if not (training and self._can(sequences, mask)):
            return self.original(sequences, initial_state, mask, training=training)
        layer, cell = self.layer, self.layer.cell
        valid = None if mask is None else tf.cast(mask, tf.bool)
        inputs = self._dropped(sequences)
        if layer.go_backwards:
            inputs = tf.reverse(inputs, [1])
            valid = None if mask is None else tf.reverse(valid, [1])
        weights = (cell.kernel, cell.bias, cell.recurrent_kernel)
        kernel, bias, recurrent = (_reorder(tf.convert_to_tensor(w)) for w in weights)
        outputs, *state = run_lstm(
            _project(inputs, valid, kernel, bias),
            initial_state[0],
            initial_state[1],
            recurrent,
            _widen(valid, layer.units),
            sequences=layer.return_sequences,
        )
        if outputs is None:
            outputs = state[0][None]
        if valid is not None:
            outputs = tf.where(self._answered(valid), outputs, 0)
        return outputs[-1], tf.transpose(outputs, [1, 0, 2]), state

    def _can(self, sequences: tf.Tensor, mask: Any) -> bool:
        return (
            not tf.config.list_physical_devices("GPU")
            and sequences.dtype == self.layer.cell.compute_dtype
            and (mask is None or len(mask.shape) == 2)
        )

    def _dropped(self, sequences: tf.Tensor) -> tf.Tensor:
        cell = self.layer.cell
        if not 0 < cell.dropout < 1:
            return sequences
        return sequences * cell.get_dropout_mask(sequences[:, 0, :])[:, None]

    def _answered(self, valid: tf.Tensor) -> tf.Tensor:
        """Returns where the layer gives an output, `bool[time, batch, units]`; else zeros.

        A masked step repeats the output before it, unless `zero_output_for_mask`; before
        the first valid step there is none, whatever the initial state.
        """
        if not self.layer.zero_output_for_mask:
            valid = tf.cumsum(tf.cast(valid, tf.int32), axis=1) > 0
        if not self.layer.return_sequences:
            valid = valid[:, -1:]
        return _widen(valid, self.layer.units)


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
