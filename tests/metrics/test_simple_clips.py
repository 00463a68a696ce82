"""The simple views of clips see what they should."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.metrics.simple_clips import STEPS, centroid_tracks, mean_frames
from tests.data.readers.clips.made import bars


@pytest.mark.parametrize("invert", [False, True])
def test_a_track_follows_what_stands_out_on_any_ground(invert: bool) -> None:
    clips = [bars("right", steps, 12, 24) for steps in (5, 24)] + [bars("left", 9, 12, 24)]
    tracks = centroid_tracks([255 - clip for clip in clips] if invert else clips)
    across = tracks[:, STEPS:]
    assert tracks.shape == (3, 2 * STEPS)
    assert (np.diff(across[:2]) > 0).all() and (np.diff(across[2]) < 0).all()
    assert np.abs(np.diff(tracks[:, :STEPS])).max() < 0.1


def test_where_nothing_stands_out_the_middle_is_that_of_the_frame() -> None:
    assert (centroid_tracks(np.full((1, 3, 4, 4, 3), 9, np.uint8)) == 0).all()


def test_a_mean_frame_is_grey() -> None:
    assert mean_frames([bars()]).shape == (1, 8 * 12)
