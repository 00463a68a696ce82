"""Pictures in colour."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.images.fitting import Frame, fit_picture, fit_pictures, fitted
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import CHUNK, Feature
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.settings.fields import NOT_NEGATIVE, SettingsGroup, settings
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column


@settings()
class PictureSettings(SettingsGroup):
    """What pictures in colour are brought to."""

    height: Annotated[int, NOT_NEGATIVE] = 0
    """Rows of pixels to bring every picture to; 0 takes the commonest size, 64 at most."""
    width: Annotated[int, NOT_NEGATIVE] = 0
    """Columns of pixels, likewise."""
    resize: Literal["pad", "stretch"] = "pad"
    """Keep the shape of pictures, the rest in the colour of their border; or stretch them."""


@dataclasses.dataclass(frozen=True)
class PictureState:
    """What pictures are brought to.

    Attributes:
        frame: Its size, and how.
    """

    frame: Frame

    def save(self, folder: Path) -> None:
        """Writes `picture.json`."""
        write_json(folder / "picture.json", dataclasses.asdict(self.frame))

    @classmethod
    def load(cls, folder: Path) -> PictureState:
        """Reads what `save` wrote."""
        return cls(Frame(**json.loads((folder / "picture.json").read_text(encoding="utf-8"))))


class Picture(Feature[PictureState]):
    """Raw pixels `uint8[batch, h, w, 3]` of any size to `float32[batch, height, width, 3]`, 0–1."""

    one_shape_a_batch = True
    stored_as_is = False

    def given(self, column: Any) -> NDArray[np.uint8]:
        """Returns `uint8[n, h, w, 3]` of arrays, paths or bytes; all as the commonest size is.

        Raises:
            DataError: If one is no picture.
        """
        from lstm_toolkit.data.readers.images.colours import given_pictures

        pictures = given_pictures(column)
        if not pictures:
            raise DataError("needs at least one picture. Received: none")
        sizes = Counter((picture.shape[0], picture.shape[1]) for picture in pictures)
        frame = Frame(*sizes.most_common(1)[0][0])
        return fit_pictures(pictures, len(pictures), frame)

    def learn(self, column: Any, settings: Any) -> PictureState:
        """Learns the frame."""
        chosen = {"height": settings.height, "width": settings.width}
        pad = settings.resize == "pad"
        return PictureState(Frame.choose([column.shape[1:3]], **chosen, pad=pad))

    def extend(
        self, state: PictureState, column: Any, settings: Any
    ) -> tuple[PictureState, list[str]]:
        """Keeps the frame.

        Raises:
            InputError: If pictures are to be brought to another.
        """
        frame = state.frame
        check_kept("height", frame.height, settings.height or frame.height)
        check_kept("width", frame.width, settings.width or frame.width)
        check_kept("resize", "pad" if frame.pad else "stretch", settings.resize)
        return state, []

    def load(self, folder: Path) -> PictureState:
        """Reads `picture.json`."""
        return PictureState.load(folder)

    def encode(self, values: tf.Tensor, state: PictureState) -> tf.Tensor:
        """Brings pictures to the frame: `uint8[batch, height, width, 3]`."""
        return fitted(values, state.frame)

    def encode_chunks(self, column: Column, state: PictureState) -> Iterator[dict[str, Column]]:
        """Brings pictures to the frame, those of a chunk at a time."""
        for start in range(0, max(len(column), 1), CHUNK):
            chunk = column[start : start + CHUNK]
            yield {"rows": fit_pictures(chunk, len(chunk), state.frame)}

    def collate(self, rows: tf.Tensor, state: PictureState) -> tf.Tensor:
        """Returns fractions."""
        import tensorflow as tf

        return tf.cast(rows, tf.float32) / 255.0

    def spec(self, name: str, state: PictureState) -> tf.TensorSpec:
        """Returns `uint8[batch, h, w, 3]` of any size."""
        import tensorflow as tf

        return tf.TensorSpec([None, None, None, 3], tf.uint8, name)

    def parse(
        self, word: str, state: PictureState, options: Any
    ) -> Iterator[tuple[str, NDArray[Any] | DataError]]:
        """Yields the picture that a word names, or those of a folder or of an array."""
        from lstm_toolkit.data.readers.images.picture_files import named_pictures

        for name, picture in named_pictures(Path(word)):
            if isinstance(picture, DataError):
                yield name, picture
            else:
                yield name, fit_picture(picture, state.frame)

    def simple_model(self) -> Any:
        """Returns what tells pictures apart without learning: `simple_pictures.colour_model`."""
        from lstm_toolkit.metrics.simple_pictures import colour_model

        return colour_model()
