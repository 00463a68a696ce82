"""Clips as people bring them, from words of `predict` to settings."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lstm_toolkit import get_task
from lstm_toolkit.data.inputs.clips import clip_inputs
from lstm_toolkit.data.inputs.rows import ReadingContext
from lstm_toolkit.data.readers.images.fitting import Frame
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.data.splits.balanced_groups import BalancedGroups
from lstm_toolkit.errors import DataError, SettingsError
from lstm_toolkit.features.clip_frames import FrameState
from lstm_toolkit.targets import ClipClasses
from tests.data.readers.clips.made import bars, save_animation, save_frames, two_classes

TASK = get_task("video")


@pytest.fixture
def context() -> ReadingContext:
    state = FrameState(Frame(8, 12), 4, 4, (0.0,) * 4, (1.0,) * 4)
    return ReadingContext(TASK.configure({}), SimpleNamespace(only=state), TASK.options())


def test_folders_are_answered_clip_by_clip(tmp_path: Path, context: ReadingContext) -> None:
    two_classes(tmp_path, 2)
    (tmp_path / "left" / "bad.gif").write_text("none")
    inputs = clip_inputs(tmp_path, context)
    rows = {row.cells["clip"]: row.value for row in inputs.rows}
    assert inputs.note == f"5 clips of {tmp_path}"
    assert list(rows) == [
        "left/0.webp",
        "left/1.webp",
        "left/bad.gif",
        "right/0.webp",
        "right/1.webp",
    ]
    assert isinstance(rows.pop("left/bad.gif"), DataError)
    assert all(value["clip"].shape == (4, 8, 12, 3) for value in rows.values())


def test_a_folder_of_pictures_is_one_clip(tmp_path: Path, context: ReadingContext) -> None:
    save_frames(tmp_path / "clip", bars(steps=3))
    (row,) = clip_inputs(tmp_path / "clip", context).rows
    assert np.array_equal(row.value["clip"], bars(steps=3))


def test_rows_of_tables_keep_their_order(tmp_path: Path, context: ReadingContext) -> None:
    save_animation(tmp_path / "a.webp", bars())
    (tmp_path / "t.csv").write_text("path,note\na.webp,one\ngone.gif,two\na.webp,three\n")
    rows = list(clip_inputs(tmp_path / "t.csv", context).rows)
    assert [row.cells["note"] for row in rows] == ["one", "two", "three"]
    assert str(rows[1].value) == (
        f"{tmp_path / 't.csv'}, line 3: needs the path of a clip. Received: gone.gif"
    )


@pytest.mark.parametrize("name", ["clip", "unknown"])
def test_one_clip_in_colour_is_answered(tmp_path: Path, context: ReadingContext, name: str) -> None:
    np.savez(tmp_path / "a.npz", **{name: bars()})
    (row,) = clip_inputs(tmp_path / "a.npz", context).rows
    assert row.value["clip"].shape == (4, 8, 12, 3)


@pytest.mark.parametrize("count", [1, 2])
def test_arrays_hold_one_clip_or_several(
    tmp_path: Path, context: ReadingContext, count: int
) -> None:
    np.savez(tmp_path / "a.npz", clips=np.stack([bars()] * count))
    rows = list(clip_inputs(tmp_path / "a.npz", context).rows)
    assert [row.value["clip"].shape for row in rows] == [(4, 8, 12, 3)] * count


def test_the_likeliest_classes_are_told_best_first() -> None:
    target, option = ClipClasses(), TASK.options(top=2)
    assert target.signature_for(option) == "top"
    assert target.arguments(option, None) == {"count": 2}
    outputs: dict[str, Any] = {
        "label": np.array([b"up"], object),
        "probability": np.array([0.7]),
        "top_labels": np.array([[b"up", b"left"]], object),
        "top_probabilities": np.array([[0.7, 0.2]]),
    }
    (answer,) = target.to_json(outputs)
    assert answer["top"] == [
        {"label": "up", "probability": 0.7},
        {"label": "left", "probability": 0.2},
    ]
    assert target.format_answer(answer) == "up\t0.7000\tleft\t0.2000"
    with pytest.raises(Exception, match=r"^--top must be at least 1\. Received: 0$"):
        TASK.options(top=0)


def test_groups_are_kept_together_where_they_are_named() -> None:
    choose = TASK.splitter_by_settings
    assert choose is not None
    assert isinstance(choose(TASK.configure({})), AtRandom)
    assert isinstance(choose(TASK.configure({"group_column": "person"})), BalancedGroups)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"frame_choices": "2"}, "frame_choices must be odd. Received: frame_choices=2"),
        ({"backbone_weights": "w.h5"}, "backbone_weights needs backbone. Received: w.h5"),
    ],
)
def test_settings_that_do_not_go_together(texts: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        TASK.configure(texts)
    assert str(caught.value) == message


def test_labels_of_the_sample_are_chosen_for_it_alone(tmp_path: Path) -> None:
    two_classes(tmp_path, 1)
    with pytest.raises(DataError) as caught:
        TASK.source(tmp_path, TASK.configure({"label": "digit"}))
    assert str(caught.value) == (
        f"{tmp_path}: needs the made clips for label=digit; labels of other data stand in its "
        "folders, or in label_column. Received: label=digit"
    )
