"""Tunes as MIDI files, which every player reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lstm_toolkit.data.text.abc_notes import notes
from lstm_toolkit.errors import InputError
from lstm_toolkit.system.files import atomic_write

TICKS = 480
"""Of a quarter note."""
LOUDNESS = 80
"""From 0 to 127."""


def check_midi() -> Any:
    """Returns the library that writes MIDI.

    Raises:
        InputError: If it is not installed.
    """
    try:
        import mido
    except ImportError:
        raise InputError(
            "--midi needs the library mido: pip install 'lstm_toolkit[midi]'"
        ) from None
    return mido


def write_midi(tune: str, path: Path) -> int:
    """Writes a tune in ABC as a MIDI file.

    Args:
        tune: In ABC.
        path: Of the file.

    Returns:
        How many notes there are; nothing is written where there is none.
    """
    import tensorflow as tf

    from lstm_toolkit.data.text.abc_tokens import abc_tokens

    mido = check_midi()
    tokens = [token.decode() for token in abc_tokens(tf.constant([tune]))[0].numpy()]
    track, waiting, count = mido.MidiTrack(), 0, 0
    for note in notes(tokens):
        length = round(note.length * 4 * TICKS)
        for place, pitch in enumerate(note.pitches):
            wait = waiting if place == 0 else 0
            track.append(_message(mido, "note_on", pitch, wait))
        for place, pitch in enumerate(note.pitches):
            track.append(_message(mido, "note_off", pitch, length if place == 0 else 0))
        waiting = 0 if note.pitches else waiting + length
        count += len(note.pitches)
    if count:
        file = mido.MidiFile(ticks_per_beat=TICKS)
        file.tracks.append(track)
        with atomic_write(path) as draft:
            file.save(draft)
    return count


def _message(mido: Any, kind: str, pitch: int, time: int) -> Any:
    return mido.Message(kind, note=min(max(pitch, 0), 127), velocity=LOUDNESS, time=time)
