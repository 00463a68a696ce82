"""Texts to numbers of tokens: one graph function for training, prediction and the export."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.text.counting import TokenCounts
from lstm_toolkit.data.text.folding import Fold
from lstm_toolkit.data.text.lookups import TextGraph, in_parts, lookup_table
from lstm_toolkit.data.text.subwords import INSIDE, divide, learn_subwords
from lstm_toolkit.data.text.tokens import (
    Kind,
    beginnings,
    characters,
    ends,
    join_bigrams,
    words,
)
from lstm_toolkit.data.text.unknown_share import (
    LEAST_LIMIT,
    LEAST_TEXTS,
    learn_limit,
    unlike,
)
from lstm_toolkit.data.text.vocabulary import Vocabulary
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import keras

VOCABULARY, BIGRAMS = "vocabulary.txt", "bigrams.txt"
AFFIXES = ("beginnings.txt", "ends.txt")

AFFIX = 4
"""Letters of a beginning and of an end."""

Truncate = Literal["head", "tail", "both"]


@dataclasses.dataclass(frozen=True)
class TextEncoder:
    """Divides texts into tokens and numbers them.

    Attributes:
        kind: "word", "character" or "subword", see `data.text.tokens` and `data.text.subwords`.
        vocabulary: The tokens that have numbers.
        bigrams: The pairs of neighbouring tokens that have numbers; None leaves them out.
        max_tokens: Tokens to keep of each text; 0 keeps all.
        truncate: Which tokens of a longer text are kept: its "head", its "tail", or half of
            them from "both" ends.
        fold: Whether width and accents are folded; "none" in runs of earlier versions.
        most_unknown: The share of unknown tokens up to which a text is like the training's,
            see `data.text.unknown_share`; None in runs of earlier versions, and of few texts.
        affixes: The beginnings of words that have numbers, then the ends; none leaves them out.
    """

    kind: Kind
    vocabulary: Vocabulary
    bigrams: Vocabulary | None = None
    max_tokens: int = 0
    truncate: Truncate = "head"
    fold: Fold = "none"
    most_unknown: float | None = None
    affixes: tuple[Vocabulary, ...] = ()

    @classmethod
    def learn(
        cls,
        texts: NDArray[np.object_],
        *,
        kind: Kind = "word",
        size: int = 20_000,
        bigrams: int = 0,
        affixes: int = 0,
        least: int = 1,
        max_tokens: int = 0,
        truncate: Truncate = "head",
    ) -> TextEncoder:
        """Learns a vocabulary from texts.

        Args:
            texts: `object[n]` of `str`, the training split.
            kind: See `TextEncoder`.
            size: Tokens to keep at most.
            bigrams: Pairs of neighbouring tokens to keep at most; 0 leaves them out, and so
                do texts in which none repeats.
            affixes: Beginnings of words to keep at most, and ends; 0 leaves them out, and so do
                characters and subwords.
            least: Occurrences that a token or a bigram needs; subwords are learnt from `size`
                alone.
            max_tokens: See `TextEncoder`.
            truncate: See `TextEncoder`.

        Raises:
            DataError: If no token occurs often enough.
        """
        split = partial(characters if kind == "character" else words, fold="all")
        in_one_pass = bool(bigrams) and kind != "subword"
        counted = _count(texts, split, pairs=in_one_pass)
        counts = counted.tokens()
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
        if kind == "subword":  # of which nearly all are known
            limit = LEAST_LIMIT if len(texts) >= LEAST_TEXTS else None
        else:
            limit = learn_limit(texts, split, counts, vocabulary, least)
        known = _learn_affixes(counts, affixes, least) if affixes and kind == "word" else ()
        encoder = cls(kind, vocabulary, None, max_tokens, truncate, "all", limit, known)
        if not bigrams:
            return encoder
        if not in_one_pass:  # what a subword is, the vocabulary has to say first
            counted = _count(texts, lambda part: encoder.tokens(part)[0], pairs=True)
        least = max(least, 2)
        pairs = Vocabulary.learn(counted.pairs(bigrams, least), size=bigrams, least=least)
        return dataclasses.replace(encoder, bigrams=pairs) if len(pairs) > 2 else encoder

    def extended(self, other: TextEncoder) -> TextEncoder:
        """Returns an encoder that knows what `other` does too, behind its own.

        Bigrams and affixes come in only where both have them.
        """
        bigrams = self.bigrams
        if bigrams is not None and other.bigrams is not None:
            bigrams = bigrams.extended(other.bigrams)
        vocabulary = self.vocabulary.extended(other.vocabulary)
        affixes = self.affixes
        if other.affixes:
            pairs = zip(affixes, other.affixes, strict=False)
            affixes = tuple(mine.extended(theirs) for mine, theirs in pairs)
        return dataclasses.replace(self, vocabulary=vocabulary, bigrams=bigrams, affixes=affixes)

    def save(self, folder: Path) -> None:
        """Writes `text.json` and a file for each vocabulary, such as `vocabulary.txt`."""
        self.vocabulary.save(folder / VOCABULARY)
        if self.bigrams is not None:
            self.bigrams.save(folder / BIGRAMS)
        for name, vocabulary in zip(AFFIXES, self.affixes, strict=False):
            vocabulary.save(folder / name)
        facts: dict[str, Any] = {
            "tokens": self.kind,
            "max_tokens": self.max_tokens,
            "truncate": self.truncate,
            "fold": self.fold,
            "vocabulary": self.vocabulary.digest,
            "bigrams": None if self.bigrams is None else self.bigrams.digest,
            "affixes": [vocabulary.digest for vocabulary in self.affixes],
        }
        if self.most_unknown is not None:
            facts["most_unknown"] = self.most_unknown
        write_json(folder / "text.json", facts)

    @classmethod
    def load(cls, folder: Path) -> TextEncoder:
        """Reads what `save` wrote.

        Raises:
            DataError: If a vocabulary was changed since.
        """
        facts = json.loads((folder / "text.json").read_text(encoding="utf-8"))
        vocabulary = Vocabulary.load(folder / VOCABULARY, digest=facts["vocabulary"])
        bigrams = None
        if facts["bigrams"]:
            bigrams = Vocabulary.load(folder / BIGRAMS, digest=facts["bigrams"])
        digests = zip(AFFIXES, facts.get("affixes", ()), strict=False)
        affixes = tuple(Vocabulary.load(folder / name, digest=digest) for name, digest in digests)
        limits = facts["max_tokens"], facts["truncate"]
        more = facts.get("fold", "none"), facts.get("most_unknown")
        return cls(facts["tokens"], vocabulary, bigrams, *limits, *more, affixes=affixes)

    @property
    def vocabularies(self) -> list[Vocabulary]:
        """That of tokens, then those of bigrams, beginnings and ends where there are any."""
        bigrams = [] if self.bigrams is None else [self.bigrams]
        return [self.vocabulary, *bigrams, *self.affixes]

    @cached_property
    def lookup(self) -> keras.layers.StringLookup:
        """From tokens to numbers; an export must track it, since it holds a table."""
        return lookup_table(self.vocabulary)

    @cached_property
    def bigram_lookup(self) -> keras.layers.StringLookup | None:
        """From bigrams to numbers, likewise."""
        return None if self.bigrams is None else lookup_table(self.bigrams)

    @cached_property
    def affix_lookups(self) -> list[keras.layers.StringLookup]:
        """From beginnings, and from ends, to numbers, likewise."""
        return [lookup_table(vocabulary) for vocabulary in self.affixes]

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
        return TextGraph(self._tokens)  # once, since tracing takes longer than most calls

    def _tokens(self, texts: tf.Tensor) -> tuple[tf.RaggedTensor, tf.RaggedTensor]:
        if self.kind == "subword":
            longest = max(len(t.removeprefix(INSIDE)) for t in self.vocabulary.tokens[2:])
            numbers = divide(words(texts, fold=self.fold), self.lookup, longest=longest)
            return tf.gather(tf.constant(self.vocabulary.tokens), numbers), numbers
        division = characters if self.kind == "character" else words
        split = division(texts, fold=self.fold)
        return split, tf.cast(self.lookup(split), tf.int32)

    def encode(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Returns the numbers of what is kept: tokens, with bigrams and affixes if it knows any.

        Args:
            texts: `string[batch]`.

        Returns:
            `int32[batch, (time)]`, or `int32[batch, (time), views]` in the order of
            `vocabularies`, if there are several.
        """
        return self._encode_graph(texts)

    def encode_counted(self, texts: tf.Tensor) -> tuple[tf.RaggedTensor, tf.Tensor, tf.Tensor]:
        """Returns `encode`, and of each whole text the tokens and the unknown ones among them.

        Args:
            texts: `string[batch]`.

        Returns:
            As `encode`; `int64[batch]`; `int64[batch]`.
        """
        return self._counted_graph(texts)

    @cached_property
    def _encode_graph(self) -> Any:
        return TextGraph(lambda texts: self._counted(texts)[0])

    @cached_property
    def _counted_graph(self) -> Any:
        return TextGraph(self._counted)

    def _counted(self, texts: tf.Tensor) -> tuple[tf.RaggedTensor, tf.Tensor, tf.Tensor]:
        tokens, numbers = self.tokens(texts)
        unknown = tf.reduce_sum(tf.cast(tf.equal(numbers, 1), tf.int64), axis=1)
        rows = self.truncated(self.with_views(tokens, numbers))
        return rows, numbers.row_lengths(), unknown

    def unlike(self, texts: tf.Tensor) -> tf.Tensor | None:
        """Tells which texts are unlike the training's, `bool[batch]`; None if none can tell."""
        if self.most_unknown is None:
            return None
        return unlike(*self.tokens(texts), self.most_unknown)

    def with_views(self, tokens: tf.RaggedTensor, numbers: tf.RaggedTensor) -> tf.RaggedTensor:
        """Puts the numbers of bigrams and affixes beside those of tokens, where it knows any."""
        columns = [numbers.flat_values]
        if self.bigram_lookup is not None:
            columns.append(self.bigram_lookup(join_bigrams(tokens).flat_values))
        for view, lookup in zip((beginnings, ends), self.affix_lookups, strict=False):
            columns.append(lookup(view(tokens.flat_values, AFFIX)))
        if len(columns) == 1:
            return numbers
        same = [tf.cast(column, tf.int32) for column in columns]
        return numbers.with_flat_values(tf.stack(same, axis=-1))

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


def _learn_affixes(counts: Counter[str], size: int, least: int) -> tuple[Vocabulary, ...]:
    """Learns beginnings and ends of words from how often each word occurs."""
    sides: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for word, count in counts.items():
        for side, part in zip(sides, (word[:AFFIX], word[-AFFIX:]), strict=True):
            side[part] += count
    return tuple(Vocabulary.learn(side, size=size, least=least) for side in sides)


def _count(texts: NDArray[np.object_], split: Any, *, pairs: bool = False) -> TokenCounts:
    """Counts tokens, and pairs of neighbouring ones if asked, in one pass over the texts."""

    def values(part: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        tokens = split(part)
        return tokens.flat_values, tokens.row_starts()

    counts = TokenCounts(pairs=pairs)
    for tokens, starts in in_parts(texts, TextGraph(values)):
        counts.add(tokens.numpy(), starts.numpy())
    return counts
