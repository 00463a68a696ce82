"""Texts to numbers of tokens: one graph function for training, prediction and the export."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.text.lookups import in_parts, lookup_table, traced
from lstm_toolkit.data.text.subwords import INSIDE, divide, learn_subwords
from lstm_toolkit.data.text.tokens import Kind, characters, words
from lstm_toolkit.data.text.tokens import pairs as join_pairs
from lstm_toolkit.data.text.vocabulary import Vocabulary, count_tokens
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import keras

Truncate = Literal["head", "tail", "both"]


@dataclasses.dataclass(frozen=True)
class TextEncoder:
    """Divides texts into tokens and numbers them.

    Attributes:
        kind: "word", "character" or "subword", see `data.tokens` and `data.subwords`.
        vocabulary: The tokens that have numbers.
        pairs: The pairs of neighbouring tokens that have numbers; None leaves pairs out.
        max_tokens: Tokens to keep of each text; 0 keeps all.
        truncate: Which tokens of a longer text are kept: its "head", its "tail", or half of
            them from "both" ends.
    """

    kind: Kind
    vocabulary: Vocabulary
    pairs: Vocabulary | None = None
    max_tokens: int = 0
    truncate: Truncate = "head"

    @classmethod
    def learn(
        cls,
        texts: NDArray[np.object_],
        *,
        kind: Kind = "word",
        size: int = 20_000,
        pairs: int = 0,
        least: int = 1,
        max_tokens: int = 0,
        truncate: Truncate = "head",
    ) -> TextEncoder:
        """Learns a vocabulary from texts.

        Args:
            texts: `object[n]` of `str`, the training split.
            kind: See `TextEncoder`.
            size: Tokens to keep at most.
            pairs: Pairs of neighbouring tokens to keep at most; 0 leaves pairs out, and so
                do texts in which none repeats.
            least: Occurrences that a token or a pair needs; subwords are learnt from `size`
                alone.
            max_tokens: See `TextEncoder`.
            truncate: See `TextEncoder`.

        Raises:
            DataError: If no token occurs often enough.
        """
        split = characters if kind == "character" else words
        counts = count_tokens(part.flat_values.numpy() for part in in_parts(texts, traced(split)))
        if kind == "subword":
            vocabulary = learn_subwords(counts, size=size)
        else:
            vocabulary = Vocabulary.learn(counts, size=size, least=least)
        if len(vocabulary) == 2:
            raise DataError(
                f"needs a token that occurs at least {least} times in the training texts. "
                f"Received: {len(counts):,} different tokens, the most frequent "
                f"{max(counts.values(), default=0):,} times"
            )
        encoder = cls(kind, vocabulary, None, max_tokens, truncate)
        if not pairs:
            return encoder
        parts = (join_pairs(tokens) for tokens, _ in in_parts(texts, encoder.tokens))
        counts = count_tokens(part.flat_values.numpy() for part in parts)
        known = Vocabulary.learn(counts, size=pairs, least=max(least, 2))
        return dataclasses.replace(encoder, pairs=known) if len(known) > 2 else encoder

    @property
    def vocabularies(self) -> list[Vocabulary]:
        """That of tokens, then that of pairs where there is one."""
        return [self.vocabulary] if self.pairs is None else [self.vocabulary, self.pairs]

    @cached_property
    def lookup(self) -> keras.layers.StringLookup:
        """From tokens to numbers; an export must track it, since it holds a table."""
        return lookup_table(self.vocabulary)

    @cached_property
    def pair_lookup(self) -> keras.layers.StringLookup | None:
        """From pairs to numbers, likewise."""
        return None if self.pairs is None else lookup_table(self.pairs)

    def tokens(self, texts: tf.Tensor) -> tuple[tf.RaggedTensor, tf.RaggedTensor]:
        """Returns all tokens of texts as they read, and their numbers.

        Args:
            texts: `string[batch]`.

        Returns:
            `string[batch, (tokens)]` and `int32[batch, (tokens)]`, at least one in a row.
        """
        return self._tokens_graph(texts)

    @cached_property
    def _tokens_graph(self) -> Any:
        return traced(self._tokens)  # once, since tracing takes longer than most calls

    def _tokens(self, texts: tf.Tensor) -> tuple[tf.RaggedTensor, tf.RaggedTensor]:
        if self.kind == "subword":
            longest = max(len(t.removeprefix(INSIDE)) for t in self.vocabulary.tokens[2:])
            numbers = divide(words(texts), self.lookup, longest=longest)
            return tf.gather(tf.constant(self.vocabulary.tokens), numbers), numbers
        split = characters(texts) if self.kind == "character" else words(texts)
        return split, tf.cast(self.lookup(split), tf.int32)

    def encode(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Returns the numbers of what is kept: tokens, beside them pairs where there are any.

        Args:
            texts: `string[batch]`.

        Returns:
            `int32[batch, (time)]`, or `int32[batch, (time), 2]` with pairs.
        """
        return self._encode_graph(texts)

    @cached_property
    def _encode_graph(self) -> Any:
        return traced(self._encode)

    def _encode(self, texts: tf.Tensor) -> tf.RaggedTensor:
        tokens, numbers = self.tokens(texts)
        return self.truncated(self.with_pairs(tokens, numbers))

    def with_pairs(self, tokens: tf.RaggedTensor, numbers: tf.RaggedTensor) -> tf.RaggedTensor:
        """Puts the numbers of pairs beside those of tokens, where there are pairs."""
        if self.pair_lookup is None:
            return numbers
        pairs = tf.cast(self.pair_lookup(join_pairs(tokens).flat_values), tf.int32)
        return numbers.with_flat_values(tf.stack([numbers.flat_values, pairs], axis=-1))

    def encode_all(self, texts: NDArray[np.object_]) -> tf.RaggedTensor:
        """Returns `encode` of any number of texts, `object[n]` of `str`, at least one."""
        return tf.concat(list(in_parts(texts, self.encode)), axis=0)

    def truncated(self, rows: tf.RaggedTensor) -> tf.RaggedTensor:
        """Keeps `max_tokens` of each row."""
        if not self.max_tokens:
            return rows
        head = {"head": self.max_tokens, "tail": 0, "both": self.max_tokens // 2}[self.truncate]
        lengths = rows.row_lengths()
        before = tf.ragged.range(lengths).flat_values
        left = tf.ragged.range(lengths, 0, -1).flat_values
        kept = (before < head) | (left <= self.max_tokens - head)
        flat = tf.boolean_mask(rows.flat_values, kept)
        return tf.RaggedTensor.from_row_lengths(flat, tf.minimum(lengths, self.max_tokens))

    def facts(self, texts: NDArray[np.object_]) -> TextFacts:
        """Counts what truncation and the vocabulary lose of texts."""
        numbers = [part for _, part in in_parts(texts, self.tokens)]
        lengths = np.concatenate([np.zeros(0, np.int64), *(p.row_lengths() for p in numbers)])
        unknown = sum(int((part.flat_values.numpy() == 1).sum()) for part in numbers)
        limit = self.max_tokens or lengths.max(initial=0)
        return TextFacts(
            texts=len(texts),
            tokens=int(lengths.sum()),
            unknown=unknown,
            truncated=int((lengths > limit).sum()),
            lost=int(np.maximum(lengths - limit, 0).sum()),
        )


@dataclasses.dataclass(frozen=True)
class TextFacts:
    """What is lost of texts on the way to a network.

    Attributes:
        texts: How many there are.
        tokens: How many tokens in them.
        unknown: How many of those the vocabulary does not know.
        truncated: How many texts are too long.
        lost: How many tokens are cut off from them.
    """

    texts: int
    tokens: int
    unknown: int
    truncated: int
    lost: int

    @property
    def unknown_share(self) -> float:
        """Share of all tokens."""
        return self.unknown / max(self.tokens, 1)

    @property
    def lost_share(self) -> float:
        """Share of all tokens."""
        return self.lost / max(self.tokens, 1)
