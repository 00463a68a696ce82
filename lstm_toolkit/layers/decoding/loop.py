"""How a network answers token by token, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from lstm_toolkit.layers.decoding.beam_tree import ancestors, pick
from lstm_toolkit.layers.decoding.beams import Beams, gather_beams
from lstm_toolkit.layers.decoding.unrolling import growing, shape_of, unroll

State = Any
"""A nest of tensors `[batch, beams, …]`."""

Step = Callable[[tf.Tensor, State], tuple[tf.Tensor, State, tf.Tensor | None]]
"""From `int32[batch, beams]` tokens and a state to `float[batch, beams, vocabulary]` logits of
the next tokens, the next state, and `float[batch, beams, source]` attention or None."""

Choose = Callable[
    [tf.Tensor, tf.Tensor, tf.Tensor | None, Beams, tf.Tensor],
    tuple[tf.Tensor, tf.Tensor | None, Beams],
]
"""From time, logits, attention, beams and which of these are frozen to the next tokens, their
parents (None where each beam is its own) and the next beams."""


class Decoded(NamedTuple):
    """Answers, best first.

    Attributes:
        ids: `int32[batch, beams, time]`, END included where a beam finished, then zeros.
        lengths: `int32[batch, beams]`, tokens before END.
        scores: `float32[batch, beams]`, what the beams were ranked by; -inf for a beam that
            holds no answer, because there were fewer answers than beams.
        log_probabilities: `float32[batch, beams]`, plain sums over the tokens.
        finished: `bool[batch, beams]`, False where the answer was cut off.
        attention: `float32[batch, beams, time, source]`, zeros after END, or None.
    """

    ids: tf.Tensor
    lengths: tf.Tensor
    scores: tf.Tensor
    log_probabilities: tf.Tensor
    finished: tf.Tensor
    attention: tf.Tensor | None


class _Carry(NamedTuple):
    tokens: tf.Tensor
    state: State
    beams: Beams


def decode(
    step: Step,
    state: State,
    beams: Beams,
    *,
    choose: Choose,
    start: int | tf.Tensor,
    end: int | tf.Tensor,
    limit: tf.Tensor,
    settled: Callable[[Beams], tf.Tensor] | None = None,
    keep_attention: bool = False,
) -> Decoded:
    """Lets a network answer until every row is done.

    The network is called once a step for all beams, and once at least. Beams that finished
    and rows that reached their limit stay as they are; they are fed END.

    Args:
        step: The network.
        state: Its state, as wide as `beams`.
        beams: The beams to begin with.
        choose: How the next tokens are chosen.
        start: The token before the first: one for all, or `int32[batch]`.
        end: The END token.
        limit: `int32[batch]`, most tokens of each row.
        settled: From beams to `bool[batch]`: rows that are done, though beams may go on.
        keep_attention: Keeps the attention of each step.

    Returns:
        The answers.
    """
    gives: dict[str, bool] = {}

    def body(time: tf.Tensor, carry: _Carry) -> tuple[_Carry, dict[str, Any]]:
        logits, following, attention = step(carry.tokens, carry.state)
        frozen = carry.beams.finished | (time >= limit)[:, tf.newaxis]
        tokens, parents, beams = choose(time, logits, attention, carry.beams, frozen)
        if parents is not None:
            following = gather_beams(following, parents)
        outputs = {"tokens": tokens, "parents": parents}
        if keep_attention:
            outputs["attention"] = None if attention is None else tf.cast(attention, tf.float32)
        gives.update({name: x is not None for name, x in outputs.items()})
        return _Carry(tokens, following, beams), outputs

    def running(time: tf.Tensor, carry: _Carry) -> tf.Tensor:
        rows = tf.reduce_any(carry.beams.alive, axis=1) & (time < limit)
        if settled is not None:
            rows &= ~settled(carry.beams)
        return tf.reduce_any(rows) | (time < 1)

    shape = beams.lengths.shape
    tokens = tf.zeros_like(beams.lengths) + tf.reshape(tf.cast(start, tf.int32), [-1, 1])
    carry = _Carry(tf.ensure_shape(tokens, shape), state, beams)
    arrays = {"tokens": growing(tf.int32, shape), "parents": growing(tf.int32, shape)}
    if keep_attention:
        arrays["attention"] = growing(tf.float32, shape.concatenate([None]))
    carry, arrays = unroll(
        body, carry, running=running, arrays=arrays, invariants=_invariants(carry)
    )
    stacked = {name: array.stack() for name, array in arrays.items() if gives[name]}
    return _trace_back(carry.beams, **stacked)


def _invariants(carry: _Carry) -> _Carry:
    shapes = tf.nest.map_structure(shape_of, carry)
    if isinstance(carry.beams.coverage, tuple):
        return shapes
    coverage = carry.beams.scores.shape.concatenate([None])
    return shapes._replace(beams=shapes.beams._replace(coverage=coverage))


def _trace_back(
    beams: Beams,
    tokens: tf.Tensor,
    parents: tf.Tensor | None = None,
    attention: tf.Tensor | None = None,
) -> Decoded:
    """Puts together what was said at each step, `[time, batch, beams]`, and by whom."""
    if parents is not None:
        path = ancestors(parents)
        tokens = pick(tokens, path)
        # Attention was paid by the parents, before the beams were put in order.
        attention = None if attention is None else pick(attention, pick(parents, path))
    dead = ~beams.finished & ~beams.alive
    lengths = tf.where(dead, 0, beams.lengths)
    said = tf.range(tf.shape(tokens)[0]) < lengths[..., tf.newaxis]
    if attention is not None:
        attention = tf.transpose(attention, [1, 2, 0, 3])
        attention = tf.where(said[..., tf.newaxis], attention, 0.0)
    return Decoded(
        ids=tf.where(said, tf.transpose(tokens, [1, 2, 0]), 0),
        lengths=lengths - tf.cast(beams.finished, tf.int32),
        scores=beams.scores,
        log_probabilities=beams.log_probabilities,
        finished=beams.finished,
        attention=attention,
    )
