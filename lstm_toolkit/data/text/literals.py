"""What is written alike in every language: addresses, numbers, codes and names in braces.

Core TensorFlow operations alone, so that an export finds them too.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from lstm_toolkit.data.text.tokens import SPACE

_LETTER = r"\p{Latin}\p{Greek}\p{Cyrillic}"
"""Letters of scripts that put spaces between words."""
_IN_ADDRESS = r"[0-9A-Za-z\-._~:/?#\[\]@!$&'()*+,;=%]*[0-9A-Za-z\-_~/#&=%]"
"""The end of an address is no mark that may end the sentence."""

_KINDS = (
    rf"(?i:https?|ftp)://{_IN_ADDRESS}",
    rf"(?i:www)\.{_IN_ADDRESS}",
    r"[0-9A-Za-z_.+\-]+@[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*\.[A-Za-z]+",
    r"\{\{?[A-Za-z_][0-9A-Za-z_.:\-]*\}?\}|\{[0-9]*\}|%\([A-Za-z_]\w*\)[sd]|%[sd]\b",
    rf"[{_LETTER}\pM]*\p{{Nd}}[{_LETTER}\pM\p{{Nd}}]*"  # 37, 3.5, 12:30, 2024-01-05, B12, 5th
    rf"(?:[.,:/\-_]\p{{Nd}}[{_LETTER}\pM\p{{Nd}}]*)*",
)
LITERAL = "(?:" + "|".join(_KINDS) + ")"
"""RE2 pattern of what is one token where unknown words are copied."""
NAME = rf"[{_LETTER}\pM]+(?:['\-][{_LETTER}\pM]+)*"
"""RE2 pattern of a word among characters of a script that puts no spaces between words."""

_CUT = "\x03"


def cut_out(texts: tf.Tensor, pattern: str = LITERAL) -> tf.RaggedTensor:
    """Divides texts at what a pattern finds.

    Args:
        texts: `string[batch]` without control characters.
        pattern: RE2.

    Returns:
        `string[batch, (parts)]`: what the pattern found is at the odd places; put side by side
        the parts are the text.

    >>> [part.decode() for part in cut_out(tf.constant(["See a@b.org at 12:30."]))[0].numpy()]
    ['See ', 'a@b.org', ' at ', '12:30', '.']
    """
    marked = tf.strings.regex_replace(texts, pattern, rf"{_CUT}\0{_CUT}")
    return tf.strings.split(marked, _CUT)


def is_literal(tokens: tf.Tensor) -> tf.Tensor:
    """Tells which tokens, `string[n]` with or without the space before them, are literals."""
    return tf.strings.regex_full_match(tokens, f"{SPACE}?{LITERAL}")


def divide_between(
    texts: tf.Tensor, pattern: str, divide: Callable[[tf.Tensor], tf.RaggedTensor]
) -> tf.RaggedTensor:
    """Divides what stands between literals into tokens; each literal is one.

    Args:
        texts: `string[batch]` without control characters.
        pattern: Of the literals.
        divide: From `string[n]` to `string[n, (tokens)]`.

    Returns:
        `string[batch, (tokens)]`.
    """
    parts = cut_out(texts, pattern)
    places = tf.ragged.range(parts.row_lengths()).flat_values
    whole, flat = places % 2 == 1, parts.flat_values
    between = divide(tf.where(whole, "", flat))
    literals = tf.ragged.boolean_mask(flat[:, tf.newaxis], whole[:, tf.newaxis])
    tokens = tf.concat([between, literals], axis=1)
    return parts.with_flat_values(tokens).merge_dims(1, 2)
