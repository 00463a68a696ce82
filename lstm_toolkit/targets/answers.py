"""Answers from a table of known questions, or none."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.metrics.row_scores import mean, share
from lstm_toolkit.settings.fields import (
    ANSWERS,
    NOT_SEARCHED,
    SHARE,
    TRAINING,
    SettingsGroup,
    settings,
)
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.known_questions import READER_NAMES, KnownQuestions
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.features.states import States


FEW = 20
"""Right answers to validation questions below which the choice of a threshold is warned of."""


@settings()
class AnswersSettings(SettingsGroup):
    """How answers are chosen."""

    kept: Annotated[float, SHARE, ANSWERS, NOT_SEARCHED] = 0.95
    """Share of the right answers to validation questions that are given; with less confidence
    than these, a question has no answer."""
    monitor: Annotated[Literal["val_accuracy", "val_loss"], TRAINING, NOT_SEARCHED] = "val_accuracy"
    """Which score on the validation split chooses the best weights."""


@dataclasses.dataclass(frozen=True)
class AnswersOptions(PredictOptions):
    """What `predict` and `export` can be told about answers."""

    faq: str = ""
    """Answer from this table of questions and answers in place of the training's (questions)."""


class Answers(Target[KnownQuestions]):
    """The best answer of a table, from `float32[batch, batch]` scores of texts with known ones.

    The one feature has to be a `features.Questions`. Settings: `AnswersSettings`.

    Args:
        column: Of `Dataset.targets`: `object[n]` of `str`.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        "loss": "min",
        **dict.fromkeys(("accuracy", "mrr", "recall_at_5"), "max"),
        **dict.fromkeys(("answered_right", "right_kept", "unknown_refused"), "max"),
    }
    main_score = "accuracy"
    row_scores = (share("accuracy", "right"), mean("mrr", "reciprocal_rank"), mean("loss", "loss"))
    options: ClassVar[type[PredictOptions]] = AnswersOptions
    export_options: ClassVar[type[PredictOptions]] = AnswersOptions
    takes_apart = True
    chooses_on_validation = True

    def __init__(self, column: str = "answer"):
        self.column = column

    def learn(self, train: Dataset, settings: Any) -> KnownQuestions:
        """Takes the training rows as the table."""
        (texts,) = train.columns.values()
        answers = train.targets[self.column]
        reader = {name: getattr(settings, name, "") for name in READER_NAMES}
        return KnownQuestions(
            tuple(map(str, texts)),
            tuple(map(str, answers)),
            reader={name: value for name, value in reader.items() if value},
        )

    def extend(
        self, state: KnownQuestions, train: Dataset, settings: Any
    ) -> tuple[KnownQuestions, list[str]]:
        """Takes the table of the other data."""
        learnt = self.learn(train, settings)
        return learnt, [f"a table of {len(learnt.names):,} answers"]

    def load(self, folder: Path) -> KnownQuestions:
        """Reads the table."""
        return KnownQuestions.load(folder)

    def rows_to_encode(
        self, rows: Dataset, states: States, settings: Any, *, training: bool = False
    ) -> Dataset:
        """Puts beside each text a known one with the same answer, numbered as the feature does."""
        from lstm_toolkit.data.columns import Ragged, texts
        from lstm_toolkit.features.questions import Questions

        (asked,), known = rows.columns.values(), states.target
        answers = rows.targets[self.column]
        partners = texts(known.partners(asked, answers, settings.seed))
        parts: Any = [part["rows"] for part in Questions().encode_chunks(partners, states.only)]
        encoded = Ragged.concatenate(parts)
        return dataclasses.replace(rows, targets={self.column: answers, "known": encoded})

    def encode(self, rows: Dataset, state: KnownQuestions, settings: Any) -> EncodedColumn:
        """Returns `int32[n, (1 + time), 4]`: the number of the answer, then the known text."""
        from lstm_toolkit.data.columns import Ragged

        known: Any = rows.targets["known"]
        numbers = state.encode(rows.targets[self.column])
        first = np.repeat(numbers[:, None], known.values.shape[1], axis=1)
        values = np.insert(known.values, known.offsets[:-1], first, axis=0)
        return EncodedColumn(Ragged.from_lengths(values, known.lengths + 1))

    def training_pair(
        self, inputs: Any, targets: tf.RaggedTensor, state: KnownQuestions
    ) -> tuple[Any, Any]:
        """Puts the known text beside the other."""
        packed = targets.to_tensor()
        return {"text": inputs, "known": packed[:, 1:]}, packed[:, 0, 0]

    def loss(self, settings: Any) -> keras.Loss:
        """Returns cross-entropy within batches."""
        from lstm_toolkit.layers import InBatchSoftmax

        return InBatchSoftmax()

    def metrics(self, settings: Any) -> list[keras.Metric]:
        """Returns accuracy within batches."""
        from lstm_toolkit.layers import InBatchAccuracy

        return [InBatchAccuracy(name="accuracy")]

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[Any]:
        """Returns `float64[n, FACTS]`, see `metrics.retrieval_scores`."""
        from lstm_toolkit.targets.answer_signatures import judged

        (texts,), state = rows.columns.values(), trained.states.target
        return judged(trained, texts, state.encode(rows.targets[self.column]))

    def after_training(self, predicted: Predicted) -> KnownQuestions:
        """Chooses by which measure, and from which value on, questions have an answer."""
        from lstm_toolkit.metrics.retrieval_scores import best_threshold, named
        from lstm_toolkit.metrics.unknown_scores import rounded_down

        state: KnownQuestions = predicted.states.target
        facts = named(predicted.outputs)
        measure, threshold, least = best_threshold(facts, predicted.settings.kept)
        return dataclasses.replace(
            state,
            measure=measure,
            threshold=rounded_down(threshold),
            least_score=rounded_down(least),
        )

    def choice_warnings(self, predicted: Predicted) -> Iterator[str]:
        """Tells where too few right answers show from which confidence on to answer."""
        from lstm_toolkit.metrics.retrieval_scores import answered_rightly, named

        right = int(answered_rightly(named(predicted.outputs)).sum())
        beginning = f"warning: {right:,} of {len(predicted.outputs):,} validation questions"
        if not right:
            yield (
                f"{beginning} are answered rightly, so that nothing will be answered; more "
                "questions an answer, or more epochs, are needed"
            )
        elif right < FEW:
            yield (
                f"{beginning} are answered rightly, too few to know well from which confidence on "
                "to answer"
            )

    def state_reading(self, state: KnownQuestions, settings: Mapping[str, str]) -> KnownQuestions:
        """Has another table read by these settings."""
        return state.reading(settings)

    def state_to_export(self, state: KnownQuestions, options: Any) -> KnownQuestions:
        """Exchanges the table if another one is given; when to answer stays as it was chosen."""
        if not options.faq:
            return state
        table = _other_table(options.faq, state)
        return state.with_table(table.texts, table.answers)

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns `serving_default`, and `answer_from`, which is given the table in each call."""
        from lstm_toolkit.targets.answer_signatures import answer_signatures

        return answer_signatures(trained)

    def signature_for(self, options: Any) -> str:
        """Returns `answer_from` if another table is given."""
        return "answer_from" if options.faq else "serving_default"

    def arguments(self, options: Any, state: KnownQuestions) -> Mapping[str, Any]:
        """Reads the other table."""
        if not options.faq:
            return {}
        table = _other_table(options.faq, state)
        return {"questions": table.texts, "known_answers": table.answers}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns `answer`, None where there is none, with the `known_question` that it is of."""
        rows = zip(*(outputs[name] for name in _TOLD), strict=True)
        return [
            {
                "answer": answer.decode("utf-8", "replace") if answered else None,
                "probability": float(probability),
                "score": float(score),
                "known_question": question.decode("utf-8", "replace"),
                "candidates": [
                    {"answer": name.decode("utf-8", "replace"), "probability": float(likely)}
                    for name, likely in zip(names, likelihoods, strict=True)
                ],
            }
            for answer, answered, probability, score, question, names, likelihoods in rows
        ]

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the answer and its probability; where there is none, the best guess."""
        if answer["answer"] is None:
            guess = _one_line(answer["candidates"][0]["answer"])
            return f"(no answer)\t{answer['probability']:.4f}\t(nearest: {guess})"
        return f"{_one_line(answer['answer'])}\t{answer['probability']:.4f}"

    def answer_columns(self) -> dict[str, Any]:
        """Returns what a row is told."""
        return {"answer": str, "probability": float, "score": float, "known_question": str}

    def on_predict_end(self, answers: Sequence[Mapping[str, Any]], options: Any) -> str:
        """Tells what was read as the other table."""
        from lstm_toolkit.targets.other_table import NOTES

        return NOTES.get(options.faq, "")

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns accuracy, reciprocal ranks, and how the threshold works."""
        from lstm_toolkit.metrics.retrieval_scores import answering_scores, named, ranking_scores

        facts, state = named(predicted.outputs), predicted.states.target
        answering = answering_scores(facts, state.measure, state.threshold)
        numbers = {"examples": len(predicted.outputs), "answers": len(state.names)}
        absent = int((facts["truth"] < 0).sum())
        return {**ranking_scores(facts), **answering, **numbers, "not_in_table": absent}

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the answers, whether they are right, and reciprocal rank and loss of each row."""
        from lstm_toolkit.metrics.retrieval_scores import named

        facts, names = named(predicted.outputs), predicted.states.target.names
        ranks = facts["rank"]
        columns = {
            "right": (ranks == 1).astype(np.float64),
            "reciprocal_rank": np.divide(1, ranks, out=np.zeros(len(ranks)), where=ranks > 0),
            "loss": facts["loss"],
        }
        best = [names[int(number)] for number in facts["best"]]
        return JudgedRows(list(map(str, predicted.rows.targets[self.column])), best, columns)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the scores in three lines."""
        lines = [
            f"right answers {scores['accuracy']:.2%}   among the first five "
            f"{scores['recall_at_5']:.2%}   mean reciprocal rank {scores['mrr']:.4f}   "
            f"({scores['examples']:,} questions, {scores['answers']:,} answers)",
            f"answered {scores['answered']:.2%}, of which right {scores['answered_right']:.2%}; "
            f"{scores['unknown_refused']:.2%} get no answer if theirs is not in the table",
        ]
        if scores.get("not_in_table"):
            lines.append(
                f"{scores['not_in_table']:,} of the answers are not in the run's table, which "
                "counts as wrong"
            )
        return "\n".join(lines)

    def baselines(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        state: KnownQuestions,
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields tf-idf and BM25, and a linear classifier where answers have many questions."""
        from lstm_toolkit.metrics.simple_retrieval import bm25, linear_svm, many_questions, tf_idf

        (feature,), (asked,) = features.values(), test.columns.values()
        truth = state.encode(test.targets[self.column])
        table = list(state.texts), state.encode(state.answers)
        methods = [("tf_idf", tf_idf), ("bm25", bm25)]
        methods += [("linear_svm", linear_svm)] if many_questions(table[1]) else []
        for name, method in methods:
            yield name, partial(method, feature.simple_model(), *table, list(asked), truth)


_TOLD = (
    *("answer", "answered", "probability", "score", "known_question"),
    *("answers", "probabilities"),
)


def _one_line(text: str) -> str:
    """Returns a text without what divides cells and lines of output."""
    return re.sub(r"[\t\r\n]+", " ", text)


def _other_table(file: str, state: KnownQuestions) -> KnownQuestions:
    """Returns a table that is given beside the questions, read as the state says."""
    from lstm_toolkit.targets.other_table import read_table

    path = Path(file)
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return read_table(path, changed, tuple(sorted(state.reader.items())), state.stated)
