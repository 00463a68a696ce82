"""Images in grey, read row by row."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.features.familiarity import LEAST_ROWS, SAMPLE, Familiarity, tuples
from lstm_toolkit.features.feature import CHUNK, Feature
from lstm_toolkit.features.looks import LEAST_INK, Looks
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.settings.fields import NOT_NEGATIVE, SettingsGroup, settings
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.system.files import write_json, write_text

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
    as_is: bool = False
    """Take images as they are: ground, contrast and framing are not brought to the training's."""


@dataclasses.dataclass(frozen=True)
class ImageFrame:
    """The size, the scale and the ground of the training images.

    Attributes:
        height: Rows of an image.
        width: Columns of an image.
        white: The scale of the training pixels, see `white_level`.
        dark_on_light: Whether the training images are dark on light. The network then reads
            them turned round, so that the ground is 0, as random shifts and noise need it.
        looks: What the training images look like; None if they have no common ground, or of
            an older version.
        familiarity: How near to them others have to be; None if they are too few, or likewise.
    """

    height: int
    width: int
    white: int
    dark_on_light: bool = False
    looks: Looks | None = dataclasses.field(default=None, repr=False)
    familiarity: Familiarity | None = dataclasses.field(default=None, repr=False)

    def save(self, folder: Path) -> None:
        """Writes `image.json`, and `looks.json` and `familiarity.json` of what was learnt."""
        plain = dataclasses.replace(self, looks=None, familiarity=None)
        values = dataclasses.asdict(plain)
        write_json(folder / "image.json", {k: v for k, v in values.items() if v is not None})
        for name in _LEARNT:
            part = getattr(self, name)
            if part is not None:  # many numbers, which nobody reads line by line
                write_text(folder / f"{name}.json", json.dumps(vars(part)) + "\n")

    @classmethod
    def load(cls, folder: Path) -> ImageFrame:
        """Reads what `save` wrote."""
        frame = cls(**json.loads((folder / "image.json").read_text(encoding="utf-8")))
        learnt = {
            name: kind(**tuples(json.loads((folder / f"{name}.json").read_text("utf-8"))))
            for name, kind in _LEARNT.items()
            if (folder / f"{name}.json").exists()
        }
        return dataclasses.replace(frame, **learnt)

    def light_ink(self, images: tf.Tensor) -> tf.Tensor:
        """Brings raw pixels to the range 0 to 1, with a ground of 0."""
        from lstm_toolkit import data

        images = data.unit_range(images, self.white)
        return 1.0 - images if self.dark_on_light else images


_LEARNT: dict[str, type[Any]] = {"looks": Looks, "familiarity": Familiarity}


class Image(Feature[ImageFrame]):
    """Raw pixels `uint8|float32[batch, height, width]` to `float32` in 0 to 1, ground 0."""

    options: ClassVar[type[PredictOptions]] = ImageOptions
    also_as = ("uint8",)
    one_shape_a_batch = True

    def given(self, column: Any) -> Any:
        """Returns images as `uint8|uint16|float32[n, height, width]`, colours turned grey."""
        from lstm_toolkit.data.readers.images.arrays import given_images

        return given_images(column)

    def learn(self, column: Any, settings: Any) -> ImageFrame:
        """Learns the frame, the scale of the pixels, the ground, and what images look like."""
        from lstm_toolkit.data.readers.images.pixels import light_ground, white_level

        height, width = column.shape[1:]
        white = white_level(column)
        frame = ImageFrame(height, width, white, light_ground(column, white))
        if len(column) < LEAST_ROWS:
            return frame
        light = _light(column, frame)
        return dataclasses.replace(
            frame, looks=Looks.learn(light), familiarity=Familiarity.learn(light)
        )

    def extend(self, state: ImageFrame, column: Any, settings: Any) -> tuple[ImageFrame, list[str]]:
        """Keeps size, scale and ground.

        Raises:
            InputError: If images are to be of another size.
        """
        check_kept("height", state.height, settings.height or state.height)
        check_kept("width", state.width, settings.width or state.width)
        return state, []

    def load(self, folder: Path) -> ImageFrame:
        """Reads `image.json` and what lies beside it."""
        return ImageFrame.load(folder)

    def bring(
        self, values: tf.Tensor, state: ImageFrame, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Draws the ink of images as training images show it; those that look so stay as they are.

        Images of another size are resized, unless `as_is`.
        """
        import tensorflow as tf

        if as_is:
            return values, unlike_training(state.light_ink(values), state)
        return _bringing(state)(tf.cast(values, tf.float32))

    def bring_rows(self, column: Any, state: ImageFrame, options: Any) -> NDArray[np.float32]:
        """Returns `float32[n, height, width]` of images of any size, each as `predict` sees it."""
        import tensorflow as tf

        brought = np.empty((len(column), state.height, state.width), np.float32)
        for start in range(0, len(column), CHUNK):
            frames = [self._framed(image, state, options) for image in column[start:][:CHUNK]]
            for shape in {frame.shape for frame in frames}:
                places = [place for place, frame in enumerate(frames) if frame.shape == shape]
                batch = tf.constant(np.stack([frames[place] for place in places]))
                values, _ = self.bring(batch, state, as_is=options.as_is)
                brought[start + np.array(places)] = values.numpy()
        return brought

    def _framed(self, image: NDArray[Any], state: ImageFrame, options: Any) -> NDArray[np.float32]:
        from lstm_toolkit.data.readers.images.frames import framed

        return framed(
            np.asarray(image)[None],
            state.height,
            state.width,
            invert=options.invert,
            white=state.white,
            resized=state.looks is None or options.as_is,
        )

    def collate(self, rows: tf.Tensor, state: ImageFrame) -> tf.Tensor:
        """Brings raw pixels to the range 0 to 1, with a ground of 0."""
        return state.light_ink(rows)

    def spec(self, name: str, state: ImageFrame) -> tf.TensorSpec:
        """Returns `float32[batch, height, width]`, 0 to 1 or 0 to 255."""
        import tensorflow as tf

        return tf.TensorSpec([None, state.height, state.width], tf.float32, name)

    def wide_spec(self, name: str, state: ImageFrame) -> tf.TensorSpec | None:
        """Returns `float32[batch, h, w]` of any size, where that can be brought to the frame."""
        import tensorflow as tf

        known = state.looks is not None
        return tf.TensorSpec([None, None, None], tf.float32, name) if known else None

    def parse(
        self, word: str, state: ImageFrame, options: Any
    ) -> Iterator[tuple[str, NDArray[Any] | DataError]]:
        """Yields the image, or the images of an array or a folder, named by `word`."""
        from lstm_toolkit import data

        resized = state.looks is None or options.as_is
        yield from data.read_frames(
            Path(word),
            state.height,
            state.width,
            invert=options.invert,
            white=state.white,
            resized=resized,
        )


@lru_cache(maxsize=8)
def _bringing(state: ImageFrame) -> Any:
    """Returns `_bring` as a graph, which all signatures share: tracing takes seconds."""
    import tensorflow as tf

    return tf.function(partial(_bring, state), autograph=False)


def _bring(state: ImageFrame, raw: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor | None]:
    import tensorflow as tf

    from lstm_toolkit.features.ink import bring, framed

    raw = tf.where(tf.math.is_finite(raw), raw, 0.0)
    size = state.height, state.width
    whole = raw if tuple(raw.shape[1:]) == size else framed(raw, *size)
    light = state.light_ink(whole)
    before = unlike_training(light, state)
    if state.looks is None:
        return whole, before
    alike = state.looks.alike(light)
    drawn, clean = bring(data_range(raw, state), state.looks, *size)
    seen = tf.where(alike[:, None, None], light, drawn)
    back = 1.0 - drawn if state.dark_on_light else drawn
    brought = tf.where(alike[:, None, None], whole, back)
    unlike = ~(alike | clean) | ~state.looks.roughly_alike(seen)
    strange = unlike_training(seen, state)
    if strange is not None and before is not None:
        # On the training's own ground, where ink stands and how large it is tells as well.
        unlike |= strange | (before & state.looks.grounded(light))
    return brought, unlike


def unlike_training(light: tf.Tensor, state: ImageFrame) -> tf.Tensor | None:
    """Tells which frames with light ink are empty, or far from the training images."""
    import tensorflow as tf

    if state.familiarity is None:
        return None
    contrast = tf.reduce_max(light, axis=(1, 2)) - tf.reduce_min(light, axis=(1, 2))
    return state.familiarity.strange(light) | (contrast < LEAST_INK)


def data_range(raw: tf.Tensor, state: ImageFrame) -> tf.Tensor:
    """Brings raw pixels to the range 0 to 1, dark and light as they are."""
    from lstm_toolkit import data

    return data.unit_range(raw, state.white)


def _light(column: Any, frame: ImageFrame) -> NDArray[np.float32]:
    """Returns the rows that looks are learnt from, with light ink: evenly spread ones of many."""
    import tensorflow as tf

    places = np.unique(np.linspace(0, len(column) - 1, min(len(column), SAMPLE)).astype(np.int64))
    parts = np.array_split(places, max(1, len(places) // 1000))
    return np.concatenate([frame.light_ink(tf.constant(column[part])).numpy() for part in parts])
