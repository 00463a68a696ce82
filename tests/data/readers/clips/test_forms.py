"""Clips in files of every form give the same frames, or one line that says what is wrong."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstm_toolkit.data.frame_sampling import ITS_OWN, Pace
from lstm_toolkit.data.readers.clips.clip_files import Folders, is_clip_file, open_clip
from lstm_toolkit.data.readers.clips.frames_kept import Sampling, keep_frames, one_clip
from lstm_toolkit.data.readers.images.fitting import Frame
from lstm_toolkit.errors import DataError
from tests.data.readers.clips.made import bars, cut, save_animation, save_frames, save_video

SIZE = Frame(8, 12)


def frames_of(path: Path, frames: int = 16, pace: Pace = ITS_OWN) -> Any:
    return one_clip(open_clip(path), frames, SIZE, pace)


@pytest.mark.parametrize("name", ["a.webp", "a.png", "a.gif"])
def test_animations_give_their_frames(tmp_path: Path, name: str) -> None:
    path = save_animation(tmp_path / name, bars())
    assert is_clip_file(path)
    assert np.abs(frames_of(path).astype(int) - bars()).max() <= (10 if name == "a.gif" else 0)


def test_pictures_of_a_folder_are_frames_in_natural_order(tmp_path: Path) -> None:
    folder = save_frames(tmp_path / "clip", bars(steps=12), "frame_{}.png")
    assert np.array_equal(frames_of(folder), bars(steps=12))
    (folder / "frame_2.jpg").write_bytes((folder / "frame_2.png").read_bytes())
    with pytest.raises(DataError) as caught:
        open_clip(folder)
    assert str(caught.value) == (
        f"{folder}: needs one picture a frame. Received: frame_2.jpg and frame_2.png"
    )


@pytest.mark.parametrize("scale", [1, 255, 65535])
def test_arrays_are_taken_on_the_scale_that_they_show(tmp_path: Path, scale: int) -> None:
    grey = bars()[..., :1].astype(np.float32) / 255 * scale
    grey[0, 0, 1] = scale
    np.save(tmp_path / "a.npy", grey if scale == 1 else grey.round().astype(np.uint16))
    expected = bars()[..., :1].repeat(3, axis=-1)
    expected[0, 0, 1] = 255
    assert np.abs(frames_of(tmp_path / "a.npy").astype(int) - expected).max() <= 1


def test_videos_give_their_frames(tmp_path: Path) -> None:
    clip = bars(steps=8).repeat(4, axis=1).repeat(4, axis=2)
    frames = frames_of(save_video(tmp_path / "a.mp4", clip), frames=8)
    brightest = frames[:, 4].astype(int).sum(axis=-1).argmax(axis=1)
    assert np.abs(brightest - bars(steps=8)[:, 4].sum(axis=-1).argmax(axis=1)).max() <= 1


def test_a_video_needs_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    (tmp_path / "a.mp4").write_bytes(b"video")
    with pytest.raises(DataError) as caught:
        open_clip(tmp_path / "a.mp4").facts()
    assert str(caught.value) == (
        f"{tmp_path / 'a.mp4'}: needs a reader of .mp4; pip install 'lstm_toolkit[video]'"
    )


def test_frames_that_stand_longer_count_more_often(tmp_path: Path) -> None:
    path = save_animation(tmp_path / "a.webp", bars(steps=4), [100, 300, 100, 9000])
    marks = frames_of(path)[:, 0, 0, 0] // 10
    assert marks.tolist() == [0, 1, 1, 1, 2, *[3] * 10]


def test_a_still_clip_stands_for_as_long_as_others(tmp_path: Path) -> None:
    still = bars()[:1].repeat(9, axis=0)
    paths = [save_animation(tmp_path / "timed.gif", still)]
    paths.append(save_animation(tmp_path / "untimed.webp", still))  # WebP forgets how long
    paths += [save_animation(tmp_path / f"{steps}.gif", bars(steps=steps)) for steps in (6, 7, 8)]
    kept = keep_frames([open_clip(path) for path in paths], Sampling(16))
    assert kept.clips.lengths.tolist() == [9, 7, 6, 7, 8]
    assert kept.clips.pace == Pace(0.1, 7)
    assert [len(frames_of(path, pace=kept.clips.pace)) for path in paths[:2]] == [9, 7]
    assert kept.remarks[-1] == (
        "warning: one frame alone in 2 of 5 clips; it stands for a still clip of as long as its "
        "file tells, or as is usual"
    )


def test_scored_clips_are_sampled_once_to_what_training_clips_have(tmp_path: Path) -> None:
    short, long = np.zeros((6, 4, 4), np.uint8), np.arange(40, dtype=np.uint8) * 5
    np.save(tmp_path / "short.npy", short)
    np.save(tmp_path / "long.npy", long[:, None, None].repeat(4, 1).repeat(4, 2))
    clips = [open_clip(tmp_path / f"{name}.npy") for name in ("short", "long")]
    kept = keep_frames(clips, Sampling(16, 3), training=[True, False]).clips
    assert kept.lengths.tolist() == [6, 6] and kept.frames == 6
    again = one_clip(clips[1], kept.frames, Frame(4, 4), kept.pace)
    assert np.array_equal(kept[np.array([1])].values, again)


@pytest.mark.parametrize("suffix", ["webp", "gif"])
def test_numbered_pictures_of_one_frame_are_a_clip_whatever_their_form(
    tmp_path: Path, suffix: str
) -> None:
    folder = save_frames(tmp_path / "clip", bars(), "{}." + suffix)
    assert list(Folders().clips_below(tmp_path)) == [folder]
    assert len(frames_of(folder)) == 6
    save_animation(tmp_path / "moving" / f"1.{suffix}", bars())  # so these are still clips
    assert len(list(Folders().clips_below(tmp_path))) == 7
    (tmp_path / "moving" / f"1.{suffix}").unlink()
    save_animation(folder / f"9.{suffix}", bars())
    assert len(list(Folders().clips_below(tmp_path))) == 7


def test_parts_that_are_not_opaque_lie_on_white(tmp_path: Path) -> None:
    clip = np.concatenate([bars(), np.zeros((6, 8, 12, 1), np.uint8)], axis=-1)
    clip[:, 4:, :, 3] = 255
    frames = frames_of(save_animation(tmp_path / "a.png", clip))
    assert (frames[:, :4] == 255).all()
    assert np.array_equal(frames[:, 4:], bars()[:, 4:])
    np.save(tmp_path / "a.npy", clip)
    assert np.array_equal(frames_of(tmp_path / "a.npy"), frames)


def test_no_more_is_kept_than_is_looked_at(tmp_path: Path) -> None:
    np.save(
        tmp_path / "long.npy",
        np.arange(200, dtype=np.uint8)[:, None, None].repeat(4, 1).repeat(4, 2),
    )
    kept = keep_frames([open_clip(tmp_path / "long.npy")], Sampling(4, 3, 4, 4))
    assert kept.clips.values.shape == (12, 4, 4, 3)
    assert kept.clips[:].values[:, 0, 0, 0].tolist() == [25, 75, 125, 175]


@pytest.mark.parametrize(
    ("name", "share", "message"),
    [
        ("a.gif", 0.6, r"is truncated behind the start of frame \d+"),
        ("a.webp", 0.6, r"is truncated. Received: [\d,]+ of [\d,]+ bytes"),
        ("a.avi", 0.5, r"is truncated. Received: \d+ of 30 frames"),
        ("a.mkv", 0.5, r"is truncated. Received: \d\.\d of 3\.0 seconds"),
        (
            "a.mp4",
            0.5,
            "is truncated, damaged or no video. Invalid data found when processing input",
        ),
    ],
)
def test_what_is_cut_off_is_refused(tmp_path: Path, name: str, share: float, message: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (30, 32, 48, 3)).astype(np.uint8)
    save = save_animation if name in ("a.gif", "a.webp") else save_video
    path = cut(save(tmp_path / name, noise), share)
    with pytest.raises(DataError, match=f"^{re.escape(str(path))}: {message}$"):
        frames_of(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.gif", "is no GIF file, or damaged"),
        ("a.mp4", "is truncated, damaged or no video. Invalid data found when processing input"),
        ("a.npy", "is not a file that NumPy saved"),
        (
            "a.txt",
            "needs a GIF, WebP, MP4 or other video, a folder of numbered pictures, or an array of "
            "frames. Received: a .txt",
        ),
    ],
)
def test_a_text_is_no_clip_whatever_its_name(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / name).write_text("just words\n" * 20)
    with pytest.raises(DataError) as caught:
        frames_of(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: {message}"


def test_clips_of_a_folder_are_found_however_deep(tmp_path: Path) -> None:
    save_animation(tmp_path / "a.gif", bars())
    save_frames(tmp_path / "deep" / "inner", bars())
    save_frames(tmp_path / "deep" / "other", bars()[:2])
    (tmp_path / "notes.txt").write_text("none")
    names = [path.relative_to(tmp_path).as_posix() for path in Folders().clips_below(tmp_path)]
    assert names == ["a.gif", "deep/inner", "deep/other"]
