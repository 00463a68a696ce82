"""Files of sound in every form, and what is none."""

from __future__ import annotations

import io
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.readers.audio.sounds import (
    Sound,
    checked_sound,
    full_scale,
    read_sound,
    sound_of_bytes,
)
from lstm_toolkit.errors import DataError

soundfile = pytest.importorskip("soundfile")

WAVE = (0.5 * np.sin(np.arange(800) / 5)).astype(np.float32)


def written(path: Path, samples: Any = WAVE, rate: int = 8000, **form: str) -> Path:
    soundfile.write(path, samples, rate, **form)
    return path


def error_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_sound(path)
    return str(caught.value).replace(str(path), path.name)


@pytest.mark.parametrize(
    ("name", "form", "near"),
    [
        ("a.wav", "PCM_U8", 0.01),
        ("a.wav", "PCM_16", 1e-4),
        ("a.wav", "PCM_24", 1e-6),
        ("a.wav", "PCM_32", 1e-6),
        ("a.wav", "FLOAT", 1e-7),
        ("a.wav", "DOUBLE", 1e-7),
        ("a.flac", "PCM_16", 1e-4),
        ("a.ogg", "VORBIS", 0.1),
    ],
)
def test_forms(tmp_path: Path, name: str, form: str, near: float) -> None:
    sound = read_sound(written(tmp_path / name, subtype=form))
    assert sound.rate == 8000
    np.testing.assert_allclose(sound.samples, WAVE, atol=near)


def test_channels_are_averaged_and_names_do_not_count(tmp_path: Path) -> None:
    both = np.stack([WAVE, np.zeros_like(WAVE)], axis=1)
    path = written(tmp_path / "a.wav", both, 44_100).rename(tmp_path / "a.flac")
    sound = read_sound(path)
    assert (sound.rate, sound.seconds) == (44_100, 800 / 44_100)
    np.testing.assert_allclose(sound.samples, WAVE / 2, atol=1e-4)


@pytest.mark.parametrize("form", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32"])
def test_plain_wav_without_soundfile(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.wav", np.stack([WAVE, WAVE], axis=1), subtype=form)
    expected = read_sound(path).samples
    monkeypatch.setitem(sys.modules, "soundfile", None)
    np.testing.assert_allclose(read_sound(path).samples, expected, atol=1e-6)
    other = tmp_path / "a.flac"
    other.write_bytes(b"fLaC")
    assert error_of(other) == (
        "a.flac: is no WAV file of whole numbers; pip install 'lstm_toolkit[audio]' reads other "
        "sounds"
    )


def test_what_is_no_sound(tmp_path: Path) -> None:
    text, empty = tmp_path / "text.wav", tmp_path / "empty.wav"
    text.write_text("seven", encoding="utf-8")
    empty.write_bytes(b"")
    assert error_of(text) == (
        "text.wav: is no sound that can be read; needs .wav, .flac, .ogg or .mp3. "
        "Format not recognised."
    )
    assert error_of(empty) == "empty.wav: is empty; needs .wav, .flac, .ogg or .mp3"
    assert error_of(tmp_path / "gone.wav") == "gone.wav: no such file or folder"


def test_what_is_cut_off_or_no_number(tmp_path: Path) -> None:
    cut = written(tmp_path / "cut.wav")
    cut.write_bytes(cut.read_bytes()[:1000])
    assert error_of(cut) == "cut.wav: is cut off: needs 1,600 bytes of samples. Received: 956"
    broken = WAVE.copy()
    broken[[7, 9]] = np.nan
    assert error_of(written(tmp_path / "nan.wav", broken, subtype="FLOAT")) == (
        "nan.wav: needs samples that are numbers. Received: nan at sample 8, 2 in all"
    )
    assert error_of(written(tmp_path / "one.wav", WAVE[:1])) == (
        "one.wav: needs at least 2 samples of sound. Received: 1"
    )
    assert error_of(written(tmp_path / "slow.wav", rate=1000)) == (
        "slow.wav: needs from 2,000 to 384,000 whole samples a second. Received: 1000"
    )


def _plain(samples: bytes, width: int, channels: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(8000)
        out.writeframes(samples)
    return file.getvalue()


@settings(max_examples=60, deadline=None)
@given(
    body=st.binary(max_size=300),
    width=st.sampled_from([1, 2, 3, 4]),
    channels=st.integers(1, 3),
    cut=st.integers(0, 400),
    flipped=st.integers(0, 60),
)
def test_damaged_files_are_read_or_refused(
    body: bytes, width: int, channels: int, cut: int, flipped: int
) -> None:
    content = bytearray(
        _plain(body[: len(body) // (width * channels) * width * channels], width, channels)
    )
    content = content[: max(0, len(content) - cut)]
    if flipped < len(content):
        content[flipped] ^= 0xFF
    try:
        sound = sound_of_bytes(bytes(content), Path("some.wav"))
    except DataError as error:
        assert len(str(error)) < 400
    else:
        assert np.isfinite(sound.samples).all()
        assert len(sound.samples) >= 2


def test_full_scale() -> None:
    assert full_scale(np.array([0, 255], np.uint8)).tolist() == [-1.0, 127 / 128]
    assert full_scale(np.array([0.25], np.float64)).dtype == np.float32


def test_silent_and_clipped() -> None:
    assert Sound(np.ones(50, np.float32), 8000).silent
    assert not Sound(WAVE, 8000).clipped
    assert Sound(np.clip(WAVE * 3, -0.5, 0.5), 8000).clipped
    assert checked_sound(WAVE, 8000).row()[:2].tolist() == [8000, WAVE[0]]


def test_noise_of_single_steps_is_not_clipped() -> None:
    steps = np.random.default_rng(0).integers(-1, 2, 8000)
    assert not Sound((steps / 32_768).astype(np.float32), 8000).clipped
