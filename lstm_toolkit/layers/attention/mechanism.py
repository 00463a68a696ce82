"""What all attention mechanisms share: a memory, its mask, its keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers.attention.probabilities import hardmax

PROBABILITY_FNS = {"softmax": tf.nn.softmax, "hardmax": hardmax}
"""From scores to alignments, by name."""


class AttentionMechanism(keras.layers.Layer):
    """Holds a memory, and tells for each query how much of which part of it to read.

    A mechanism is used in two steps. First it is given the memory (`memory=` here, or
    `setup_memory`, or a call with `setup_memory=True`), which is masked and projected once.
    Then each call with a query and the state before gives the alignments. In a
    `keras.Model`, set the memory up inside of `call`, anew for each batch; a symbolic
    tensor of `keras.Input` cannot be a memory.

    Args:
        memory: `float32[batch, time, depth]` to read from, usually the outputs of an encoder.
        probability_fn: From scores `float32[batch, time]` and the state before to alignments.
        query_layer: Projects queries; none by default.
        memory_layer: Projects the memory to keys; none by default.
        memory_sequence_length: `int32[batch]`, the length of each row of the memory, at least
            1; what lies behind counts as zero and is never read.
        **kwargs: `name`, `dtype`, `trainable`.

    Attributes:
        values: The masked memory, `float32[batch, time, depth]`.
        keys: The projected memory, `float32[batch, time, units]`.
        depth: Width of the memory; a loaded mechanism knows it before it has a memory.
    """

    def __init__(
        self,
        memory: Any = None,
        probability_fn: Callable[[Any, Any], Any] | None = None,
        query_layer: keras.layers.Layer | None = None,
        memory_layer: keras.layers.Layer | None = None,
        memory_sequence_length: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.query_layer: Any = query_layer
        self.memory_layer: Any = memory_layer
        self.probability_fn = probability_fn or (lambda score, _: tf.nn.softmax(score))
        self.supports_masking = True
        self.keys: Any = None
        self.values: Any = None
        self.batch_size: Any = None
        self.depth: int | None = None
        self._steps: Any = None
        self._is_real: Any = None
        if memory is not None:
            self.setup_memory(memory, memory_sequence_length, _mask_of(memory))

    @property
    def memory_initialized(self) -> bool:
        """Whether the mechanism has a memory."""
        return self.values is not None

    @property
    def alignments_size(self) -> int | None:
        """Time steps of the memory, or None where they are only known at run time."""
        return self._steps if isinstance(self._steps, int) else None

    @property
    def state_size(self) -> int | None:
        """Width of the mechanism's state."""
        return self.alignments_size

    def setup_memory(
        self, memory: Any, memory_sequence_length: Any = None, memory_mask: Any = None
    ) -> None:
        """Takes a new memory.

        Args:
            memory: `float32[batch, time, depth]`.
            memory_sequence_length: `int32[batch]`, at least 1.
            memory_mask: `bool[batch, time]`, False at steps that must not be read; not
                together with `memory_sequence_length`.

        Raises:
            ValueError: If the memory is symbolic or not of three axes, its depth is unknown,
                or both a length and a mask are given.
        """
        memory = _checked_memory(memory)
        if memory_sequence_length is not None and memory_mask is not None:
            raise ValueError(
                "memory_sequence_length and memory_mask must not be given together. Received: both"
            )
        memory = tf.cast(memory, self.compute_dtype)
        self._is_real = _real_steps(memory, memory_sequence_length, memory_mask)
        if self._is_real is not None:
            memory = tf.where(self._is_real[:, :, None], memory, tf.zeros_like(memory))
        self.values = memory
        self.depth = memory.shape[-1]
        self.keys = memory if self.memory_layer is None else self.memory_layer(memory)
        self.batch_size = self.keys.shape[0] or tf.shape(self.keys)[0]
        self._steps = self.keys.shape[1] or tf.shape(self.keys)[1]

    def __call__(self, inputs: Any, *, setup_memory: bool = False, **kwargs: Any) -> Any:
        """Sets up the memory, or asks it.

        Args:
            inputs: With `setup_memory`, the memory, or a list of it and of its lengths;
                otherwise a list of the query `float32[batch, units]` and of the state
                `float32[batch, time]`.
            setup_memory: Which of the two.
            **kwargs: `mask`, `bool[batch, time]`, of the memory.

        Returns:
            With `setup_memory` the masked memory, otherwise alignments
            `float32[batch, time]` and the next state.

        Raises:
            ValueError: If it is asked before it has a memory.
        """
        if setup_memory:
            memory, lengths = _memory_and_lengths(inputs)
            mask = kwargs.get("mask")
            if mask is None and lengths is None:
                mask = _mask_of(memory)
            self.setup_memory(memory, lengths, mask)
            return self.values
        if not self.memory_initialized:
            raise ValueError("setup_memory must come before the first query. Received: no memory")
        query, state = inputs[:2]
        return super().__call__([query, state], **kwargs)

    def build(self, input_shape: Any) -> None:
        """Makes the weights for a query and a state."""
        if self.query_layer is not None and not self.query_layer.built:
            self.query_layer.build(input_shape[0])
        if self.memory_layer is not None and not self.memory_layer.built:
            self.memory_layer.build((None, None, self.depth))

    def call(self, inputs: Any) -> tuple[Any, Any]:
        """Returns the alignments and the next state, each `float32[batch, time]`."""
        query, state = inputs
        return self._calculate_attention(query, state)

    def _calculate_attention(self, query: Any, state: Any) -> tuple[Any, Any]:
        raise NotImplementedError(f"{type(self).__name__} must define _calculate_attention")

    def _probabilities(self, score: Any, state: Any) -> Any:
        """Returns alignments of scores; what is masked gets the lowest score there is."""
        if self._is_real is not None:
            score = tf.where(self._is_real, score, score.dtype.min)
        return self.probability_fn(score, state)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        """Returns none: alignments have no mask."""

    def initial_alignments(self, batch_size: Any, dtype: Any) -> tf.Tensor:
        """Returns the alignments before the first step, zeros `[batch, time]`."""
        return tf.zeros([batch_size, self._steps], dtype)

    def initial_state(self, batch_size: Any, dtype: Any) -> tf.Tensor:
        """Returns the state before the first step."""
        return self.initial_alignments(batch_size, dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor, without the memory."""
        return {
            **super().get_config(),
            "memory": None,
            "query_layer": keras.saving.serialize_keras_object(self.query_layer),
            "memory_layer": keras.saving.serialize_keras_object(self.memory_layer),
        }

    def get_build_config(self) -> dict[str, Any] | None:
        """Returns what a loaded mechanism needs to make its weights."""
        config = super().get_build_config()
        return config and {**config, "depth": self.depth}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Makes the weights of a loaded mechanism."""
        self.depth = config.pop("depth")
        super().build_from_config(config)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> AttentionMechanism:
        """Returns a mechanism without a memory."""
        layers = {
            name: keras.saving.deserialize_keras_object(config[name])
            for name in ("query_layer", "memory_layer")
            if config.get(name) is not None
        }
        return cls(**{**config, **layers})


def _mask_of(memory: Any) -> Any:
    return getattr(memory, "_keras_mask", None)


def _memory_and_lengths(inputs: Any) -> tuple[Any, Any]:
    if not isinstance(inputs, (list, tuple)):
        return inputs, None
    memory, *lengths = inputs
    return memory, lengths[0] if lengths else None


def _checked_memory(memory: Any) -> tf.Tensor:
    if isinstance(memory, keras.KerasTensor):
        raise ValueError(
            "memory must be a tensor: set it up inside of the `call` of a layer or model. "
            f"Received: memory={memory}"
        )
    memory = tf.convert_to_tensor(memory)
    if len(memory.shape) != 3 or memory.shape[-1] is None:
        raise ValueError(
            "memory must be [batch, time, depth] with a known depth. "
            f"Received: memory of shape {memory.shape}"
        )
    return memory


def _real_steps(memory: tf.Tensor, lengths: Any, mask: Any) -> tf.Tensor | None:
    if mask is not None:
        return tf.cast(mask, tf.bool)
    if lengths is None:
        return None
    lengths = tf.convert_to_tensor(lengths)
    least = tf.debugging.assert_positive(
        lengths, message="memory_sequence_length must be at least 1 in each row."
    )
    with tf.control_dependencies([] if least is None else [least]):
        return tf.sequence_mask(lengths, maxlen=tf.shape(memory)[1])
