"""What is learnt of images besides their classes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import tensorflow as tf

from lstm_toolkit.data import Dataset
from lstm_toolkit.features import ImageFrame, States
from lstm_toolkit.features.states import DIGESTS
from lstm_toolkit.tasks.digits import TASK

INK = np.zeros((6, 5, 5), np.uint8)
INK[:3, 2, 1:4] = 200
INK[3:, 1:4, 2] = 90
LABELS = np.array(["line"] * 3 + ["bar"] * 3)


def learnt(images: np.ndarray) -> States:
    return TASK.learn(Dataset({"images": images}, {"label": LABELS}), TASK.settings())


def test_dark_images_on_a_light_ground_are_read_like_light_ones_on_a_dark_one() -> None:
    light, dark = learnt(255 - INK), learnt(INK)
    assert (light["images"].dark_on_light, dark["images"].dark_on_light) == (True, False)
    np.testing.assert_allclose(
        TASK.preprocess(tf.constant(255 - INK), light),
        TASK.preprocess(tf.constant(INK), dark),
        atol=1e-6,
    )


def test_the_frame_is_learnt_of_the_images() -> None:
    states = learnt(INK)
    assert states.only == states["images"] == ImageFrame(5, 5, 255)
    assert states.target.names == ("bar", "line")


def test_the_ground_is_kept_with_the_states_and_dark_where_nothing_is_said(tmp_path: Path) -> None:
    states = learnt(255 - INK)
    states.save(tmp_path)
    assert TASK.load(tmp_path) == states
    path = tmp_path / "features" / "images" / "image.json"
    frame = json.loads(path.read_text())
    assert frame.pop("dark_on_light") is True
    path.write_text(json.dumps(frame))
    (tmp_path / DIGESTS).unlink()  # as in a run of an earlier version
    assert not TASK.load(tmp_path)["images"].dark_on_light
