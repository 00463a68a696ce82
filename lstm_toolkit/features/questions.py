"""Questions as tokens, with hashes of words beside them by which unknown words count too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.feature import chunks, to_numpy
from lstm_toolkit.features.text import Text
from lstm_toolkit.settings.fields import NOT_NEGATIVE, POSITIVE, READER, Bounds, settings
from lstm_toolkit.settings.table_files import TableSettings

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column
    from lstm_toolkit.data.text.text_encoder import TextEncoder

BUCKETS = 2**14
"""Hashes, 0 counted, which stands for padding; a network is trained with these."""

STEM = 5
"""Letters of a word that are hashed as its stem."""


@settings()
class QuestionsSettings(TableSettings):
    """How questions are read and divided into tokens."""

    text_column: Annotated[str, READER] = ""
    """Column of the questions; empty finds it."""
    answer_column: Annotated[str, READER] = ""
    """Column of the answers, or of the names of intents; empty finds it."""
    tokens: Literal["word", "character", "subword"] = "word"
    """What a token is. Words: Chinese, Japanese and Thai characters are one each."""
    vocabulary: Annotated[int, Bounds(3)] = 20_000
    """Tokens that have a vector, at most; learnt from the training split. Words in common count
    whether they have one or not."""
    min_count: Annotated[int, POSITIVE] = 1
    """Occurrences in the training split that a token needs to be known."""
    max_tokens: Annotated[int, NOT_NEGATIVE] = 60
    """Tokens kept of each text; 0 keeps all."""
    truncate: Literal["head", "tail", "both"] = "head"
    """What is kept of a longer text: its head, its tail, or half from both ends."""


class Questions(Text):
    """Raw texts `string[batch]` to `int32[batch, time, 4]`, zeros for padding.

    Of each token its number, and hashes of it, of its first letters, and of it with the token
    before. Settings: `QuestionsSettings`.
    """

    portable = False

    def learn(self, column: Any, settings: Any) -> TextEncoder:
        """Learns the vocabulary."""
        from lstm_toolkit import data

        return data.TextEncoder.learn(
            column,
            kind=settings.tokens,
            size=settings.vocabulary,
            least=settings.min_count,
            max_tokens=settings.max_tokens,
            truncate=settings.truncate,
        )

    def extend(
        self, state: TextEncoder, column: Any, settings: Any
    ) -> tuple[TextEncoder, list[str]]:
        """Leaves the vocabulary as it is: words in common count by their hashes."""
        return state, []

    def encode(self, values: tf.Tensor, state: TextEncoder) -> tf.RaggedTensor:
        """Numbers and hashes the tokens of texts."""
        return _encoded(values, state)[0]

    def encode_chunks(self, column: Column, state: TextEncoder) -> Iterator[dict[str, Column]]:
        """Counts each text's `tokens`, and how many of them are `unknown` or `lost`."""
        import tensorflow as tf

        for chunk in chunks(column):
            rows, lengths, unknown = _encoded(tf.constant(chunk, tf.string), state)
            kept = to_numpy(rows)
            lost = lengths.numpy() - kept.lengths  # type: ignore[attr-defined]
            counts = {"tokens": lengths.numpy(), "unknown": unknown.numpy(), "lost": lost}
            yield {"rows": kept, **counts}


def _encoded(texts: tf.Tensor, state: TextEncoder) -> tuple[tf.RaggedTensor, tf.Tensor, tf.Tensor]:
    """Returns rows of numbers and hashes, lengths before truncation, and counts of unknowns."""
    import tensorflow as tf

    from lstm_toolkit.data.text.tokens import join_bigrams

    words, numbers = state.tokens(texts)
    flat = words.flat_values
    stems = tf.strings.substr(flat, 0, STEM, unit="UTF8_CHAR")
    kinds = [flat, tf.strings.join(["^", stems]), join_bigrams(words).flat_values]
    hashes = [tf.strings.to_hash_bucket_fast(kind, BUCKETS - 1) + 1 for kind in kinds]
    views = tf.stack([numbers.flat_values, *(tf.cast(h, tf.int32) for h in hashes)], axis=-1)
    unknown = tf.reduce_sum(tf.cast(tf.equal(numbers, 1), tf.int64), axis=1)
    rows = state.truncated(numbers.with_flat_values(views))
    return rows, numbers.row_lengths(), unknown


def inverse_frequencies(rows: Any) -> NDArray[np.float32]:
    """Returns how much each hash tells, `float32[BUCKETS]`: rare ones most.

    Args:
        rows: Of the training split, as they were encoded.
    """
    places = np.repeat(np.arange(len(rows)), rows.lengths)
    hashes = rows.values[:, 1:]
    pairs = np.unique(np.stack([np.repeat(places, hashes.shape[1]), hashes.ravel()]), axis=1)
    counts = np.bincount(pairs[1], minlength=BUCKETS)
    weights = np.log((1 + len(rows)) / (1 + counts)) + 1
    return weights.astype(np.float32)
