"""Classes of sequences of letters, with what each stretch of letters speaks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lstm_toolkit.targets.explained_classes import ExplainedClasses

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.data.labels import Labels
    from lstm_toolkit.features.feature import Feature
    from lstm_toolkit.targets.signature import Trained


class SequenceClasses(ExplainedClasses):
    """Classes of one `features.Symbols`; `explain` hides one stretch of letters after the other.

    See `inspection.hidden_stretches`.
    """

    def explanation(self, trained: Trained) -> Callable[[tf.Tensor], dict[str, tf.Tensor]] | None:
        """Returns what adds stretches of letters and their weights to the answers."""
        from lstm_toolkit.inspection.hidden_stretches import stretch_weights, stretches

        (feature,) = trained.features.values()
        state, labels = trained.states.only, trained.states.target
        nothing = state.letters.size - 1

        def explain(sequence: tf.Tensor) -> dict[str, tf.Tensor]:
            inputs = feature.collate(feature.encode(sequence, state), state)
            probabilities, weights = stretch_weights(trained.model, inputs, nothing)
            tokens = stretches(inputs, state.letters.signs)
            answers = self.decode(probabilities, labels) | {"tokens": tokens, "weights": weights}
            _, unlike = trained.brought(sequence)
            return answers if unlike is None else answers | {"unlike": unlike}

        return explain

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: Labels
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields those of classes, and a linear support vector machine on the same features."""
        from lstm_toolkit.metrics.simple_classifiers import linear_svm

        yield from super().baselines(train, test, features, state)
        columns = {
            name: (each.simple_model(), train.columns[name], test.columns[name])
            for name, each in features.items()
        }
        truth = self.truth(train, state), self.truth(test, state)
        yield "linear_svm", partial(linear_svm, columns, *truth)
