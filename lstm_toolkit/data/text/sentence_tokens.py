"""Sentences to tokens and back again inside the graph, so that nothing of a sentence is lost.

A space belongs to the word after it and is written `SPACE`, as in T. Kudo and J. Richardson,
"SentencePiece", 2018 (arXiv:1808.06226): tokens put side by side are the sentence.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from lstm_toolkit.data.text.folding import Fold, folded
from lstm_toolkit.data.text.literals import divide_between
from lstm_toolkit.data.text.tokens import BLANK, SPACE, UNSPACED, replaced

_CLITIC = "\x02"
"""Stands for an apostrophe inside a word while words are divided."""

_TIDY = (
    # Invisible, and without a meaning of their own; joiners have one, as in Persian.
    ("[\ufeff\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\u00ad]+", ""),
    (r"[\s\p{Z}\p{Cc}]+", " "),
    ("[\u2018\u2019\u02bc\uff07]", "'"),
    ("\u2581", "_"),
)
_FIRST = ((f"^{SPACE}([{UNSPACED}])", r"\1"),)
_WORDS = (
    (SPACE, f" {SPACE}"),
    (r"([\pL\pN\pM])'(\pL)", rf"\1 {_CLITIC}\2"),
    (r"^'(\pL)", rf"{_CLITIC}\1"),  # behind what is not divided
    (rf"{SPACE}?(?:[^\pL\pN\pM {SPACE}{_CLITIC}]|[{UNSPACED}])\pM*", r" \0 "),
    (_CLITIC, "'"),
)


def tidy(texts: tf.Tensor, *, lower: bool = False, fold: Fold = "none") -> tf.Tensor:
    r"""Makes white space of any kind one space, none at the ends, and drops invisible marks.

    Bytes that are not UTF-8 become U+FFFD.

    Args:
        texts: `string[batch]`.
        lower: Makes capitals small.
        fold: Whether width and accents are folded, see `data.text.folding`.

    Returns:
        `string[batch]`.

    >>> tidy(tf.constant([" Two\u3000\nwords "])).numpy()[0].decode()
    'Two words'
    """
    texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
    texts = tf.strings.strip(replaced(folded(texts, fold), _TIDY))
    return tf.strings.lower(texts, encoding="utf-8") if lower else texts


def sentence_words(texts: tf.Tensor, *, whole: str = "") -> tf.RaggedTensor:
    """Divides tidy texts into words with the spaces before them; marks stand alone.

    Characters of scripts without spaces stand alone too, and so does what comes after an
    apostrophe inside a word.

    Args:
        texts: `string[batch]` of `tidy`.
        whole: RE2 pattern of what is not divided, such as `data.text.literals.LITERAL`.

    Returns:
        `string[batch, (words)]`, at least one in a row.

    >>> [w.decode() for w in sentence_words(tf.constant(["I'm 5, you're 我们"]))[0].numpy()]
    ['▁I', "'m", '▁5', ',', '▁you', "'re", '▁我', '们']
    """
    marked = tf.strings.regex_replace(_never_blank(texts), " ", SPACE)
    spaced = replaced(tf.strings.join([SPACE, marked]), _FIRST)
    return _divided(spaced, whole and f"{SPACE}?{whole}", _spaced_words)


def _spaced_words(texts: tf.Tensor) -> tf.RaggedTensor:
    return tf.strings.split(replaced(texts, _WORDS))


def _divided(
    texts: tf.Tensor, whole: str, divide: Callable[[tf.Tensor], tf.RaggedTensor]
) -> tf.RaggedTensor:
    return divide_between(texts, whole, divide) if whole else divide(texts)


def sentence_characters(texts: tf.Tensor, *, whole: str = "") -> tf.RaggedTensor:
    """Divides tidy texts into characters, spaces among them.

    Args:
        texts: `string[batch]` of `tidy`.
        whole: See `sentence_words`.

    Returns:
        `string[batch, (characters)]`, at least one in a row.

    >>> [c.decode() for c in sentence_characters(tf.constant(["A 你"]))[0].numpy()]
    ['A', '▁', '你']
    """
    marked = tf.strings.regex_replace(_never_blank(texts), " ", SPACE)
    return _divided(marked, whole, _single_characters)


def _single_characters(texts: tf.Tensor) -> tf.RaggedTensor:
    return tf.strings.unicode_split(texts, "UTF-8")


def sentence(tokens: tf.Tensor) -> tf.Tensor:
    """Puts tokens together; the reverse of `sentence_words` and `sentence_characters`.

    Args:
        tokens: `string[..., tokens]`; those that are empty count for nothing.

    Returns:
        `string[...]`.

    >>> sentence(tf.constant(["▁I", "'m", "▁here", "!"])).numpy().decode()
    "I'm here!"
    """
    joined = tf.strings.reduce_join(tokens, axis=-1)
    return tf.strings.strip(tf.strings.regex_replace(joined, SPACE, " "))


def _never_blank(texts: tf.Tensor) -> tf.Tensor:
    return tf.where(tf.equal(tf.strings.length(texts), 0), BLANK, texts)
