"""What a BasicDecoder reads next: the right token, the likeliest, or one drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from lstm_toolkit.layers.decoding.dynamic_decoding import swap_batch_and_time

Embed = Callable[[tf.Tensor], tf.Tensor]


class Sampler:
    """Tells a `BasicDecoder` what to read; as `tfa.seq2seq.Sampler`."""

    batch_size: Any = None
    """Number of rows, known after `initialize`."""
    sample_ids_shape = tf.TensorShape([])
    """Shape of what is sampled for one row."""
    sample_ids_dtype = tf.int32
    """Its dtype."""

    def initialize(self, inputs: Any, **kwargs: Any) -> tuple[tf.Tensor, Any]:
        """Returns which rows are finished before the first step, and what they read first."""
        raise NotImplementedError

    def sample(self, time: tf.Tensor, outputs: tf.Tensor, state: Any) -> tf.Tensor:
        """Returns `int32[batch]` tokens from `float32[batch, vocabulary]` logits."""
        return tf.argmax(outputs, axis=-1, output_type=tf.int32)

    def next_inputs(
        self, time: tf.Tensor, outputs: tf.Tensor, state: Any, sample_ids: tf.Tensor
    ) -> tuple[tf.Tensor, Any, Any]:
        """Returns which rows are finished, what they read next, and the state."""
        raise NotImplementedError


class TrainingSampler(Sampler):
    """Reads the inputs it is given, and samples the likeliest tokens.

    Args:
        time_major: Inputs are `[time, batch, …]`, not `[batch, time, …]`.
    """

    def __init__(self, time_major: bool = False) -> None:
        self.time_major = time_major

    def initialize(
        self, inputs: Any, sequence_length: Any = None, mask: Any = None, **_: Any
    ) -> tuple[tf.Tensor, Any]:
        """Begins to read.

        Args:
            inputs: A nest of `float32[batch, time, …]`.
            sequence_length: `int32[batch]`; all steps by default.
            mask: `bool[batch, time]` in its place, True first and False after.

        Returns:
            `bool[batch]`, True for empty rows, and the inputs of the first step.

        Raises:
            ValueError: If both `sequence_length` and `mask` are given.
        """
        if sequence_length is not None and mask is not None:
            raise ValueError(
                "sequence_length and mask must not be given together. "
                f"Received: sequence_length={sequence_length}, mask={mask}"
            )
        inputs = tf.nest.map_structure(tf.convert_to_tensor, inputs)
        if not self.time_major:
            inputs = tf.nest.map_structure(swap_batch_and_time, inputs)
        first = tf.nest.flatten(inputs)[0]
        self.batch_size = first.shape[1] or tf.shape(first)[1]
        self._steps = tf.shape(first)[0]
        self._arrays = tf.nest.map_structure(_array, inputs)
        self.sequence_length = self._lengths(sequence_length, mask)
        return tf.equal(self.sequence_length, 0), self._read(tf.constant(0))

    def _lengths(self, sequence_length: Any, mask: Any) -> tf.Tensor:
        if sequence_length is not None:
            return tf.cast(sequence_length, tf.int32)
        if mask is None:
            return tf.fill([self.batch_size], self._steps)
        mask = tf.transpose(mask) if self.time_major else tf.convert_to_tensor(mask)
        lengths = tf.reduce_sum(tf.cast(mask, tf.int32), axis=1)
        right = tf.equal(mask, tf.sequence_mask(lengths, tf.shape(mask)[1]))
        tf.debugging.Assert(tf.reduce_all(right), ["mask must be padded on the right."])
        return lengths

    def _read(self, time: tf.Tensor) -> Any:
        last = tf.minimum(time, self._steps - 1)
        return tf.nest.map_structure(lambda array: array.read(last), self._arrays)

    def next_inputs(
        self, time: tf.Tensor, outputs: tf.Tensor, state: Any, sample_ids: tf.Tensor
    ) -> tuple[tf.Tensor, Any, Any]:
        """Returns which rows have been read to their end, the next inputs, and the state."""
        return time + 1 >= self.sequence_length, self._read(time + 1), state


class GreedyEmbeddingSampler(Sampler):
    """Reads the likeliest token; of equals the lowest.

    Args:
        embedding_fn: From `int32[batch]` tokens to their vectors; by default rows of the
            `embedding` that `initialize` takes.
    """

    def __init__(self, embedding_fn: Embed | None = None) -> None:
        self.embedding_fn = embedding_fn

    def initialize(
        self, inputs: Any, start_tokens: Any = None, end_token: Any = None, **_: Any
    ) -> tuple[tf.Tensor, Any]:
        """Begins an answer.

        Args:
            inputs: `float32[vocabulary, width]` vectors; not used beside an `embedding_fn`.
            start_tokens: `int32[batch]`.
            end_token: The token that ends an answer.

        Returns:
            `bool[batch]`, all False, and the vectors of `start_tokens`.
        """
        self._embed: Embed = self.embedding_fn or (lambda ids: tf.gather(inputs, ids))
        self._end = tf.cast(end_token, tf.int32)
        start = tf.cast(start_tokens, tf.int32)
        self.batch_size = start.shape[0] or tf.shape(start)[0]
        return tf.zeros_like(start, tf.bool), self._embed(start)

    def next_inputs(
        self, time: tf.Tensor, outputs: tf.Tensor, state: Any, sample_ids: tf.Tensor
    ) -> tuple[tf.Tensor, Any, Any]:
        """Returns which rows said END, the vectors of what was said, and the state."""
        return tf.equal(sample_ids, self._end), self._embed(sample_ids), state


class SampleEmbeddingSampler(GreedyEmbeddingSampler):
    """Reads a token drawn at random.

    Args:
        embedding_fn: As of `GreedyEmbeddingSampler`.
        softmax_temperature: Divides the logits; None for 1.
        seed: Of `tf.random.categorical`. Draws go on from call to call; for the same answer
            each time use `sample`.
    """

    def __init__(
        self,
        embedding_fn: Embed | None = None,
        softmax_temperature: float | tf.Tensor | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(embedding_fn)
        self.softmax_temperature = softmax_temperature
        self.seed = seed

    def sample(self, time: tf.Tensor, outputs: tf.Tensor, state: Any) -> tf.Tensor:
        """Returns `int32[batch]` tokens drawn from `float32[batch, vocabulary]` logits."""
        if self.softmax_temperature is not None:
            outputs = outputs / self.softmax_temperature
        drawn = tf.random.categorical(outputs, 1, dtype=tf.int32, seed=self.seed)
        return tf.squeeze(drawn, axis=1)


def _array(x: tf.Tensor) -> tf.TensorArray:
    # Rows that are at their end read the last step again.
    array = tf.TensorArray(
        x.dtype, size=tf.shape(x)[0], element_shape=x.shape[1:], clear_after_read=False
    )
    return array.unstack(x)
