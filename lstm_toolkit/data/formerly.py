"""Names of version 0.1, which warn and do what they did."""

from __future__ import annotations

import warnings
from typing import Any

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.data.splits.connected import Connected
from lstm_toolkit.data.splits.splitter import Splits


def _warn(old: str, new: str) -> None:
    warnings.warn(f"data.{old} is now data.{new}", FutureWarning, stacklevel=3)


def Examples(inputs: Any, labels: Any) -> Dataset:  # noqa: N802
    """Returns rows of one column, `inputs`, and one target, `label`."""
    _warn("Examples", "Dataset")
    return Dataset({"inputs": inputs}, {"label": labels})


def split(
    source: Source, *, validation_share: float = 0.1, test_share: float = 0.2, seed: int = 0
) -> Splits:
    """Splits at random, classes in their shares."""
    _warn("split", "AtRandom().split")
    return AtRandom().split(source, validation=validation_share, test=test_share, seed=seed)


def split_pairs(
    source: Source, *, validation_size: float = 0.1, test_size: float = 0.1, seed: int = 0
) -> Splits:
    """Splits pairs so that no sentence stands in two splits."""
    _warn("split_pairs", "Connected().split")
    return Connected().split(source, validation=validation_size, test=test_size, seed=seed)
