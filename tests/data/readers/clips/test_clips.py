"""Labelled clips in folders, tables and arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lstm_toolkit.data import Sampling, read_clips
from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.readers.clips.clip_files import CLIPS
from lstm_toolkit.data.readers.clips.told_by_length import told_by_length
from lstm_toolkit.errors import DataError
from tests.data.readers.clips.made import bars, cut, save_animation, save_frames, two_classes


def read(data: Any, **options: Any) -> Source:
    return read_clips(data, sampling=Sampling(4), **options)


def labels_of(source: Source) -> list[str]:
    return [str(label) for label in source.rows.labels]


def test_folders_are_classes_and_files_of_other_kinds_are_told(tmp_path: Path) -> None:
    root = two_classes(tmp_path / "clips", 30)
    save_frames(root / "left" / "drawn", bars("left"))
    Image.new("RGB", (4, 4)).save(root / "left" / "still.png")
    (root / "notes.txt").write_text("none")
    cut(root / "right" / "1.webp")
    source = read(root)
    assert labels_of(source) == ["left"] * 31 + ["right"] * 29
    assert source.note.startswith(
        f"60 clips of 12×8 of {root}; 5 to 7 frames a clip, 4 looked at; 63 clips and other files "
        "= 60 used + 3 left out (1 of another kind, such as notes.txt, 1 of one picture, such as "
        "left/still.png, 1 damaged, such as "
    )


def test_clips_of_a_class_may_lie_deeper(tmp_path: Path) -> None:
    root = two_classes(tmp_path / "clips", 2)
    (root / "left").rename(tmp_path / "kept")
    (tmp_path / "kept").rename(root / "right" / "anna")
    save_animation(root / "left" / "ben" / "1.webp", bars("left"))
    save_animation(root / "stray.gif", bars())
    source = read(root)
    assert labels_of(source) == ["left", *["right"] * 4]
    assert "1 without a class, such as stray.gif" in source.note
    assert source.note.endswith("warning: 1 clip there with another label too")


def test_published_splits_are_kept(tmp_path: Path) -> None:
    two_classes(tmp_path / "clips" / "train", 3)
    two_classes(tmp_path / "clips" / "Test", 2)
    source = read(tmp_path)
    assert source.test is not None
    assert (len(source.rows), len(source.test)) == (6, 4)
    two_classes(tmp_path / "clips", 2)
    with pytest.raises(DataError) as caught:
        read(tmp_path / "clips")
    assert str(caught.value) == (
        f"{tmp_path / 'clips'}: needs the classes in folders of splits. "
        "Received: beside Test and train the folders left, right"
    )


def test_tables_name_clips_with_groups_and_splits(tmp_path: Path) -> None:
    root = two_classes(tmp_path, 12)
    rows = [(f"{way}/{n}.webp", way, f"p{n % 2}") for way in ("left", "right") for n in range(12)]
    frame = pd.DataFrame(rows, columns=["clip", "what", "person"])
    frame.loc[0, "clip"] = "/data/of/others/left/0.webp"
    frame.loc[1, "clip"] = "left/gone.webp"
    frame.to_csv(root / "table.csv", index=False)
    source = read(root / "table.csv", label_column="what", group_column="person")
    assert labels_of(source) == ["left"] * 11 + ["right"] * 12
    assert source.rows.meta["group"].tolist() == ["p0", *["p0", "p1"] * 11]
    assert "24 rows = 23 used + 1 left out (1 clips that are not there)" in source.note
    with pytest.raises(DataError) as caught:
        read(root / "table.csv", group_column="person", label_column="who")
    assert str(caught.value).startswith(f"{root / 'table.csv'}: no column `who` for label_column")


def test_a_table_whose_clips_are_missing_is_refused(tmp_path: Path) -> None:
    two_classes(tmp_path, 2)
    rows = [f"{way}/{n}.webp,{way}" for way in ("left", "right") for n in range(3)]
    (tmp_path / "table.csv").write_text("\n".join(["path,label", *rows]))
    with pytest.raises(DataError) as caught:
        read(tmp_path / "table.csv")
    assert str(caught.value) == (
        f"{tmp_path / 'table.csv'}, line 4: needs clips that are there. "
        "Received: 2 of 6 rows without one, the first left/2.webp"
    )


def test_columns_are_refused_where_there_are_none(tmp_path: Path) -> None:
    two_classes(tmp_path, 1)
    np.savez(tmp_path / "a.npz", x=np.stack([bars()] * 2), y=np.arange(2))
    for data, received in ((tmp_path / "a.npz", "arrays"), (tmp_path, "a folder of clips")):
        with pytest.raises(DataError) as caught:
            read(data, group_column="person")
        assert str(caught.value) == (
            f"{data}: needs a table for group_column=person. Received: {received}"
        )


def test_frames_whose_number_tells_the_class_are_told() -> None:
    lengths, labels = np.array([8, 9] * 5 + [1] * 10), ["rolls"] * 10 + ["hangs"] * 10
    assert list(told_by_length(lengths, labels)) == [
        "warning: the number of frames alone tells hangs from other classes; networks learn it, "
        "and clips of other lengths are then answered wrongly"
    ]
    assert not list(told_by_length(lengths, labels[::2] * 2))
    assert not list(told_by_length(lengths[5:15], labels[5:15]))


def test_labels_that_are_called_as_files_are_no_paths(tmp_path: Path) -> None:
    save_animation(tmp_path / "left.webp", bars("left"))
    save_animation(tmp_path / "right.webp", bars())
    table = tmp_path / "table.csv"
    table.write_text("path,label\ngone/1.gif,left\ngone/2.gif,right\n")
    with pytest.raises(DataError) as caught:
        read(table)
    assert str(caught.value) == (
        f"{table}: needs paths of clips with labels. Received: clips that are not there"
    )
    table.write_text("what,shown\nleft,left.webp\nright,right.webp\n")
    assert labels_of(read(table)) == ["left", "right"]


def test_links_that_lead_in_a_circle_are_not_followed(tmp_path: Path) -> None:
    root = two_classes(tmp_path / "clips", 2)
    (root / "left" / "again").symlink_to(root)
    (root / "left" / "other").symlink_to(root / "right")
    (root / "right" / "back").symlink_to(root / "left")
    assert len(read(root).rows) == 8


def test_a_frame_names_paths_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_classes(tmp_path)
    monkeypatch.chdir(tmp_path)
    rows = [(f"{way}/{number}.webp", way) for way in ("left", "right") for number in range(3)]
    assert len(read(pd.DataFrame(rows, columns=["path", "label"])).rows) == 6


@pytest.mark.parametrize("layout", ["last", "second", "grey"])
def test_arrays_are_read_with_lengths(tmp_path: Path, layout: str) -> None:
    clips = np.stack([bars("left" if row % 2 else "right", 6) for row in range(8)])
    stored = {"last": clips, "second": np.moveaxis(clips, -1, 2), "grey": clips[..., 0]}[layout]
    lengths = np.where(np.arange(8) % 2, 6, 3)
    np.savez(
        tmp_path / "a.npz", train_clips=stored, train_labels=np.arange(8) % 2, train_lengths=lengths
    )
    source = read(tmp_path / "a.npz")
    assert labels_of(source) == ["0", "1"] * 4
    assert source.rows.inputs.lengths.tolist() == [3, 4] * 4
    shown = [6, 8, 12, 1 if layout == "grey" else 3]
    assert f"; frames read as [frames, height, width, channels] = {shown}" in source.note


def test_damaged_clips_are_refused_where_they_are_many(tmp_path: Path) -> None:
    root = two_classes(tmp_path)
    path = cut(root / "left" / "3.webp")
    with pytest.raises(DataError, match=rf"^{path}: is truncated. Received: "):
        read(root)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("none", f"needs one sub-folder a class with clips in it: {CLIPS}. Received: none"),
        (
            "empty",
            "needs clips in every sub-folder, which is a class; a clip of pictures is a folder of "
            "its own in it. Received: none in empty",
        ),
        (
            "pictures",
            "needs clips in every sub-folder, which is a class; a clip of pictures is a folder of "
            "its own in it. Received: 6 pictures in pictures",
        ),
        (
            "still",
            "needs clips in which something moves. Received: 2 clips of one frame each",
        ),
    ],
)
def test_what_is_no_folder_of_clips_is_refused(tmp_path: Path, kind: str, message: str) -> None:
    if kind in ("empty", "pictures"):
        two_classes(tmp_path, 1)
        (tmp_path / kind).mkdir()
    if kind == "pictures":
        save_frames(tmp_path / kind, bars())
    if kind == "still":
        for way in ("left", "right"):
            save_animation(tmp_path / way / "a.gif", bars(way)[:1])
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    assert str(caught.value) == f"{tmp_path}: {message}"


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"x": np.zeros((9, 8, 8, 3), np.uint8), "y": np.arange(9)},
            "needs clips as numbers[clips, frames, height, width] or with 1, 3 or 4 channels "
            "behind. Received: [9, 8, 8, 3], which are pictures in colour",
        ),
        (
            {"x": np.zeros((9, 5, 8, 8), np.uint8)},
            "needs an array of labels, as y_train. Received: x",
        ),
        (
            {"x": np.zeros((9, 5, 8, 8), np.uint8), "y": np.arange(8)},
            "needs one label a clip. Received: 9 clips and 8 labels",
        ),
        (
            {"x": np.eye(8, dtype=np.int64)[None, None].repeat(9, 0), "y": np.arange(9)},
            "needs pixels from 0 to 255. Received: 0 and 1; give truth values, or fractions",
        ),
        (
            {"x": np.zeros((9, 4, 3, 8, 8), np.uint8), "y": np.arange(9)},
            "needs [clips, frames, height, width, channels], one axis of 1, 3 or 4 numbers. "
            "Received: [9, 4, 3, 8, 8], of which several could be channels",
        ),
        (
            {"x": np.zeros((9, 5, 8, 8)), "y": np.arange(9), "lengths": np.full(9, 6)},
            "needs a whole number of frames for each clip, 1 to all. "
            "Received: int64[9] for [9, 5, 8, 8]",
        ),
    ],
)
def test_arrays_that_are_no_clips_are_refused(
    tmp_path: Path, arrays: dict[str, Any], message: str
) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {message}"


def test_made_clips_are_all_different() -> None:
    source = read(None, label="digit")
    assert source.rows.inputs.values.shape[1:] == (24, 24, 3)
    assert len(source.rows) == len({clip.tobytes() for clip in source.rows.inputs}) == 1797
    assert set(source.rows.labels) == set("0123456789")
