"""One of several classes for each clip."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import InputError
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.targets.classes import Classes
from lstm_toolkit.targets.signature import Signature, Trained

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.data.labels import Labels


@dataclasses.dataclass(frozen=True)
class ClipOptions(PredictOptions):
    """What `predict` can be told about answers."""

    top: int = 1
    """Tell so many of the likeliest classes, best first."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.top < 1:
            raise InputError(f"--top must be at least 1. Received: {self.top}")


class ClipClasses(Classes):
    """Class names of clips, the likeliest first. Settings: `ClassesSettings`.

    Args:
        column: Of `Dataset.targets`: `str[n]`.
    """

    options: ClassVar[type[PredictOptions]] = ClipOptions

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Adds `masked`, of padded clips and their lengths, and `top`, of the likeliest classes."""
        import tensorflow as tf

        base = super().signatures(trained)["serving_default"]
        (clip,) = base.inputs

        def top(frames: tf.Tensor, count: tf.Tensor) -> dict[str, tf.Tensor]:
            answers = base.function(frames)
            count = tf.clip_by_value(count, 1, tf.shape(answers["probabilities"])[1])
            values, places = tf.math.top_k(answers["probabilities"], count)
            names = tf.gather(answers["labels"], places, batch_dims=1)
            return {**answers, "top_labels": names, "top_probabilities": values}

        return {
            "serving_default": base,
            "masked": self._masked(trained, clip),
            "top": Signature(
                top, base.inputs, (tf.TensorSpec([], tf.int32, "count"),), {"count": 2}
            ),
        }

    def _masked(self, trained: Trained, clip: tf.TensorSpec) -> Signature:
        """Takes frames behind a clip's length for padding."""
        import tensorflow as tf

        from lstm_toolkit.features.clip_frames import fit, padded
        from lstm_toolkit.features.clip_looks import unlike

        state = trained.states.only
        lengths = tf.TensorSpec([None], tf.int32, "lengths")

        def answer(frames: tf.Tensor, lengths: tf.Tensor) -> dict[str, tf.Tensor]:
            frames, real = fit(frames, lengths, state)
            outputs = trained.model(padded(frames, real, state), training=False)
            told = self.decode(outputs, trained.states.target)
            return {**told, "unlike": unlike(frames, real, state)}

        def samples(raw: Mapping[str, Any]) -> dict[str, Any]:
            count, time = raw[clip.name].shape[:2]
            numbers = 1 + np.arange(count, dtype=np.int32) * 7 % time
            return {clip.name: raw[clip.name], "lengths": numbers}

        return Signature(answer, (clip, lengths), samples=samples)

    def signature_for(self, options: Any) -> str:
        """Returns `top` if several classes are asked for."""
        return "top" if options.top > 1 else "serving_default"

    def arguments(self, options: Any, state: Labels) -> Mapping[str, Any]:
        """Returns how many classes are asked for."""
        return {"count": options.top} if options.top > 1 else {}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Adds `top`, the likeliest classes with their probabilities, if they were asked for."""
        answers = super().to_json(outputs)
        if "top_labels" in outputs:
            rows = zip(answers, outputs["top_labels"], outputs["top_probabilities"], strict=True)
            for answer, names, values in rows:
                answer["top"] = [
                    {"label": name.decode(), "probability": float(value)}
                    for name, value in zip(names, values, strict=True)
                ]
        return answers

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the label and its probability, or as many as were asked for, by tabs."""
        if "top" not in answer:
            return super().format_answer(answer)
        return "\t".join(f"{each['label']}\t{each['probability']:.4f}" for each in answer["top"])

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: Labels
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the most frequent class, and logistic regression on two simple views of clips."""
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, StandardScaler

        from lstm_toolkit.metrics.simple_classifiers import logistic_regression, most_frequent
        from lstm_toolkit.metrics.simple_clips import centroid_tracks

        ((name, feature),) = features.items()
        truth = self.truth(train, state), self.truth(test, state)
        clips = train.columns[name], test.columns[name]
        yield "most_frequent", partial(most_frequent, *truth)
        track = make_pipeline(FunctionTransformer(centroid_tracks), StandardScaler())
        yield "centroid_track", partial(logistic_regression, {name: (track, *clips)}, *truth)
        frames = {name: (feature.simple_model(), *clips)}
        yield "mean_frame", partial(logistic_regression, frames, *truth)
