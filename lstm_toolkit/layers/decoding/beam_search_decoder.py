"""Beam search over a recurrent cell, number for number as in tensorflow-addons."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import tensorflow as tf

from lstm_toolkit.layers.attention.wrapper_state import AttentionWrapperState
from lstm_toolkit.layers.decoding.beam_step import beam_step, token_log_probabilities
from lstm_toolkit.layers.decoding.beam_tree import gather_tree, gather_tree_from_array
from lstm_toolkit.layers.decoding.beams import Beams, first_beams, gather_beams
from lstm_toolkit.layers.decoding.checks import check_at_least
from lstm_toolkit.layers.decoding.dynamic_decoding import BaseDecoder, build_cell
from lstm_toolkit.layers.decoding.penalties import AddonsPenalties


class BeamSearchDecoderState(NamedTuple):
    """State of a `BeamSearchDecoder`.

    Attributes:
        cell_state: Of the cell, each tensor `[batch, beams, …]`.
        log_probs: `float32[batch, beams]`.
        finished: `bool[batch, beams]`.
        lengths: `int64[batch, beams]`, END counted.
        accumulated_attention_probs: `float32[batch, beams, source]`, or `()`.
    """

    cell_state: Any
    log_probs: Any
    finished: Any
    lengths: Any
    accumulated_attention_probs: Any


class BeamSearchDecoderOutput(NamedTuple):
    """What a `BeamSearchDecoder` gives at each step, `[batch, time, beams]` each.

    Attributes:
        scores: float32, best first.
        predicted_ids: int32, tokens of the step.
        parent_ids: int32, where the beams stood one step before.
    """

    scores: Any
    predicted_ids: Any
    parent_ids: Any


class FinalBeamSearchDecoderOutput(NamedTuple):
    """The answers of a `BeamSearchDecoder`.

    Attributes:
        predicted_ids: `int32[batch, time, beams]`, best first, filled with END after END.
        beam_search_decoder_output: The steps, a `BeamSearchDecoderOutput`.
    """

    predicted_ids: Any
    beam_search_decoder_output: Any


class BeamSearchDecoder(BaseDecoder):
    """Beam search with the arguments and the answers of `tfa.seq2seq.BeamSearchDecoder`.

    What that library does is kept, with its own ways in the penalties (`AddonsPenalties`) and
    in reordering arrays (`gather_tree_from_array`). For new code use `beam_search`.

    As there, encoder outputs, their lengths and the initial state are given tiled by
    `tile_batch`, and an `AttentionWrapper` begins with `batch * beam_width` rows.

    Args:
        cell: A recurrent cell.
        beam_width: Number of beams.
        embedding_fn: From `int32[batch, beams]` tokens to their vectors; by default rows of
            the `embedding` of the call.
        output_layer: Over the cell's output.
        length_penalty_weight: 0 for none.
        coverage_penalty_weight: 0 for none; needs an `AttentionWrapper`.
        reorder_tensor_arrays: Puts the arrays in the cell's state in order at the end, and
            gives them stacked, `[time, batch * beams, …]`.
        **kwargs: Of `BaseDecoder`.

    Raises:
        ValueError: If `beam_width` is below 1, or `impute_finished` is set.
    """

    def __init__(
        self,
        cell: Any,
        beam_width: int,
        embedding_fn: Any = None,
        output_layer: keras.layers.Layer | None = None,
        length_penalty_weight: float | tf.Tensor = 0.0,
        coverage_penalty_weight: float | tf.Tensor = 0.0,
        reorder_tensor_arrays: bool = True,
        **kwargs: Any,
    ) -> None:
        check_at_least("beam_width", beam_width, 1)
        super().__init__(**kwargs)
        if self.impute_finished:
            raise ValueError(
                "impute_finished must be False, since beams change places. "
                "Received: impute_finished=True"
            )
        self.cell = cell
        self.beam_width = beam_width
        self.embedding_fn = embedding_fn
        self.output_layer = output_layer
        self.reorder_tensor_arrays = reorder_tensor_arrays
        self._rule = AddonsPenalties(length_penalty_weight, coverage_penalty_weight)

    @property
    def batch_size(self) -> Any:
        """Number of rows."""
        return self._batch

    @property
    def output_size(self) -> BeamSearchDecoderOutput:
        """Shapes of a row's outputs at one step."""
        return BeamSearchDecoderOutput(*[tf.TensorShape([self.beam_width])] * 3)

    @property
    def output_dtype(self) -> BeamSearchDecoderOutput:
        """Dtypes of the outputs."""
        return BeamSearchDecoderOutput(tf.float32, tf.int32, tf.int32)

    @property
    def tracks_own_finished(self) -> bool:
        """True, since beams change places."""
        return True

    def call(  # type: ignore[override]
        self,
        embedding: Any,
        start_tokens: Any = None,
        end_token: Any = None,
        initial_state: Any = None,
        training: bool | None = None,
        **kwargs: Any,
    ) -> tuple[FinalBeamSearchDecoderOutput, BeamSearchDecoderState, tf.Tensor]:
        """Answers.

        Args:
            embedding: `float32[vocabulary, width]`, or None beside an `embedding_fn`.
            start_tokens: `int32[batch]`.
            end_token: The token that ends an answer.
            initial_state: Of the cell, each tensor `[batch * beams, …]`.
            training: Given to the cell.
            **kwargs: None.

        Returns:
            The answers, the last state, and `int32[batch, beams]` lengths, END counted.

        Raises:
            ValueError: If both or neither of `embedding` and `embedding_fn` are given.
        """
        tokens = {"start_tokens": start_tokens, "end_token": end_token}
        return super().call(embedding, initial_state, training, **tokens, **kwargs)

    def initialize(  # type: ignore[override]
        self, embedding: Any, start_tokens: Any, end_token: Any, initial_state: Any
    ) -> tuple[tf.Tensor, Any, BeamSearchDecoderState]:
        """Returns which beams are finished, what they read first, and the first state."""
        if (embedding is None) == (self.embedding_fn is None):
            raise ValueError(
                "one of embedding and embedding_fn must be given. "
                f"Received: {'neither' if embedding is None else 'both'}"
            )
        self._embed = self.embedding_fn or (lambda ids: tf.gather(embedding, ids))
        self._end = tf.cast(end_token, tf.int32)
        start = tf.cast(start_tokens, tf.int32)
        self._batch = start.shape[0] or tf.shape(start)[0]
        inputs = self._embed(tf.repeat(start[:, tf.newaxis], self.beam_width, axis=1))
        build_cell(self.cell, self.output_layer, inputs)
        beams = first_beams(self._batch, self.beam_width, cover=False)
        cell_state = tf.nest.map_structure(self._split, initial_state)
        state = BeamSearchDecoderState(
            cell_state=cell_state,
            log_probs=beams.log_probabilities,
            # The beams that hold nothing yet count as finished.
            finished=tf.math.is_inf(beams.log_probabilities),
            lengths=tf.cast(beams.lengths, tf.int64),
            accumulated_attention_probs=_alignments(cell_state) if self._rule.covers else (),
        )
        return state.finished, inputs, state

    def step(
        self, time: tf.Tensor, inputs: Any, state: Any, training: bool | None = None
    ) -> tuple[BeamSearchDecoderOutput, BeamSearchDecoderState, Any, tf.Tensor]:
        """Returns outputs, the next state, the next inputs, and which beams are finished."""
        merged = tf.nest.map_structure(self._merge, state.cell_state)
        logits, cell_state = self.cell(
            tf.nest.map_structure(self._merge, inputs), merged, training=training
        )
        cell_state = tf.nest.pack_sequence_as(merged, tf.nest.flatten(cell_state))
        cell_state = tf.nest.map_structure(self._split, cell_state)
        logits = self._split(logits)
        if self.output_layer is not None:
            logits = self.output_layer(logits)
        tokens, parents, beams = beam_step(
            token_log_probabilities(logits),
            _alignments(cell_state) if self._rule.covers else None,
            _as_beams(state),
            state.finished,
            end=self._end,
            rule=self._rule,
        )
        following = BeamSearchDecoderState(
            cell_state=tf.nest.map_structure(
                lambda x: gather_beams(x, parents) if _has_beams(x) else x, cell_state
            ),
            log_probs=beams.log_probabilities,
            finished=beams.finished,
            lengths=beams.lengths,
            accumulated_attention_probs=beams.coverage,
        )
        output = BeamSearchDecoderOutput(beams.scores, tokens, parents)
        return output, following, self._embed(tokens), beams.finished

    def finalize(
        self, outputs: Any, final_state: Any, sequence_lengths: tf.Tensor
    ) -> tuple[FinalBeamSearchDecoderOutput, BeamSearchDecoderState]:
        """Returns whole answers, and the state with its arrays in order."""
        longest = tf.cast(tf.reduce_max(final_state.lengths, axis=1), tf.int32)
        ids = gather_tree(outputs.predicted_ids, outputs.parent_ids, longest, self._end)

        def in_order(x: Any) -> Any:
            if not isinstance(x, tf.TensorArray):
                return x
            return gather_tree_from_array(x.stack(), outputs.parent_ids, final_state.lengths)

        if self.reorder_tensor_arrays:
            cell_state = tf.nest.map_structure(in_order, final_state.cell_state)
            final_state = final_state._replace(cell_state=cell_state)
        return FinalBeamSearchDecoderOutput(ids, outputs), final_state

    def _split(self, x: Any) -> Any:
        """Gives `[batch * beams, …]` the shape `[batch, beams, …]`."""
        if isinstance(x, tf.TensorArray) or x.shape.rank == 0:
            return x
        shape = [self._batch, self.beam_width, *_shape(x)[1:]]
        return tf.reshape(x, shape)

    def _merge(self, x: Any) -> Any:
        return tf.reshape(x, [-1, *_shape(x)[2:]]) if _has_beams(x) else x


def _has_beams(x: Any) -> bool:
    return not isinstance(x, tf.TensorArray) and x.shape.rank >= 2


def _shape(x: tf.Tensor) -> list[Any]:
    return [size or tf.shape(x)[i] for i, size in enumerate(x.shape)]


def _as_beams(state: BeamSearchDecoderState) -> Beams:
    return Beams(
        scores=state.log_probs,
        log_probabilities=state.log_probs,
        lengths=state.lengths,
        finished=state.finished,
        coverage=state.accumulated_attention_probs,
    )


def _alignments(cell_state: Any) -> tf.Tensor:
    """Returns `float32[batch, beams, source]`, the mean over all wrappers and mechanisms."""
    states = cell_state if type(cell_state) in {tuple, list} else [cell_state]
    means = [
        tf.reduce_mean(tf.stack(tf.nest.flatten(state.alignments)), axis=0)
        for state in states
        if isinstance(state, AttentionWrapperState)
    ]
    if not means:
        raise ValueError(
            "coverage_penalty_weight must be 0 without an AttentionWrapper. "
            f"Received: a state of type {type(cell_state).__name__}"
        )
    return tf.reduce_mean(tf.stack(means), axis=0)
