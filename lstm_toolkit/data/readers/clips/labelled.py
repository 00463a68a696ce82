"""Clips with their labels, as readers of folders and tables return them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from lstm_toolkit.data.splits.parts import TRAIN

DAMAGED_SHARE = 0.05
"""Share of the clips that may be damaged or missing, and are then left out and counted."""


@dataclasses.dataclass(frozen=True)
class LabelledClip:
    """A clip on the disk that belongs to a class.

    Attributes:
        path: A file, or a folder of pictures.
        label: Its class.
        split: `train`, `validation` or `test`.
        group: What may not stand in two splits, such as the person who is shown; "" for none.
    """

    path: Path
    label: str
    split: str = TRAIN
    group: str = ""
