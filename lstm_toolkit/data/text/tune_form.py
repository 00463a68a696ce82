"""The form of tunes: a head, then bars that are as long as the metre says."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from lstm_toolkit.data.text.abc_tokens import sounding
from lstm_toolkit.data.text.forms import Form, automaton
from lstm_toolkit.data.text.passages import END_ID
from lstm_toolkit.errors import InputError

_CLOSING = ("|", "||", "|]", ":|", "::", ":|:", "|:")

LEAST_BARS = 4
"""Bars before which a tune does not end."""

WHOLE = 2**6 * 3**2 * 5 * 7
"""Parts of a whole note in which lengths are counted."""


class _Place(NamedTuple):
    """Where in a tune one is.

    Attributes:
        head: What is still to come of the head: "X", "M", "L" or "K"; "" behind it.
        meter: Parts of a whole note in a bar.
        unit: Parts in a unit length.
        used: Parts of this bar.
        bars: Whole bars, counted to `LEAST_BARS`.
        first_ending: Whether a first ending was begun, behind which a second may come.
    """

    head: str = "X"
    meter: int = 0
    unit: int = 0
    used: int = 0
    bars: int = 0
    first_ending: bool = False


def tune(tokens: Sequence[str]) -> Form:
    """Returns the form of tunes over tokens of `abc_tokens`.

    A tune begins with its metre, unit length and key. A bar ends where its notes fill it, and no
    note is longer than what is left of it. A tune ends behind a bar.

    Raises:
        InputError: If there is no metre, key, bar line or note among the tokens, or notes fill the
            bars of no metre.
    """
    kinds = [_kind_of(token) for token in tokens]
    kinds[END_ID] = "end"
    names = list(dict.fromkeys(kinds))
    heads = {kind[:1] for kind in names if kind[1:2] == ":"}
    lacking = [each for each in ("M", "K") if each not in heads]
    if lacking or "bar" not in names or not any(_is_length(kind) for kind in names):
        raise InputError(
            "form=tune needs tokens=abc and tunes with the lines M: and K:, notes and bar lines. "
            f"Received: no {', '.join(f'{each}:' for each in lacking) or 'notes or bar lines'}"
        )
    places = {kind: place for place, kind in enumerate(names)}
    classes = np.array([places[kind] for kind in kinds], np.int32)
    lengths = {kind: Fraction(kind) for kind in names if kind[:1].isdigit()}
    first = _Place("X" if "X" in heads else "M")

    def follow(place: _Place, number: int) -> _Place | None:
        kind = names[number]
        if place.head:
            return _in_head(place, kind)
        return _sounds(place, lengths[kind]) if kind in lengths else _between(place, kind)

    return automaton(classes, first, follow, count=len(names), end=places["end"])


def _kind_of(token: str) -> str:
    """Returns what counts of a token: a head, a length in unit lengths, a bar line, an ending."""
    if token[:2] in ("X:", "K:"):
        return token[:2]
    if token[:2] in ("M:", "L:"):
        return token
    if token in _CLOSING:
        return "bar"
    if token in ("[1", "[2"):
        return token
    length = sounding(token)
    return "other" if length is None else str(length)


def _is_length(kind: str) -> bool:
    return kind[:1].isdigit() and kind != "0"


def _sounds(place: _Place, length: Fraction) -> _Place | None:
    """Returns the place behind a note or a chord symbol, None where it is longer than is left."""
    parts = length.numerator * place.unit
    used = place.used + parts // length.denominator
    fits = parts % length.denominator == 0 and used <= place.meter != place.used
    return place._replace(used=used) if fits else None


def _between(place: _Place, kind: str) -> _Place | None:
    """Returns the place behind what stands between bars, None where it may not."""
    if kind == "bar":
        bars = min(place.bars + 1, LEAST_BARS)
        return place._replace(used=0, bars=bars) if place.used == place.meter else None
    if place.used or kind == "other":
        return None
    if kind == "end":
        return place if place.bars >= LEAST_BARS else None
    if kind.startswith("M:"):
        return place._replace(meter=_value(kind)) if _value(kind) else None
    if kind in ("[1", "[2"):
        told = place.bars and (kind == "[2") == place.first_ending
        return place._replace(first_ending=kind == "[1") if told else None
    return place if kind == "K:" and place.bars else None


def _in_head(place: _Place, kind: str) -> _Place | None:
    if kind == "X:":
        return place._replace(head="M") if place.head == "X" else None
    value = _value(kind) if kind[:2] in ("M:", "L:") else 0
    if kind.startswith("M:") and place.head in ("X", "M") and value:
        return _Place("L", value, WHOLE // (8 if value >= WHOLE * 3 // 4 else 16))
    if kind.startswith("L:") and place.head == "L" and value:
        return place._replace(head="K", unit=value)
    return place._replace(head="") if kind == "K:" and place.head in ("L", "K") else None


def _value(kind: str) -> int:
    """Returns the parts of a whole note that a line of the head names, 0 if they are no number."""
    above, below = map(int, kind[2:].split("/"))
    return above * WHOLE // below if below and above * WHOLE % below == 0 else 0
