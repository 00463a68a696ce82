"""Tunes of ABC tokens to notes with pitch and length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from lstm_toolkit.data.text.abc_tokens import is_head, notes_of

_DEGREES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHARPS, _FLATS = "FCGDAEB", "BEADGCF"
_FIFTHS = {"C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F": -1}
_MODES = {"": 0, "m": -3, "mix": -1, "dor": -2, "phr": -4, "lyd": 1, "loc": -5}
_ACCIDENTALS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
MIDDLE_C = 60


class Note(NamedTuple):
    """What sounds: MIDI numbers, none of a rest, and how many whole notes long."""

    pitches: tuple[int, ...]
    length: Fraction


def notes(tokens: Sequence[str]) -> Iterator[Note]:
    """Yields the notes of a tune in their order; repeats are played once.

    Accidentals last to the end of their bar.

    >>> [note.pitches for note in notes(["M:4/4", "L:1/4", "K:G", "F", "=F", "F", "|", "F2"])]
    [(66,), (65,), (65,), (66,)]
    """
    unit, meter, key = Fraction(0), Fraction(1), dict[str, int]()
    changed: dict[str, int] = {}
    for token in tokens:
        if is_head(token):
            name, _, value = token.partition(":")
            if name == "M":
                meter = Fraction(value)
            elif name == "L":
                unit = Fraction(value)
            elif name == "K":
                key = signature(value)
            continue
        if token[:1] == '"':
            continue
        if not re.search("[A-Ga-gzx]", token):
            changed = {}
            continue
        size = unit or Fraction(1, 8 if meter >= Fraction(3, 4) else 16)
        for note in _sounding(token, key, changed):
            yield Note(note.pitches, note.length * size)


def signature(key: str) -> dict[str, int]:
    """Returns how many half tones each letter is raised by in a key.

    >>> signature("D"), signature("Dm")
    ({'F': 1, 'C': 1}, {'B': -1})
    """
    tonic, accidental, mode = re.fullmatch(r"([A-G])([#b]?)(.*)", key).groups()  # type: ignore[union-attr]
    fifths = _FIFTHS[tonic] + {"#": 7, "b": -7, "": 0}[accidental] + _MODES[mode]
    fifths = max(-7, min(7, fifths))
    letters = _SHARPS[:fifths] if fifths > 0 else _FLATS[:-fifths]
    return dict.fromkeys(letters, 1 if fifths > 0 else -1)


def _sounding(token: str, key: dict[str, int], changed: dict[str, int]) -> Iterator[Note]:
    body = token[2:] if token.startswith("(3") else token
    shares = _shares(token)
    parts = re.findall(r"((?:\^\^|__|[_^=])?[A-Ga-gzx][,']*)", body)
    pitches = [_pitch(part, key, changed) for part in parts]
    lengths = notes_of(body)
    chord = re.fullmatch(r"\[.*\]([0-9/]*)", token)
    if chord:
        whole = lengths[0] * notes_of(f"C{chord[1]}")[0]
        yield Note(tuple(pitch for pitch in pitches if pitch is not None), whole)
        return
    for pitch, length, share in zip(
        pitches, lengths, shares or [Fraction(1)] * len(pitches), strict=True
    ):
        yield Note(() if pitch is None else (pitch,), length * share)


def _shares(token: str) -> list[Fraction]:
    """Returns by what the notes of a group are made longer or shorter, none if it is no group."""
    if token.startswith("(3"):
        return [Fraction(2, 3)] * 3
    longer, shorter = Fraction(3, 2), Fraction(1, 2)
    return [longer, shorter] if ">" in token else [shorter, longer] if "<" in token else []


def _pitch(note: str, key: dict[str, int], changed: dict[str, int]) -> int | None:
    accidental, letter, octaves = re.fullmatch(r"([_^=]*)([A-Ga-gzx])([,']*)", note).groups()  # type: ignore[union-attr]
    if letter in "zx":
        return None
    name = letter.upper()
    place = f"{letter}{octaves}"
    if accidental:
        changed[place] = _ACCIDENTALS[accidental]
    raised = changed.get(place, key.get(name, 0))
    octave = letter.islower() + octaves.count("'") - octaves.count(",")
    return MIDDLE_C + 12 * octave + _DEGREES[name] + raised
