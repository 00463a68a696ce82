"""Samples that come in on standard input, answered a stretch of speech at a time."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.data.readers.audio.sounds import STREAMED, check_rate, checked_sound, full_scale
from lstm_toolkit.errors import DataError
from lstm_toolkit.serving.answering import answer_rows
from lstm_toolkit.serving.standard_input import STDIN, read_some
from lstm_toolkit.targets.target import Answered

if TYPE_CHECKING:
    from lstm_toolkit.serving.prediction import Model

FRAME = 0.02
"""Seconds whose loudness is judged at a time."""

ABOVE, LEAST = 10.0, -55.0
"""Decibels above what is quiet from which somebody speaks, and below full scale at least."""

PAUSE, AROUND = 0.3, 0.1
"""Seconds of quiet that end a stretch, and that are answered before it and behind it."""

SHORTEST, LONGEST = 0.06, 15.0
"""Seconds of a stretch."""

NOTHING = -120.0
"""Decibels of frames in which all samples are one number."""

REMEMBERED = 250
"""Frames by which it is judged what is quiet."""

Samples = NDArray[np.float32]


_OTHERS = (
    *(b"fLaC", b"OggS", b"ID3", b"FORM", b".snd", b"PK\x03\x04", b"\x1f\x8b"),
    *(b"RF64", b"RIFX", b"\x1aE\xdf\xa3", b"caff", b"#!AMR"),
)
"""With what files begin that are no samples alone."""

_HEADER = 2**20
"""Bytes of a WAV file before its samples, at most."""

_WRITTEN = frozenset([*range(32, 127), 9, 10, 13])


@dataclasses.dataclass(frozen=True, eq=False)
class Stretch:
    """Samples in which somebody speaks.

    Attributes:
        begin: At which sample of the stream.
        samples: `float32[time]`.
    """

    begin: int
    samples: Samples


class Header(NamedTuple):
    """What a stream says of itself.

    Attributes:
        rate: Samples a second; 0 if it does not say.
        channels: Of which the mean is heard.
        body: The samples' bytes that were read with it.
        size: Bytes of samples in all; None if that is not known.
    """

    rate: int
    channels: int
    body: bytes
    size: int | None = None


def answer_sound(
    model: Model,
    stdin: BinaryIO,
    options: Any,
    report: Callable[[str], None],
    encoding: str = "utf-8",
) -> Answered:
    """Yields stretches of speech with their answers, each as soon as it has ended.

    Args:
        model: What answers recordings.
        stdin: A WAV file of 16 bits, or samples `int16` alone, little-endian, of one channel.
        options: Of `predict`; `rate` tells that of samples alone.
        report: Is told what is read.
        encoding: Of texts; it changes nothing here.

    Raises:
        DataError: If there is nothing, or WAV of another kind.
    """
    state = model.states[next(iter(model.task.features))]
    first = read_some(stdin)
    header = _header(first, stdin)
    rate = header.rate or options.rate or state.rate
    form = "WAV" if header.rate else "samples of 16 bits"
    report(f"{form}, {rate:,} a second; quiet ends a stretch")
    cutter, known, heard = Stretches(rate), 0, False
    for samples in _samples(header, stdin):
        known += len(samples)
        for stretch in cutter.push(samples):
            heard = True
            yield from _answered(model, stretch, rate, options)
    if not known:
        raise DataError("needs sound. Received: nothing", path=STDIN)
    for stretch in cutter.end():
        heard = True
        yield from _answered(model, stretch, rate, options)
    if not heard:
        report(
            f"no speech was heard in {known / rate:.1f} seconds: the loudest had "
            f"{cutter.loudest:.0f} dB of full scale; speech has {LEAST:.0f} at least, and "
            f"{ABOVE:.0f} more than what is quiet, for {SHORTEST:g} seconds"
        )


def _answered(model: Model, stretch: Stretch, rate: int, options: Any) -> Answered:
    """Yields the answer of a stretch, times of tokens counted from the stream's beginning."""
    begin, end = stretch.begin / rate, (stretch.begin + len(stretch.samples)) / rate
    sound = checked_sound(stretch.samples, rate)
    (feature,) = model.task.features
    row = Row(f"{begin:.2f} to {end:.2f}", {feature: sound.row()}, {"start": begin, "end": end})
    for each, answer in answer_rows(model, [row], options):
        tokens = answer.get("tokens", ())
        later = [
            {**token, **{k: round(token[k] + begin, 2) for k in ("start", "end")}}
            for token in tokens
        ]
        yield each, answer | ({"tokens": later} if later else {})


def _header(first: bytes, stdin: BinaryIO) -> Header:
    """Reads the header of WAV, chunk by chunk; of samples alone there is none.

    Raises:
        DataError: If it is that of a file of another kind.
    """
    first = _filled(first, 12, stdin)
    if first[:4] != b"RIFF":
        _check_samples(first)
        return Header(0, 1, first)
    place, form = 12, b""
    while True:
        first = _filled(first, place + 8, stdin)
        name = first[place : place + 4]
        size = int.from_bytes(first[place + 4 : place + 8], "little")
        begin, place = place + 8, place + 8 + size + size % 2
        if name == b"data" and len(form) >= 16:
            rate, channels = _form(form)
            known = 0 < size < STREAMED
            return Header(rate, channels, first[begin:], size if known else None)
        first = _filled(first, min(place, _HEADER), stdin)
        if len(first) < place or first[8:12] != b"WAVE":
            raise DataError("needs a WAV file with its header. Received: another", path=STDIN)
        form = first[begin : begin + size] if name == b"fmt " else form


def _filled(first: bytes, size: int, stdin: BinaryIO) -> bytes:
    """Returns so many bytes at least, fewer where the stream ends."""
    while len(first) < size and (more := read_some(stdin)):
        first += more
    return first


def _form(form: bytes) -> tuple[int, int]:
    """Returns the rate and the channels of WAV of 16 bits."""
    kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", form[:16])
    if bits != 16 or kind not in (1, 0xFFFE) or not channels:
        raise DataError(
            f"needs WAV of 16 bits as a stream; give other files by name. Received: {bits} bits, "
            f"format {kind}",
            path=STDIN,
        )
    check_rate(rate, STDIN)
    return rate, channels


def _check_samples(first: bytes) -> None:
    """Refuses what begins as files of other kinds do, or is written text.

    Raises:
        DataError: If it is.
    """
    other = next((mark for mark in _OTHERS if first.startswith(mark)), b"")
    if first[4:8] == b"ftyp" or _is_mp3(first):
        other = first[:8] if first[4:8] == b"ftyp" else first[:2]
    written = len(first) > 1 and all(sign in _WRITTEN for sign in first)
    if other or written:
        received = "text" if written else f"a file that begins with {other!r}"
        raise DataError(
            "needs samples of 16 bits, or WAV; give files by name. Received: " + received,
            path=STDIN,
        )


def _is_mp3(first: bytes) -> bool:
    """Tells whether bytes begin as a frame of MPEG's third layer does."""
    if len(first) < 4 or first[0] != 0xFF or first[1] & 0xE6 != 0xE2:
        return False
    version, bits, rate = first[1] >> 3 & 3, first[2] >> 4, first[2] >> 2 & 3
    return version != 1 and bits not in (0, 15) and rate != 3


def _samples(header: Header, stdin: BinaryIO) -> Iterator[Samples]:
    """Yields samples as they come, the mean of all channels; nothing behind them is sound."""
    channels, width, held, left = header.channels, 2 * header.channels, header.body, header.size
    while True:
        held = held if left is None else held[:left]
        whole = len(held) // width * width
        if whole:
            numbers = np.frombuffer(held[:whole], "<i2").reshape(-1, channels)
            yield full_scale(numbers).mean(axis=1)
        held, left = held[whole:], None if left is None else left - whole
        more = read_some(stdin)
        if not more:
            return
        held += more


class Stretches:
    """Cuts a stream where it is quiet.

    Args:
        rate: Samples a second.

    Attributes:
        loudest: Decibels of the loudest frame.
    """

    def __init__(self, rate: int):
        self._frame = max(1, int(FRAME * rate))
        self._levels: list[float] = []
        self._waiting: Samples = np.zeros(0, np.float32)
        self._held: Samples = np.zeros(0, np.float32)
        self._begin = 0
        self.loudest = NOTHING
        self._speaks, self._spoken, self._quiet = False, 0, 0
        self._around = int(AROUND * rate)
        self._pause, self._most = int(PAUSE / FRAME), int(LONGEST * rate)
        self._shortest = int(SHORTEST / FRAME)

    def push(self, samples: Samples) -> Iterator[Stretch]:
        """Yields the stretches that have ended."""
        self._waiting = np.concatenate([self._waiting, samples])
        while len(self._waiting) >= self._frame:
            frame, self._waiting = self._waiting[: self._frame], self._waiting[self._frame :]
            yield from self._judge(frame)

    def end(self) -> Iterator[Stretch]:
        """Yields what is being said when the stream ends."""
        self._held = np.concatenate([self._held, self._waiting])
        if self._speaks and self._spoken >= self._shortest:
            yield Stretch(self._begin, self._held)

    def _judge(self, frame: Samples) -> Iterator[Stretch]:
        power = float(np.mean(np.square(frame - frame.mean(), dtype=np.float64)))
        level = max(10 * float(np.log10(power + 1e-12)), NOTHING)
        self.loudest = max(self.loudest, level)
        self._levels = [*self._levels[-REMEMBERED + 1 :], level]
        quiet = float(np.quantile(self._levels, 0.1))
        # In a stream that begins with speech nothing quiet is known yet.
        quiet = min(quiet, max(self._levels) - 2 * ABOVE)
        loud = level > max(quiet + ABOVE, LEAST)
        self._held = np.concatenate([self._held, frame])
        if not self._speaks and not loud:
            dropped = max(0, len(self._held) - self._around)
            self._begin, self._held = self._begin + dropped, self._held[dropped:]
            return
        self._speaks = True
        self._spoken += loud
        self._quiet = 0 if loud else self._quiet + 1
        if self._quiet >= self._pause or len(self._held) >= self._most:
            yield from self._ended()

    def _ended(self) -> Iterator[Stretch]:
        surplus = max(0, self._quiet * self._frame - self._around)
        end = len(self._held) - surplus
        if self._spoken >= self._shortest:
            yield Stretch(self._begin, self._held[:end])
        keep = min(surplus, self._around)
        self._begin += len(self._held) - keep
        self._held = self._held[len(self._held) - keep :]
        self._speaks, self._spoken, self._quiet = False, 0, 0
