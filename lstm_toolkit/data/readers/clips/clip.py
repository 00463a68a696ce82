"""What every form of a clip can tell, and hand out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.frame_sampling import repeats


@dataclasses.dataclass(frozen=True, eq=False)
class Facts:
    """What is known of a clip before its frames are kept.

    Attributes:
        height: Rows of pixels.
        width: Columns of pixels.
        durations: `float64[n]`, seconds that each frame is shown; 0 or NaN if not known.
    """

    height: int
    width: int
    durations: NDArray[np.float64]

    @property
    def uneven(self) -> bool:
        """Whether some frames stand longer than others."""
        shown = repeats(self.durations)
        return bool((shown != shown[0]).any())


class Clip(Protocol):
    """One clip, of which only the frames are decoded and kept that are asked for."""

    @property
    def name(self) -> str:
        """What it is called in messages and answers."""

    def facts(self) -> Facts:
        """Returns size and number of frames.

        Raises:
            DataError: If it is damaged, or has no frame.
        """

    def frames(self, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
        """Yields frames by their numbers, which rise: `uint8[height, width, 3]`.

        Raises:
            DataError: If one cannot be decoded.
        """
