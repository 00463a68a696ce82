"""Clips are brought to one form by readers, batches and signatures alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data.clips import Clips
from lstm_toolkit.data.readers.images.fitting import Frame
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.features import Frames, FramesSettings
from lstm_toolkit.features.clip_frames import PADDING, FrameState, fit, in_colours
from tests.data.readers.clips.made import bars

FEATURE = Frames()
SETTINGS = FramesSettings(frames=6)


@pytest.fixture(scope="module")
def column() -> Clips:
    ways = ["left", "right"] * 6
    return Clips.of_frames([bars(way, 4 + row % 4) for row, way in enumerate(ways)])


@pytest.fixture(scope="module")
def state(column: Clips) -> FrameState:
    return FEATURE.learn(column, SETTINGS)


def test_sizes_are_learnt_saved_and_kept(column: Clips, state: FrameState, tmp_path: Path) -> None:
    assert (state.frame, state.frames, state.shortest) == (Frame(8, 12), 6, 4)
    state.save(tmp_path)
    assert FEATURE.load(tmp_path) == state
    with pytest.raises(InputError, match=r"^height must stay as the run has it, height=8\. Rec"):
        FEATURE.extend(state, column, FramesSettings(frames=6, height=9))
    with pytest.raises(InputError, match=r"^frames must stay as the run has it, frames=6\. Rec"):
        FEATURE.extend(state, column, FramesSettings(frames=5))


def test_clips_of_another_training_widen_what_is_like_it(state: FrameState) -> None:
    bright = Clips.of_frames([255 - bars()])
    seen = tf.constant(bright[:].values[None])
    assert FEATURE.bring(seen, state)[1].numpy().all()
    wider, _ = FEATURE.extend(state, bright, SETTINGS)
    assert not FEATURE.bring(seen, wider)[1].numpy().any()


@pytest.mark.parametrize("length", [-1, 0, 7])
def test_lengths_that_are_none_are_refused_in_the_graph(state: FrameState, length: int) -> None:
    clip = tf.constant(bars()[None])
    with pytest.raises(tf.errors.InvalidArgumentError, match="needs clips of 1 to all frames"):
        fit(clip, tf.constant([length]), state)
    with pytest.raises(tf.errors.InvalidArgumentError, match="needs clips of 1 to all frames"):
        FEATURE.bring(clip[:, :0], state)
    assert FEATURE.collate(clip[:0], state).shape == (0, 6, 8, 12, 3)


def test_batches_are_padded_and_signatures_give_the_same(column: Clips, state: FrameState) -> None:
    rows = column[np.array([0, 3])]
    batch = FEATURE.collate(rows.to_tensor(), state).numpy()
    assert batch.shape == (2, 6, 8, 12, 3)
    assert (batch[0, 4:] == PADDING).all()
    brought, _ = FEATURE.bring(tf.constant(bars("left", 4)[None]), state)
    assert np.array_equal(FEATURE.collate(brought, state).numpy()[0], batch[0])


def test_clips_of_any_number_size_and_channels_are_brought(state: FrameState) -> None:
    graph = tf.function(
        lambda clip: FEATURE.collate(FEATURE.bring(clip, state)[0], state),
        input_signature=[FEATURE.spec("clip", state)],
    )
    colours = bars("right", 30, 16, 24)
    opaque = np.concatenate([colours, np.full((*colours.shape[:-1], 1), 255, np.uint8)], axis=-1)
    plain = graph(colours[None]).numpy()
    assert plain.shape == (1, 6, 8, 12, 3) and plain.min() >= 0
    assert np.array_equal(graph(opaque[None]).numpy(), plain)
    assert graph(colours[None, ..., :1]).shape == (1, 6, 8, 12, 3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="needs 1, 3 or 4 channels"):
        graph(colours[None, ..., :2])


def test_channels_known_before_are_brought_alike() -> None:
    clear = np.zeros((1, 2, 2, 4), np.uint8)
    assert (in_colours(tf.constant(clear)).numpy() == 255).all()
    assert in_colours(tf.constant(clear[..., :1])).shape == (1, 2, 2, 3)


def test_what_is_far_from_the_training_is_unlike(column: Clips, state: FrameState) -> None:
    for clip in column:
        assert not FEATURE.bring(tf.constant(clip[None]), state)[1].numpy()[0]
    bright = np.full((6, 8, 12, 3), 250, np.uint8)
    black = np.zeros((6, 8, 12, 3), np.uint8)
    noise = np.random.default_rng(0).integers(0, 255, (6, 8, 12, 3)).astype(np.uint8)
    for clip in (bright, black, noise, bars()[:1], bars()[:1].repeat(6, axis=0)):
        assert FEATURE.bring(tf.constant(clip[None]), state)[1].numpy()[0]


def test_clips_are_given_as_arrays_of_one_size() -> None:
    given = FEATURE.given(np.stack([bars(), bars("left")])[..., 0])
    assert given.values.shape == (12, 8, 12, 3)
    assert np.array_equal(FEATURE.given_row(bars().tolist()), bars())
    with pytest.raises(
        DataError, match=r"^needs clips as numbers\[clips, frames, height, width\] or"
    ):
        FEATURE.given_row(bars()[0, 0])
    several = np.empty(2, object)
    several[:] = [bars(steps=3), bars(steps=5)]
    assert FEATURE.given(several).lengths.tolist() == [3, 5]
    several[1] = bars(height=9)
    with pytest.raises(DataError, match=r"^needs clips of one size\. Received: 12×8, 12×9$"):
        FEATURE.given(several)
