"""One form for letters that can be written in several: width, and accents on their own.

Keyboards of East Asia write `Ａ１` for `A1`; macOS writes `é` as `e` and an accent behind it. To
people these are the same, so they are to a network. What is done here is that part of Unicode's
NFKC (UAX 15) which changes no meaning: wide and narrow forms, letters of other fonts, and accents
put together. It is done in the graph by core TensorFlow operations, with constant tables.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any, Literal

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.text.lookups import TextGraph

Fold = Literal["none", "accents", "all"]
"""What is folded: nothing, as in runs of earlier versions; accents, in what is written; or
width and fonts too, in what is read."""

_WIDTHS = ("<wide>", "<narrow>", "<font>")
_PASSES = 3
"""A letter carries up to three accents that have one code point together."""
_LAST = 0x2FA1D
"""The last code point that stands for others."""
_KEY = 1 << 21
"""More than the largest code point."""

_HANGUL, _LEAD, _VOWEL, _TAIL = 0xAC00, 0x1100, 0x1161, 0x11A7
_LEADS, _VOWELS, _TAILS = 19, 21, 28


def folded(texts: tf.Tensor, fold: Fold = "all") -> tf.Tensor:
    """Folds texts in UTF-8.

    Args:
        texts: `string[batch]`.
        fold: See `Fold`.

    Returns:
        `string[batch]`.

    >>> [t.decode() for t in folded(tf.constant(["Ａ１，ｶﾞ", "cafe\u0301"])).numpy()]
    ['A1,ガ', 'café']
    """
    return texts if fold == "none" else _graph(fold)(texts)


@cache
def _graph(fold: Fold) -> Any:
    """Returns the graph of a fold, traced once for all encoders of this process."""

    def graph(texts: tf.Tensor) -> tf.Tensor:
        plain = tf.reduce_all(tf.strings.regex_full_match(texts, "[\\x01-\\x7f]*"))
        return tf.cond(plain, lambda: tf.identity(texts), lambda: _folded(texts, fold))

    with tf.init_scope():  # it may be asked for inside of another graph
        return TextGraph(graph)


def _folded(texts: tf.Tensor, fold: Fold) -> tf.Tensor:
    points = tf.strings.unicode_decode(texts, "UTF-8", errors="replace")
    flat, rows = points.flat_values, points.value_rowids()
    flat = _replaced(flat, *_singles(fold))
    for _ in range(_PASSES):
        flat, rows = _composed(flat, rows)
    folded_points = tf.RaggedTensor.from_value_rowids(flat, rows, nrows=points.nrows())
    return tf.strings.unicode_encode(folded_points, "UTF-8")


def _replaced(flat: tf.Tensor, keys: NDArray[np.int32], values: NDArray[np.int32]) -> tf.Tensor:
    place = tf.minimum(tf.searchsorted(tf.constant(keys), flat), len(keys) - 1)
    hit = tf.equal(tf.gather(tf.constant(keys), place), flat)
    return tf.where(hit, tf.gather(tf.constant(values), place), flat)


def _composed(flat: tf.Tensor, rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Puts each letter and the accent right behind it together, where they have a code point."""
    after = tf.concat([flat[1:], [0]], axis=0)
    same_row = tf.concat([tf.equal(rows[1:], rows[:-1]), [False]], axis=0)[: tf.size(flat)]
    keys, values = _pairs()
    wanted = tf.cast(flat, tf.int64) * _KEY + tf.cast(after[: tf.size(flat)], tf.int64)
    place = tf.minimum(tf.searchsorted(tf.constant(keys), wanted), len(keys) - 1)
    hit = same_row & tf.equal(tf.gather(tf.constant(keys), place), wanted)
    flat = tf.where(hit, tf.gather(tf.constant(values), place), flat)
    keep = ~tf.concat([[False], hit], axis=0)[: tf.size(hit)]
    return tf.boolean_mask(flat, keep), tf.boolean_mask(rows, keep)


@cache
def _decompositions() -> list[tuple[int, list[str]]]:
    """Returns the code points that stand for others, sorted, and how Unicode writes these."""
    points = ((point, unicodedata.decomposition(chr(point))) for point in range(0x80, _LAST + 1))
    return [(point, others.split()) for point, others in points if others]


@cache
def _singles(fold: Fold) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Returns code points, sorted, that stand for another one, and those."""
    found = {}
    for point, (kind, *_) in _decompositions():
        if kind.startswith("<") and (fold != "all" or kind not in _WIDTHS):
            continue
        form: Literal["NFKC", "NFC"] = "NFKC" if kind.startswith("<") else "NFC"
        other = unicodedata.normalize(form, chr(point))
        if len(other) == 1 and ord(other) != point:
            found[point] = ord(other)
    if fold == "all":
        found[0x3000] = 0x20
    return np.array(list(found), np.int32), np.array(list(found.values()), np.int32)


@cache
def _pairs() -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Returns keys of pairs of code points, sorted, and what they are together."""
    found: dict[int, int] = {}
    for point, parts in _decompositions():
        if len(parts) == 2 and not parts[0].startswith("<"):
            one, other = (int(part, 16) for part in parts)
            if unicodedata.normalize("NFC", chr(one) + chr(other)) == chr(point):
                found[one * _KEY + other] = point
    for lead in range(_LEADS):
        for vowel in range(_VOWELS):
            syllable = _HANGUL + (lead * _VOWELS + vowel) * _TAILS
            found[(_LEAD + lead) * _KEY + _VOWEL + vowel] = syllable
            for tail in range(1, _TAILS):
                found[syllable * _KEY + _TAIL + tail] = syllable + tail
    keys = np.array(sorted(found), np.int64)
    return keys, np.array([found[key] for key in keys.tolist()], np.int32)
