"""A picture in each row, or none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.features.picture import Picture, PictureState

if TYPE_CHECKING:
    import tensorflow as tf


class PictureCell(Picture):
    """Raw pictures `uint8[batch, h, w, 3]` of any size; one of zeros alone is none."""

    def learn(self, column: Any, settings: Any) -> PictureState:
        """Learns from the rows that have a picture."""
        there = np.flatnonzero(np.asarray(column).any(axis=(1, 2, 3)))
        return super().learn(column[there] if len(there) else column, settings)

    def bring(
        self, values: tf.Tensor, state: PictureState, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Tells which pictures are unlike the training's, if that can be told; none is not."""
        import tensorflow as tf

        there = tf.reduce_any(values > 0, axis=[1, 2, 3])
        brought, unlike = super().bring(values, state, as_is=as_is)
        return brought, None if unlike is None else unlike & there

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
