"""Decoders that call a recurrent cell step by step, as those of tensorflow-addons do."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers.decoding.checks import check_at_least
from lstm_toolkit.layers.decoding.unrolling import growing, unroll


class BaseDecoder(keras.layers.Layer):
    """A decoder for `dynamic_decode`, which calling it runs.

    A subclass has `initialize`, `step`, `batch_size`, `output_size`, `output_dtype`.
    Calls take tensors, not symbolic inputs of functional models.

    Args:
        output_time_major: Gives `[time, batch, …]` in place of `[batch, time, …]`.
        impute_finished: Keeps the state of rows that are finished, and gives zeros for them.
        maximum_iterations: Most steps; None goes on until every row is finished.
        parallel_iterations: Of `tf.while_loop`.
        swap_memory: Of `tf.while_loop`.
        **kwargs: `name`, `dtype`, `trainable`.
    """

    def __init__(
        self,
        output_time_major: bool = False,
        impute_finished: bool = False,
        maximum_iterations: int | tf.Tensor | None = None,
        parallel_iterations: int = 32,
        swap_memory: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.output_time_major = output_time_major
        self.impute_finished = impute_finished
        self.maximum_iterations = maximum_iterations
        self.parallel_iterations = parallel_iterations
        self.swap_memory = swap_memory

    def build(self, *_: Any, **__: Any) -> None:
        """Makes no weights: those of cell and output layer are made before the first step."""
        self.built = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs `call`. Keras's own way there takes no tensor arrays in arguments."""
        self.built = True
        return self.call(*args, **kwargs)

    def call(
        self, inputs: Any, initial_state: Any = None, training: bool | None = None, **kwargs: Any
    ) -> tuple[Any, Any, tf.Tensor]:
        """Runs `dynamic_decode`; further arguments are those of `initialize`."""
        return dynamic_decode(
            self,
            output_time_major=self.output_time_major,
            impute_finished=self.impute_finished,
            maximum_iterations=self.maximum_iterations,
            parallel_iterations=self.parallel_iterations,
            swap_memory=self.swap_memory,
            training=training,
            decoder_init_input=inputs,
            decoder_init_kwargs={**kwargs, "initial_state": initial_state},
        )

    @property
    def tracks_own_finished(self) -> bool:
        """Whether `step` says which rows are finished altogether, not since this step."""
        return False

    def initialize(self, inputs: Any, **kwargs: Any) -> tuple[tf.Tensor, Any, Any]:
        """Returns which rows are finished, the first inputs, and the first state."""
        raise NotImplementedError

    def step(
        self, time: tf.Tensor, inputs: Any, state: Any, training: bool | None = None
    ) -> tuple[Any, Any, Any, tf.Tensor]:
        """Returns outputs, the next state, the next inputs, and which rows are finished."""
        raise NotImplementedError

    def finalize(
        self, outputs: Any, final_state: Any, sequence_lengths: tf.Tensor
    ) -> tuple[Any, Any]:
        """Returns outputs `[time, batch, …]` and state as they are given out."""
        return outputs, final_state


def dynamic_decode(
    decoder: BaseDecoder,
    output_time_major: bool = False,
    impute_finished: bool = False,
    maximum_iterations: int | tf.Tensor | None = None,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    training: bool | None = None,
    *,
    decoder_init_input: Any = None,
    decoder_init_kwargs: dict[str, Any] | None = None,
) -> tuple[Any, Any, tf.Tensor]:
    """Runs a decoder until every row is finished, as `tfa.seq2seq.dynamic_decode` does.

    Args:
        decoder: The decoder.
        output_time_major: Gives `[time, batch, …]` in place of `[batch, time, …]`.
        impute_finished: Keeps the state of rows that are finished, and gives zeros for them.
        maximum_iterations: Most steps, at least 1; None for no limit.
        parallel_iterations: Of `tf.while_loop`.
        swap_memory: Of `tf.while_loop`.
        training: Given to the cell.
        decoder_init_input: First argument of `initialize`.
        decoder_init_kwargs: Its further arguments.

    Returns:
        The outputs, the last state, and `int32[batch]` lengths (`int32[batch, beams]` of beam
        search): the steps until a row was finished, END counted.

    Raises:
        ValueError: If `maximum_iterations` is below 1.
    """
    if maximum_iterations is not None:
        check_at_least("maximum_iterations", maximum_iterations, 1)
    finished, inputs, state = decoder.initialize(decoder_init_input, **(decoder_init_kwargs or {}))
    lengths = tf.zeros_like(finished, tf.int32)

    def body(time: tf.Tensor, carry: tuple[Any, ...]) -> tuple[tuple[Any, ...], Any]:
        state, inputs, finished, lengths = carry
        outputs, following, inputs, now = decoder.step(time, inputs, state, training)
        if impute_finished:
            following = tf.nest.map_structure(_where_not(finished), following, state)
            outputs = tf.nest.map_structure(_where_not(finished), outputs)
        if decoder.tracks_own_finished:
            lengths = tf.cast(following.lengths, tf.int32)
        else:
            lengths, now = tf.where(finished, lengths, time + 1), now | finished
        return (following, inputs, now, lengths), outputs

    (state, _, _, lengths), arrays = unroll(
        body,
        (state, inputs, finished, lengths),
        running=lambda _, carry: ~tf.reduce_all(carry[2]),
        arrays=_arrays(decoder),
        maximum_iterations=maximum_iterations,
        parallel_iterations=parallel_iterations,
        swap_memory=swap_memory,
    )
    outputs = tf.nest.map_structure(lambda array: array.stack(), arrays)
    outputs, state = decoder.finalize(outputs, state, lengths)
    if not output_time_major:
        outputs = tf.nest.map_structure(swap_batch_and_time, outputs)
    return outputs, state, lengths


def swap_batch_and_time(x: tf.Tensor) -> tf.Tensor:
    """Exchanges the first two axes."""
    return tf.transpose(x, [1, 0, *range(2, x.shape.rank)])


def build_cell(cell: Any, output_layer: Any, inputs: Any) -> None:
    """Makes the weights before the loop, in which variables cannot be made.

    Args:
        cell: A recurrent cell.
        output_layer: A layer over the cell's output, or None.
        inputs: `[batch, …, features]` of one step.
    """
    features = tf.nest.flatten(inputs)[0].shape[-1]
    if not cell.built:
        cell.build((None, features))
        cell.built = True
    if output_layer is not None and not output_layer.built:
        output_layer.build((None, cell.output_size))
        output_layer.built = True


def output_width(cell: Any, output_layer: Any) -> int:
    """Returns the width of what a cell and the layer over it give."""
    if output_layer is None:
        return int(cell.output_size)
    return int(output_layer.compute_output_shape((None, cell.output_size))[-1])


def _arrays(decoder: BaseDecoder) -> Any:
    batch = tf.TensorShape([tf.get_static_value(decoder.batch_size)])
    return tf.nest.map_structure(
        lambda size, dtype: growing(dtype, batch.concatenate(size)),
        decoder.output_size,
        decoder.output_dtype,
    )


def _where_not(finished: tf.Tensor) -> Any:
    def choose(new: Any, old: Any = None) -> Any:
        if isinstance(new, tf.TensorArray) or new.shape.rank < finished.shape.rank:
            return new
        rows = tf.reshape(
            finished,
            tf.concat([tf.shape(finished), [1] * (new.shape.rank - finished.shape.rank)], 0),
        )
        return tf.where(rows, tf.zeros_like(new) if old is None else old, new)

    return choose
