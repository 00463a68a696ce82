"""Signatures that answer from a table: the run's own, or one that comes with the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.metrics.retrieval_scores import facts_of
from lstm_toolkit.targets.known_questions import KnownQuestions
from lstm_toolkit.targets.matcher import CHUNK, KnownIndex, Matcher, answer_scores, answers
from lstm_toolkit.targets.signature import Signature, Trained

_INDEX = "known_index"
_EXAMPLES = 8
"""Rows of the table with which `answer_from` is proved."""


def known_index(trained: Trained) -> KnownIndex:
    """Returns the run's own table, read once."""
    if _INDEX not in trained.graphs:
        trained.graphs[_INDEX] = KnownIndex(Matcher(trained), trained.states.target)
    index: KnownIndex = trained.graphs[_INDEX]
    return index


def answer_signatures(trained: Trained) -> dict[str, Signature]:
    """Returns `serving_default`, and `answer_from` with a table in each call."""
    index, known = known_index(trained), trained.states.target
    matcher = index.matcher

    def told(text: tf.Tensor, found: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        _, unlike = trained.brought(text)
        return found if unlike is None else found | {"unlike": unlike}

    def answer(text: tf.Tensor) -> dict[str, tf.Tensor]:
        return told(text, _from_index(index, text, known))

    def answer_from(
        text: tf.Tensor, questions: tf.Tensor, known_answers: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        whole = [
            tf.debugging.assert_equal(
                tf.size(questions),
                tf.size(known_answers),
                "answer_from needs as many known_answers as questions",
            ),
            tf.debugging.assert_positive(
                tf.size(questions), "answer_from needs at least one question in its table"
            ),
        ]
        with tf.control_dependencies(whole):
            questions, known_answers = tf.identity(questions), tf.identity(known_answers)
        names, numbers = tf.unique(known_answers)
        scores = matcher.against(text, questions)
        return told(text, answers(scores, numbers, names, questions, known.with_table((), ())))

    def with_table(arguments: Mapping[str, Any]) -> Callable[..., dict[str, tf.Tensor]]:
        other = known.with_table(arguments["questions"], arguments["known_answers"])
        read = KnownIndex(matcher, other)
        return tf.function(
            lambda text: told(text, _from_index(read, text, other)), trained.specs, autograph=False
        )

    parameters = tuple(
        tf.TensorSpec([None], tf.string, name) for name in ("questions", "known_answers")
    )
    examples = {
        "questions": known.texts[:_EXAMPLES],
        "known_answers": known.answers[:_EXAMPLES],
    }
    return {
        "serving_default": Signature(answer, trained.specs, resources=(index,)),
        "answer_from": Signature(answer_from, trained.specs, parameters, examples, bind=with_table),
    }


def _from_index(index: KnownIndex, text: tf.Tensor, known: KnownQuestions) -> dict[str, tf.Tensor]:
    table = index.numbers.read_value(), index.names.read_value(), index.texts.read_value()
    return answers(index.scores_of(text), *table, known)


def judged(trained: Trained, texts: Sequence[str], truth: NDArray[np.int32]) -> NDArray[Any]:
    """Returns `float64[n, FACTS]` of questions, whose right answers have these numbers."""
    index, count = known_index(trained), len(trained.states.target.names)

    def scored(some: tf.Tensor) -> tuple[tf.Tensor, ...]:
        return answer_scores(index.scores_of(some), index.numbers.read_value(), count)

    graph = tf.function(scored, [tf.TensorSpec([None], tf.string)], autograph=False)
    facts = []
    for begin in range(0, len(texts), CHUNK):
        some = tf.constant(list(texts[begin : begin + CHUNK]), tf.string)
        sums, likely, nearest = (part.numpy() for part in graph(some))
        facts.append(facts_of(sums, likely, nearest, truth[begin : begin + CHUNK]))
    return np.concatenate(facts)
