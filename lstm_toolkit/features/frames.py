"""Clips: frames in red, green and blue, of any number and size."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.images.fitting import Frame, fitted
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.picture import PictureSettings
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.settings.fields import READER, Bounds, settings
from lstm_toolkit.settings.table_files import TableSettings
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

PADDING = -1.0
"""Stands in every pixel of a frame that is none; pixels lie between 0 and 1."""

MARGIN = 0.25
"""Share of the range of a clip's statistics in training by which others may lie outside of it."""

LEAST_MARGIN = 0.02
"""The same at least, where all training clips are alike; statistics lie between 0 and 1."""


@settings()
class FramesSettings(PictureSettings, TableSettings):
    """How clips are read."""

    frames: Annotated[int, Bounds(2, 1000)] = 16
    """Frames of a clip that are looked at, evenly over its time; of a shorter clip all are."""
    frame_choices: Annotated[int, Bounds(1, 9)] = 3
    """From how many neighbours, an odd number, the frames of a training clip are drawn anew in
    each epoch, all moved alike; 1 takes the same ones. Memory grows with it."""
    clip_column: Annotated[str, READER] = ""
    """The column of a table with the paths of clips; empty finds it."""
    label_column: Annotated[str, READER] = ""
    """The column of labels; empty finds it."""
    group_column: Annotated[str, READER] = ""
    """The column of what may not stand in two splits, such as the person shown or the film a clip
    was cut from; empty for none."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.frame_choices % 2 == 0:
            yield f"frame_choices must be odd. Received: frame_choices={self.frame_choices}"


@dataclasses.dataclass(frozen=True)
class FrameState:
    """Size and number of frames, and what training clips look like.

    Attributes:
        frame: Size of a frame, and how frames are brought to it.
        frames: Steps of a clip, at most.
        shortest: Steps of the shortest training clip.
        lowest: Of each of `STATISTICS`, below which a clip is unlike them.
        highest: Likewise, above which it is.
    """

    frame: Frame
    frames: int
    shortest: int
    lowest: tuple[float, ...]
    highest: tuple[float, ...]

    def save(self, folder: Path) -> None:
        """Writes `clip.json`."""
        write_json(folder / "clip.json", dataclasses.asdict(self))


class Frames(Feature[FrameState]):
    """Raw clips `uint8[batch, time, height, width, channels]`, of any size and with 1, 3 or 4.

    The network is given `float32[batch, frames, height, width, 3]` in 0 to 1, and -1 where a
    frame is padding.
    """

    portable = False
    one_shape_a_batch = True

    def given(self, column: Any) -> Any:
        """Returns clips that are given in Python as `Clips`.

        Args:
            column: `[n, frames, height, width]` or with channels; of clips of unequal numbers of
                frames a list of arrays.

        Raises:
            DataError: If they are no clips, or of several sizes.
        """
        from lstm_toolkit.data.readers.clips.array_clips import given_clips

        return given_clips(column)

    def given_row(self, value: Any) -> NDArray[np.uint8]:
        """Returns one clip, `uint8[frames, height, width, 3]`.

        Raises:
            DataError: If it is none.
        """
        from lstm_toolkit.data.readers.clips.array_clips import given_clips

        try:
            clip = np.asarray(value)
        except ValueError:  # lists of unequal length
            clip = np.empty(0, object)
        row: NDArray[np.uint8] = given_clips(clip[None]).values
        return row

    def learn(self, column: Any, settings: Any) -> FrameState:
        """Learns sizes, and the range of what clips look like."""
        lengths = np.minimum(column.lengths, settings.frames)
        frame = Frame.choose(
            [column.values.shape[1:3]],
            height=settings.height,
            width=settings.width,
            pad=settings.resize == "pad",
        )
        longest, shortest = int(lengths.max()), int(lengths.min())
        plain = FrameState(frame, longest, shortest, (), ())
        seen = self._statistics_of(column, plain)
        margin = np.maximum(MARGIN * np.ptp(seen, axis=0), LEAST_MARGIN)
        low, high = seen.min(axis=0), seen.max(axis=0)
        return dataclasses.replace(
            plain,
            # What shows hardly anything is unlike, however near that is to what shows little.
            lowest=tuple(map(float, np.maximum(low - margin, low * MARGIN * FEATURED))),
            highest=tuple(map(float, high + margin)),
        )

    def _statistics_of(self, column: Any, state: FrameState) -> NDArray[np.float64]:
        """Returns `float64[n, statistics]`, a few clips at a time."""
        import tensorflow as tf

        parts = []
        for start in range(0, len(column), CHUNK):
            rows = column[start : start + CHUNK].to_tensor()
            frames, lengths = fit(rows.to_tensor(), tf.cast(rows.row_lengths(), tf.int32), state)
            parts.append(statistics(frames, lengths).numpy())
        return np.concatenate(parts).astype(np.float64)

    def extend(self, state: FrameState, column: Any, settings: Any) -> tuple[FrameState, list[str]]:
        """Keeps sizes.

        Raises:
            InputError: If frames are to be of another size or number.
        """
        frame = state.frame
        check_kept("height", frame.height, settings.height or frame.height)
        check_kept("width", frame.width, settings.width or frame.width)
        check_kept("resize", "pad" if frame.pad else "stretch", settings.resize)
        return state, []

    def load(self, folder: Path) -> FrameState:
        """Reads `clip.json`."""
        facts = json.loads((folder / "clip.json").read_text(encoding="utf-8"))
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in facts.items()
        }
        return FrameState(**values | {"frame": Frame(**values["frame"])})

    def bring(
        self, values: tf.Tensor, state: FrameState, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Brings clips to the training's size, and tells which are unlike the training's."""
        frames, lengths = fit(values, full_lengths(values), state)
        return frames, unlike(frames, lengths, state)

    def collate(self, rows: tf.Tensor | tf.RaggedTensor, state: FrameState) -> tf.Tensor:
        """Brings clips to one size and number of frames, and pixels to 0 to 1."""
        import tensorflow as tf

        if isinstance(rows, tf.RaggedTensor):
            lengths = tf.cast(rows.row_lengths(), tf.int32)
            return padded(*fit(rows.to_tensor(), lengths, state), state)
        return padded(*fit(rows, full_lengths(rows), state), state)

    def spec(self, name: str, state: FrameState) -> tf.TensorSpec:
        """Returns `uint8[batch, time, height, width, channels]`, of any size."""
        import tensorflow as tf

        return tf.TensorSpec([None] * 5, tf.uint8, name)

    def longest(self, state: FrameState) -> int | None:
        """Returns how many frames are looked at."""
        return state.frames

    def parse(
        self, word: str, state: FrameState, options: Any
    ) -> Iterator[tuple[str, NDArray[np.uint8] | DataError]]:
        """Yields the clip of a file, or of a folder of pictures."""
        from lstm_toolkit.data.readers.clips.clip_files import open_clip
        from lstm_toolkit.data.readers.clips.frames_kept import one_clip

        yield word, one_clip(open_clip(Path(word)), state.frames, state.frame)

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: FrameState
    ) -> Iterator[str]:
        """Tells how many frames the network is given."""
        rows: Any = train.rows
        short = int((rows.lengths < state.frames).sum())
        size = f"{state.frame.width}×{state.frame.height}"
        yield f"the network is given {state.frames} frames of {size} a clip"
        if short:
            yield (
                f"{short:,} of {len(rows):,} training clips are shorter; the frames they "
                "lack are masked"
            )

    def simple_model(self) -> Any:
        """Returns a transformer from clips to their mean frames."""
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, StandardScaler

        from lstm_toolkit.metrics.simple_clips import mean_frames

        return make_pipeline(FunctionTransformer(mean_frames), StandardScaler())


CHUNK = 64
"""Clips whose statistics are reckoned at a time."""

STATISTICS = ("light", "contrast", "motion", "colour")
"""Of a clip, each between 0 and 1: mean and deviation of its pixels, mean change of a pixel from
frame to frame, and mean distance of its colours from grey."""

FEATURED = np.array([0.0, 1.0, 1.0, 0.0])
"""Of which of them little means that nothing is shown."""


def full_lengths(values: tf.Tensor) -> tf.Tensor:
    """Returns `int32[batch]`: every frame of a batch is one."""
    import tensorflow as tf

    return tf.fill([tf.shape(values)[0]], tf.shape(values)[1])


def fit(clip: tf.Tensor, lengths: tf.Tensor, state: FrameState) -> tuple[tf.Tensor, tf.Tensor]:
    """Samples frames, and brings them to colours and to one size; in the graph.

    Args:
        clip: `uint8[batch, time, height, width, channels]`.
        lengths: `int32[batch]`, how many frames of each are real.
        state: What was learnt.

    Returns:
        `uint8[batch, steps, height, width, 3]`, and how many steps of each are real.
    """
    import tensorflow as tf

    from lstm_toolkit.data.frame_sampling import sampled

    clip, lengths = sampled(clip, lengths, state.frames)
    shape = tf.shape(clip)
    flat = in_colours(tf.reshape(clip, tf.concat([[-1], shape[2:]], axis=0)))
    small = fitted(flat, state.frame)
    return tf.reshape(small, [shape[0], shape[1], *state.frame.size, 3]), lengths


def padded(frames: tf.Tensor, lengths: tf.Tensor, state: FrameState) -> tf.Tensor:
    """Returns `float32[batch, frames, height, width, 3]` as the network takes it; in the graph."""
    import tensorflow as tf

    real = tf.sequence_mask(lengths, tf.shape(frames)[1])[..., None, None, None]
    pixels = tf.where(real, tf.cast(frames, tf.float32) / 255.0, PADDING)
    missing = state.frames - tf.shape(frames)[1]
    filled = tf.pad(pixels, [[0, 0], [0, missing], *[[0, 0]] * 3], constant_values=PADDING)
    return tf.ensure_shape(filled, [None, state.frames, *state.frame.size, 3])


def statistics(frames: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """Returns `float32[batch, len(STATISTICS)]` of fitted frames; in the graph."""
    import tensorflow as tf

    pixels = tf.cast(frames, tf.float32) / 255.0
    real = tf.sequence_mask(lengths, tf.shape(frames)[1], tf.float32)
    light = _mean(pixels, real)
    apart = tf.square(pixels - light[:, None, None, None, None])
    change = tf.abs(pixels[:, 1:] - pixels[:, :-1])
    colour = tf.abs(pixels - tf.reduce_mean(pixels, axis=-1, keepdims=True))
    parts = [light, tf.sqrt(_mean(apart, real)), _mean(change, real[:, 1:]), _mean(colour, real)]
    return tf.stack(parts, axis=-1)


def _mean(values: tf.Tensor, real: tf.Tensor) -> tf.Tensor:
    """Returns the mean over real frames, 0 where there is none."""
    import tensorflow as tf

    each = tf.reduce_mean(values, axis=(2, 3, 4)) * real
    return tf.reduce_sum(each, axis=1) / tf.maximum(tf.reduce_sum(real, axis=1), 1.0)


def unlike(frames: tf.Tensor, lengths: tf.Tensor, state: FrameState) -> tf.Tensor:
    """Tells which clips are unlike the training's, `bool[batch]`; in the graph.

    They are if a statistic is far outside of the training's, or if they have less than half of
    the frames of the shortest.
    """
    import tensorflow as tf

    seen = statistics(frames, lengths)
    outside = (seen < tf.constant(state.lowest)) | (seen > tf.constant(state.highest))
    # One frame tells nothing of motion.
    counts = tf.stack([tf.ones_like(lengths), tf.ones_like(lengths), lengths - 1,
                       tf.ones_like(lengths)], axis=-1)  # fmt: skip
    return tf.reduce_any(outside & (counts > 0), axis=-1) | (2 * lengths < state.shortest)


CHANNELS = (1, 3, 4)
"""Of frames: grey, colours, and colours with how opaque a pixel is."""


def in_colours(frames: tf.Tensor) -> tf.Tensor:
    """Returns `uint8[n, height, width, 3]` of frames with any of `CHANNELS`; in the graph.

    What is not opaque lies on white.
    """
    import tensorflow as tf

    channels = frames.shape[-1]
    if channels == 3:
        return frames

    def on_white() -> tf.Tensor:
        numbers = tf.cast(frames, tf.float32)
        opaque = numbers[..., 3:] / 255.0
        laid = numbers[..., :3] * opaque + 255.0 * (1.0 - opaque)
        return tf.cast(tf.round(laid), tf.uint8)

    def plain() -> tf.Tensor:
        return tf.broadcast_to(frames[..., :3], tf.concat([tf.shape(frames)[:-1], [3]], axis=0))

    if channels is not None:
        return on_white() if channels == 4 else plain()
    count = tf.shape(frames)[-1]
    known = tf.reduce_any(count == tf.constant(CHANNELS))
    with tf.control_dependencies([tf.debugging.Assert(known, ["needs 1, 3 or 4 channels"])]):
        count = tf.identity(count)
    return tf.ensure_shape(tf.cond(count == 4, on_white, plain), [None, None, None, 3])
