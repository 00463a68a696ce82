"""Sequences from a network that gives one token at a time: greedy, sampled, or by beam search.

Core TensorFlow operations alone, so that a SavedModel with them runs wherever TensorFlow does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from lstm_toolkit.layers.decoding.beam_step import beam_step, token_log_probabilities
from lstm_toolkit.layers.decoding.beams import Beams, first_beams
from lstm_toolkit.layers.decoding.checks import (
    check_above_zero,
    check_at_least,
    check_beam_width,
    check_tokens,
)
from lstm_toolkit.layers.decoding.loop import Decoded, State, Step, decode
from lstm_toolkit.layers.decoding.penalties import Penalties
from lstm_toolkit.layers.decoding.sampling import draw, follow

__all__ = ["Decoded", "State", "Step", "beam_search", "greedy", "sample"]


def greedy(
    step: Step,
    state: State,
    *,
    start: int | tf.Tensor,
    end: int | tf.Tensor,
    max_steps: int | tf.Tensor,
    never: Sequence[int] = (),
    keep_attention: bool = False,
) -> Decoded:
    """Takes the likeliest token at every step; of equals the lowest.

    Args:
        step: From `int32[batch, 1]` tokens and a state to `float[batch, 1, vocabulary]`
            logits, the next state, and `float[batch, 1, source]` attention or None.
        state: A nest of tensors `[batch, 1, …]`, which keep their shapes and dtypes.
        start: The token before the first: one for all, or `int32[batch]`.
        end: The token that ends an answer.
        max_steps: Most tokens of an answer, END counted: one number, or `int32[batch]`.
        never: Tokens that are not produced, like padding and START.
        keep_attention: Keeps the attention of each step.

    Returns:
        One answer a row; its score is its log-probability.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> import tensorflow as tf
        >>> likeliest_after = tf.constant([0, 3, 0, 2])  # 1 → 3 → 2 → 0
        >>> def step(tokens, state):
        ...     return tf.one_hot(tf.gather(likeliest_after, tokens), 4), state, None
        >>> greedy(step, tf.zeros([1, 1]), start=1, end=0, max_steps=9).ids.numpy().tolist()
        [[[3, 2, 0]]]
    """

    def pick(_: tf.Tensor, log_probabilities: tf.Tensor) -> tf.Tensor:
        return tf.argmax(log_probabilities, axis=-1, output_type=tf.int32)

    return _follow(pick, step, state, start, end, max_steps, never, keep_attention)


def sample(
    step: Step,
    state: State,
    *,
    start: int | tf.Tensor,
    end: int | tf.Tensor,
    max_steps: int | tf.Tensor,
    temperature: float | tf.Tensor = 1.0,
    top_k: int | tf.Tensor = 0,
    seed: Sequence[int] | tf.Tensor,
    never: Sequence[int] = (),
    keep_attention: bool = False,
) -> Decoded:
    """Draws every token at random, as likely as the network says.

    The same seed draws the same answers. A row's draws depend on the seed and on its place
    in the batch, not on the other rows. `log_probabilities` are the network's own, whatever
    `temperature`, `top_k` and `never` leave to draw from.

    Args:
        step: As in `greedy`.
        state: As in `greedy`.
        start: The token before the first: one for all, or `int32[batch]`.
        end: The token that ends an answer.
        max_steps: Most tokens of an answer, END counted: one number, or `int32[batch]`.
        temperature: Divides the logits: below 1 for the likelier tokens, above 1 for all.
        top_k: Draws from that many of the likeliest tokens; 0 from all.
        seed: `int32[2]`.
        never: Tokens that are not produced, like padding and START.
        keep_attention: Keeps the attention of each step.

    Returns:
        One answer a row; its score is its log-probability.

    Raises:
        ValueError: If an argument is out of its range.
    """
    check_above_zero("temperature", temperature)
    check_at_least("top_k", top_k, 0)

    def pick(time: tf.Tensor, log_probabilities: tf.Tensor) -> tf.Tensor:
        fresh = tf.random.experimental.stateless_fold_in(seed, time)
        return draw(log_probabilities, fresh, temperature=temperature, top_k=top_k)

    return _follow(pick, step, state, start, end, max_steps, never, keep_attention)


def beam_search(
    step: Step,
    state: State,
    *,
    start: int | tf.Tensor,
    end: int | tf.Tensor,
    beam_width: int | tf.Tensor,
    max_steps: int | tf.Tensor,
    length_penalty: float | tf.Tensor = 0.0,
    coverage_penalty: float | tf.Tensor = 0.0,
    source_mask: tf.Tensor | None = None,
    never: Sequence[int] = (),
    keep_attention: bool = False,
    best_only: bool = False,
) -> Decoded:
    """Keeps the best `beam_width` answers at every step.

    An answer of `n` tokens (END counted) that paid the attention `a[i]` to word `i` of the
    source, over all its steps, scores as in Y. Wu et al., 2016 (arXiv:1609.08144)::

        log_probability / ((5 + n) / 6) ** length_penalty
            + coverage_penalty * sum(log(min(a, 1)))

    whether it has ended or not. One that has ended keeps its place among the beams until
    better ones push it out; a row is done when all its beams have ended. Of equals the lower
    beam wins, then the lower token.

    Args:
        step: From `int32[batch, beams]` tokens and a state to
            `float[batch, beams, vocabulary]` logits, the next state, and
            `float[batch, beams, source]` attention or None.
        state: A nest of tensors `[batch, 1, …]`, which keep their shapes and dtypes. What is
            the same for all beams, like the encoder's outputs, is better left out of it.
        start: The token before the first: one for all, or `int32[batch]`.
        end: The token that ends an answer.
        beam_width: Number of beams, at most the vocabulary's size.
        max_steps: Most tokens of an answer, END counted: one number, or `int32[batch]`.
        length_penalty: 0 prefers short answers, 1 nearly averages over the tokens.
        coverage_penalty: What it costs to leave words of the source out, at least 0.
        source_mask: `bool[batch, source]`, False at padding; None takes words without any
            attention as padding. For the coverage penalty.
        never: Tokens that are not produced, like padding and START.
        keep_attention: Keeps the attention of each step.
        best_only: Gives the best answer alone, with one beam. It is the same that comes
            first otherwise, and a row is done as soon as nothing can exceed it.

    Returns:
        The answers, best first.

    Raises:
        ValueError: If an argument is out of its range.
    """
    check_at_least("beam_width", beam_width, 1)
    check_at_least("coverage_penalty", coverage_penalty, 0)
    rule = Penalties(length_penalty, coverage_penalty, source_mask)
    limit = _limit(state, end, max_steps, never)
    beams = first_beams(tf.size(limit), beam_width, cover=rule.covers)

    def choose(
        _: tf.Tensor,
        logits: tf.Tensor,
        attention: tf.Tensor | None,
        beams: Beams,
        frozen: tf.Tensor,
    ) -> tuple[tf.Tensor, tf.Tensor, Beams]:
        check_beam_width(beam_width, logits.shape[-1] or tf.shape(logits)[-1])
        step = token_log_probabilities(logits, never)
        return beam_step(step, attention, beams, frozen, end=end, rule=rule)

    def settled(beams: Beams) -> tf.Tensor:
        return beams.finished[:, 0] & (beams.scores[:, 0] >= rule.bound(beams, limit))

    decoded = decode(
        step,
        tf.nest.map_structure(lambda x: tf.repeat(x, beam_width, axis=1), state),
        beams,
        choose=choose,
        start=start,
        end=end,
        limit=limit,
        settled=settled if best_only else None,
        keep_attention=keep_attention,
    )
    return _first(decoded) if best_only else decoded


def _follow(
    pick: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
    step: Step,
    state: State,
    start: int | tf.Tensor,
    end: int | tf.Tensor,
    max_steps: int | tf.Tensor,
    never: Sequence[int],
    keep_attention: bool,
) -> Decoded:
    limit = _limit(state, end, max_steps, never)

    def choose(
        time: tf.Tensor, logits: tf.Tensor, _: tf.Tensor | None, beams: Beams, frozen: tf.Tensor
    ) -> tuple[tf.Tensor, None, Beams]:
        step = token_log_probabilities(logits, never)
        tokens, beams = follow(pick(time, step), step, beams, frozen, end=end)
        return tokens, None, beams

    return decode(
        step,
        state,
        first_beams(tf.size(limit), 1, cover=False),
        choose=choose,
        start=start,
        end=end,
        limit=limit,
        keep_attention=keep_attention,
    )


def _limit(
    state: State, end: int | tf.Tensor, max_steps: int | tf.Tensor, never: Sequence[int]
) -> tf.Tensor:
    """Returns `int32[batch]`, most tokens of each row, once the arguments are checked."""
    check_tokens(end, never)
    check_at_least("max_steps", max_steps, 0)
    tensors = tf.nest.flatten(state)
    if not tensors:
        raise ValueError(f"state must hold a tensor at least. Received: state={state!r}")
    return tf.broadcast_to(tf.cast(max_steps, tf.int32), tf.shape(tensors[0])[:1])


def _first(decoded: Decoded) -> Decoded:
    return Decoded(*(None if x is None else x[:, :1] for x in decoded))
