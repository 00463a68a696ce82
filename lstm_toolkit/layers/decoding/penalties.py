"""What beams are ranked by: log-probabilities with penalties of length and coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import tensorflow as tf

from lstm_toolkit.layers.decoding.beams import DEAD, Beams

Number: TypeAlias = float | tf.Tensor

_LEAST_COVERAGE = 1e-9
"""Keeps the logarithm finite at words of the source that were never looked at."""


def is_off(weight: Number) -> bool:
    """Says whether a weight is known to be zero while the graph is traced."""
    return bool(tf.get_static_value(weight) == 0)


def length_penalty(lengths: tf.Tensor, weight: Number) -> tf.Tensor:
    """Returns `((5 + length) / (5 + 1)) ** weight`, a divisor of log-probabilities.

    Formula 14 of Y. Wu et al., 2016 (arXiv:1609.08144).

    Args:
        lengths: Whole numbers of any shape.
        weight: The paper's alpha; 0 divides by one.

    Returns:
        float32 of the same shape.
    """
    lengths = tf.cast(lengths, tf.float32)
    if is_off(weight):
        return tf.ones_like(lengths)
    return (5.0 + lengths) ** weight / 6.0**weight


def coverage_penalty(
    coverage: tf.Tensor,
    source_mask: tf.Tensor | None = None,
    *,
    least: float = _LEAST_COVERAGE,
) -> tf.Tensor:
    """Returns the sum over the source of `log(min(coverage, 1))`, at most 0.

    Formula 14 of Y. Wu et al., 2016 (arXiv:1609.08144), without its weight beta.

    Args:
        coverage: `float32[batch, beams, source]`, attention summed over the steps.
        source_mask: `bool[batch, source]`, False at padding; None takes places without any
            attention as padding.
        least: Counts as covered by this much at least.

    Returns:
        `float32[batch, beams]`.
    """
    real = coverage > 0 if source_mask is None else source_mask[:, tf.newaxis]
    logs = tf.math.log(tf.clip_by_value(coverage, least, 1.0))
    return tf.reduce_sum(tf.where(real, logs, 0.0), axis=-1)


class Rule(Protocol):
    """How candidates are ranked."""

    @property
    def covers(self) -> bool:
        """Whether the beams' coverage is needed."""

    @property
    def unsayable(self) -> float:
        """Log-probability of all but END after a beam has ended."""

    def scores(
        self, totals: tf.Tensor, beams: Beams, coverage: tf.Tensor, frozen: tf.Tensor, end: int
    ) -> tf.Tensor:
        """Scores every beam followed by every token.

        Args:
            totals: `float32[batch, beams, vocabulary]`, sums of log-probabilities.
            beams: The beams before this step.
            coverage: `float32[batch, beams, source]` after this step, or an empty tuple.
            frozen: `bool[batch, beams]`: may not go on; their totals are kept at END.
            end: The END token.

        Returns:
            `float32[batch, beams, vocabulary]`.
        """


@dataclass(frozen=True)
class Penalties:
    """Scores `log_probability / length_penalty + weight * coverage_penalty`.

    END counts as a token of the answer, and beams that have ended and that have not are
    measured alike, as the paper says. A beam keeps the score it ended with.

    Attributes:
        length: Weight of the length penalty.
        coverage: Weight of the coverage penalty.
        source_mask: `bool[batch, source]`, False at padding.
    """

    length: Number = 0.0
    coverage: Number = 0.0
    source_mask: tf.Tensor | None = None

    unsayable = DEAD

    @property
    def covers(self) -> bool:
        """Whether the beams' coverage is needed."""
        return not is_off(self.coverage)

    def scores(
        self, totals: tf.Tensor, beams: Beams, coverage: tf.Tensor, frozen: tf.Tensor, end: int
    ) -> tf.Tensor:
        """Scores every beam followed by every token, as `Rule` says."""
        scores = totals / length_penalty(beams.lengths + 1, self.length)[..., tf.newaxis]
        if self.covers:
            penalty = coverage_penalty(coverage, self.source_mask)
            scores += self.coverage * penalty[..., tf.newaxis]
        final = tf.where(totals > DEAD, beams.scores[..., tf.newaxis], DEAD)
        return tf.where(frozen[..., tf.newaxis], final, scores)

    def bound(self, beams: Beams, longest: tf.Tensor) -> tf.Tensor:
        """Returns `float32[batch]`, a score that no answer under way can exceed.

        Log-probabilities only fall, and coverage only takes away, so the kindest divisor
        there may be is that of the shortest or of the longest answer.

        Args:
            beams: The beams.
            longest: `int32[batch]`, most tokens an answer may have.
        """
        shortest = length_penalty(beams.lengths + 1, self.length)
        kindest = tf.maximum(shortest, length_penalty(longest, self.length)[:, tf.newaxis])
        best = tf.where(beams.alive, beams.log_probabilities / kindest, DEAD)
        return tf.reduce_max(best, axis=1)


@dataclass(frozen=True)
class AddonsPenalties:
    """Scores as `tfa.seq2seq.BeamSearchDecoder` does, in three ways unlike the paper.

    END does not count in the step that says it and counts in those after, so the score of a
    beam changes once more after it ended. Coverage is asked only of beams that had ended
    before the step. A place of the source without any attention is taken as padding.

    Attributes:
        length: Weight of the length penalty.
        coverage: Weight of the coverage penalty.
    """

    length: Number = 0.0
    coverage: Number = 0.0

    unsayable = float(np.finfo(np.float32).min)

    @property
    def covers(self) -> bool:
        """Whether the beams' coverage is needed."""
        return not is_off(self.coverage)

    def scores(
        self, totals: tf.Tensor, beams: Beams, coverage: tf.Tensor, frozen: tf.Tensor, end: int
    ) -> tf.Tensor:
        """Scores every beam followed by every token, as `Rule` says."""
        longer = beams.lengths + tf.cast(~frozen, beams.lengths.dtype)
        ends = tf.one_hot(end, tf.shape(totals)[-1], on_value=True, off_value=False)
        divisor = tf.where(
            ends,
            length_penalty(beams.lengths, self.length)[..., tf.newaxis],
            length_penalty(longer, self.length)[..., tf.newaxis],
        )
        scores = totals / divisor
        if not self.covers:
            return scores
        penalty = coverage_penalty(coverage, least=float(np.finfo(np.float32).tiny))
        return scores + self.coverage * tf.where(frozen, penalty, 0.0)[..., tf.newaxis]
