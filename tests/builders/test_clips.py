"""Networks over clips: padding changes nothing, and all frames are distorted alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lstm_toolkit import builders
from lstm_toolkit.builders.frame_features import backbone_network
from lstm_toolkit.features.clip_frames import PADDING

SMALL: dict[str, Any] = {"classes": 2, "units": (4,), "filters": (4,), "frame_features": 4}


def test_frames_that_are_padding_change_no_answer() -> None:
    keras.utils.set_random_seed(0)
    clip = np.random.default_rng(0).random((2, 5, 8, 6, 3)).astype(np.float32)
    clip[:, 3:] = PADDING
    long = builders.clip_classifier((5, 8, 6, 3), **SMALL)
    short = builders.clip_classifier((3, 8, 6, 3), **SMALL)
    short.set_weights(long.get_weights())
    np.testing.assert_allclose(
        long(clip, training=False), short(clip[:, :3], training=False), atol=1e-6
    )


def test_the_last_frame_stands_for_padding_where_frames_are_normalised() -> None:
    clip = np.random.default_rng(0).random((3, 5, 8, 6, 3)).astype(np.float32)
    filled = clip.copy()
    clip[0, 2:], filled[0, 2:] = PADDING, filled[0, 1]
    model = builders.clip_classifier((5, 8, 6, 3), **SMALL)
    seen = next(layer for layer in model.layers if layer.name.endswith("_scale")).input
    pictures = keras.Model(model.input, seen)(clip)
    np.testing.assert_allclose(pictures, filled.reshape(15, 8, 6, 3))


def test_all_frames_of_a_clip_are_distorted_alike_and_only_in_training() -> None:
    inputs = keras.Input((4, 12, 12, 3))
    outputs = builders.augment_clips(inputs, shift=0.3, zoom=0.2, brightness=0.2)
    model = keras.Model(inputs, outputs)
    frame = np.random.default_rng(0).random((6, 1, 12, 12, 3)).astype(np.float32)
    clips = frame.repeat(4, axis=1)
    assert np.array_equal(model(clips, training=False), clips)
    drawn = np.asarray(model(clips, training=True))
    np.testing.assert_allclose(drawn, drawn[:, :1].repeat(4, axis=1), atol=1e-6)
    assert all(np.abs(drawn[row] - clips[row]).max() > 0.05 for row in range(6))
    assert np.abs(drawn[0, 0] - drawn[1, 0]).max() > 0.05


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shift": 1.0}, "shift must be in [0, 1). Received: shift=1.0"),
        ({"noise": -1.0}, "noise must be at least 0. Received: noise=-1.0"),
        ({"classes": 1}, "classes must be at least 2. Received: classes=1"),
        (
            {"backbone": "Nothing"},
            "backbone must be in keras.applications. Received: backbone='Nothing'",
        ),
    ],
)
def test_arguments_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        builders.clip_classifier((4, 8, 8, 3), **(SMALL | options))
    assert str(caught.value) == message


@pytest.mark.slow
def test_a_backbone_takes_weights_from_a_file(tmp_path: Path) -> None:
    make = keras.applications.MobileNetV2
    known = make(include_top=False, weights=None, input_shape=(32, 32, 3), pooling="avg")
    file = tmp_path / "known.weights.h5"
    known.save_weights(file)
    network = backbone_network((32, 32, 3), "MobileNetV2", file)
    assert not network.trainable_variables
    frames = np.random.default_rng(0).random((2, 32, 32, 3)).astype(np.float32)
    prepared = keras.applications.mobilenet_v2.preprocess_input(frames * 255)
    np.testing.assert_allclose(
        network(frames, training=False), known(prepared, training=False), atol=1e-5
    )
    with pytest.raises(ValueError, match=r"^backbone=ResNet50 or its weights cannot be used"):
        backbone_network((32, 32, 3), "ResNet50", file)
