"""One of several classes for each recording, or silence, or no word that is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Sequences
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.settings.fields import DATA, NOT_SEARCHED, SHARE, settings
from lstm_toolkit.targets.audio_signatures import ROWS, audio_remarks, audio_signatures
from lstm_toolkit.targets.classes import Classes, ClassesSettings
from lstm_toolkit.targets.known_classes import UNKNOWN, unknown_of
from lstm_toolkit.targets.signature import Signature, Trained

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.labels import Labels

SILENCE = "silence"
"""The class of recordings in which nobody speaks."""

MORE_LIKELY_THAN_NOT = 0.5

MADE = "made"
"""The group of training rows that nobody recorded."""


@settings()
class SpokenClassesSettings(ClassesSettings):
    """How classes of recordings are learnt."""

    silences: Annotated[float, SHARE, DATA, NOT_SEARCHED] = 0.1
    """Recordings of noise that are made, as a share of the training rows, from which `silence` is
    learnt beside those of the data; 0 makes none."""
    strangers: Annotated[float, SHARE, DATA, NOT_SEARCHED] = 0.1
    """Recordings of no word that are made, likewise, from which `unknown` is learnt, unless the
    data has a class of that kind; 0 makes none."""


class SpokenClasses(Classes):
    """Class names of one `features.Audio`. Settings: `SpokenClassesSettings`.

    Args:
        column: Of `Dataset.targets`: `str[n]`.
        audio: The feature with the recordings.
    """

    def __init__(self, column: str = "label", audio: str = "audio"):
        super().__init__(column)
        self.audio = audio

    def learn(self, train: Dataset, settings: Any) -> Labels:
        """Learns the names of the classes, with those of the rows that are made."""
        from lstm_toolkit import data

        labels = super().learn(train, settings)
        return data.Labels.learn(np.array([*labels.names, *_made_classes(labels.names, settings)]))

    def rows_to_encode(
        self, rows: Dataset, states: Any, settings: Any, *, training: bool = False
    ) -> Dataset:
        """Adds made recordings of silence, and of no word, to those that are trained on."""
        if not training:
            return rows
        made, labels = self._made(rows, settings)
        if not made:
            return rows
        more = Sequences.from_lengths(np.concatenate(made), [len(row) for row in made])
        audio = Sequences.concatenate([rows.columns[self.audio], more])
        names = np.concatenate([np.asarray(rows.targets[self.column]), np.array(labels)])
        groups = np.asarray(rows.meta.get("group", np.full(len(rows), "")))
        groups = np.concatenate([groups, np.full(len(made), MADE)])
        return Dataset({self.audio: audio}, {self.column: names}, {"group": groups})

    def _made(self, rows: Dataset, settings: Any) -> tuple[list[Any], list[str]]:
        from lstm_toolkit.data.readers.audio.made_rows import made_silences, made_strangers

        column, labels = rows.columns[self.audio], np.asarray(rows.targets[self.column])
        rng = np.random.default_rng([settings.seed, 1])
        made, names = [], []
        if settings.silences:
            count = max(1, round(settings.silences * len(rows)))
            made += made_silences(column, count, rng)
            names += [SILENCE] * count
        if UNKNOWN in _made_classes(np.unique(labels), settings):
            count = max(1, round(settings.strangers * len(rows)))
            made += made_strangers(column, labels, count, rng)
            names += [UNKNOWN] * count
        return made, names

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: Labels
    ) -> Iterator[str]:
        """Tells of classes that are learnt from made recordings."""
        made = [name for name in (SILENCE, UNKNOWN) if name in state.names]
        if settings.silences or settings.strangers:
            yield f"{' and '.join(made)} are learnt from made recordings, too; none is scored"

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[Any]:
        """Returns probabilities whose likeliest class is the one that is answered.

        That of unknown is lowered below it where unknown is likelier, and not likely enough.
        """
        import tensorflow as tf

        outputs = super().predict_outputs(trained, batches, settings, rows)
        answers = decided(tf.constant(outputs), trained.states.target).numpy()[:, None]
        answered = np.take_along_axis(outputs, answers, axis=1)
        others = np.arange(outputs.shape[1]) != answers
        return np.where(others, np.minimum(outputs, np.nextafter(answered, 0)), outputs)

    def decode(self, outputs: tf.Tensor, state: Labels) -> dict[str, tf.Tensor]:
        """Returns what `Classes` does, unknown only where it is more likely than not."""
        import tensorflow as tf

        answers = decided(outputs, state)
        return super().decode(outputs, state) | {
            "label": tf.gather(tf.constant(state.names), answers),
            "probability": tf.gather(outputs, answers, axis=1, batch_dims=1),
        }

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns signatures of samples with their rates and lengths."""
        return audio_signatures(super().signatures(trained)["serving_default"])

    def signature_for(self, options: Any) -> str:
        """Returns the signature that takes rows as readers give them."""
        return ROWS

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns the label and its probability, and whether the recording is clipped."""
        answers = super().to_json(outputs)
        return [answer | audio_remarks(outputs, row) for row, answer in enumerate(answers)]

    def line_stream(self, state: Labels) -> str:
        """Answers samples from standard input, a stretch of speech at a time."""
        return "sound_stream.answer_sound"

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: Labels
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields those of classes, and a support vector machine, on the same statistics."""
        from sklearn.preprocessing import FunctionTransformer

        from lstm_toolkit.metrics import simple_classifiers as simple
        from lstm_toolkit.metrics.simple_features import simple_features

        columns = {
            name: (each.simple_model(), train.columns[name], test.columns[name])
            for name, each in features.items()
        }
        truth = self.truth(train, state), self.truth(test, state)

        @cache  # they take longer than the methods that are fitted on them
        def statistics() -> tuple[Any, Any]:
            return simple_features(columns)

        def fitted(method: Any) -> dict[str, float]:
            scores: dict[str, float] = method(
                {self.audio: (FunctionTransformer(), *statistics())}, *truth
            )
            return scores

        yield "most_frequent", partial(simple.most_frequent, *truth)
        yield "rbf_svm", partial(fitted, simple.rbf_svm)
        yield "logistic_regression", partial(fitted, simple.logistic_regression)


def decided(outputs: tf.Tensor, state: Labels) -> tf.Tensor:
    """Returns which class is answered, `int64[batch]`: unknown where it is more likely than not.

    A speaker who is new makes every class less likely; that alone makes no word unknown.

    Args:
        outputs: `float32[batch, classes]` probabilities.
        state: With the names of the classes.
    """
    import tensorflow as tf

    unknown = unknown_of(state.names)
    if not unknown:
        return tf.argmax(outputs, axis=1)
    of_none = tf.constant([[name == unknown for name in state.names]])
    likely = tf.where(of_none & (outputs <= MORE_LIKELY_THAN_NOT), -1.0, outputs)
    return tf.argmax(likely, axis=1)


def _made_classes(names: Any, settings: Any) -> list[str]:
    """Returns the classes of which training rows are made."""
    own = [name for name in names if name != SILENCE]
    silence = [SILENCE] if settings.silences else []
    # Without a second class there are no beginnings and ends to put together.
    return silence + ([UNKNOWN] if settings.strangers and not unknown_of(own) else [])
