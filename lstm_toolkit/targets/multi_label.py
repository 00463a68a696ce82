"""Several labels a row, or none."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.states import additions
from lstm_toolkit.metrics.row_scores import f1, mean, share
from lstm_toolkit.settings.fields import NOT_SEARCHED, TRAINING, SettingsGroup, settings
from lstm_toolkit.system.files import write_json
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.data.labels import Labels


@settings()
class MultiLabelSettings(SettingsGroup):
    """How several labels are learnt."""

    monitor: Annotated[Literal["val_loss", "val_accuracy"], TRAINING, NOT_SEARCHED] = "val_loss"
    """Which score on the validation split chooses the best weights."""


@dataclasses.dataclass(frozen=True)
class LabelThresholds:
    """The labels, and from which probability each is given.

    Attributes:
        labels: In the order of the network's outputs.
        thresholds: Of each, chosen on the validation split; 0.5 before the training.
    """

    labels: Labels
    thresholds: tuple[float, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the labels."""
        return self.labels.names

    def save(self, folder: Path) -> None:
        """Writes `labels.txt` and `thresholds.json`."""
        self.labels.save(folder)
        named = dict(zip(self.labels.names, self.thresholds, strict=True))
        write_json(folder / "thresholds.json", named)

    @classmethod
    def load(cls, folder: Path) -> LabelThresholds:
        """Reads what `save` wrote."""
        from lstm_toolkit import data

        labels = data.Labels.load(folder)
        named = json.loads((folder / "thresholds.json").read_text(encoding="utf-8"))
        return cls(labels, tuple(float(named[name]) for name in labels.names))


class MultiLabel(Target[LabelThresholds]):
    """Labels from `float32[batch, labels]` probabilities, each for itself.

    Thresholds are chosen on the validation split after the training, where F1 of each label is
    best. Settings: `MultiLabelSettings`.

    Args:
        column: Of `Dataset.targets`: `Ragged` rows of texts.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        "loss": "min",
        "accuracy": "max",
        "micro_f1": "max",
        "macro_f1": "max",
        "subset_accuracy": "max",
    }
    main_score = "micro_f1"
    row_scores = (
        f1("micro_f1", "hits", "given", "wanted"),
        share("subset_accuracy", "all_right"),
        mean("loss", "loss"),
    )
    chooses_on_validation = True

    def __init__(self, column: str = "label"):
        self.column = column

    def learn(self, train: Dataset, settings: Any) -> LabelThresholds:
        """Learns the names of the labels."""
        from lstm_toolkit import data

        labels = data.Labels.learn(train.targets[self.column].values.astype(np.str_))
        if len(labels.names) < 2:
            raise DataError(
                f"needs at least two labels. Received: {', '.join(labels.names) or 'none'}"
            )
        return LabelThresholds(labels, (0.5,) * len(labels.names))

    def extend(
        self, state: LabelThresholds, train: Dataset, settings: Any
    ) -> tuple[LabelThresholds, list[str]]:
        """Adds labels."""
        from lstm_toolkit import data

        new = data.Labels.learn(train.targets[self.column].values.astype(np.str_))
        labels = state.labels.extended(new)
        before, after = len(state.labels.names), len(labels.names)
        thresholds = state.thresholds + (0.5,) * (after - before)
        return LabelThresholds(labels, thresholds), additions(before, after, "label", "labels")

    def load(self, folder: Path) -> LabelThresholds:
        """Reads labels and thresholds."""
        return LabelThresholds.load(folder)

    def after_training(self, predicted: Predicted) -> LabelThresholds:
        """Chooses the thresholds."""
        from lstm_toolkit.metrics.label_scores import best_thresholds

        state = predicted.states.target
        found = best_thresholds(self.truth(predicted.rows, state), predicted.outputs)
        return dataclasses.replace(state, thresholds=tuple(round(float(t), 6) for t in found))

    def truth(self, rows: Dataset, state: LabelThresholds) -> NDArray[np.bool_]:
        """Returns `bool[n, labels]`.

        Raises:
            DataError: If a label was not in the training split.
        """
        column = rows.targets[self.column]
        result = np.zeros((len(column), len(state.labels.names)), bool)
        if len(column.values):
            numbers = state.labels.encode(column.values.astype(np.str_))
            result[np.repeat(np.arange(len(column)), column.lengths), numbers] = True
        return result

    def encode(self, rows: Dataset, state: LabelThresholds, settings: Any) -> EncodedColumn:
        """Returns `float32[n, labels]`, 1 for the labels of a row."""
        return EncodedColumn(self.truth(rows, state).astype(np.float32))

    def loss(self, settings: Any) -> keras.Loss:
        """Returns binary cross-entropy."""
        import keras

        return keras.losses.BinaryCrossentropy()

    def metrics(self, settings: Any) -> list[keras.Metric]:
        """Returns the share of labels, given or not, that are right at 0.5."""
        import keras

        return [keras.metrics.BinaryAccuracy("accuracy")]

    def decode(self, outputs: tf.Tensor, state: LabelThresholds) -> dict[str, tf.Tensor]:
        """Returns which labels are given, and the probabilities of all."""
        import tensorflow as tf

        # Here, not outside: a graph can only hold constants that are made in it.
        names = tf.constant(state.labels.names)
        return {
            "given": outputs >= tf.constant(state.thresholds, outputs.dtype),
            "probabilities": outputs,
            # A row of names each, since servers take no output without the batch.
            "labels": tf.tile(names[tf.newaxis], [tf.shape(outputs)[0], 1]),
        }

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns the labels that are given to each input, and the probabilities of all."""
        answers = []
        rows = (outputs["labels"], outputs["given"], outputs["probabilities"])
        for names, given, probabilities in zip(*rows, strict=True):
            named = [name.decode() for name in names]
            answers.append(
                {
                    "labels": [
                        name for name, is_given in zip(named, given, strict=True) if is_given
                    ],
                    "probabilities": dict(zip(named, map(float, probabilities), strict=True)),
                }
            )
        return answers

    def answer_columns(self) -> dict[str, Any]:
        """Returns the labels, and the probabilities as JSON."""
        return {"labels": list[str], "probabilities": dict}

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the labels with semicolons, and their probabilities."""
        chances = (f"{answer['probabilities'][name]:.4f}" for name in answer["labels"])
        return f"{';'.join(answer['labels']) or '(none)'}\t{';'.join(chances)}"

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns micro and macro F1, rows that are all right, loss, and scores a label."""
        from lstm_toolkit.metrics.label_scores import label_scores

        state = predicted.states.target
        truth = self.truth(predicted.rows, state)
        thresholds = np.array(state.thresholds, np.float32)
        return label_scores(truth, predicted.outputs, thresholds, state.names)

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the labels, how many are right, and the loss of each row."""
        from lstm_toolkit.metrics.label_scores import cross_entropies

        state = predicted.states.target
        truth = self.truth(predicted.rows, state)
        given = predicted.outputs >= np.array(state.thresholds, np.float32)
        columns = {
            "hits": (truth & given).sum(axis=1),
            "given": given.sum(axis=1),
            "wanted": truth.sum(axis=1),
            "all_right": (truth == given).all(axis=1),
            "loss": cross_entropies(truth, predicted.outputs).mean(axis=1),
        }
        names = np.array(state.names)
        wanted, answers = ([";".join(names[row]) for row in side] for side in (truth, given))
        floats = {name: column.astype(np.float64) for name, column in columns.items()}
        return JudgedRows(wanted, answers, floats)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns a table of precision, recall, F1 and threshold a label."""
        from lstm_toolkit.metrics.label_scores import label_report

        return label_report(scores)

    def baselines(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        state: LabelThresholds,
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the most frequent labels, and a logistic regression a label."""
        from lstm_toolkit.metrics.simple_labels import frequent_labels, one_vs_rest

        truth = self.truth(train, state), self.truth(test, state)
        yield "frequent_labels", partial(frequent_labels, *truth)
        columns = {
            name: (each.simple_model(), train.columns[name], test.columns[name])
            for name, each in features.items()
        }
        yield "one_vs_rest", partial(one_vs_rest, columns, *truth)
