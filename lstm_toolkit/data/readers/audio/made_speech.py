"""Made speech, to try recognition with: harmonics of a voice under moving formants, and noise.

An additive synthesizer of a few lines, after D. Klatt's of 1980 (doi:10.1121/1.383940) in a much
simpler form. It is no voice, but differs from speaker to speaker as voices do: in the length of
the vocal tract, in pitch and in tempo.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.audio.recording import LABEL, Recording, Recordings, Said
from lstm_toolkit.data.readers.audio.sounds import Sound

RATE = 8_000
"""Samples a second."""

SOUNDS: dict[str, tuple[float, ...]] = {
    "z": (0.06, 300, 1700, 2500, 0.4, 0.5),
    "s": (0.08, 300, 1700, 2500, 0.0, 0.8),
    "f": (0.07, 300, 1200, 2300, 0.0, 0.35),
    "th": (0.06, 300, 1400, 2500, 0.0, 0.3),
    "t": (0.03, 300, 1800, 2600, 0.0, 0.9),
    "k": (0.04, 300, 1500, 2200, 0.0, 0.6),
    "n": (0.06, 280, 1450, 2300, 0.5, 0.0),
    "v": (0.05, 300, 1100, 2200, 0.4, 0.2),
    "r": (0.06, 350, 1100, 1500, 0.8, 0.0),
    "w": (0.07, 300, 700, 2200, 0.7, 0.0),
    "ee": (0.11, 290, 2250, 2900, 1.0, 0.0),
    "i": (0.09, 400, 1950, 2600, 1.0, 0.0),
    "e": (0.10, 550, 1800, 2500, 1.0, 0.0),
    "a": (0.12, 730, 1150, 2450, 1.0, 0.0),
    "u": (0.10, 620, 1200, 2400, 1.0, 0.0),
    "o": (0.12, 500, 900, 2400, 1.0, 0.0),
    "oo": (0.11, 320, 850, 2250, 1.0, 0.0),
}
"""Of each sound: seconds, three formants in Hz, how loud the voice is, and how loud noise is."""

WORDS = {
    "zero": "z ee r o oo",
    "one": "w u n",
    "two": "t oo",
    "three": "th r ee",
    "four": "f o r",
    "five": "f a i v",
    "six": "s i k s",
    "seven": "s e v u n",
    "eight": "e i t",
    "nine": "n a i n",
}

SILENCE = (0.02, 500, 1500, 2500, 0.0, 0.0)
FORMANTS = ((90, 1.0), (130, 0.6), (180, 0.3))
"""How wide each formant is, in Hz, and how loud."""

QUIET_BETWEEN = 0.4
"""Share of the words of a row that come after a pause."""

TILT = 500.0
"""From which pitch on harmonics grow weaker, in Hz."""


@dataclasses.dataclass(frozen=True)
class Speaker:
    """A made voice.

    Attributes:
        tract: By which formants are multiplied: short vocal tracts have high ones.
        pitch: In Hz.
        tempo: By which durations are divided.
    """

    tract: float
    pitch: float
    tempo: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Speaker:
        """Draws a voice of a man, a woman or a child."""
        tract = float(rng.uniform(0.88, 1.2))
        return cls(tract, 110 * tract**3 * rng.uniform(0.85, 1.2), float(rng.uniform(0.8, 1.25)))

    def says(self, word: str, rng: np.random.Generator) -> NDArray[np.float32]:
        """Returns `float32[time]`, a word as it is never said twice alike."""
        targets = [SILENCE, *(SOUNDS[name] for name in WORDS[word].split()), SILENCE]
        table = np.array(targets)
        table[:, 0] *= np.exp(rng.normal(0, 0.15, len(table))) / self.tempo
        table[:, 1:4] *= self.tract * np.exp(rng.normal(0, 0.04, (len(table), 3)))
        ends = np.cumsum(table[:, 0])
        middles = ends - table[:, 0] / 2
        times = np.arange(int(ends[-1] * RATE)) / RATE
        tracks = np.stack([np.interp(times, middles, column) for column in table.T[1:]])
        voiced = self._voice(times, tracks, rng)
        high = np.diff(rng.normal(0, 1, len(times) + 1))
        both = voiced + 0.25 * tracks[4] * high + 0.003 * rng.normal(0, 1, len(times))
        return (both / np.abs(both).max() * rng.uniform(0.2, 0.9)).astype(np.float32)

    def _voice(
        self, times: NDArray[np.float64], tracks: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Adds up harmonics, each as loud as the formants near it have it."""
        fall = 1 - 0.2 * times / times[-1] + 0.03 * np.sin(2 * np.pi * rng.uniform(3, 6) * times)
        pitch = self.pitch * rng.uniform(0.9, 1.1) * fall
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        numbers = np.arange(1, int(0.45 * RATE / pitch.min()) + 1)[:, None]
        at = numbers * pitch
        loud = sum(
            height / (1 + ((at - formant) / width) ** 2)
            for formant, (width, height) in zip(tracks[:3], FORMANTS, strict=True)
        )
        loud = loud / (1 + at / TILT) * (at < RATE / 2)
        return np.asarray((loud * np.sin(numbers * phase)).sum(axis=0) * tracks[3])


def made_speech(
    said: Said,
    *,
    speakers: int = 12,
    takes: int = 5,
    words: Sequence[str] = tuple(WORDS),
    seed: int = 0,
) -> Recordings:
    """Returns made recordings of digits: of one word each, or of two to five with transcripts.

    Args:
        said: What stands beside them.
        speakers: Voices.
        takes: How often each says a word, or a tenth of how many rows it says.
        words: Which of `WORDS`.
        seed: Of all that is drawn.
    """
    rng = np.random.default_rng(seed)
    voices = [Speaker.drawn(rng) for _ in range(speakers)]
    draw = _words if said == LABEL else _rows
    return Recordings(list(draw(voices, takes, words, rng)))


def _words(
    voices: Sequence[Speaker], takes: int, words: Sequence[str], rng: np.random.Generator
) -> Iterator[Recording]:
    for number, voice in enumerate(voices, 1):
        for word in words:
            for take in range(takes):
                sound = Sound(_with_room(voice.says(word, rng), rng), RATE)
                yield Recording(f"{word} {number} {take}", sound, word, f"speaker {number}")


def _rows(
    voices: Sequence[Speaker], takes: int, words: Sequence[str], rng: np.random.Generator
) -> Iterator[Recording]:
    for number, voice in enumerate(voices, 1):
        for take in range(takes * len(words)):
            row = rng.choice(np.array(words), rng.integers(2, 6)).tolist()
            samples = voice.says(row[0], rng)
            for word in row[1:]:
                samples = _after(samples, voice.says(word, rng), rng)
            sound = Sound(_with_room(samples, rng), RATE)
            yield Recording(f"row {number} {take}", sound, " ".join(row), f"speaker {number}")


def _after(
    before: NDArray[np.float32], word: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Puts a word behind others: after a pause at times, or so that they run into each other."""
    if rng.random() < QUIET_BETWEEN:
        pause = rng.normal(0, 0.001, int(RATE * rng.uniform(0.05, 0.3)))
        return np.concatenate([before, pause, word]).astype(np.float32)
    shared = min(int(RATE * rng.uniform(0.03, 0.06)), len(before), len(word))
    fade = np.linspace(1, 0, shared)
    joint = before[-shared:] * fade + word[:shared] * fade[::-1]
    return np.concatenate([before[:-shared], joint, word[shared:]]).astype(np.float32)


def _with_room(samples: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Puts a moment of the room before and behind."""
    before, behind = (rng.normal(0, 0.001, int(RATE * rng.uniform(0.02, 0.15))) for _ in range(2))
    return np.concatenate([before, samples, behind]).astype(np.float32)


def save_made_speech(path: Path, said: Said, **made: Any) -> Path:
    """Writes made recordings to an `.npz` file as `read_recordings` takes it.

    Args:
        path: The file.
        said: What stands beside them.
        **made: Arguments of `made_speech`.
    """
    rows = made_speech(said, **made).each
    sounds = [row.sound.samples for row in rows if isinstance(row.sound, Sound)]
    words: dict[str, Any] = {said: np.array([row.said for row in rows])}
    np.savez(
        path,
        audio=(np.concatenate(sounds) * 32767).astype(np.int16),
        lengths=[len(sound) for sound in sounds],
        sample_rate=RATE,
        speaker=np.array([row.speaker for row in rows]),
        **words,
    )
    return path
