"""What every form of a clip can tell, and hand out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclasses.dataclass(frozen=True, eq=False)
class Facts:
    """What is known of a clip before its frames are kept.

    Attributes:
        height: Rows of pixels.
        width: Columns of pixels.
        shown: `int64[n]`, how many steps each frame stands, see `frame_sampling.repeats`.
    """

    height: int
    width: int
    shown: NDArray[np.int64]

    @property
    def uneven(self) -> bool:
        """Whether some frames stand longer than others."""
        return bool((self.shown != self.shown[0]).any())


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
