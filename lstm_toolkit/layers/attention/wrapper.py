"""A recurrent cell that reads a memory at each step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers.attention.layers import attention_layers, compute_attention, listed
from lstm_toolkit.layers.attention.mechanism import AttentionMechanism
from lstm_toolkit.layers.attention.step_dropout import forgetting_masks
from lstm_toolkit.layers.attention.wrapper_checks import (
    check_batch,
    check_cell_to_wrap,
    check_memory,
)
from lstm_toolkit.layers.attention.wrapper_state import AttentionWrapperState


@keras.saving.register_keras_serializable(package="lstm_toolkit")
class AttentionWrapper(keras.layers.Layer):
    """Wraps a recurrent cell with attention, as `tfa.seq2seq.AttentionWrapper` does.

    One step: the input and the attention of the step before go into the cell; the output of
    the cell is the query; the alignments weigh the memory; the context, or with an attention
    layer its projection together with the cell's output, is the new attention. See
    M.-T. Luong, H. Pham and C. D. Manning, 2015 (arXiv:1508.04025), section 3.3.

    Weights come in the order attention layers, cell, mechanisms. It serves as a cell of
    `keras.layers.RNN` (without `alignment_history`) once its mechanisms have a memory.
    Dropout of the wrapped cell is drawn anew at each step.

    Args:
        cell: A Keras recurrent cell.
        attention_mechanism: One mechanism, or a list of them.
        attention_layer_size: Width of the dense layer over cell output and context, one
            without bias for each mechanism; None takes the context as it is.
        alignment_history: Keeps the alignments of all steps in the state.
        cell_input_fn: From inputs and attention to the input of the cell; concatenates by
            default.
        output_attention: Gives out the attention; if False, the output of the cell.
        initial_cell_state: State of the cell that `get_initial_state` begins with; zeros by
            default.
        name: Of the layer.
        attention_layer: Layers in place of those of `attention_layer_size`.
        attention_fn: In place of `compute_attention`, with the same arguments and results.
        **kwargs: `dtype`, `trainable`.

    Raises:
        ValueError: If both or unequal numbers of attention layers are given, or `cell` is no
            recurrent cell.

    Example:
        >>> import keras, numpy as np
        >>> from lstm_toolkit.layers import LuongAttention
        >>> attention = LuongAttention(8, memory=np.ones((2, 5, 6), "float32"))
        >>> cell = AttentionWrapper(keras.layers.LSTMCell(8), attention, attention_layer_size=4)
        >>> state = cell.get_initial_state(batch_size=2, dtype="float32")
        >>> output, state = cell(np.ones((2, 3), "float32"), state)
        >>> tuple(output.shape), tuple(state.alignments.shape)
        ((2, 4), (2, 5))
    """

    def __init__(
        self,
        cell: keras.layers.Layer,
        attention_mechanism: AttentionMechanism | Sequence[AttentionMechanism],
        attention_layer_size: int | Sequence[int] | None = None,
        alignment_history: bool = False,
        cell_input_fn: Callable[[Any, Any], Any] | None = None,
        output_attention: bool = True,
        initial_cell_state: Any = None,
        name: str | None = None,
        attention_layer: keras.layers.Layer | Sequence[keras.layers.Layer] | None = None,
        attention_fn: Callable[..., tuple[Any, Any, Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        check_cell_to_wrap(cell)
        super().__init__(name=name, **kwargs)
        self._is_multi = isinstance(attention_mechanism, (list, tuple))
        mechanisms = listed(attention_mechanism)
        # In this order old lists of weights fit.
        self.attention_layers = attention_layers(
            attention_layer_size, attention_layer, len(mechanisms), self.dtype_policy
        )
        self.cell = cell
        self.attention_mechanisms = mechanisms
        self.cell_input_fn = cell_input_fn
        self.attention_fn = attention_fn
        self.attention_layer_size = attention_layer_size
        self.output_attention = output_attention
        self.alignment_history = alignment_history
        self.supports_masking = True
        self._initial_cell_state = initial_cell_state
        if initial_cell_state is not None:
            batch = tf.nest.flatten(initial_cell_state)[-1].shape[0]
            check_batch(self.attention_mechanisms, batch, "initial_cell_state")

    @property
    def output_size(self) -> int:
        """Width of the output."""
        return self._attention_size() if self.output_attention else self.cell.output_size

    @property
    def state_size(self) -> AttentionWrapperState:
        """Widths of the parts of the state."""
        sizes = self._one_or_all([m.alignments_size for m in self.attention_mechanisms])
        return AttentionWrapperState(
            cell_state=self.cell.state_size,
            attention=self._attention_size(),
            alignments=sizes,
            alignment_history=sizes if self.alignment_history else self._no_history(),
            attention_state=self._one_or_all([m.state_size for m in self.attention_mechanisms]),
        )

    def get_initial_state(
        self, inputs: Any = None, batch_size: Any = None, dtype: Any = None
    ) -> AttentionWrapperState:
        """Returns the state before the first step.

        Args:
            inputs: Gives batch size and dtype in place of the other two.
            batch_size: With beam search, rows times beams.
            dtype: This layer's compute dtype by default.

        Raises:
            ValueError: If a mechanism has no memory or one of another batch size.
        """
        if inputs is not None:
            batch_size, dtype = inputs.shape[0] or tf.shape(inputs)[0], inputs.dtype
        dtype = dtype or self.compute_dtype
        checks = check_batch(self.attention_mechanisms, batch_size, "batch_size")
        with tf.control_dependencies(checks):
            cell_state = tf.nest.map_structure(
                lambda x: tf.cast(tf.identity(x), dtype), self._first_cell_state(batch_size)
            )
        alignments = [m.initial_alignments(batch_size, dtype) for m in self.attention_mechanisms]
        states = [m.initial_state(batch_size, dtype) for m in self.attention_mechanisms]
        return AttentionWrapperState(
            cell_state=cell_state,
            attention=tf.zeros([batch_size, self._attention_size()], dtype),
            alignments=self._one_or_all(alignments),
            alignment_history=self._empty_history(alignments),
            attention_state=self._one_or_all(states),
        )

    def _first_cell_state(self, batch_size: Any) -> Any:
        if self._initial_cell_state is not None:
            return self._initial_cell_state
        return self.cell.get_initial_state(batch_size=batch_size)

    def build(self, input_shape: Any) -> None:
        """Makes the weights for inputs of `[batch, features]`; the memory must be known."""
        if not self.cell.built:
            self.cell.build(self._cell_input_shape(input_shape))
        width = self.cell.output_size
        for i, mechanism in enumerate(self.attention_mechanisms):
            if not mechanism.built:
                mechanism.build([(None, width), (None, mechanism.state_size)])
            if self.attention_layers and self.attention_fn is None:
                layer = self.attention_layers[i]
                if not layer.built:
                    layer.build((None, width + mechanism.depth))

    def _cell_input_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        if self.cell_input_fn is None:
            return (None, input_shape[-1] + self._attention_size())
        shapes = [(None, *input_shape[1:]), (None, self._attention_size())]
        specs = [tf.TensorSpec(shape, self.compute_dtype) for shape in shapes]
        traced = tf.function(self.cell_input_fn).get_concrete_function(*specs)
        return tuple(traced.output_shapes)

    def __call__(self, inputs: Any, state: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Takes one step.

        Args:
            inputs: `float32[batch, features]`.
            state: An `AttentionWrapperState`, or its parts in order.
            **kwargs: `training`.

        Returns:
            Attention or output of the cell, `float32[batch, width]`, and the next state.

        Raises:
            ValueError: If the memory is missing or of another batch size, or `state` does
                not have the parts of a state.
        """
        state = AttentionWrapperState.of(state)
        # Keras takes no TensorArrays as arguments of a layer.
        output, after = super().__call__(
            inputs, state._replace(alignment_history=self._no_history()), **kwargs
        )
        history = self._written(state.alignment_history, after.alignments)
        return output, after._replace(alignment_history=history)

    def call(self, inputs: Any, state: Any, training: bool | None = None) -> tuple[Any, Any]:
        """Does what `__call__` says, except for the history."""
        state = AttentionWrapperState.of(state)
        rows = inputs.shape[0] or tf.shape(inputs)[0]
        checks = check_batch(self.attention_mechanisms, rows, "inputs")
        with tf.control_dependencies(checks):
            inputs = self._cell_inputs(inputs, state.attention)
        with forgetting_masks(self.cell):
            output, cell_state = self.cell(inputs, state.cell_state)
        cell_state = tf.nest.pack_sequence_as(state.cell_state, tf.nest.flatten(cell_state))
        parts = self._attend(output, listed(state.attention_state, self._is_multi))
        attentions, alignments, states = zip(*parts, strict=True)
        attention = tf.concat(attentions, -1)
        after = AttentionWrapperState(
            cell_state=cell_state,
            attention=attention,
            alignments=self._one_or_all(alignments),
            alignment_history=self._no_history(),
            attention_state=self._one_or_all(states),
        )
        return (attention if self.output_attention else output), after

    def _cell_inputs(self, inputs: Any, attention: Any) -> Any:
        if self.cell_input_fn is not None:
            return self.cell_input_fn(inputs, attention)
        return tf.concat([inputs, attention], -1)

    def _attend(self, output: Any, states: Sequence[Any]) -> list[tuple[Any, Any, Any]]:
        attend = self.attention_fn or compute_attention
        layers = self.attention_layers or [None] * len(states)
        return [
            attend(*parts)
            for parts in zip(
                self.attention_mechanisms, [output] * len(states), states, layers, strict=True
            )
        ]

    def _attention_size(self) -> int:
        if any(mechanism.depth is None for mechanism in self.attention_mechanisms):
            check_memory(self.attention_mechanisms)
        widths = [mechanism.depth for mechanism in self.attention_mechanisms]
        if self.attention_layers:
            widths = [
                layer.compute_output_shape((None, self.cell.output_size + width))[-1]
                for layer, width in zip(self.attention_layers, widths, strict=True)
            ]
        return sum(widths)

    def _one_or_all(self, parts: Sequence[Any]) -> Any:
        return tuple(parts) if self._is_multi else parts[0]

    def _no_history(self) -> tuple[Any, ...]:
        return self._one_or_all([()] * len(self.attention_mechanisms))

    def _empty_history(self, alignments: Sequence[Any]) -> Any:
        if not self.alignment_history:
            return self._no_history()
        return self._one_or_all(
            [
                tf.TensorArray(x.dtype, size=0, dynamic_size=True, element_shape=x.shape)
                for x in alignments
            ]
        )

    def _written(self, history: Any, alignments: Any) -> Any:
        if not self.alignment_history:
            return self._no_history()
        pairs = zip(
            listed(history, self._is_multi), listed(alignments, self._is_multi), strict=True
        )
        return self._one_or_all([past.write(past.size(), now) for past, now in pairs])

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        """Returns none: a step has no mask."""

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor, without memory and initial cell state."""
        save = keras.saving.serialize_keras_object
        layers = None if self.attention_layer_size is not None else self.attention_layers
        return {
            **super().get_config(),
            "cell": save(self.cell),
            "attention_mechanism": save(self._one_or_list(self.attention_mechanisms)),
            "attention_layer_size": self.attention_layer_size,
            "alignment_history": self.alignment_history,
            "cell_input_fn": save(self.cell_input_fn),
            "output_attention": self.output_attention,
            "attention_layer": save(self._one_or_list(layers) if layers else None),
            "attention_fn": save(self.attention_fn),
        }

    def _one_or_list(self, parts: Sequence[Any]) -> Any:
        return list(parts) if self._is_multi else parts[0]

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> AttentionWrapper:
        """Returns a wrapper whose mechanisms have no memory yet."""
        loaded = ("cell", "attention_mechanism", "cell_input_fn", "attention_layer", "attention_fn")
        parts = {name: keras.saving.deserialize_keras_object(config[name]) for name in loaded}
        return cls(**{**config, **parts})
