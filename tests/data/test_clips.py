"""Clips choose frames by seed, epoch and row, and even ones where they are scored."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import Batches, Dataset
from lstm_toolkit.data.clips import Clips
from lstm_toolkit.data.frame_sampling import frame_choices, sampled


@pytest.fixture
def clips() -> Clips:
    frames = np.arange(60, dtype=np.uint8).reshape(60, 1, 1, 1)
    choices = [frame_choices(np.ones(20, np.int64), 4, 3) + 20 * row for row in range(3)]
    return Clips.chosen(frames, choices)


def test_rows_that_are_scored_have_the_frames_in_the_middle(clips: Clips) -> None:
    assert clips[:].values.ravel().tolist() == [2, 7, 12, 17, 22, 27, 32, 37, 42, 47, 52, 57]
    assert [row.ravel().tolist() for row in clips][1] == [22, 27, 32, 37]
    assert np.asarray(clips).shape == (3, 4, 1, 1, 1)


def test_epochs_choose_by_seed_epoch_and_row_whatever_the_order(clips: Clips) -> None:
    rows = Dataset({"clip": clips})
    taken = rows.take(np.array([2, 0])).columns["clip"]
    seen = set()
    for epoch in range(8):
        one, other = clips.of_epoch(3, epoch), taken.of_epoch(3, epoch)
        assert np.array_equal(one[np.array([2, 0])].values, other[:].values)
        first = one[np.array([0])].values.ravel()
        assert len(set(np.diff(first).tolist()) - {4, 5, 6}) == 0  # moved alike
        seen.add(tuple(first.tolist()))
    assert 1 < len(seen) <= 3
    assert not np.array_equal(clips.of_epoch(3, 0)[:].values, clips.of_epoch(4, 0)[:].values)


def test_clips_are_not_batched_by_length() -> None:
    clips = Clips.of_frames([np.zeros((n, 1, 1, 3), np.uint8) for n in (5, 1, 3, 2)])
    assert Batches(clips, np.arange(4), batch_size=2).padding() is None


@settings(max_examples=60, deadline=None)
@given(
    shown=st.lists(st.integers(1, 10), min_size=1, max_size=40),
    frames=st.integers(2, 20),
    half=st.integers(0, 3),
)
def test_the_middle_choice_is_that_of_even_sampling(
    shown: list[int], frames: int, half: int
) -> None:
    steps = np.array(shown)
    several, one = frame_choices(steps, frames, 2 * half + 1), frame_choices(steps, frames)
    assert np.array_equal(several[:, half], one[:, 0])
    assert len(several) == min(frames, steps.sum())
    assert (np.diff(several, axis=1) >= 0).all()
    assert (np.diff(several.ravel()) >= 0).all()
    assert several.max() < len(shown)


@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=4), frames=st.integers(2, 12))
def test_graphs_sample_as_readers_do(lengths: list[int], frames: int) -> None:
    numbers = np.arange(max(lengths)).reshape(1, -1, 1, 1, 1).repeat(len(lengths), 0)
    chosen, real = sampled(tf.constant(numbers), tf.constant(lengths), frames)
    for row, length in enumerate(lengths):
        expected = frame_choices(np.ones(length, np.int64), frames)[:, 0]
        assert real[row] == len(expected)
        assert chosen[row, : real[row], 0, 0, 0].numpy().tolist() == expected.tolist()
