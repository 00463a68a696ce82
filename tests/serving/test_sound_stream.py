"""Samples on standard input: cut where it is quiet, however they come."""

from __future__ import annotations

import io
import struct
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.errors import DataError
from lstm_toolkit.serving.sound_stream import (
    AROUND,
    Stretches,
    _header,
    _samples,
    answer_sound,
)

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
    header = _header(stream.read1(), stream)
    samples = np.concatenate(list(_samples(header, stream)))
    assert (header.rate, header.channels, len(samples)) == (16_000, 2, 100)
    np.testing.assert_allclose(samples, np.linspace(-0.5, 0.5, 100), atol=1e-4)


def test_samples_alone() -> None:
    raw = np.array([0, 16_384, -32_768], "<i2").tobytes()
    header = _header(raw + b"\x01", io.BytesIO())
    assert (header.rate, header.channels) == (0, 1)
    assert np.concatenate(list(_samples(header, io.BytesIO()))).tolist() == [0, 0.5, -1]


def riff(*chunks: tuple[bytes, bytes, int | None], rate: int = 8000) -> bytes:
    """Returns WAV of chunks behind that of the format; a size of None is the true one."""
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    body = b"".join(
        name + struct.pack("<I", len(content) if size is None else size) + content
        for name, content, size in ((b"fmt ", form, None), *chunks)
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


@settings(max_examples=20, deadline=None)
@given(
    count=st.integers(1, 50),
    before=st.lists(st.sampled_from([b"data", b"my data", b"take"]), max_size=3),
    size=st.sampled_from([None, 0, 0x7FFF_FFFF, 0xFFFF_FFFF]),
    at_once=st.integers(1, 200),
)
def test_samples_are_those_of_their_chunk(
    count: int, before: list[bytes], size: int | None, at_once: int
) -> None:
    class Slow(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            return self.read(at_once)

    numbers = np.arange(1, count + 1).astype("<i2")
    notes = [(b"LIST", each + b"\0" * (len(each) % 2), None) for each in before]
    behind = [(b"ID3 ", b"\x7f" * 60, None)] if size is None else []
    stream = Slow(riff(*notes, (b"data", numbers.tobytes(), size), *behind))
    samples = np.concatenate(list(_samples(_header(stream.read1(), stream), stream)))
    np.testing.assert_array_equal(samples * 32_768, numbers)


@pytest.mark.parametrize("rate", [0, 100])
def test_unlikely_rates_are_refused(rate: int) -> None:
    with pytest.raises(DataError) as caught:
        _header(riff((b"data", b"\0\0", None), rate=rate), io.BytesIO())
    assert str(caught.value) == (
        f"standard input: needs from 2,000 to 384,000 whole samples a second. Received: {rate}"
    )


def test_wav_without_samples_is_refused() -> None:
    for content in (riff((b"LIST", b"note", None)), riff((b"LIST", b"", 0xFFFF_FFFF))):
        with pytest.raises(DataError) as caught:
            _header(content, io.BytesIO())
        assert str(caught.value) == (
            "standard input: needs a WAV file with its header. Received: another"
        )


def test_a_quiet_stream_is_told() -> None:
    task = SimpleNamespace(features={"audio": None})
    model: Any = SimpleNamespace(states={"audio": SimpleNamespace(rate=RATE)}, task=task)
    quiet = (3 * np.sin(np.arange(RATE) / 4)).round().astype("<i2").tobytes()
    lines: list[str] = []
    assert not list(answer_sound(model, io.BytesIO(quiet), SimpleNamespace(rate=0), lines.append))
    assert lines == [
        "samples of 16 bits, 8,000 a second; quiet ends a stretch",
        "no speech was heard in 1.0 seconds: the loudest had -83 dB of full scale; speech has -55 "
        "at least, and 10 more than what is quiet, for 0.06 seconds",
    ]


@pytest.mark.parametrize(
    ("content", "received"),
    [
        (b"fLaC\x00\x00", "a file that begins with b'fLaC'"),
        (b"seven\n", "text"),
        (b"\0\0\0\x20ftypM4A ", r"a file that begins with b'\x00\x00\x00 ftyp'"),
        (b"\xff\xf3\x40\xc0\0\0", r"a file that begins with b'\xff\xf3'"),
        (b"\x1aE\xdf\xa3\0\0", r"a file that begins with b'\x1aE\xdf\xa3'"),
        (b"RIFX\0\0\0\0WAVE", "a file that begins with b'RIFX'"),
        (b"RF64\0\0\0\0WAVE", "a file that begins with b'RF64'"),
    ],
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
