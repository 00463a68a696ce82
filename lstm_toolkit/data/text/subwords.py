"""WordPiece: words to the longest pieces that the vocabulary knows, inside the graph.

The pieces are those of M. Schuster and K. Nakajima, "Japanese and Korean voice search",
2012 (doi:10.1109/ICASSP.2012.6289079). The vocabulary is learnt by the library `tokenizers`; the
division is written with core TensorFlow operations, so that an export needs nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import tensorflow as tf

from lstm_toolkit.data.text.vocabulary import PAD, UNK, Vocabulary
from lstm_toolkit.errors import InputError

INSIDE = "##"
"""What a piece begins with that does not begin its word."""

LONGEST = 48
"""Characters of the longest word that is divided; longer ones are `UNK`."""


def learn_subwords(counts: Counter[str], *, size: int = 8_000) -> Vocabulary:
    """Learns pieces from how often each word occurs in the training split.

    Raises:
        InputError: If the library `tokenizers` is not installed.
    """
    try:
        from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    except ImportError:
        raise InputError(
            "tokens=subword needs the library tokenizers: pip install 'lstm_toolkit[subword]'"
        ) from None
    learner = Tokenizer(models.WordPiece(unk_token=UNK))
    learner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    # Left to itself the trainer numbers letters inside of words anew in every process, and
    # breaks ties between pieces by those numbers.
    letters = sorted({INSIDE + letter for word in counts for letter in word[1:]})
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=[PAD, UNK, *letters], continuing_subword_prefix=INSIDE,
        show_progress=False,
    )  # fmt: skip
    learner.train_from_iterator((" ".join([w] * n) for w, n in sorted(counts.items())), trainer)
    numbers = learner.get_vocab()
    return Vocabulary(tuple(sorted(numbers, key=lambda token: numbers[token])))


def divide(
    words: tf.RaggedTensor, lookup: Callable[[tf.Tensor], tf.Tensor], *, longest: int
) -> tf.RaggedTensor:
    """Divides words greedily into the longest known pieces.

    Args:
        words: `string[batch, (words)]`.
        lookup: From `string[n]` to `int[n]` numbers: 1 for what is unknown.
        longest: Characters of the longest piece, `INSIDE` not counted.

    Returns:
        `int32[batch, (pieces)]`; a word with an unknown rest is one 1.
    """
    return pieces_of(words, lookup, longest=longest).merge_dims(1, 2)


def pieces_of(
    words: tf.RaggedTensor, lookup: Callable[[tf.Tensor], tf.Tensor], *, longest: int
) -> tf.RaggedTensor:
    """Divides words as `divide` does, and keeps the pieces of each together.

    Returns:
        `int32[batch, (words), (pieces)]`.
    """
    different, which = tf.unique(words.flat_values)
    pieces = tf.gather(_divide_flat(different, lookup, longest), which)
    return tf.RaggedTensor.from_row_splits(pieces, words.row_splits)


def _divide_flat(
    words: tf.Tensor, lookup: Callable[[tf.Tensor], tf.Tensor], longest: int
) -> tf.RaggedTensor:
    lengths = tf.strings.length(words, unit="UTF8_CHAR")
    ends = tf.where(lengths > LONGEST, 0, lengths)

    def step(
        starts: tf.Tensor, found: tf.Tensor, unknown: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        rows = tf.where((starts < ends) & ~unknown)[:, 0]
        numbers, sizes = _longest_piece(
            tf.gather(words, rows), tf.gather(starts, rows), lookup, longest
        )
        column = tf.scatter_nd(rows[:, None], numbers, tf.shape(ends, tf.int64))
        starts = tf.tensor_scatter_nd_add(starts, rows[:, None], sizes)
        unknown = tf.tensor_scatter_nd_update(unknown, rows[:, None], sizes == 0)
        return starts, tf.concat([found, column[:, None]], axis=1), unknown

    _, found, unknown = tf.while_loop(
        lambda starts, _, unknown: tf.reduce_any((starts < ends) & ~unknown),
        step,
        (tf.zeros_like(ends), tf.zeros([tf.size(words), 0], tf.int32), lengths > LONGEST),
        shape_invariants=(
            tf.TensorSpec([None], tf.int32),
            tf.TensorSpec([None, None], tf.int32),
            tf.TensorSpec([None], tf.bool),
        ),
    )
    unknown = unknown[:, None]
    numbers = tf.concat([tf.cast(unknown, tf.int32), tf.where(unknown, 0, found)], axis=1)
    return tf.ragged.boolean_mask(numbers, numbers > 0)


def _longest_piece(
    words: tf.Tensor, starts: tf.Tensor, lookup: Callable[[tf.Tensor], tf.Tensor], longest: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns number and size of the longest known piece at `starts`; 0 and 0 if none is."""
    lengths = tf.range(1, longest + 1)
    asked = tf.tile(lengths, [tf.size(words)])
    pieces = tf.strings.substr(
        tf.repeat(words, longest), tf.repeat(starts, longest), asked, unit="UTF8_CHAR"
    )
    found = tf.cast(lookup(tf.repeat(tf.where(starts > 0, INSIDE, ""), longest) + pieces), tf.int32)
    known = (found > 1) & (tf.strings.length(pieces, unit="UTF8_CHAR") == asked)
    size = tf.reduce_max(tf.reshape(tf.where(known, asked, 0), [-1, longest]), axis=1)
    number = tf.where(
        tf.reshape(known, [-1, longest]) & (lengths == size[:, None]),
        tf.reshape(found, [-1, longest]),
        0,
    )
    return tf.reduce_max(number, axis=1), size
