"""How many sentences a text holds: a network that learnt single ones makes one of several.

Counted by core TensorFlow operations, so that exports tell it too.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.text.copying import COPY
from lstm_toolkit.data.text.lookups import TextGraph, in_parts
from lstm_toolkit.data.text.tokens import replaced

_FAMILIAR = 0.98
"""Share of the training sentences that hold no more."""

_END = "\x01"
"""Stands for the end of a sentence that another follows."""

_VOWEL = r"[aeiouyà-æè-ïò-öø-ýāăąēĕėęěīĭįıōŏőœūŭůűųAEIOUYÀ-ÆÈ-ÏÒ-ÖØ-Ý]"
_OTHER = r"[^\p{Latin}\P{L}]"
"""A letter that is not Latin."""

_NUMBER = r"\pN[\pN.,:%]{2,}"
_WORD = rf"(?:\pL+(?:{_VOWEL}|{_OTHER})\pL*|(?:{_VOWEL}|{_OTHER})\pL+|{_NUMBER}|{COPY})"
"""What may end a sentence: no initial, no abbreviation such as Mr. or bzw., no day as in 3. Mai."""

_CLOSED = r"[\"'”’»)\]]*"
_OPENED = r"[\"'“‘«(\[¿¡]*"

_SPACED = (
    (rf"([?!…।؟]+{_CLOSED})\s+({_OPENED}[\p{{Lu}}\p{{Lo}}\pN])", rf"\1{_END}\2"),
    (rf"({_WORD}{_CLOSED}\.{_CLOSED})\s+({_OPENED}[\p{{Lu}}\p{{Lo}}])", rf"\1{_END}\2"),
)
_SMALL = (
    (rf"([?!…]+{_CLOSED})\s+({_OPENED}\pL)", rf"\1{_END}\2"),
    (rf"({_WORD}\.{_CLOSED})\s+({_OPENED}\pL)", rf"\1{_END}\2"),
)
"""Of texts without a capital, whose sentences begin with small letters too."""

_UNSPACED = ((r"([。｡][”’」』）)]*|[！？]+)\s*([^。！？｡\s”’」』）)\]\"'…])", rf"\1{_END}\2"),)
"""Behind ！ and ？ in quotes goes on who says it."""

_ABBREVIATED = ((r"(?i)\b(approx|ca|capt|dept|etc|gov|inc|prof|rev|sen|sgt|usw|vol)\.", r"\1"),)
"""Abbreviations that look like words, of some languages."""

_CAPITAL = r"(?s).*\p{Lu}.*"


def count_sentences(texts: tf.Tensor) -> tf.Tensor:
    """Counts sentences by the signs that end them, an open end counted too.

    Args:
        texts: `string[batch]`, UTF-8.

    Returns:
        `int32[batch]`, at least 1.

    >>> texts = ["I am here. Where are you?", "Mr. Lee paid $3.50, e.g. for tea.", "你好。再见！"]
    >>> count_sentences(tf.constant(texts)).numpy().tolist()
    [2, 1, 2]
    """
    texts = replaced(texts, ((_END, " "), *_ABBREVIATED))
    marked = tf.where(
        tf.strings.regex_full_match(texts, _CAPITAL),
        replaced(texts, _SPACED),
        replaced(texts, _SMALL),
    )
    marked = replaced(marked, _UNSPACED)
    others = tf.strings.regex_replace(marked, _END, "")
    return 1 + tf.strings.length(marked) - tf.strings.length(others)


def learn_most_sentences(texts: NDArray[np.object_]) -> int:
    """Returns how many sentences all but a few of the training texts stay within.

    Args:
        texts: `object[n]` of `str`.
    """
    counts = np.concatenate(
        [part.numpy() for part in in_parts(texts, TextGraph(count_sentences))] or [np.ones(1)]
    )
    return int(np.quantile(counts, _FAMILIAR, method="inverted_cdf"))
