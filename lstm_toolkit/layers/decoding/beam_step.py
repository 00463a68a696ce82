"""One step of beam search."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from lstm_toolkit.layers.decoding.beams import DEAD, Beams, gather_beams
from lstm_toolkit.layers.decoding.penalties import Rule


def token_log_probabilities(logits: tf.Tensor, never: Sequence[int] = ()) -> tf.Tensor:
    """Returns log-softmax in float32, -inf for tokens that may not be said.

    What remains is not scaled up, so that sums are the network's own log-probabilities.

    Args:
        logits: Floats of any width `[…, vocabulary]`; -inf is allowed.
        never: Tokens that may not be said.
    """
    logits = tf.cast(logits, tf.float32)
    out = tf.equal(logits, DEAD)
    if len(never):
        barred = tf.one_hot(tf.constant(list(never)), tf.shape(logits)[-1], on_value=1)
        out |= tf.reduce_max(barred, axis=0) > 0
    return tf.where(out, DEAD, tf.nn.log_softmax(logits))


def beam_step(
    log_probabilities: tf.Tensor,
    attention: tf.Tensor | None,
    beams: Beams,
    frozen: tf.Tensor,
    *,
    end: int | tf.Tensor,
    rule: Rule,
) -> tuple[tf.Tensor, tf.Tensor, Beams]:
    """Chooses the best among all beams followed by all tokens.

    Of equals, the lower beam wins, then the lower token.

    Args:
        log_probabilities: `float32[batch, beams, vocabulary]` of the next token.
        attention: `float32[batch, beams, source]`, or None.
        beams: The beams so far.
        frozen: `bool[batch, beams]`: stay as they are.
        end: The END token.
        rule: How candidates are ranked.

    Returns:
        The new beams' last tokens and their parents, both `int32[batch, beams]`, and the
        beams, best first. Beams that were frozen repeat END.

    Raises:
        ValueError: If `rule` needs attention and there is none.
    """
    vocabulary = log_probabilities.shape[-1] or tf.shape(log_probabilities)[-1]
    stay = tf.one_hot(end, vocabulary, on_value=0.0, off_value=rule.unsayable)
    step = tf.where(frozen[..., tf.newaxis], stay, log_probabilities)
    totals = beams.log_probabilities[..., tf.newaxis] + step
    coverage = _cover(beams, attention, frozen) if rule.covers else ()
    scores = _flat(rule.scores(totals, beams, coverage, frozen, end))
    count = frozen.shape[1] or tf.shape(frozen)[1]
    best, places = tf.math.top_k(scores, k=count)
    parents, tokens = places // vocabulary, places % vocabulary
    were_frozen, finished, lengths, coverage = gather_beams(
        (frozen, beams.finished, beams.lengths, coverage), parents
    )
    return (
        tokens,
        parents,
        Beams(
            scores=best,
            log_probabilities=tf.gather(_flat(totals), places, axis=1, batch_dims=1),
            lengths=lengths + tf.cast(~were_frozen, lengths.dtype),
            finished=finished | (tf.equal(tokens, end) & ~were_frozen),
            coverage=coverage,
        ),
    )


def _cover(beams: Beams, attention: tf.Tensor | None, frozen: tf.Tensor) -> tf.Tensor:
    if attention is None:
        raise ValueError(
            "coverage_penalty must be 0 where the step gives no attention. Received: attention=None"
        )
    return beams.coverage + tf.where(frozen[..., tf.newaxis], 0.0, tf.cast(attention, tf.float32))


def _flat(x: tf.Tensor) -> tf.Tensor:
    width = x.shape[1] * x.shape[2] if None not in x.shape[1:] else tf.reduce_prod(tf.shape(x)[1:])
    return tf.reshape(x, [tf.shape(x)[0], width])
