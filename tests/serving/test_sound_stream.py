"""Samples on standard input: cut where it is quiet, however they come."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.errors import DataError
from lstm_toolkit.serving.sound_stream import AROUND, Stretches, _header, _samples

RATE = 8000


def said(times: list[tuple[float, float]], seconds: float) -> np.ndarray:
    """Returns a room in which somebody speaks from and to these seconds."""
    rng = np.random.default_rng(0)
    samples = rng.normal(0, 0.001, int(seconds * RATE))
    for begin, end in times:
        a, b = int(begin * RATE), int(end * RATE)
        samples[a:b] += 0.3 * np.sin(np.arange(b - a) / 4)
    return samples.astype(np.float32)


def cut(samples: np.ndarray, sizes: list[int]) -> list[tuple[float, float]]:
    stretches, cutter, place = [], Stretches(RATE), 0
    for size in [*sizes, len(samples)]:
        stretches += list(cutter.push(samples[place : place + size]))
        place += size
    stretches += list(cutter.end())
    for each in stretches:
        np.testing.assert_array_equal(
            each.samples, samples[each.begin : each.begin + len(each.samples)]
        )
    return [(e.begin / RATE, (e.begin + len(e.samples)) / RATE) for e in stretches]


@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(1, 5000), max_size=8))
def test_stretches_do_not_depend_on_how_samples_come(sizes: list[int]) -> None:
    told = [(0.5, 0.9), (1.6, 2.0), (2.9, 3.0)]
    found = cut(said(told, 3.0), sizes)
    assert len(found) == len(told)
    for (begin, end), (first, last) in zip(told, found, strict=True):
        assert abs(first - (begin - AROUND)) < 0.03
        assert abs(last - min(end + AROUND, 3.0)) < 0.03


def test_speech_from_the_first_sample_on() -> None:
    assert len(cut(said([(0.0, 0.5)], 1.5), [])) == 1
    assert cut(said([], 2.0), []) == []


def wav(bits: int = 16, channels: int = 2) -> bytes:
    soundfile: Any = pytest.importorskip("soundfile")
    file = io.BytesIO()
    both = np.stack([np.linspace(-0.5, 0.5, 100)] * channels, axis=1)
    soundfile.write(file, both, 16_000, format="WAV", subtype=f"PCM_{bits}")
    return file.getvalue()


@pytest.mark.parametrize("at_once", [7, 60, 10_000])
def test_wav_tells_its_rate_and_channels(at_once: int) -> None:
    class Slow(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            return self.read(at_once)

    stream = Slow(wav())
    rate, channels, body = _header(stream.read1(), stream)
    samples = np.concatenate(list(_samples(body, stream, channels)))
    assert (rate, channels, len(samples)) == (16_000, 2, 100)
    np.testing.assert_allclose(samples, np.linspace(-0.5, 0.5, 100), atol=1e-4)


def test_samples_alone() -> None:
    raw = np.array([0, 16_384, -32_768], "<i2").tobytes()
    rate, channels, body = _header(raw, io.BytesIO())
    assert (rate, channels) == (0, 1)
    assert np.concatenate(list(_samples(body + b"\x01", io.BytesIO(), 1))).tolist() == [0, 0.5, -1]


@pytest.mark.parametrize(
    ("content", "received"),
    [(b"fLaC\x00\x00", "a file that begins with b'fLaC'"), (b"seven\n", "text")],
)
def test_other_files_are_refused(content: bytes, received: str) -> None:
    with pytest.raises(DataError) as caught:
        _header(content, io.BytesIO())
    assert str(caught.value) == (
        "standard input: needs samples of 16 bits, or WAV; give files by name. "
        f"Received: {received}"
    )


def test_wav_of_other_bits_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        _header(wav(24), io.BytesIO())
    assert str(caught.value) == (
        "standard input: needs WAV of 16 bits as a stream; give other files by name. "
        "Received: 24 bits, format 1"
    )
