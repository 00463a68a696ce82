"""What annotations say of a setting beside its type."""

from __future__ import annotations

import dataclasses
import enum

from lstm_toolkit.settings.values import Bounds


class Role(enum.Enum):
    """What a setting concerns; another value of it leaves the rest as it is."""

    DATA = "data"
    """Reading, splitting, and what is learnt from the training split; where nothing is said."""
    MODEL = "model"
    """The network: an argument of the task's builder."""
    TRAINING = "training"
    """The loss, and how long, how fast and how exactly is trained."""
    ANSWERS = "answers"
    """How answers are made from outputs, and how they are scored."""
    READER = "reader"
    """How files are read: encodings, columns, sheets; of new data `evaluate` and `predict` can be
    told other ones."""


class Mark(enum.Enum):
    """What else is to be known of a setting."""

    NOT_SEARCHED = "not searched"
    """It changes what a score is, or how it is found, not how good the network is."""
    CHANGES_LOSS = "changes loss"
    """It changes what a loss is, so that losses of trials could not be compared."""


@dataclasses.dataclass(frozen=True)
class Formerly:
    """Annotates a setting that had another name, which then answers with the new one."""

    name: str


DATA, MODEL, TRAINING, ANSWERS, READER = Role
NOT_SEARCHED, CHANGES_LOSS = Mark

POSITIVE = Bounds(1)
SHARE = Bounds(0, 1, open=True)
NOT_NEGATIVE = Bounds(0)
