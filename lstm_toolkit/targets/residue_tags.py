"""A tag for each letter of a sequence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lstm_toolkit.metrics.row_scores import quotient
from lstm_toolkit.targets.tags import Tags

if TYPE_CHECKING:
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.features.feature import Feature
    from lstm_toolkit.targets.tag_names import TagNames


class ResidueTags(Tags):
    """Tags of the letters of one `features.Residues`."""

    main_score = "accuracy"
    row_scores = (
        quotient("accuracy", "right", "tokens"),
        quotient("loss", "loss", "tokens"),
    )

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: TagNames
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the commonest tag of each letter, and logistic regression on its neighbours."""
        from lstm_toolkit.metrics.simple_residues import window_regression

        yield from super().baselines(train, test, features, state)

        def tagged(part: Dataset) -> tuple[list[str], list[list[str]]]:
            rows = ["".join(str(text).split()) for text in part.columns[self.text]]
            return rows, part.targets[self.column].to_list()

        fitted = partial(window_regression, *tagged(train), *tagged(test))
        yield "window_regression", fitted

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the accuracy in a line."""
        return f"accuracy of letters {scores['accuracy']:.4f}   ({scores['examples']:,} sequences)"
