"""Scores of questions with known texts, and the answers that follow; in the graph."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.builders.matchers import ENCODER, SCORES, WORDS
from lstm_toolkit.targets.known_questions import KnownQuestions
from lstm_toolkit.targets.signature import Trained

CHUNK = 256
"""Known texts that are read at a time."""

MOST = 5
"""Answers that are told of, at most."""


class Matcher:
    """Reads texts by the layers of `builders.question_matcher`.

    Args:
        trained: With one feature, such as `features.Questions`.
    """

    def __init__(self, trained: Trained):
        ((self.name, self.feature),) = trained.features.items()
        self.state, self.trained = trained.states[self.name], trained
        self.encoder, self.words, self.scores = (
            trained.model.get_layer(name) for name in (ENCODER, WORDS, SCORES)
        )

    def read(self, texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns `float32[batch, width]` vectors, and `float32[batch, buckets]` bags, of texts.

        Their products are scores: the factors are within the vectors and bags of known ones.
        """
        rows = self.feature.collate(self.feature.encode(texts, self.state), self.state)
        return self.encoder(rows[..., 0], training=False), self.words.bags(rows[..., 1:])

    def read_known(self, texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns vectors and bags of known texts, times the factors."""
        vectors, bags = self.read(texts)
        factors = tf.exp(self.scores.logarithms)
        return factors[0] * vectors, factors[1] * bags

    def against(self, texts: tf.Tensor, known: tf.Tensor) -> tf.Tensor:
        """Returns `float32[known, batch]` scores with texts that come with the call."""
        vectors, bags = self.read(texts)
        count = tf.size(known)
        parts = (count + CHUNK - 1) // CHUNK
        padded = tf.pad(known, [[0, parts * CHUNK - count]])

        def of_part(part: tf.Tensor) -> tf.Tensor:
            some = self.read_known(part)
            return tf.matmul(some[0], vectors, transpose_b=True) + tf.matmul(
                some[1], bags, transpose_b=True
            )

        scores = tf.map_fn(
            of_part, tf.reshape(padded, [parts, CHUNK]), fn_output_signature=tf.float32
        )
        return tf.reshape(scores, [parts * CHUNK, tf.shape(vectors)[0]])[:count]


class KnownIndex(tf.Module):
    """Known texts read once, kept in variables that an export holds.

    Args:
        matcher: Reads them.
        known: The table.
    """

    def __init__(self, matcher: Matcher, known: KnownQuestions):
        super().__init__()
        self.matcher = matcher
        graph = tf.function(
            matcher.read_known, [tf.TensorSpec([None], tf.string)], autograph=False
        ).get_concrete_function()
        vectors, places, values = [], [], []
        for begin in range(0, len(known.texts), CHUNK):
            part = graph(tf.constant(known.texts[begin : begin + CHUNK], tf.string))
            vectors.append(part[0].numpy())
            bags = part[1].numpy()
            rows, columns = np.nonzero(bags)
            places.append(np.stack([rows + begin, columns], axis=1))
            values.append(bags[rows, columns])
        self.width = matcher.words.buckets
        self.vectors = _kept(np.concatenate(vectors))
        self.places = _kept(np.concatenate(places).astype(np.int64))
        self.values = _kept(np.concatenate(values))
        self.numbers = _kept(known.encode(known.answers))
        self.texts = _kept(np.array(known.texts, object))
        self.names = _kept(np.array(known.names, object))

    def scores_of(self, texts: tf.Tensor) -> tf.Tensor:
        """Returns `float32[known, batch]` scores."""
        vectors, bags = self.matcher.read(texts)
        shape = [tf.size(self.numbers, tf.int64), self.width]
        words = tf.SparseTensor(self.places.read_value(), self.values.read_value(), shape)
        common = tf.sparse.sparse_dense_matmul(words, bags, adjoint_b=True)
        return tf.matmul(self.vectors, vectors, transpose_b=True) + common


def _kept(values: NDArray[Any]) -> tf.Variable:
    dtype = tf.string if values.dtype == object else None
    return tf.Variable(tf.constant(values, dtype), trainable=False)


class AnswerScores(NamedTuple):
    """Scores of answers, each `float32[batch, answers]`.

    Attributes:
        sums: Logarithms of the sums of what their texts' scores are the logarithms of.
        likely: How likely each is among all.
        nearest: The score of the best of their texts alone, which means the same in any table.
    """

    sums: Any
    likely: Any
    nearest: Any


def answer_scores(scores: tf.Tensor, numbers: tf.Tensor, count: Any) -> AnswerScores:
    """Returns scores of answers from those of their texts.

    Args:
        scores: `float32[known, batch]`.
        numbers: `int32[known]`, of the answers.
        count: How many answers there are, each with a text at least.
    """
    best = tf.reduce_max(scores, axis=0)
    sums = tf.math.unsorted_segment_sum(tf.exp(scores - best), numbers, count)
    logarithms = tf.math.log(tf.maximum(sums, 1e-37)) + best
    nearest = tf.math.unsorted_segment_max(scores, numbers, count)
    each = (logarithms, sums / tf.reduce_sum(sums, axis=0), nearest)
    return AnswerScores(*map(tf.transpose, each))


def answers(
    scores: tf.Tensor, numbers: tf.Tensor, names: tf.Tensor, texts: tf.Tensor, known: KnownQuestions
) -> dict[str, tf.Tensor]:
    """Returns what is told of questions.

    Args:
        scores: `float32[known, batch]`.
        numbers: `int32[known]`, of the answers.
        names: `string[answers]`.
        texts: `string[known]`.
        known: With measure and threshold.

    Returns:
        `answer`, "" where none is sure enough, which `answered` tells; `probability` of the best,
        the text that speaks most for it as `known_question` with its `score`; and the best
        `answers` with their `probabilities`.
    """
    of_answers = answer_scores(scores, numbers, tf.size(names))
    best = tf.math.top_k(of_answers.sums, tf.minimum(MOST, tf.size(names))).indices
    first = best[:, 0]
    likely = tf.gather(of_answers.likely, best, batch_dims=1)
    score = tf.gather(of_answers.nearest, first, batch_dims=1)
    own = tf.where(numbers[:, None] == first[None, :], scores, float("-inf"))
    answered = (score if known.measure == "score" else likely[:, 0]) >= known.threshold
    return {
        "answer": tf.where(answered, tf.gather(names, first), tf.constant("")),
        "answered": answered,
        "score": score,
        "probability": likely[:, 0],
        "known_question": tf.gather(texts, tf.argmax(own, axis=0)),
        "answers": tf.gather(names, best),
        "probabilities": likely,
    }
