"""Tunes in ABC notation to tokens and back, inside the graph.

A token is a line of the head, a note with its length, a chord symbol or a bar line. What a tune
sounds like is kept; titles, comments, slurs, ties and ornaments are left out.
"""

from __future__ import annotations

import re
from fractions import Fraction

import tensorflow as tf

from lstm_toolkit.data.text.tokens import replaced

_LENGTH = r"[0-9]*(?:/[0-9]*)*"
_PITCH = r"(?:\^\^|__|[_^=])?(?:[A-Ga-g][,']*|[zx])"
NOTE = f"{_PITCH}{_LENGTH}"

_MODES = {
    "m": "m|min|minor|aeo|aeolian",
    "dor": "dor|dorian",
    "phr": "phr|phrygian",
    "lyd": "lyd|lydian",
    "mix": "mix|mixolydian",
    "loc": "loc|locrian",
    "": "|maj|major|ion|ionian",
}
"""How modes are written, by what they are written as here; capitals or not."""

_KEY = r"(?m)^K:[ \t]*([A-G][#b]?)[ \t]*(?i:%s)(?:[^a-zA-Z=\n][^\n]*)?$"
"""A key, behind which a clef or the like may stand; `middle=` begins no mode."""
_POSITIVE = "0*[1-9][0-9]*"

_STEPS = (
    (r"%[^\n]*", ""),
    (r"(?m)^[A-JN-WYZa-z+]:[^\n]*$", ""),
    (r"\[[A-Za-z]:[^\]\n]*\]", ""),
    (r"(?m)^X:[^\n]*$", " X:1 "),
    (r"(?m)^M:[ \t]*C\|[^\n]*$", " M:2/2 "),
    (r"(?m)^M:[ \t]*C[^\n]*$", " M:4/4 "),
    (rf"(?m)^([ML]):[ \t]*({_POSITIVE}/{_POSITIVE})(?:[^0-9/\n][^\n]*)?$", r" \1:\2 "),
    *((_KEY % words, rf" K:\1{mode} ") for mode, words in _MODES.items()),
    (r"(?m)^[KMLX]:[^\n]*\n", "\n"),  # what is left of them cannot be read
    (r"\\\n|\n", " "),
    (r"![^!\n]*!|\{[^}\n]*\}|\+[^+\n]*\+", ""),
    (r'"([^"]*)"', "\x02\\1\x03"),  # told apart, or what stands between two would be one
    ("\x02[^\x03]*[ ][^\x03]*\x03", ""),
    (rf"\(3(?::[0-9]?)*[ ]*({NOTE})[ ]*({NOTE})[ ]*({NOTE})", r" (3\1\2\3 "),
)
"""What is put in order before notes are told apart; patterns of RE2."""

_HEAD = rf"X:1|[ML]:{_POSITIVE}/{_POSITIVE}|K:[A-G][#b]?(?:{'|'.join(filter(None, _MODES))})?"
_BODY = (
    "\x02[^\x03 ]*\x03|"
    rf"\(3{NOTE}{NOTE}{NOTE}|{NOTE}[<>]{NOTE}|\[{NOTE}(?:{NOTE})+\]{_LENGTH}|{NOTE}|"
    r":\|:|::|\|\]|\|\||\|:|:\||\[[12]|\|"
)
_TOKEN = f"[XMLK]:[^ ]+|{_BODY}"
_REAL = f"{_HEAD}|{_BODY}"
"""Of what begins like a line of the head, only what is one."""


def abc_tokens(texts: tf.Tensor) -> tf.RaggedTensor:
    r"""Divides tunes, `string[batch]` to `string[batch, (tokens)]`.

    >>> tune = "X: 7\nT:A walk\nM:3/4\nL:1/4\nK:G\nG2A|(3Bcd B2|1G3:|"
    >>> [t.decode() for t in abc_tokens(tf.constant([tune]))[0].numpy()]
    ['X:1', 'M:3/4', 'L:1/4', 'K:G', 'G2', 'A', '|', '(3Bcd', 'B2', '|', '[1', 'G3', ':|']
    """
    spaced = replaced(texts, _STEPS)
    spaced = tf.strings.regex_replace(spaced, r"(\|)[ ]*([12])([^0-9/])", r"\1 [\2 \3")
    spaced = tf.strings.regex_replace(spaced, _TOKEN, r" \0 ")
    tokens = tf.strings.split(spaced)
    # What is no token of a tune, such as words of a song, says nothing of its sound.
    real = tf.strings.regex_full_match(tokens.flat_values, _REAL)
    quoted = tf.strings.regex_replace(tokens.flat_values, "[\x02\x03]", '"')
    return tf.ragged.boolean_mask(tokens.with_flat_values(quoted), tokens.with_flat_values(real))


def abc_text(token: str) -> str:
    """Returns what a token adds to a tune: lines of the head end with one."""
    return token + ("\n" if is_head(token) else " ")


def is_head(token: str) -> bool:
    """Tells whether a token is a line of the head.

    >>> is_head("M:3/4"), is_head(":|")
    (True, False)
    """
    return bool(re.match(r"[XMLK]:", token))


def sounding(token: str) -> Fraction | None:
    """Returns how long a token sounds, in unit lengths; 0 of a chord symbol, None of what is none.

    >>> sounding("A3/2"), sounding("(3abc"), sounding("c>d"), sounding("|")
    (Fraction(3, 2), Fraction(2, 1), Fraction(2, 1), None)
    """
    if re.fullmatch(r'"[^" ]*"', token):
        return Fraction(0)
    if re.fullmatch(rf"\(3{NOTE}{NOTE}{NOTE}", token):
        return sum(notes_of(token[2:]), Fraction(0)) * 2 / 3
    chord = re.fullmatch(rf"\[({NOTE})(?:{NOTE})+\]({_LENGTH})", token)
    if chord:
        return notes_of(chord[1])[0] * _length(chord[2])
    if re.fullmatch(rf"{NOTE}(?:[<>]{NOTE})?", token):
        return sum(notes_of(token), Fraction(0))
    return None


def notes_of(token: str) -> list[Fraction]:
    """Returns the lengths of the notes in a token, as they are written."""
    return [_length(match[1]) for match in re.finditer(rf"{_PITCH}({_LENGTH})", token)]


def _length(written: str) -> Fraction:
    """Returns a length: `3/2`, `2`, `/`, `//` or nothing.

    >>> _length("/"), _length("//"), _length("3/2")
    (Fraction(1, 2), Fraction(1, 4), Fraction(3, 2))
    """
    above, *below = written.split("/")
    length = Fraction(int(above or 1))
    for part in below:
        length /= int(part or 2) or 1
    return length
