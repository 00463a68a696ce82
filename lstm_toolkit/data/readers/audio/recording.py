"""A recording beside what is said in it, whichever form it was read from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Literal

from lstm_toolkit.data.readers.audio.sounds import Sound
from lstm_toolkit.data.splits.parts import TRAIN
from lstm_toolkit.errors import DataError

LABEL, TRANSCRIPT = "label", "transcript"
Said = Literal["label", "transcript", ""]
"""What stands beside recordings; "" where nothing is asked for."""


@dataclasses.dataclass(frozen=True, eq=False)
class Recording:
    """A recording.

    Attributes:
        name: Of its file, or its place.
        sound: What was read, or why that cannot be.
        said: Its class or its transcript.
        speaker: Who speaks; "" if that is not known.
        part: The published split that it belongs to.
        cells: What else stands in its row of a table.
    """

    name: str
    sound: Sound | DataError
    said: str = ""
    speaker: str = ""
    part: str = TRAIN
    cells: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, eq=False)
class Recordings:
    """Recordings as a form of data holds them.

    Attributes:
        each: In their order.
        remarks: What was taken for granted.
        left_out: Files or rows that are no recording, by the reason.
        published: Whether the data tells splits.
    """

    each: Sequence[Recording]
    remarks: tuple[str, ...] = ()
    left_out: Mapping[str, int] = dataclasses.field(default_factory=dict)
    published: bool = False
