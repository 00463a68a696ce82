"""Clips: frames in red, green and blue, of any number and size."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.frame_sampling import Pace
from lstm_toolkit.data.readers.images.fitting import Frame
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.clip_frames import FrameState, fit, full_lengths, padded
from lstm_toolkit.features.clip_looks import learnt_range, statistics, unlike
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.picture import PictureSettings
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.settings.fields import READER, Bounds, settings
from lstm_toolkit.settings.table_files import TableSettings

if TYPE_CHECKING:
    import tensorflow as tf

CHUNK = 64
"""Clips whose statistics are reckoned at a time."""


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
        longest = min(column.frames or int(lengths.max()), settings.frames)
        shortest = int(lengths.min())
        plain = FrameState(frame, longest, shortest, (), (), settings.frames, column.pace)
        seen = self._statistics_of(column, plain)
        lowest, highest = learnt_range(seen)
        return dataclasses.replace(plain, lowest=lowest, highest=highest)

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
        """Keeps sizes, and widens the range of what clips look like by the new ones.

        Raises:
            InputError: If frames are to be of another size or number.
        """
        frame = state.frame
        check_kept("height", frame.height, settings.height or frame.height)
        check_kept("width", frame.width, settings.width or frame.width)
        check_kept("resize", "pad" if frame.pad else "stretch", settings.resize)
        check_kept("frames", state.most, settings.frames)
        lowest, highest = learnt_range(self._statistics_of(column, state))
        shortest = min(state.shortest, int(np.minimum(column.lengths, state.frames).min()))
        return dataclasses.replace(
            state,
            shortest=shortest,
            lowest=tuple(map(min, state.lowest, lowest)),
            highest=tuple(map(max, state.highest, highest)),
        ), []

    def load(self, folder: Path) -> FrameState:
        """Reads `clip.json`."""
        facts = json.loads((folder / "clip.json").read_text(encoding="utf-8"))
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in facts.items()
        }
        return FrameState(
            **values | {"frame": Frame(**values["frame"]), "pace": Pace(**values["pace"])}
        )

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

        yield word, one_clip(open_clip(Path(word)), state.frames, state.frame, state.pace)

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
