"""What was learnt from the training split, besides the weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lstm_toolkit.features.feature import Feature

FEATURES, TARGET = "features", "target"
"""The folders of a run where they lie."""


def additions(before: int, after: int, one: str, several: str) -> list[str]:
    """Returns in words how many are new; nothing if none is.

    >>> additions(3, 5, "class", "classes"), additions(3, 3, "class", "classes")
    (['2 new classes'], [])
    """
    new = after - before
    return [f"{new:,} new {one if new == 1 else several}"] if new else []


@dataclasses.dataclass(frozen=True)
class States:
    """The states of a task's features and of its target.

    Attributes:
        features: By the names of the features.
        target: That of the target.
    """

    features: Mapping[str, Any]
    target: Any

    def __getitem__(self, name: str) -> Any:
        return self.features[name]

    @property
    def only(self) -> Any:
        """The state of the one feature there is."""
        (state,) = self.features.values()
        return state

    def save(self, folder: Path) -> None:
        """Writes `features/NAME/` and `target/` into `folder`."""
        parts = {f"{FEATURES}/{name}": state for name, state in self.features.items()}
        for place, state in (parts | {TARGET: self.target}).items():
            (folder / place).mkdir(parents=True, exist_ok=True)
            state.save(folder / place)

    @classmethod
    def load(cls, folder: Path, features: Mapping[str, Feature[Any]], target: Any) -> States:
        """Reads what `save` wrote.

        Raises:
            DataError: If a file was changed since.
        """
        return cls(
            {name: each.load(folder / FEATURES / name) for name, each in features.items()},
            target.load(folder / TARGET),
        )
