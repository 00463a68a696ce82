"""What networks hear of recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from scipy.signal import resample_poly

from lstm_toolkit.data.readers.audio.recordings import column_of
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import Audio
from lstm_toolkit.features.audio import AudioState

STATE = AudioState(8000, 20, 60.0, 0.2, 1.0)


def tone(seconds: float = 0.5, rate: int = 8000, hertz: float = 440.0) -> np.ndarray:
    times = np.arange(int(seconds * rate)) / rate
    swell = np.sin(np.pi * times / seconds) ** 2
    noise = np.random.default_rng(0).normal(0, 0.01, len(times))
    return (swell * np.sin(2 * np.pi * hertz * times) + noise).astype(np.float32)


def row(samples: np.ndarray, rate: int = 8000) -> np.ndarray:
    return np.concatenate([[rate], samples]).astype(np.float32)


def heard(rows: list[np.ndarray]) -> np.ndarray:
    values = tf.constant(np.asarray(column_of(rows)))
    return Audio().collate(Audio().encode(values, STATE), STATE).numpy()


def test_neither_loudness_nor_neighbours_nor_offsets_count() -> None:
    alone = heard([row(tone())])
    among = heard([row(0.01 * tone() + 0.3), row(tone(0.9))])
    frames = alone.shape[1]
    np.testing.assert_allclose(among[0, :frames], alone[0], atol=1e-2)
    assert among[0, frames:].max() == 0.0
    assert (alone[0, :, :-1].max(), alone[0, :, -1].min()) == (0.0, 1.0)


@pytest.mark.parametrize(("up", "rate"), [(2, 16_000), (6, 48_000)])
def test_a_recording_sounds_alike_at_any_rate(up: int, rate: int) -> None:
    plain = heard([row(tone())])[0, :, :18]
    other = heard([row(resample_poly(tone(), up, 1).astype(np.float32), rate)])[0, :, :18]
    assert np.abs(plain - other).mean() < 0.02


def test_several_rates_in_one_batch() -> None:
    faster = row(resample_poly(tone(), 2, 1).astype(np.float32), 16_000)
    both = heard([row(tone()), faster])
    np.testing.assert_allclose(both[1], heard([faster])[0], atol=1e-3)


def test_nothing_at_all_has_one_frame() -> None:
    assert heard([np.array([8000.0], np.float32)]).shape == (1, 1, 21)


def test_what_is_unlike() -> None:
    rows = [row(tone()), row(np.zeros(4000)), row(tone(0.05)), row(tone(2.5)), row(tone(), 4000)]
    values = tf.constant(np.asarray(column_of(rows)))
    _, unlike = Audio().bring(values, STATE)
    assert unlike.numpy().tolist() == [False, True, True, True, True]


def test_arrays_without_a_rate_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        Audio().given(np.zeros((2, 8)))
    assert str(caught.value) == (
        "needs recordings as a folder, a table of their files, or an .npz file that holds their "
        "rate. Received: a ndarray"
    )


def test_words_are_files_of_sound(tmp_path: Path) -> None:
    soundfile = pytest.importorskip("soundfile")
    soundfile.write(tmp_path / "a.wav", tone(), 8000)
    ((name, values),) = Audio().parse(str(tmp_path / "a.wav"), STATE, None)
    assert (name, len(values)) == (str(tmp_path / "a.wav"), 4001)
    for word, message in (
        (str(tmp_path), f"{tmp_path}: needs a file of sound. Received: a folder"),
        ("gone\0.wav", "gone?.wav: no such file or folder"),
    ):
        with pytest.raises(DataError) as caught:
            list(Audio().parse(word, STATE, None))
        assert str(caught.value) == message


@pytest.mark.parametrize("rate", [0, -8000, 1, 10**9, np.nan])
def test_unlikely_rates_are_unlike_and_cost_nothing(rate: float) -> None:
    values = tf.constant(np.asarray(column_of([row(tone(), rate), row(tone())])))  # type: ignore[arg-type]
    _, unlike = Audio().bring(values, STATE)
    assert unlike.numpy().tolist() == [True, False]
    frames = Audio().encode(values, STATE).row_lengths().numpy()
    assert frames.tolist() == [1, 49]
