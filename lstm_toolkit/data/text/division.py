"""Raw texts to tokens with the places where they stand, inside the graph.

Training takes tokens as its data has them. What people ask is divided here by a rule that gives
the training's tokens back, so that a text gets the tokens that the network knows.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.text.lookups import TextGraph, in_parts
from lstm_toolkit.data.text.spaced_tokens import GIVEN, TOKEN, tokens_in
from lstm_toolkit.data.text.tokens import UNSPACED, replaced

Division = Literal["space", "character", "word", "treebank"]
"""By white space; every character a token; words and signs; words as treebanks have them,
with `'s` and `n't` on their own."""

LEAST_WHOLE = 0.95
"""Share of the training tokens that a rule must leave whole."""

_NOT, _SUFFIX = r"n['’]t", r"['’](?:s|m|d|re|ve|ll)"
_CLITIC = re.compile(f"{_NOT}|{_SUFFIX}", re.IGNORECASE)
_ENDS_IN_CLITIC = re.compile(rf"[^\W\d_]{_NOT}|[^\W_]{_SUFFIX}", re.IGNORECASE)

_BLANK = r"\x09-\x0d "
_LETTER = rf"(?:[^\PL{UNSPACED}]|[\pM\pN_])"
_WORD = (
    r"https?://[^\s]*[^\s\pP]/?",  # addresses
    rf"[@#]{_LETTER}+",
    r"(?:\pL\.){2,}",  # U.S.
    rf"[{UNSPACED}]\pM*",
    r"\pN+(?:[.,:]\pN+)+",
    rf"{_LETTER}+(?:['’&\-\x{{200c}}]{_LETTER}+)*",
    r"\.{2,}|-{2,}",
    rf"[^{_BLANK}\pZ]\pM*",
)
_TOKENS = {
    "space": rf"[^{_BLANK}]+",
    "character": rf"[^{_BLANK}]\pM*",
    "word": "|".join(_WORD),
    "treebank": "|".join((rf"(?i:{_NOT}|{_SUFFIX})\b", *_WORD)),
}
_CLITICS = (
    (rf"(?i)(\pL)({_NOT})\b", rf"\1{GIVEN}\2"),
    (rf"(?i)([\pL\pN])({_SUFFIX})\b", rf"\1{GIVEN}\2"),
)


@dataclasses.dataclass(frozen=True)
class Divided:
    """Tokens of texts.

    Attributes:
        tokens: `string[batch, (tokens)]`.
        starts: `int32[batch, (tokens)]`, the character at which each begins.
        ends: `int32[batch, (tokens)]`, the character behind each.
    """

    tokens: tf.RaggedTensor
    starts: tf.RaggedTensor
    ends: tf.RaggedTensor

    def joined(self) -> tf.Tensor:
        """Returns the tokens with spaces between them, `string[batch]`, as training has them."""
        return tf.strings.reduce_join(self.tokens, axis=1, separator=" ")


def divide(texts: tf.Tensor, division: Division) -> Divided:
    """Divides texts into tokens; what is no UTF-8 becomes U+FFFD.

    Args:
        texts: `string[batch]`; `GIVEN` between tokens says that they are divided.
        division: The rule.

    >>> parts = divide(tf.constant(["Ann's in 北京."]), "treebank")
    >>> [t.decode() for t in parts.tokens[0].numpy()], parts.starts[0].numpy().tolist()
    (['Ann', "'s", 'in', '北', '京', '.'], [0, 3, 6, 9, 10, 11])
    """
    texts = clean(texts)
    given = tf.strings.regex_full_match(texts, rf"(?s).*{GIVEN}.*")
    plain = tf.strings.regex_replace(texts, GIVEN, " ")
    cut = replaced(plain, _CLITICS) if division == "treebank" else plain
    by_rule = _marked(cut, _TOKENS[division])
    marked = tf.where(given, _marked(plain, _TOKENS["space"]), by_rule)
    pieces = tf.strings.split(marked, GIVEN)
    lengths = tf.strings.length(pieces.flat_values, "UTF8_CHAR")
    ends = tf.cumsum(lengths)
    before = tf.concat([[0], ends], axis=0)
    ends -= tf.gather(before, tf.gather(pieces.row_starts(), pieces.value_rowids()))
    # What stands between tokens are pieces, too.
    held = ~tf.strings.regex_full_match(pieces.flat_values, _gap(division))
    held = pieces.with_flat_values(held)
    parts = (pieces.flat_values, ends - lengths, ends)
    return Divided(*(tf.ragged.boolean_mask(pieces.with_flat_values(p), held) for p in parts))


def clean(texts: tf.Tensor) -> tf.Tensor:
    """Returns texts in UTF-8; each byte that is none becomes U+FFFD."""
    return tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")


def _marked(texts: tf.Tensor, token: str) -> tf.Tensor:
    return tf.strings.regex_replace(texts, f"({token})", rf"{GIVEN}\1{GIVEN}")


def _gap(division: Division) -> str:
    spaces = _BLANK + (r"\pZ" if division in ("word", "treebank") else "")
    return f"[{spaces}]*"


def divided(texts: NDArray[np.object_], division: Division) -> list[list[tuple[str, int, int]]]:
    """Divides texts outside of a graph.

    Args:
        texts: `object[n]` of `str`.
        division: The rule.

    Returns:
        Token, its first character and the one behind it, of each text.
    """
    rows: list[list[tuple[str, int, int]]] = []

    def parts(part: tf.Tensor) -> tuple[tf.RaggedTensor, ...]:
        found = divide(part, division)
        return found.tokens, found.starts, found.ends

    for tokens, starts, ends in in_parts(texts, TextGraph(parts)):
        columns = (each.to_list() for each in (tokens, starts, ends))
        rows += [
            [(token.decode("utf-8"), start, end) for token, start, end in zip(*row, strict=True)]
            for row in zip(*columns, strict=True)
        ]
    return rows


def fitting_division(texts: NDArray[np.object_]) -> tuple[Division, float]:
    """Returns the rule that gives training tokens back, and which share of them it leaves whole.

    Args:
        texts: `object[n]`, tokens with spaces between them.
    """
    tokens = [token for text in texts for token in tokens_in(text)]
    rule = _likely_rule(tokens)
    whole = _share_left_whole(texts, rule)
    return (rule, whole) if whole >= LEAST_WHOLE else ("space", 1.0)


def _likely_rule(tokens: Sequence[str]) -> Division:
    # Every rule but this one would join letters that stand alone in training. Signs may be of
    # several characters, as some emoji are.
    if not any(sum(map(str.isalnum, token)) > 1 for token in tokens):
        return "character"
    clitics = sum(_CLITIC.fullmatch(token) is not None for token in tokens)
    # Names such as O'Brien are whole by either rule.
    inside = sum(_ENDS_IN_CLITIC.search(token) is not None for token in tokens)
    return "treebank" if clitics > inside else "word"


def _share_left_whole(texts: NDArray[np.object_], division: Division) -> float:
    """Returns the share of tokens that a rule does not divide."""
    count = whole = 0
    for text, parts in zip(texts, divided(texts, division), strict=True):
        words = {match.span() for match in TOKEN.finditer(text)}
        count += len(words)
        whole += len(words & {(start, end) for _, start, end in parts})
    return whole / count if count else 1.0
