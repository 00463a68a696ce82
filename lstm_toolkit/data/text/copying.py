"""Words that a translation takes over as they stand: marked when read, put in when written.

What the vocabulary does not know is read as one token, `COPY`; the decoder writes that token where
the word belongs, and attention says which word it is, as in T. Luong et al., "Addressing the rare
word problem in neural machine translation", 2015 (doi:10.3115/v1/P15-1002).
"""

from __future__ import annotations

from typing import Literal

import tensorflow as tf

from lstm_toolkit.data.text.literals import is_literal
from lstm_toolkit.data.text.tokens import SPACE, Kind

COPY = "\ufffc"
"""Stands for a copied word: Unicode's "object replacement character"."""

SPACED_COPY = SPACE + COPY
"""The same with a space before it, where tokens carry the space before them."""

Copying = Literal["none", "literals", "names", "written"]
"""What an encoder does for it: nothing; it reads literals as single tokens; names in scripts
without spaces too; or it writes."""

_BEGIN, _FINISH = "\x03", "\x04"
_WORD = r"[\pL\pN]"
_SPACED = r"\p{Latin}\p{Greek}\p{Cyrillic}\p{Nd}"
_JOINTS = (
    # A copied word does not run into another word; most scripts without spaces allow it.
    (rf"([{_SPACED}]){_FINISH}?{_BEGIN}([{_SPACED}])", r"\1 \2"),
    (rf"([{_SPACED}]){_FINISH}([{_SPACED}])", r"\1 \2"),
    (f"[{_BEGIN}{_FINISH}]", ""),
)


def copyable(words: tf.Tensor, pieces: tf.RaggedTensor, unknown: int, kind: Kind) -> tf.Tensor:
    """Tells which words are copied rather than translated.

    Args:
        words: `string[n]`, with the spaces before them.
        pieces: `int32[n, (pieces)]`, the numbers of each.
        unknown: The number of what is unknown.
        kind: What a token is. Of characters, literals and names alone are copied; of subwords,
            literals that are no token of their own.

    Returns:
        `bool[n]`.
    """
    one = tf.equal(pieces.row_lengths(), 1)
    strange = tf.reduce_any(tf.equal(pieces, unknown), axis=1)
    if kind == "character":
        long = tf.strings.length(words, unit="UTF8_CHAR") > 1
        return strange & (long | is_literal(words))
    return tf.where(
        is_literal(words),
        strange | ~one,
        strange & tf.strings.regex_full_match(words, f".*{_WORD}.*"),
    )


def joined_runs(
    words: tf.RaggedTensor, pieces: tf.RaggedTensor, copied: tf.Tensor, copy: int
) -> tuple[tf.RaggedTensor, tf.RaggedTensor]:
    """Makes each run of neighbouring copied words one `COPY`.

    Args:
        words: `string[batch, (words)]`, as they are to be written.
        pieces: `int32[batch, (words), (pieces)]`.
        copied: `bool[n]`, of all words one after the other.
        copy: The number of `COPY`.

    Returns:
        `int32[batch, (tokens)]`, and `string[batch, (tokens)]`: what is copied, "" elsewhere.
    """
    flat, rows = words.flat_values, words.value_rowids()
    after_own = tf.concat([[False], tf.equal(rows[1:], rows[:-1])], axis=0)[: tf.size(rows)]
    copied |= _first_halves(flat, copied, after_own)
    copied |= _joints(flat, copied, after_own)
    goes_on = copied & _before(copied) & after_own
    first = tf.where(~goes_on)[:, 0]
    runs = tf.cumsum(tf.cast(~goes_on, tf.int64)) - 1
    together = tf.RaggedTensor.from_value_rowids(flat, runs, nrows=tf.size(first, tf.int64))
    is_copy = tf.gather(copied, first)
    texts = tf.where(is_copy, tf.strings.reduce_join(together, axis=-1), "")
    numbers = _numbered(tf.gather(pieces.values, first), is_copy, copy)
    row_of_run = tf.gather(rows, first)
    both = (numbers, numbers.with_flat_values(tf.gather(texts, numbers.value_rowids())))
    return tuple(
        tf.RaggedTensor.from_value_rowids(each, row_of_run, nrows=words.nrows()).merge_dims(1, 2)
        for each in both
    )


def _numbered(pieces: tf.RaggedTensor, is_copy: tf.Tensor, copy: int) -> tf.RaggedTensor:
    """Puts `COPY` in the place of the pieces of what is copied."""
    own = pieces.with_flat_values(~tf.gather(is_copy, pieces.value_rowids()))
    copies = tf.where(is_copy)[:, 0]
    marks = tf.RaggedTensor.from_value_rowids(
        tf.fill(tf.shape(copies), copy), copies, nrows=tf.size(is_copy, tf.int64)
    )
    return tf.concat([tf.ragged.boolean_mask(pieces, own), marks], axis=1)


def _first_halves(words: tf.Tensor, copied: tf.Tensor, after_own: tf.Tensor) -> tf.Tensor:
    """Tells which words are followed by an apostrophe and the rest of a copied one: O'Hare."""
    rest = copied & after_own & tf.strings.regex_full_match(words, "'.*")
    return _behind(rest)


def _joints(words: tf.Tensor, copied: tf.Tensor, after_own: tf.Tensor) -> tf.Tensor:
    """Tells which words hold two copied ones together: a space, or a mark without one."""
    alone = tf.strings.regex_full_match(words, rf"{SPACE}|[^\pL\pN{SPACE}]+")
    return alone & _before(copied) & after_own & _behind(copied & after_own)


def _before(flags: tf.Tensor) -> tf.Tensor:
    """Returns the flag of the word before each."""
    return tf.concat([[False], flags], axis=0)[: tf.size(flags)]


def _behind(flags: tf.Tensor) -> tf.Tensor:
    """Returns the flag of the word behind each."""
    return tf.concat([flags[1:], [False]], axis=0)[: tf.size(flags)]


def raw_words(folded: tf.RaggedTensor, raw: tf.RaggedTensor) -> tf.RaggedTensor:
    """Returns words as they were written, where folding has not changed how many there are.

    Args:
        folded: `string[batch, (words)]`.
        raw: Likewise, of the same texts with nothing folded.
    """
    same = tf.equal(folded.row_lengths(), raw.row_lengths())[:, tf.newaxis]
    wide = tf.maximum(folded.bounding_shape(1), raw.bounding_shape(1))
    dense = (words.to_tensor(shape=[None, None]) for words in (folded, raw))
    one, other = (
        tf.pad(words, [[0, 0], [0, wide - tf.shape(words, tf.int64)[1]]]) for words in dense
    )
    chosen = tf.where(same, other, one)
    return tf.RaggedTensor.from_tensor(chosen, lengths=folded.row_lengths())


def put_in(tokens: tf.Tensor, places: tf.Tensor, words: tf.Tensor) -> tf.Tensor:
    """Puts copied words in the place of tokens, to be joined and given to `tidy_joints`.

    Args:
        tokens: `string[..., time]`; the space before one stays.
        places: `bool[..., time]`, which of them stand for copied words.
        words: `string[..., time]`, with or without the space before them.
    """
    spaces = tf.where(tf.strings.regex_full_match(tokens, f"{SPACE}.*"), SPACE, "")
    bare = tf.strings.regex_replace(words, f"^{SPACE}", "")
    return tf.where(places, tf.strings.join([spaces, _BEGIN, bare, _FINISH]), tokens)


def tidy_joints(sentences: tf.Tensor) -> tf.Tensor:
    """Parts copied words from words of the same kind that they would run into."""
    for pattern, by in _JOINTS:
        sentences = tf.strings.regex_replace(sentences, pattern, by)
    return sentences
