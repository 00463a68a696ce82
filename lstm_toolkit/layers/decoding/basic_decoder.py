"""A decoder that reads what a sampler tells it to."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import tensorflow as tf

from lstm_toolkit.layers.decoding.dynamic_decoding import BaseDecoder, build_cell, output_width
from lstm_toolkit.layers.decoding.samplers import Sampler


class BasicDecoderOutput(NamedTuple):
    """What a `BasicDecoder` gives at each step.

    Attributes:
        rnn_output: `float32[batch, time, vocabulary]`.
        sample_id: `int32[batch, time]`.
    """

    rnn_output: Any
    sample_id: Any


class BasicDecoder(BaseDecoder):
    """Steps through a sequence, as `tfa.seq2seq.BasicDecoder` does.

    Calling it takes the inputs of the sampler's `initialize` and `initial_state`, and gives
    a `BasicDecoderOutput`, the last state, and `int32[batch]` lengths, END counted. Steps after
    a row's end hold what the cell says of it, or zeros with `impute_finished`.

    Args:
        cell: A recurrent cell.
        sampler: Tells what is read.
        output_layer: Over the cell's output.
        **kwargs: Of `BaseDecoder`.

    Example:
        >>> import keras
        >>> from lstm_toolkit.layers import TrainingSampler
        >>> cell, head = keras.layers.LSTMCell(4), keras.layers.Dense(7)
        >>> decoder = BasicDecoder(cell, TrainingSampler(), output_layer=head)
        >>> state = cell.get_initial_state(batch_size=2)
        >>> outputs, state, lengths = decoder(tf.ones([2, 5, 3]), initial_state=state)
        >>> tuple(outputs.rnn_output.shape), lengths.numpy().tolist()
        ((2, 5, 7), [5, 5])
    """

    def __init__(
        self,
        cell: Any,
        sampler: Sampler,
        output_layer: keras.layers.Layer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.cell = cell
        self.sampler = sampler
        self.output_layer = output_layer

    @property
    def batch_size(self) -> Any:
        """Number of rows."""
        return self.sampler.batch_size

    @property
    def output_size(self) -> BasicDecoderOutput:
        """Shapes of a row's outputs at one step."""
        width = output_width(self.cell, self.output_layer)
        return BasicDecoderOutput(tf.TensorShape([width]), self.sampler.sample_ids_shape)

    @property
    def output_dtype(self) -> BasicDecoderOutput:
        """Dtypes of the outputs."""
        dtype = (self.output_layer or self.cell).compute_dtype
        return BasicDecoderOutput(tf.as_dtype(dtype), self.sampler.sample_ids_dtype)

    def initialize(
        self, inputs: Any, initial_state: Any = None, **kwargs: Any
    ) -> tuple[tf.Tensor, Any, Any]:
        """Returns which rows are finished, what they read first, and the first state."""
        finished, first = self.sampler.initialize(inputs, **kwargs)
        build_cell(self.cell, self.output_layer, first)
        return finished, first, initial_state

    def step(
        self, time: tf.Tensor, inputs: Any, state: Any, training: bool | None = None
    ) -> tuple[BasicDecoderOutput, Any, Any, tf.Tensor]:
        """Returns outputs, the next state, the next inputs, and which rows are finished."""
        outputs, following = self.cell(inputs, state, training=training)
        following = tf.nest.pack_sequence_as(state, tf.nest.flatten(following))
        if self.output_layer is not None:
            outputs = self.output_layer(outputs)
        ids = self.sampler.sample(time=time, outputs=outputs, state=following)
        finished, inputs, following = self.sampler.next_inputs(
            time=time, outputs=outputs, state=following, sample_ids=ids
        )
        return BasicDecoderOutput(outputs, ids), following, inputs, finished
