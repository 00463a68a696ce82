"""What is learnt of images besides their classes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import tensorflow as tf

from lstm_toolkit.data import Examples
from lstm_toolkit.tasks.digits import TASK, DigitsAssets

INK = np.zeros((6, 5, 5), np.uint8)
INK[:3, 2, 1:4] = 200
INK[3:, 1:4, 2] = 90
LABELS = np.array(["line"] * 3 + ["bar"] * 3)


def learnt(images: np.ndarray) -> DigitsAssets:
    return TASK.learn(Examples(images, LABELS), TASK.settings())


def test_dark_images_on_a_light_ground_are_read_like_light_ones_on_a_dark_one() -> None:
    light, dark = learnt(255 - INK), learnt(INK)
    assert (light.light, dark.light) == (True, False)
    np.testing.assert_allclose(
        TASK.preprocess(tf.constant(255 - INK), light),
        TASK.preprocess(tf.constant(INK), dark),
        atol=1e-6,
    )


def test_the_ground_is_kept_with_the_assets_and_dark_in_older_ones(tmp_path: Path) -> None:
    assets = learnt(255 - INK)
    assets.save(tmp_path)
    assert DigitsAssets.load(tmp_path) == assets
    path = tmp_path / "image.json"
    frame = json.loads(path.read_text())
    del frame["light"]
    path.write_text(json.dumps(frame))
    assert not DigitsAssets.load(tmp_path).light
