"""One of several classes, or none of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.metrics.row_scores import mean, quotient
from lstm_toolkit.settings.fields import ANSWERS, NOT_SEARCHED, SHARE, SettingsGroup, settings
from lstm_toolkit.system.files import write_json
from lstm_toolkit.targets.explained_classes import ExplainedClasses
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.target import Direction, Predicted

if TYPE_CHECKING:
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.data.labels import Labels

UNKNOWN = "unknown"
"""What is answered where no class is sure enough, if no rows of that kind were learnt from."""

UNKNOWN_NAMES = ("oos", "outofscope", "outofdomain", "ood", "unknown", "noneofthese", "未知")
"""Labels of rows that belong to no class; case, spaces and signs do not count."""


@settings()
class KnownClassesSettings(SettingsGroup):
    """When a row is said to belong to no class."""

    unknown_label: str = ""
    """Label of rows that belong to no class, such as oos; they are learnt from too. Empty finds
    it among oos, out_of_scope, unknown and the like."""
    kept: Annotated[float, SHARE, ANSWERS, NOT_SEARCHED] = 0.95
    """Share of the validation rows of known classes that are answered; what is less sure than
    these is unknown."""


def unknown_of(names: Iterable[str], told: str = "") -> str:
    """Returns which of the labels stands for no class, "" if none does.

    Args:
        names: Of labels.
        told: The setting `unknown_label`; "" finds it among `UNKNOWN_NAMES`.

    >>> unknown_of(["fees", "Out-of-scope"]), unknown_of(["fees", "misc"], "Misc")
    ('Out-of-scope', 'misc')
    """
    by_name = {fold(name): name for name in names}
    wanted = (fold(told),) if told else UNKNOWN_NAMES
    return next((by_name[name] for name in wanted if name in by_name), "")


@dataclasses.dataclass(frozen=True)
class KnownLabels:
    """Names of classes, which of them stands for none, and from when on one is answered.

    Attributes:
        labels: In the order of the network's outputs.
        unknown: The label of rows of no class; "" where none was learnt from.
        threshold: The least probability of a class that is answered.
    """

    labels: Labels
    unknown: str = ""
    threshold: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the network's outputs."""
        return self.labels.names

    @property
    def known(self) -> NDArray[np.int64]:
        """The numbers of those outputs that are classes."""
        numbers = [n for n, name in enumerate(self.names) if name != self.unknown]
        return np.array(numbers, np.int64)

    @property
    def answer(self) -> str:
        """What is answered where no class is sure enough."""
        return self.unknown or UNKNOWN

    def save(self, folder: Path) -> None:
        """Writes `labels.txt` and `unknown.json`."""
        self.labels.save(folder)
        write_json(folder / "unknown.json", {"label": self.unknown, "threshold": self.threshold})

    @classmethod
    def load(cls, folder: Path) -> KnownLabels:
        """Reads what `save` wrote."""
        from lstm_toolkit import data

        facts = json.loads((folder / "unknown.json").read_text(encoding="utf-8"))
        return cls(data.Labels.load(folder), facts["label"], float(facts["threshold"]))


class KnownClasses(ExplainedClasses):
    """Class names from probabilities of one `features.Text`, or that it is none of them.

    Rows with the label of the unknown are one more output of the network, and never an answer by
    their own probability: what decides is how likely the likeliest class is, since rows of no class
    are of more kinds than a training split can hold. Settings: `KnownClassesSettings`, and those
    of `Classes`.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        **ExplainedClasses.directions,
        **dict.fromkeys(("kept", "unknown_recall", "unknown_auc"), "max"),
    }
    row_scores = (quotient("accuracy", "right", "known", points=100.0), mean("loss", "loss"))
    chooses_on_validation = True

    def learn(self, train: Dataset, settings: Any) -> Any:
        """Learns the names of the classes, and which of them stands for none.

        A label that `unknown_label` names is an output even where only rows of a published
        validation or test split have it.

        Raises:
            DataError: If fewer than two classes are left.
        """
        from lstm_toolkit import data

        labels = super().learn(train, settings)
        unknown = unknown_of(labels.names, settings.unknown_label)
        if settings.unknown_label and not unknown:
            unknown = settings.unknown_label
            labels = data.Labels.learn(np.array([*labels.names, unknown]))
        state = KnownLabels(labels, unknown)
        if len(state.known) < 2:
            raise DataError(
                f"needs at least two classes beside {unknown}. Received: {len(state.known)}"
            )
        return state

    def extend(self, state: Any, train: Dataset, settings: Any) -> tuple[Any, list[str]]:
        """Adds classes."""
        labels, added = super().extend(state.labels, train, settings)
        return dataclasses.replace(state, labels=labels), added

    def load(self, folder: Path) -> Any:
        """Reads labels and threshold."""
        return KnownLabels.load(folder)

    def truth(self, rows: Dataset, state: Any) -> NDArray[np.int32]:
        """Returns `int32[n]`, the number of each row's output."""
        return super().truth(rows, state.labels)

    def decode(self, outputs: tf.Tensor, state: Any) -> dict[str, tf.Tensor]:
        """Returns the likeliest class if it is sure enough, and the probabilities of all.

        `known` tells whether it is; `nearest` is the likeliest class in any case.
        """
        import tensorflow as tf

        some = tf.gather(outputs, tf.constant(state.known), axis=1)
        names = tf.constant([state.names[number] for number in state.known])
        nearest, sure = tf.gather(names, tf.argmax(some, axis=-1)), tf.reduce_max(some, axis=-1)
        known = sure >= tf.constant(state.threshold, sure.dtype)
        answers = super().decode(outputs, state)
        label = tf.where(known, nearest, tf.constant(state.answer))
        return {**answers, "label": label, "probability": sure, "known": known, "nearest": nearest}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Adds `nearest`, the likeliest class, where the answer is that there is none."""
        answers = super().to_json(outputs)
        for answer, known, name in zip(answers, outputs["known"], outputs["nearest"], strict=True):
            if not known:
                answer["nearest"] = name.decode()
        return answers

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Adds the likeliest class where the answer is that there is none."""
        line = super().format_answer(answer)
        return f"{line}\t(nearest: {answer['nearest']})" if "nearest" in answer else line

    def after_training(self, predicted: Predicted) -> Any:
        """Chooses the threshold."""
        from lstm_toolkit.metrics.unknown_scores import keeping_threshold, rounded_down

        state = predicted.states.target
        sure, unknown = self._sure(predicted)
        threshold = keeping_threshold(sure[~unknown], predicted.settings.kept)
        return dataclasses.replace(state, threshold=rounded_down(threshold))

    def _sure(self, predicted: Predicted) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Returns the probability of each row's likeliest class, and which rows have none."""
        state = predicted.states.target
        unknown = ~np.isin(self.truth(predicted.rows, state), state.known)
        return predicted.outputs[:, state.known].max(axis=1), unknown

    def _of_known(self, predicted: Predicted) -> tuple[NDArray[np.int32], Any, list[str]]:
        """Returns truth and probabilities of the rows that have a class, among classes alone."""
        state = predicted.states.target
        truth = self.truth(predicted.rows, state)
        rows = np.isin(truth, state.known)
        outputs = predicted.outputs[rows][:, state.known]
        outputs = outputs / np.maximum(outputs.sum(axis=1, keepdims=True), 1e-9)
        places = np.searchsorted(state.known, truth[rows]).astype(np.int32)
        return places, outputs, [state.names[number] for number in state.known]

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns scores of rows that have a class, and how the others are told from them.

        Raises:
            DataError: If no row has a class.
        """
        from lstm_toolkit.metrics.class_scores import class_scores
        from lstm_toolkit.metrics.unknown_scores import unknown_scores

        truth, outputs, names = self._of_known(predicted)
        if not len(truth):
            raise DataError("needs rows of known classes to be scored. Received: none")
        scores = class_scores(truth, outputs, names)
        threshold = predicted.states.target.threshold
        return scores | unknown_scores(*self._sure(predicted), threshold)

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns classes, whether they are right, and the loss of each row that has one."""
        from lstm_toolkit.metrics.class_scores import cross_entropies

        truth, outputs, names = self._of_known(predicted)
        _, unknown = self._sure(predicted)
        best = outputs.argmax(axis=1)
        right = (truth == best).astype(np.float64)
        columns = {
            "right": right,
            "known": np.ones(len(truth)),
            "loss": cross_entropies(truth, outputs),
        }
        rows = np.flatnonzero(~unknown)
        return JudgedRows([names[n] for n in truth], [names[n] for n in best], columns, rows=rows)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Adds how many rows are answered, and of those of no class refused."""
        line = f"answered {scores['kept']:.2%} of the rows that have a class"
        if "unknown_recall" in scores:
            line += f", refused {scores['unknown_recall']:.2%} of those that have none"
        return f"{super().report(scores)}\n{line}"

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: Any
    ) -> Iterator[str]:
        """Tells what stands for no class."""
        numbers = np.asarray(train.rows)
        learnt = numbers if numbers.ndim == 1 else numbers.argmax(axis=1)
        if state.unknown and state.names.index(state.unknown) not in learnt:
            yield f"no rows of {state.unknown} to learn from: they are scored alone"
        elif state.unknown:
            yield f"rows of {state.unknown} are learnt from as rows of no class"
        else:
            yield f"no rows of no class to learn from: what is not sure enough is {state.answer}"

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: Any
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the simplest classifiers, of rows that have a class."""
        parts = [part.take(self._classed(part, state)) for part in (train, test)]
        yield from super().baselines(parts[0], parts[1], features, state)

    def _classed(self, rows: Dataset, state: Any) -> NDArray[np.int64]:
        return np.flatnonzero(np.isin(self.truth(rows, state), state.known))

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns the confusion matrix and the reliability diagram of rows that have a class."""
        from lstm_toolkit.figures import plots

        truth, outputs, names = self._of_known(predicted)
        return {
            "confusion_matrix": plots.confusion_matrix(truth, outputs, names),
            "calibration": plots.calibration(truth, outputs),
        }
