"""One of several classes for each window of a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from lstm_toolkit.features.feature import Feature
from lstm_toolkit.targets.classes import Classes
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.window_signatures import window_signatures

if TYPE_CHECKING:
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.data.labels import Labels


class WindowClasses(Classes):
    """Class names of windows, and of streams step by step. Settings: `ClassesSettings`.

    Args:
        column: Of `Dataset.targets`: `str[n]`.
        values: The feature with the windows.
    """

    def __init__(self, column: str = "label", values: str = "values"):
        super().__init__(column)
        self.values = values

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns signatures of windows with a mask, of windows, and of one step at a time."""
        base = super().signatures(trained)["serving_default"]
        return window_signatures(base, len(trained.states.target.names))

    def signature_for(self, options: Any) -> str:
        """Returns the signature of windows in which NaN is a missing value."""
        return "windows"

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns the label, its probability, and those of all labels."""
        answers = super().to_json(outputs)
        rows = zip(answers, outputs["labels"], outputs["probabilities"], strict=True)
        return [
            answer
            | {"probabilities": {n.decode(): float(p) for n, p in zip(names, ps, strict=True)}}
            for answer, names, ps in rows
        ]

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: Labels
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields those of classes, and ridge regression on what random kernels see."""
        from lstm_toolkit.metrics.random_kernels import random_kernels

        yield from super().baselines(train, test, features, state)
        first, second = (part.columns[self.values] for part in (train, test))
        classes = self.truth(train, state), self.truth(test, state)
        yield "random_kernels", partial(random_kernels, first, second, *classes)
