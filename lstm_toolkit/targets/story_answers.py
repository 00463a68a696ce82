"""Answers to questions about stories, with the sentences that they follow from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.feature import EncodedColumn
from lstm_toolkit.settings.fields import (
    CHANGES_LOSS,
    MODEL,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    TRAINING,
    SettingsGroup,
    settings,
)
from lstm_toolkit.targets.classes import Classes
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Direction, Predicted

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.data.labels import Labels

ABSENT = "(another answer)"
"""Stands for answers that no training row has."""


@settings()
class StoryAnswersSettings(SettingsGroup):
    """How answers to stories are learnt."""

    hops: Annotated[int, POSITIVE, MODEL] = 3
    """How many times the network looks at the story before it answers."""
    support_weight: Annotated[float, NOT_NEGATIVE, TRAINING, CHANGES_LOSS] = 0.3
    """How much supporting sentences count in the loss, where the data tells them; 0 leaves
    them out."""
    monitor: Annotated[Literal["val_accuracy", "val_loss"], TRAINING, NOT_SEARCHED] = "val_accuracy"
    """Which score on the validation split chooses the best weights."""


class StoryAnswers(Classes):
    """Answers from what `builders.story_reader` packs: probabilities, then weights of sentences.

    The one feature has to be a `features.Story`. An answer that no training row has is wrong.
    Settings: `StoryAnswersSettings`.

    Args:
        column: Of `Dataset.targets`: `object[n]` of `str`.
        support: Of `Dataset.targets`: `int32[n, supports]`, how many sentences each stands before
            the question, 0 for none.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        **Classes.directions,
        "support_found": "max",
    }
    encoded_by = ()

    def __init__(self, column: str = "label", support: str = "support"):
        super().__init__(column)
        self.support = support

    def learn(self, train: Dataset, settings: Any) -> Labels:
        """Learns the answers as they are written."""
        from lstm_toolkit import data

        return data.Labels.learn(np.asarray(train.targets[self.column]), exact=True)

    def truth(self, rows: Dataset, state: Labels) -> NDArray[np.int32]:
        """Returns `int32[n]`, the number of each answer, one more than the last for others."""
        numbers = {name: number for number, name in enumerate(state.names)}
        answers = rows.targets[self.column]
        return np.array([numbers.get(str(a), len(state.names)) for a in answers], np.int32)

    def encode(self, rows: Dataset, state: Labels, settings: Any) -> EncodedColumn:
        """Returns `int32[n, 2 + supports]`, see `layers.ReadingLoss`."""
        count = np.full((len(rows), 1), len(state.names), np.int32)
        support = np.asarray(rows.targets[self.support], np.int32)
        return EncodedColumn(
            np.concatenate([self.truth(rows, state)[:, None], support, count], axis=1)
        )

    def class_weight(self, targets: Any, settings: Any) -> None:
        """Returns None: all answers count alike."""
        return

    def loss(self, settings: Any) -> keras.Loss:
        """Returns the loss of answers and supporting sentences."""
        from lstm_toolkit.layers import ReadingLoss

        return ReadingLoss(settings.hops, settings.support_weight)

    def metrics(self, settings: Any) -> list[keras.Metric]:
        """Returns accuracy."""
        from lstm_toolkit.layers import ReadingAccuracy

        return [ReadingAccuracy(name="accuracy")]

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[Any]:
        """Returns `float32[n, answers + hops]`: probabilities, and where each look went.

        A place is how many sentences it is before the question.
        """
        dataset, count = batches.dataset(), len(trained.states.target.names)
        network = trained.network(dataset.element_spec[0])
        parts = []
        for inputs, _ in dataset:
            packed = np.asarray(network(inputs))
            looks = packed[:, count:].reshape(len(packed), settings.hops, -1).argmax(axis=2) + 1
            parts.append(np.concatenate([packed[:, :count], looks], axis=1))
        return batches.in_row_order(np.concatenate(parts))

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns `serving_default`: the answer, sentences, and how much each weighed."""
        import tensorflow as tf

        ((name, feature),) = trained.features.items()
        state, labels = trained.states[name], trained.states.target
        story: Any = feature

        def read(text: tf.Tensor) -> dict[str, tf.Tensor]:
            packed = trained.outputs(text)
            count = len(labels.names)
            lines = story.lines(text, state)[:, 1:].to_tensor()
            width = (tf.shape(packed)[1] - count) // hops
            looks = tf.reshape(packed[:, count:], [-1, hops, width])
            missing = width - tf.shape(lines)[1]
            told = self.decode(packed[:, :count], labels)
            told |= {
                "sentences": tf.pad(lines, [[0, 0], [0, missing]], constant_values=""),
                "attention": tf.reduce_max(looks, axis=1),
                "looks": tf.argmax(looks, axis=2, output_type=tf.int32),
            }
            _, unlike = trained.brought(text)
            return told if unlike is None else told | {"unlike": unlike}

        hops = sum(layer.name.startswith("look_score_") for layer in trained.model.layers)
        return {"serving_default": Signature(read, trained.specs)}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Adds `support`, the sentences that were looked at, in their order in the story."""
        answers = super().to_json(outputs)
        rows = zip(answers, outputs["sentences"], outputs["looks"], strict=True)
        for answer, lines, looks in rows:
            places = sorted({int(place) for place in looks}, reverse=True)
            shown = [lines[place].decode("utf-8", "replace") for place in places]
            answer["support"] = [line for line in shown if line]
        return answers

    def answer_columns(self) -> dict[str, Any]:
        """Returns the answer, its probability, and what it follows from."""
        return {**super().answer_columns(), "support": list[str]}

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Adds the sentences that were looked at."""
        return "\t".join([super().format_answer(answer), " ".join(answer["support"])])

    def _scored(self, predicted: Predicted) -> tuple[NDArray[np.int32], Any, list[str]]:
        """Returns truth and probabilities, with one more answer for those of no training row."""
        state: Labels = predicted.states.target
        count = len(state.names)
        others = np.zeros((len(predicted.outputs), 1), np.float32)
        outputs = np.concatenate([predicted.outputs[:, :count], others], axis=1)
        return self.truth(predicted.rows, state), outputs, [*state.names, ABSENT]

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns scores of answers, and the share of supporting sentences that were looked at."""
        from lstm_toolkit.metrics.class_scores import class_scores

        truth, outputs, names = self._scored(predicted)
        scores = class_scores(truth, outputs, names)
        support = np.asarray(predicted.rows.targets[self.support])
        looks = predicted.outputs[:, len(names) - 1 :].astype(np.int64)
        if (support > 0).any():
            found = (support[:, :, None] == looks[:, None, :]).any(axis=2)
            scores["support_found"] = float(found[support > 0].mean())
        return scores

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the answers, whether they are right, and the loss of each row."""
        from lstm_toolkit.metrics.class_scores import cross_entropies

        truth, outputs, names = self._scored(predicted)
        best = outputs.argmax(axis=1)
        right = (truth == best).astype(np.float64)
        columns = {"right": right, "loss": cross_entropies(truth, outputs)}
        return JudgedRows([names[n] for n in truth], [names[n] for n in best], columns)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Adds how many supporting sentences were looked at."""
        line = super().report(scores)
        if "support_found" not in scores:
            return line
        return f"{line}\nlooked at {scores['support_found']:.2%} of the supporting sentences"

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns the confusion matrix and the reliability diagram."""
        from lstm_toolkit.figures import plots

        truth, outputs, names = self._scored(predicted)
        return {
            "confusion_matrix": plots.confusion_matrix(truth, outputs, names),
            "calibration": plots.calibration(truth, outputs),
        }
