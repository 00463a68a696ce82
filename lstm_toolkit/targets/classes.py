"""One of several classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.states import additions
from lstm_toolkit.metrics.row_scores import mean, share
from lstm_toolkit.settings.fields import (
    CHANGES_LOSS,
    NOT_SEARCHED,
    SHARE,
    TRAINING,
    Formerly,
    SettingsGroup,
    settings,
)
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.data.labels import Labels


@settings()
class ClassesSettings(SettingsGroup):
    """How classes are learnt."""

    label_format: Annotated[
        Literal["sparse", "one_hot"], TRAINING, CHANGES_LOSS, Formerly("labels")
    ] = "sparse"
    """How the loss takes labels: class numbers or one-hot rows."""
    label_smoothing: Annotated[float, SHARE, TRAINING, CHANGES_LOSS] = 0.0
    """Share of each one-hot label spread over all classes (label_format=one_hot)."""
    class_weight: Annotated[Literal["none", "balanced"], TRAINING] = "none"
    """Whether rare classes count more in the loss: in inverse proportion to their rows."""
    monitor: Annotated[Literal["val_accuracy", "val_loss"], TRAINING, NOT_SEARCHED] = "val_loss"
    """Which score on the validation split chooses the best weights."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.label_smoothing and self.label_format != "one_hot":
            yield (
                "label_smoothing needs label_format=one_hot. Received: "
                f"label_smoothing={self.label_smoothing:g}, label_format={self.label_format}"
            )


class Classes(Target["Labels"]):
    """Class names from `float32[batch, classes]` probabilities. Settings: `ClassesSettings`.

    Args:
        column: Of `Dataset.targets`: `str[n]`.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        "loss": "min",
        "accuracy": "max",
        "macro_f1": "max",
        "calibration_error": "min",
    }
    main_score = "accuracy"
    row_scores = (share("accuracy", "right"), mean("loss", "loss"))
    encoded_by: ClassVar[tuple[str, ...]] = ("label_format",)

    def __init__(self, column: str = "label"):
        self.column = column

    def given(self, column: Any) -> Any:
        """Returns the name of each row's class, from names, numbers or one-hot rows."""
        from lstm_toolkit.data.readers.images.arrays import class_names

        if not isinstance(column, np.ndarray) or column.dtype == object:
            return column
        names = class_names(column)
        if "" in names:
            row = names.tolist().index("") + 1
            raise DataError(f"needs a label in every row. Received: none in row {row:,}")
        return names

    def learn(self, train: Dataset, settings: Any) -> Labels:
        """Learns the names of the classes."""
        from lstm_toolkit import data

        return data.Labels.learn(np.asarray(train.targets[self.column]))

    def extend(self, state: Labels, train: Dataset, settings: Any) -> tuple[Labels, list[str]]:
        """Adds classes."""
        grown = state.extended(self.learn(train, settings))
        return grown, additions(len(state.names), len(grown.names), "class", "classes")

    def load(self, folder: Path) -> Labels:
        """Reads `labels.txt`."""
        from lstm_toolkit import data

        return data.Labels.load(folder)

    def encode(self, rows: Dataset, state: Labels, settings: Any) -> EncodedColumn:
        """Returns `int32[n]` class numbers, or `float32[n, classes]` with one_hot."""
        numbers = self.truth(rows, state)
        if settings.label_format == "sparse":
            return EncodedColumn(numbers)
        return EncodedColumn(np.eye(len(state.names), dtype=np.float32)[numbers])

    def truth(self, rows: Dataset, state: Labels) -> NDArray[np.int32]:
        """Returns `int32[n]`, the class number of each row."""
        return state.encode(np.asarray(rows.targets[self.column]))

    def class_weight(self, targets: Any, settings: Any) -> dict[int, float] | None:
        """Returns scikit-learn's balanced weights with class_weight=balanced."""
        if settings.class_weight == "none":
            return None
        from sklearn.utils.class_weight import compute_class_weight

        numbers = targets if targets.ndim == 1 else targets.argmax(axis=1)
        classes = np.unique(numbers)
        weights = compute_class_weight("balanced", classes=classes, y=numbers)
        return dict(zip(classes.tolist(), weights.tolist(), strict=True))

    def loss(self, settings: Any) -> keras.Loss:
        """Returns cross-entropy for the chosen form of labels."""
        import keras

        if settings.label_format == "sparse":
            return keras.losses.SparseCategoricalCrossentropy()
        return keras.losses.CategoricalCrossentropy(label_smoothing=settings.label_smoothing)

    def metrics(self, settings: Any) -> list[keras.Metric]:
        """Returns accuracy."""
        import keras

        if settings.label_format == "sparse":
            return [keras.metrics.SparseCategoricalAccuracy("accuracy")]
        return [keras.metrics.CategoricalAccuracy("accuracy")]

    def decode(self, outputs: tf.Tensor, state: Labels) -> dict[str, tf.Tensor]:
        """Returns the likeliest label, its probability, and those of all labels."""
        import tensorflow as tf

        # Here, not outside: a graph can only hold constants that are made in it.
        names = tf.constant(state.names)
        return {
            "label": tf.gather(names, tf.argmax(outputs, axis=-1)),
            "probability": tf.reduce_max(outputs, axis=-1),
            "probabilities": outputs,
            # A row of names each, since servers take no output without the batch.
            "labels": tf.tile(names[tf.newaxis], [tf.shape(outputs)[0], 1]),
        }

    def decode_numbers(self, outputs: tf.Tensor, state: Labels) -> dict[str, tf.Tensor]:
        """Returns the number of the likeliest label, counted from 0, and the probabilities."""
        import tensorflow as tf

        return {
            "class": tf.argmax(outputs, axis=-1, output_type=tf.int32),
            "probabilities": outputs,
        }

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns the label and its probability for each input."""
        pairs = zip(outputs["label"], outputs["probability"], strict=True)
        return [{"label": label.decode(), "probability": float(p)} for label, p in pairs]

    def answer_columns(self) -> dict[str, Any]:
        """Returns the label and its probability."""
        return {"label": str, "probability": float}

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the label and its probability, divided by a tab."""
        return f"{answer['label']}\t{answer['probability']:.4f}"

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns accuracy, macro F1, loss, calibration error and scores per class."""
        from lstm_toolkit.metrics.class_scores import class_scores

        labels = predicted.states.target
        return class_scores(self.truth(predicted.rows, labels), predicted.outputs, labels.names)

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the classes, whether they are right, and the loss of each row."""
        from lstm_toolkit.metrics.class_scores import cross_entropies

        labels = predicted.states.target
        truth, answers = self.truth(predicted.rows, labels), predicted.outputs.argmax(axis=1)
        columns = {
            "right": (truth == answers).astype(np.float64),
            "loss": cross_entropies(truth, predicted.outputs),
        }
        names = labels.names
        return JudgedRows([names[n] for n in truth], [names[n] for n in answers], columns)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns a table of precision, recall and F1 per class."""
        from lstm_toolkit.metrics.class_scores import class_report

        return class_report(scores)

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: Labels
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the most frequent class, and logistic regression on simple features."""
        from lstm_toolkit.metrics.simple_classifiers import logistic_regression, most_frequent

        truth = self.truth(train, state), self.truth(test, state)
        yield "most_frequent", partial(most_frequent, *truth)
        columns = {
            name: (each.simple_model(), train.columns[name], test.columns[name])
            for name, each in features.items()
        }
        yield "logistic_regression", partial(logistic_regression, columns, *truth)

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns the confusion matrix and the reliability diagram."""
        from lstm_toolkit.figures import plots

        labels = predicted.states.target
        truth = self.truth(predicted.rows, labels)
        return {
            "confusion_matrix": plots.confusion_matrix(truth, predicted.outputs, labels.names),
            "calibration": plots.calibration(truth, predicted.outputs),
        }
