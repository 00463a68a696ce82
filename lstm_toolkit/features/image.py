"""Images in grey, read row by row."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from numpy.typing import NDArray

from lstm_toolkit.features.feature import Feature
from lstm_toolkit.settings.fields import NOT_NEGATIVE, SettingsGroup, settings
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf


@settings()
class ImageSettings(SettingsGroup):
    """How images are read."""

    height: Annotated[int, NOT_NEGATIVE] = 0
    """Rows of pixels to bring every image to; 0 takes the data's."""
    width: Annotated[int, NOT_NEGATIVE] = 0
    """Columns of pixels to bring every image to; 0 takes the data's."""
    label_column: str = ""
    """Which column of a table holds labels: its name, first or last; looked for by default."""


@dataclasses.dataclass(frozen=True)
class ImageOptions(PredictOptions):
    """What `predict` can be told about images."""

    invert: bool = False
    """Turn dark on light into light on dark, and the reverse, to match the training images."""


@dataclasses.dataclass(frozen=True)
class ImageFrame:
    """The size, the scale and the ground of the training images.

    Attributes:
        height: Rows of an image.
        width: Columns of an image.
        white: The scale of the training pixels, see `white_level`.
        dark_on_light: Whether the training images are dark on light. The network then reads
            them turned round, so that the ground is 0, as random shifts and noise need it.
    """

    height: int
    width: int
    white: int
    dark_on_light: bool = False

    def save(self, folder: Path) -> None:
        """Writes `image.json`."""
        write_json(folder / "image.json", dataclasses.asdict(self))

    @classmethod
    def load(cls, folder: Path) -> ImageFrame:
        """Reads what `save` wrote."""
        return cls(**json.loads((folder / "image.json").read_text(encoding="utf-8")))


class Image(Feature[ImageFrame]):
    """Raw pixels `uint8|float32[batch, height, width]` to `float32` in 0 to 1, ground 0."""

    options: ClassVar[type[PredictOptions]] = ImageOptions
    also_as = ("uint8",)

    def learn(self, column: Any, settings: Any) -> ImageFrame:
        """Learns the frame, the scale of the pixels and the ground."""
        from lstm_toolkit.data.readers.images.pixels import light_ground, white_level

        height, width = column.shape[1:]
        white = white_level(column)
        return ImageFrame(height, width, white, light_ground(column, white))

    def load(self, folder: Path) -> ImageFrame:
        """Reads `image.json`."""
        return ImageFrame.load(folder)

    def collate(self, rows: tf.Tensor, state: ImageFrame) -> tf.Tensor:
        """Brings raw pixels to the range 0 to 1, with a ground of 0."""
        from lstm_toolkit import data

        images = data.unit_range(rows, state.white)
        return 1.0 - images if state.dark_on_light else images

    def spec(self, name: str, state: ImageFrame) -> tf.TensorSpec:
        """Returns `float32[batch, height, width]`, 0 to 1 or 0 to 255."""
        import tensorflow as tf

        return tf.TensorSpec([None, state.height, state.width], tf.float32, name)

    def parse(
        self, word: str, state: ImageFrame, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the image, or the images of an array, in the file named by `word`."""
        from lstm_toolkit import data

        yield from data.read_frames(
            Path(word), state.height, state.width, invert=options.invert, white=state.white
        )
