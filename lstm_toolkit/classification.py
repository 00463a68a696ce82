"""What every task has in common whose answer is one of several classes."""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypeVar

import numpy as np

from lstm_toolkit.settings.fields import NOT_NEGATIVE, POSITIVE, SHARE, Settings
from lstm_toolkit.task import Assets, Endpoint, Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from lstm_toolkit.data.examples import Examples, Source
    from lstm_toolkit.data.labels import Labels
    from lstm_toolkit.data.splits.classes import Splits


STACK = frozenset(
    {
        "units", "cell", "bidirectional", "dropout", "recurrent_dropout", "layer_norm", "residual",
        "l2", "labels", "label_smoothing", "class_weight",
    }
)  # fmt: skip
"""Settings of every classifier that leave the prepared data as it is."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassifierSettings(Settings):
    """What all classifiers can be told, their stack of recurrent layers foremost."""

    units: Annotated[tuple[int, ...], POSITIVE] = (128, 64)
    """Width of each recurrent layer, first to last."""
    cell: Literal["lstm", "gru"] = "lstm"
    """Recurrent cell."""
    bidirectional: bool = True
    """Read the sequence in both directions."""
    dropout: Annotated[float, SHARE] = 0.2
    """Share of each layer's outputs dropped in training."""
    recurrent_dropout: Annotated[float, SHARE] = 0.0
    """Share of the state dropped between time steps; rules out cuDNN on a GPU."""
    layer_norm: bool = False
    """Normalise each layer's output."""
    residual: bool = False
    """Add a layer's input to its output where they are of equal width (units=96,96,96)."""
    l2: Annotated[float, NOT_NEGATIVE] = 0.0
    """Factor of the squared weights added to the loss."""
    labels: Literal["sparse", "one_hot"] = "sparse"
    """How the loss takes labels: class numbers or one-hot rows."""
    label_smoothing: Annotated[float, SHARE] = 0.0
    """Share of each one-hot label spread over all classes (labels=one_hot)."""
    class_weight: Literal["none", "balanced"] = "none"
    """Whether rare classes count more in the loss: in inverse proportion to their rows."""
    monitor: Literal["val_accuracy", "val_loss"] = "val_loss"
    """Which score on the validation split chooses the best weights."""

    @property
    def stack(self) -> dict[str, Any]:
        """The arguments of `builders.recurrent_stack`."""
        names = (
            "units", "cell", "bidirectional", "dropout", "recurrent_dropout", "layer_norm",
            "residual", "l2",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.label_smoothing and self.labels != "one_hot":
            yield (
                "label_smoothing needs labels=one_hot. "
                f"Received: label_smoothing={self.label_smoothing:g}, labels={self.labels}"
            )


class ClassifierAssets(Assets, Protocol):
    """Assets that name the classes."""

    @property
    def labels(self) -> Labels:
        """The classes, in the order of the outputs."""


S = TypeVar("S", bound=ClassifierSettings)
A = TypeVar("A", bound=ClassifierAssets)


class Classification(Task[S, A]):
    """A task whose network gives `float32[batch, classes]` probabilities."""

    @abc.abstractmethod
    def input_spec(self, assets: A) -> tf.TensorSpec:
        """Returns name, dtype and shape of a batch of raw inputs."""

    def split(self, source: Source, settings: S) -> Splits:
        """Splits at random, each class in its share."""
        from lstm_toolkit.data.splits.classes import split

        return split(
            source,
            validation_share=settings.validation_share,
            test_share=settings.test_share,
            seed=settings.seed,
        )

    def targets(self, examples: Examples, settings: S, assets: A) -> NDArray[Any]:
        """Returns `int32[n]` class numbers, or `float32[n, classes]` with labels=one_hot."""
        numbers = assets.labels.encode(examples.labels)
        if settings.labels == "sparse":
            return numbers
        return np.eye(len(assets.labels.names), dtype=np.float32)[numbers]

    def class_weight(self, targets: NDArray[Any], settings: S) -> dict[int, float] | None:
        """Returns scikit-learn's balanced weights with class_weight=balanced."""
        if settings.class_weight == "none":
            return None
        from sklearn.utils.class_weight import compute_class_weight

        numbers = targets if targets.ndim == 1 else targets.argmax(axis=1)
        classes = np.unique(numbers)
        weights = compute_class_weight("balanced", classes=classes, y=numbers)
        return dict(zip(classes.tolist(), weights.tolist(), strict=True))

    def objective(self, settings: S) -> tuple[keras.Loss, list[keras.Metric]]:
        """Returns cross-entropy and accuracy for the chosen form of labels."""
        import keras

        if settings.labels == "sparse":
            loss = keras.losses.SparseCategoricalCrossentropy()
            return loss, [keras.metrics.SparseCategoricalAccuracy("accuracy")]
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=settings.label_smoothing)
        return loss, [keras.metrics.CategoricalAccuracy("accuracy")]

    def score(self, outputs: NDArray[Any], examples: Examples, assets: A) -> dict[str, Any]:
        """Returns accuracy, macro F1, loss, calibration error and scores per class."""
        from lstm_toolkit.metrics.class_scores import class_scores

        return class_scores(assets.labels.encode(examples.labels), outputs, assets.labels.names)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns a table of precision, recall and F1 per class."""
        from lstm_toolkit.metrics.class_scores import class_report

        return class_report(scores)

    def draw(self, outputs: NDArray[Any], examples: Examples, assets: A) -> dict[str, Figure]:
        """Returns the confusion matrix and the reliability diagram."""
        from lstm_toolkit.figures import plots

        numbers = assets.labels.encode(examples.labels)
        return {
            "confusion_matrix": plots.confusion_matrix(numbers, outputs, assets.labels.names),
            "calibration": plots.calibration(numbers, outputs),
        }

    def endpoints(self, model: keras.Model, assets: A) -> dict[str, Endpoint]:
        """Returns `serving_default`: raw inputs to label names and probabilities."""
        import tensorflow as tf

        shape = self.input_spec(assets).shape

        def answer(inputs: tf.Tensor) -> dict[str, tf.Tensor]:
            inputs = tf.ensure_shape(inputs, shape)  # a loaded signature does not look
            return named_answers(model(self.preprocess(inputs, assets), training=False), assets)

        return {"serving_default": Endpoint(answer, self.input_spec(assets))}

    def answers(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns the label and its probability for each input."""
        pairs = zip(outputs["label"], outputs["probability"], strict=True)
        return [{"label": label.decode(), "probability": float(p)} for label, p in pairs]

    def line(self, answer: Mapping[str, Any]) -> str:
        """Returns the label and its probability, divided by a tab."""
        return f"{answer['label']}\t{answer['probability']:.4f}"


def named_answers(probabilities: tf.Tensor, assets: ClassifierAssets) -> dict[str, tf.Tensor]:
    """Returns label names and probabilities of `float32[batch, classes]`, inside a graph."""
    import tensorflow as tf

    # Here, not outside: a graph can only hold constants that are made in it.
    names = tf.constant(assets.labels.names)
    return {
        "label": tf.gather(names, tf.argmax(probabilities, axis=-1)),
        "probability": tf.reduce_max(probabilities, axis=-1),
        "probabilities": probabilities,
        "labels": names,
    }
