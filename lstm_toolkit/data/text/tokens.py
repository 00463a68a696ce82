"""Texts to tokens inside the graph, with core TensorFlow operations alone."""

from __future__ import annotations

from typing import Literal

import tensorflow as tf

from lstm_toolkit.data.text.folding import Fold, folded
from lstm_toolkit.data.text.vocabulary import START

Kind = Literal["word", "character", "subword"]

SPACE = "\u2581"
"""How a space is written where it is a token of its own (tokens=character)."""

BLANK = "\u2400"
"""What a text without any token is read as, so that every row has at least one."""

UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
"""Scripts that put no spaces between words."""

_JOINT = r"\x{200c}"
"""The zero-width non-joiner, which divides the parts of Persian words."""

LOWERED_STEPS = (
    (r"(?i)<br\s*/?>", " "),  # line breaks of HTML, common in scraped reviews
    (rf"[^\P{{Cf}}{_JOINT}]+", ""),  # invisible: byte-order marks, soft hyphens, joiners
    (rf"{_JOINT}+", "\u200c"),
    (rf"{_JOINT}([^\pL\pM]|[{UNSPACED}]|$)", r"\1"),  # it stays inside words alone
    (rf"(^|[^\pL\pM]|[{UNSPACED}]){_JOINT}", r"\1"),
    (r"[\s\p{Z}\p{Cc}]+", " "),
    ("[\u2018\u2019\u02bc\uff07]", "'"),
)
"""What is replaced before texts are lower-cased: patterns of RE2, in their order."""

WORD_STEPS = (
    (rf"(?:[^\pL\pN\pM\s'{_JOINT}]|[{UNSPACED}])\pM*", r" \0 "),
    (r"'+(\s|$)", " ' "),  # apostrophes stay inside words alone: don't
    (r"(^|\s)'+", " ' "),
)
"""What is replaced behind that, so that spaces stand between words."""


def normalized(texts: tf.Tensor, *, fold: Fold = "none") -> tf.Tensor:
    r"""Lower-cases texts and tidies what cannot be seen.

    Bytes that are not UTF-8 become U+FFFD; HTML line breaks, control characters and white
    space of any kind become single spaces.

    Args:
        texts: `string[batch]`.
        fold: Whether width and accents are folded, see `data.text.folding`.

    Returns:
        `string[batch]`.

    >>> normalized(tf.constant(["A<br />B\u3000C"])).numpy()[0].decode()
    'a b c'
    """
    texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
    texts = folded(texts, fold)
    # Lower-casing comes last, since it cuts texts off at a NUL.
    return tf.strings.lower(replaced(texts, LOWERED_STEPS), encoding="utf-8")


def words(texts: tf.Tensor, *, fold: Fold = "none") -> tf.RaggedTensor:
    """Splits texts into words; marks, and characters of scripts without spaces, stand alone.

    Args:
        texts: `string[batch]`.
        fold: See `normalized`.

    Returns:
        `string[batch, (words)]`, at least one in a row.

    >>> [w.decode() for w in words(tf.constant(["Don't go! 房间很好"]))[0].numpy()]
    ["don't", 'go', '!', '房', '间', '很', '好']
    """
    return tf.strings.split(_never_blank(replaced(normalized(texts, fold=fold), WORD_STEPS)))


def characters(texts: tf.Tensor, *, fold: Fold = "none") -> tf.RaggedTensor:
    """Splits texts into characters, spaces among them.

    Args:
        texts: `string[batch]`.
        fold: See `normalized`.

    Returns:
        `string[batch, (characters)]`, at least one in a row.

    >>> [c.decode() for c in characters(tf.constant(["Hi 你"]))[0].numpy()]
    ['h', 'i', '▁', '你']
    """
    texts = _never_blank(tf.strings.strip(normalized(texts, fold=fold)))
    return tf.strings.unicode_split(tf.strings.regex_replace(texts, " ", SPACE), "UTF-8")


def join_bigrams(tokens: tf.RaggedTensor) -> tf.RaggedTensor:
    """Joins each token with the one before it, the first of a row with `START`.

    Args:
        tokens: `string[batch, (tokens)]`.

    Returns:
        `string[batch, (tokens)]`.

    >>> [p.decode() for p in join_bigrams(tf.ragged.constant([["not", "bad"]]))[0].numpy()]
    ['[START] not', 'not bad']
    """
    flat, starts = tokens.flat_values, tokens.row_starts()
    before = tf.concat([[START], flat], axis=0)[:-1]
    first = tf.fill([tf.size(starts)], START)
    before = tf.tensor_scatter_nd_update(before, starts[:, None], first)
    return tokens.with_flat_values(tf.strings.join([before, flat], separator=" "))


def beginnings(tokens: tf.Tensor, letters: int) -> tf.Tensor:
    """Returns the first letters of tokens, all of them if there are fewer; `string[total]`.

    >>> [part.decode() for part in beginnings(tf.constant(["caféteria", "a"]), 4).numpy()]
    ['café', 'a']
    """
    zeros = tf.zeros(tf.shape(tokens), tf.int32)
    return tf.strings.substr(tokens, zeros, zeros + letters, "UTF8_CHAR")


def ends(tokens: tf.Tensor, letters: int) -> tf.Tensor:
    """Returns the last letters of tokens, all of them if there are fewer; `string[total]`.

    >>> [part.decode() for part in ends(tf.constant(["entrées", "a"]), 4).numpy()]
    ['rées', 'a']
    """
    length = tf.strings.length(tokens, "UTF8_CHAR")
    start = tf.maximum(length - letters, 0)
    return tf.strings.substr(tokens, start, tf.fill(tf.shape(length), letters), "UTF8_CHAR")


def replaced(texts: tf.Tensor, steps: tuple[tuple[str, str], ...]) -> tf.Tensor:
    """Replaces patterns (RE2) in their order, `string[batch]` in and out."""
    for pattern, by in steps:
        texts = tf.strings.regex_replace(texts, pattern, by)
    return texts


def _never_blank(texts: tf.Tensor) -> tf.Tensor:
    blank = tf.equal(tf.strings.length(tf.strings.strip(texts)), 0)
    return tf.where(blank, BLANK, texts)
