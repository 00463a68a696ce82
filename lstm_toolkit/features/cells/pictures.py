"""A picture in each row, or none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.features.picture import Picture, PictureState


class PictureCell(Picture):
    """Raw pictures `uint8[batch, h, w, 3]` of any size; one of zeros alone is none."""

    def parse(
        self, word: str, state: PictureState, options: Any
    ) -> Iterator[tuple[str, NDArray[Any] | DataError]]:
        """Yields the picture that a path names; `null` is none."""
        from lstm_toolkit.data.readers.images.fitting import fit_picture
        from lstm_toolkit.data.readers.mixed.pictures import picture_of

        picture = picture_of(None if word == "null" else word, Path())
        yield word, self.absent(state) if picture is None else fit_picture(picture, state.frame)

    def absent(self, state: PictureState) -> NDArray[Any]:
        """Returns zeros."""
        return np.zeros((*state.frame.size, 3), np.uint8)
