"""Makes the LSTM and GRU layers of a model train faster on a CPU; they stay plain Keras layers."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers.fast.native import load
from lstm_toolkit.layers.fast.native_layer import run_layer_natively
from lstm_toolkit.layers.fast.tensorflow_layer import run_layer_in_tensorflow


def speed_up(model: keras.Model) -> keras.Model:
    """Lets the LSTM and GRU layers of a model train faster on a CPU.

    Where `training=True`, with the same weights and the same answers up to rounding. In
    float32 they run in operations written in C, where installing the package built them
    (`lstm-toolkit doctor` tells). Else LSTM layers run in a loop of TensorFlow that
    multiplies the inputs with their kernel for all steps at once, and has a gradient of its
    own, see `run_lstm`; GRU layers are left as they are. What is called without `training`,
    evaluation, prediction and exports, is Keras's own loop. Layers inside wrappers such as
    `Bidirectional` are found too.

    Left as they are: layers whose activations are not tanh and sigmoid, without a bias,
    with `recurrent_dropout` or `unroll`, a GRU without `reset_after`; and all of them where
    TensorFlow sees a GPU. XLA (`jit_compile=True`) cannot compile what runs here.

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
    if type(layer) is keras.layers.GRU:  # a subclass may compute something else
        known = layer.cell.reset_after and bool(load().operations)
    else:
        known = type(layer) is keras.layers.LSTM
    return (
        known
        and layer.activation is keras.activations.tanh
        and layer.recurrent_activation is keras.activations.sigmoid
        and layer.use_bias
        and not layer.recurrent_dropout
        and not layer.unroll
        and layer.use_cudnn is not True
        and layer.cell.implementation == 2
    )


class _FastLoop:
    """Takes the place of the method `inner_loop` of one layer."""

    def __init__(self, layer: keras.layers.LSTM | keras.layers.GRU) -> None:
        self.layer = layer
        self.original = layer.inner_loop

    def __call__(
        self, sequences: Any, initial_state: Any, mask: Any, training: Any = False
    ) -> tuple[Any, Any, list[Any]]:
        """Returns the last output, all outputs if the layer returns them, the last state."""
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        run = self._runner(sequences, mask) if training else None
        if run is None:
            return self.original(sequences, initial_state, mask, training=training)
        inputs, valid = self._dropped(sequences), mask
        if mask is not None:
            valid = tf.cast(mask, tf.bool)
        if self.layer.go_backwards:
            inputs = tf.reverse(inputs, [1])
            valid = None if valid is None else tf.reverse(valid, [1])
        return run(self.layer, inputs, list(initial_state), valid)

    def _runner(self, sequences: tf.Tensor, mask: Any) -> Any:
        """Returns the function that runs the layer, or None where Keras has to."""
        if (
            tf.config.list_physical_devices("GPU")
            or sequences.dtype != self.layer.cell.compute_dtype
            or (mask is not None and len(mask.shape) != 2)
        ):
            return None
        if sequences.dtype == tf.float32 and load().operations:
            return run_layer_natively
        return run_layer_in_tensorflow if isinstance(self.layer, keras.layers.LSTM) else None

    def _dropped(self, sequences: tf.Tensor) -> tf.Tensor:
        cell = self.layer.cell
        if not 0 < cell.dropout < 1:
            return sequences
        return sequences * cell.get_dropout_mask(sequences[:, 0, :])[:, None]
