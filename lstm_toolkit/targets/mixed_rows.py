"""Classes or a number of rows with columns of several kinds, any of which may be missing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.cells.categories import plain_names
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.targets import without_columns
from lstm_toolkit.targets.classes import Classes
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.number import Number
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Predicted, Target

if TYPE_CHECKING:
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset

WITHOUT = "without"
"""The key of an answer's columns that were not there."""


@dataclasses.dataclass(frozen=True)
class MixedOptions(PredictOptions):
    """What `predict` can be told about the answers."""

    explain: bool = False
    """Tell how much each column speaks for the answer."""


class MixedRows(Target[Any]):
    """What both kinds of answers have in common: which columns are there, and what each adds."""

    recorded: ClassVar[bool] = True
    options: ClassVar[type[PredictOptions]] = MixedOptions
    sign: ClassVar[float] = 1.0
    """1 where more of `main_score` is better, or else -1."""

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[Any]:
        """Returns `float32[n, 1 + columns, outputs]`, see `outputs_without_columns`."""
        return without_columns.outputs_without_columns(trained, batches)

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Adds the score without each column under `columns`."""
        states = predicted.states.features
        scores = super().evaluate(_of_whole_rows(predicted))
        without = {
            state.heading: super(MixedRows, self).evaluate(_of_whole_rows(predicted, place))
            for place, state in enumerate(states.values(), 1)
        }
        columns = without_columns.column_scores(scores, without, self.main_score, self.sign)
        return {**scores, "columns": columns}

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Judges answers to whole rows."""
        return super().judge_rows(_of_whole_rows(predicted))

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Draws answers to whole rows, and what each column adds."""
        return super().figures(_of_whole_rows(predicted))

    def report(self, scores: Mapping[str, Any]) -> str:
        """Adds a line on the columns."""
        line = without_columns.column_report(scores, self.main_score)
        return "\n".join(filter(None, [super().report(scores), line]))

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Adds which columns are not there, and `explain`, with what each adds to the answer."""
        import tensorflow as tf

        # Traced once for both.
        network = tf.function(
            lambda inputs: trained.model(inputs, training=False),
            autograph=False,
            reduce_retracing=True,
        )
        answer = partial(self._answer, trained, network)
        return {
            "serving_default": Signature(partial(answer, explain=False), trained.specs),
            "explain": Signature(partial(answer, explain=True), trained.specs),
        }

    def _answer(
        self, trained: Trained, network: Any, *values: tf.Tensor, explain: bool
    ) -> dict[str, tf.Tensor]:
        import tensorflow as tf

        brought, unlike = trained.brought(*values)
        inputs, names = trained.network_inputs(*brought), list(trained.features)
        outputs, *others = without_columns.outputs_without(
            network, inputs, names if explain else []
        )
        answers = dict(self.decode(outputs, trained.states.target))
        headings = tf.constant(without_columns.headings_of(trained))[tf.newaxis]
        answers["columns"] = tf.tile(headings, [tf.shape(outputs)[0], 1])
        answers["lacking"] = without_columns.lacking(trained, inputs)
        if explain:
            weights = [self.difference(outputs, each, trained.states.target) for each in others]
            answers["weights"] = tf.stack(weights, axis=1)
        says_nothing = without_columns.lacking(trained, inputs, unknown=True)
        nothing = tf.reduce_all(says_nothing, axis=1)
        return answers | {"unlike": nothing if unlike is None else unlike | nothing}

    def difference(self, outputs: tf.Tensor, without: tf.Tensor, state: Any) -> tf.Tensor:
        """Returns `float32[batch]`: how much a column adds to the answer; in the graph."""
        raise NotImplementedError

    def signature_for(self, options: Any) -> str:
        """Returns `explain` if explanations are asked for."""
        return "explain" if options.explain else "serving_default"

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Adds the columns that are not there under `without`, and their weights if explained."""
        answers = super().to_json(outputs)
        for row, answer in enumerate(answers):
            names = [name.decode("utf-8", "replace") for name in outputs["columns"][row]]
            lacking = outputs["lacking"][row]
            gone = [name for name, lacks in zip(names, lacking, strict=True) if lacks]
            if gone:
                answer[WITHOUT] = gone
            if "weights" in outputs:
                answer["columns"] = _weights(names, outputs["weights"][row], lacking)
        return answers

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Adds what each column adds, where that was asked for, and which are not there."""
        parts = [super().format_answer(answer)]
        parts += [
            " ".join(f"{each['column']}({each['weight']:+.2f})" for each in answer["columns"])
            for _ in range("columns" in answer)
        ]
        if WITHOUT in answer:
            parts.append(f"without {', '.join(answer[WITHOUT])}")
        return "\t".join(parts)

    def compared(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        fits: Mapping[str, Callable[[Mapping[str, Any]], dict[str, float]]],
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields methods on all columns together, on numbers and categories, and on each alone.

        Args:
            train: Rows to fit on.
            test: Rows to score.
            features: By the names of columns.
            fits: By name, what fits and scores columns; "hist_gradient_boosting" is given
                numbers and categories alone, the other one all.
        """
        columns = {
            name: (each, train.columns[name], test.columns[name]) for name, each in features.items()
        }

        def simple(names: list[str]) -> dict[str, Any]:
            return {n: (columns[n][0].simple_model(), *columns[n][1:]) for n in names}

        (linear, fit), (boosting, boost) = fits.items()
        yield linear, partial(lambda: fit(simple([*columns])))
        plain = [name for name in columns if name.startswith(("number_", "category_"))]
        if plain:
            yield (
                boosting,
                partial(lambda: boost({name: _trees(name, *columns[name][1:]) for name in plain})),
            )
        for name in columns if len(columns) > 1 else ():
            yield f"{linear} on {name} alone", partial(lambda n: fit(simple([n])), name)


class MixedClasses(MixedRows, Classes):
    """Class names from `float32[batch, classes]` probabilities. Settings: `ClassesSettings`."""

    def difference(self, outputs: tf.Tensor, without: tf.Tensor, state: Any) -> tf.Tensor:
        """Returns what a column adds to the probability of the label."""
        import tensorflow as tf

        label = tf.argmax(outputs, axis=-1)
        return tf.gather(outputs - without, label, axis=1, batch_dims=1)

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: Any
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the most frequent class, and simple methods, see `compared`."""
        from lstm_toolkit.metrics.simple_boosting import boosted_classes
        from lstm_toolkit.metrics.simple_classifiers import logistic_regression, most_frequent

        truth = self.truth(train, state), self.truth(test, state)
        yield "most_frequent", partial(most_frequent, *truth)
        fits = {
            "logistic_regression": lambda columns: logistic_regression(columns, *truth),
            "hist_gradient_boosting": lambda columns: boosted_classes(columns, *truth),
        }
        yield from self.compared(train, test, features, fits)


class MixedNumber(MixedRows, Number):
    """A number from `float32[batch, 1]`. Settings: `ErrorSettings`."""

    sign: ClassVar[float] = -1.0

    def __init__(self, column: str = "number", name: str = "number"):
        super().__init__(column, name)

    def difference(self, outputs: tf.Tensor, without: tf.Tensor, state: Any) -> tf.Tensor:
        """Returns what a column adds to the number, on its own scale."""
        return (outputs - without)[:, 0] * state.scale.deviation

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: Any
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the mean of the training rows, and simple methods, see `compared`."""
        from lstm_toolkit.metrics.simple_boosting import boosted_numbers
        from lstm_toolkit.metrics.simple_numbers import ridge, training_mean

        truth = self.truth(train), self.truth(test)
        yield "training_mean", partial(training_mean, *truth)
        fits = {
            "ridge": lambda columns: ridge(columns, *truth),
            "hist_gradient_boosting": lambda columns: boosted_numbers(columns, *truth),
        }
        yield from self.compared(train, test, features, fits)


def _trees(name: str, *sides: Any) -> tuple[Any, ...]:
    """Returns what trees are given of a column: categories as the network has them."""
    return tuple(map(plain_names, sides)) if name.startswith("category_") else sides


def _of_whole_rows(predicted: Predicted, place: int = 0) -> Predicted:
    """Returns the outputs of whole rows, or those without one column."""
    return dataclasses.replace(predicted, outputs=np.asarray(predicted.outputs)[:, place])


def _weights(names: list[str], weights: Any, lacking: Any) -> list[dict[str, Any]]:
    """Returns what each column that is there adds, the greatest first."""
    each = [
        {"column": name, "weight": round(float(weight), 6)}
        for name, weight, gone in zip(names, weights, lacking, strict=True)
        if not gone
    ]
    return sorted(each, key=lambda part: -abs(part["weight"]))
