"""Networks that look at pictures and write."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from lstm_toolkit import builders
from lstm_toolkit.builders.decoder import StepwiseDecoder

OPTIONS = {"filters": (4, 4), "depth": 1, "embedding": 4, "units": (4, 4)}


def test_the_decoder_step_by_step_gives_what_it_gives_over_all_steps() -> None:
    model = builders.captioner((9, 6), 11, **OPTIONS, tied=True)  # type: ignore[arg-type]
    rng = np.random.default_rng(0)
    pictures = rng.random((2, 9, 6, 3)).astype(np.float32)
    tokens = rng.integers(4, 11, (2, 5)).astype(np.int32)
    together = model({"source": pictures, "target": tokens}, training=False)
    step, states = StepwiseDecoder(model).start(pictures)
    for time in range(tokens.shape[1]):
        logits, states, weights = step(tokens[:, time : time + 1], states)
        assert np.allclose(logits[:, 0], together[:, time], atol=1e-5)
        assert weights.shape == (2, 1, 5 * 3)
        assert np.allclose(weights[:, 0].numpy().sum(axis=-1), 1, atol=1e-5)


def test_training_pictures_are_distorted_and_others_are_not() -> None:
    x = keras.Input((8, 8, 3))
    how = {"shift": 0.2, "rotation": 10.0, "zoom": 0.1, "colour": 0.2, "flip": True}
    model = keras.Model(x, builders.augment_pictures(x, **how))  # type: ignore[arg-type]
    picture = np.random.default_rng(0).random((1, 8, 8, 3)).astype(np.float32)
    assert np.array_equal(model(picture, training=False), picture)
    distorted = np.asarray(model(picture, training=True))
    assert not np.allclose(distorted, picture, atol=0.01)
    assert distorted.min() >= 0 and distorted.max() <= 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shift": 1.0}, "shift must be in [0, 1). Received: shift=1.0"),
        ({"rotation": 200}, "rotation must be in [0, 180] degrees. Received: rotation=200"),
        (
            {"picture_dropout": 1.0},
            "picture_dropout must be in [0, 1). Received: picture_dropout=1.0",
        ),
        ({"filters": ()}, "filters must be integers of at least 1. Received: filters=()"),
    ],
)
def test_arguments_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as error:
        builders.captioner((8, 8), 11, **{**OPTIONS, **options})  # type: ignore[arg-type]
    assert str(error.value) == message
