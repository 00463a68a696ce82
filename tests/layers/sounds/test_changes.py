"""Changes of training recordings: answers see none of them."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.layers import HiddenBands, OtherVoices

FLOOR = -11.0


def spectrogram(rows: int = 6, frames: int = 30, bands: int = 12) -> np.ndarray:
    rng = np.random.default_rng(0)
    x = rng.uniform(FLOOR, 0, (rows, frames, bands)).astype(np.float32)
    real = (np.arange(frames) < rng.integers(5, frames, rows)[:, None]).astype(np.float32)[
        ..., None
    ]
    return np.concatenate([x * real, real], axis=2)


@pytest.mark.parametrize("change", ["speed", "tract", "colour", "noise", "shift"])
def test_only_training_recordings_change(change: str) -> None:
    layer = OtherVoices(**{change: 4 if change == "shift" else 0.5}, seed=0)  # type: ignore[arg-type]
    x = spectrogram()
    np.testing.assert_array_equal(layer(x), x)
    changed = layer(x, training=True).numpy()
    again = OtherVoices.from_config(layer.get_config())(x, training=True).numpy()
    np.testing.assert_array_equal(again, changed)
    real = changed[..., -1:]
    assert set(np.unique(real)) <= {0.0, 1.0}
    assert (np.abs(changed[..., :-1] * (1 - real)) == 0).all()
    assert (real.sum(axis=(1, 2)) >= 4).all()
    if change in ("tract", "colour", "noise"):
        np.testing.assert_array_equal(changed[..., -1], x[..., -1])
        assert np.abs(changed - x).max() > 0.1
    else:
        assert (changed[..., -1].sum(axis=1) != x[..., -1].sum(axis=1)).any()


def test_without_changes_all_stays() -> None:
    x = spectrogram()
    np.testing.assert_array_equal(OtherVoices()(x, training=True), x)


def test_hidden_bands() -> None:
    x, counts = np.ones((8, 20, 10), np.float32), np.full(8, 20.0, np.float32)
    layer = HiddenBands(4, 4, seed=0)
    np.testing.assert_array_equal(layer(x, counts), x)
    hidden = layer(x, counts, training=True).numpy()
    assert 0.5 < hidden.mean() < 0.99
    whole = (hidden == 0).all(axis=1).sum(axis=1)
    assert (whole <= 8).all()
