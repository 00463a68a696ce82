"""Sentences of one language to numbers of tokens, and numbers back to sentences."""

from __future__ import annotations

import dataclasses
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.text.folding import Fold
from lstm_toolkit.data.text.lookups import in_parts, lookup_table, traced
from lstm_toolkit.data.text.sentence_tokens import (
    sentence,
    sentence_characters,
    sentence_words,
    tidy,
)
from lstm_toolkit.data.text.subwords import INSIDE, divide, learn_subwords
from lstm_toolkit.data.text.tokens import Kind
from lstm_toolkit.data.text.vocabulary import END, START, Vocabulary, count_tokens
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import keras

VOCABULARY = "vocabulary.txt"

PAD_ID, UNK_ID, START_ID, END_ID = range(4)
"""Numbers of `PAD`, `UNK`, `START` and `END`."""


@dataclasses.dataclass(frozen=True)
class SentenceEncoder:
    """Divides sentences into tokens and numbers them, and puts them together again.

    Attributes:
        kind: What a token is: "word", "character" or "subword".
        vocabulary: The tokens that have numbers, `START` and `END` third and fourth.
        lower: Makes capitals small.
        max_tokens: Tokens kept of a sentence, the first ones.
        fold: Whether width and accents are folded; "none" in runs of earlier versions.
    """

    kind: Kind
    vocabulary: Vocabulary
    lower: bool = False
    max_tokens: int = 100
    fold: Fold = "none"

    @classmethod
    def learn(
        cls,
        texts: NDArray[np.object_],
        *,
        kind: Kind = "word",
        size: int = 20_000,
        least: int = 1,
        lower: bool = False,
        max_tokens: int = 100,
        fold: Fold = "all",
    ) -> SentenceEncoder:
        """Learns a vocabulary from sentences.

        Args:
            texts: `object[n]` of `str`, the training split.
            kind: See `SentenceEncoder`.
            size: Tokens to keep at most.
            least: Occurrences that a token needs; subwords are learnt from `size` alone.
            lower: See `SentenceEncoder`.
            max_tokens: See `SentenceEncoder`.
            fold: "accents" for sentences that are written: their width is kept.

        Raises:
            DataError: If no token occurs often enough.
        """
        division = sentence_characters if kind == "character" else sentence_words
        graph = traced(lambda texts: division(tidy(texts, lower=lower, fold=fold)).flat_values)
        counts = count_tokens(part.numpy() for part in in_parts(texts, graph))
        if kind == "subword":
            learnt = learn_subwords(counts, size=size - 2)
        else:
            learnt = Vocabulary.learn(counts, size=size - 2, least=least)
        known = learnt.tokens[2:]
        if not known:
            raise DataError(
                f"needs a token that occurs at least {least} times in the training sentences. "
                f"Received: {len(counts):,} different tokens, the most frequent "
                f"{max(counts.values(), default=0):,} times"
            )
        vocabulary = Vocabulary((*learnt.tokens[:2], START, END, *known))
        return cls(kind, vocabulary, lower, max_tokens, fold)

    def save(self, folder: Path) -> None:
        """Writes `vocabulary.txt` and `sentences.json`."""
        self.vocabulary.save(folder / VOCABULARY)
        facts = {
            "tokens": self.kind,
            "lower": self.lower,
            "max_tokens": self.max_tokens,
            "fold": self.fold,
            "vocabulary": self.vocabulary.digest,
        }
        write_json(folder / "sentences.json", facts)

    @classmethod
    def load(cls, folder: Path) -> SentenceEncoder:
        """Reads what `save` wrote.

        Raises:
            DataError: If the vocabulary was changed since.
        """
        facts = json.loads((folder / "sentences.json").read_text(encoding="utf-8"))
        vocabulary = Vocabulary.load(folder / VOCABULARY, digest=facts["vocabulary"])
        fold = facts.get("fold", "none")
        return cls(facts["tokens"], vocabulary, facts["lower"], facts["max_tokens"], fold)

    @cached_property
    def lookup(self) -> keras.layers.StringLookup:
        """From tokens to numbers; an export must track it, since it holds a table."""
        return lookup_table(self.vocabulary)

    def numbers(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Returns the numbers of all tokens of sentences.

        Args:
            texts: `string[batch]`.

        Returns:
            `int32[batch, (tokens)]`, at least one in a row.
        """
        return self._graph(texts)

    @cached_property
    def _graph(self) -> Any:
        return traced(self._numbers)

    def _numbers(self, texts: tf.Tensor) -> tf.RaggedTensor:
        texts = tidy(texts, lower=self.lower, fold=self.fold)
        if self.kind == "character":
            return tf.cast(self.lookup(sentence_characters(texts)), tf.int32)
        words = sentence_words(texts)
        if self.kind == "word":
            return tf.cast(self.lookup(words), tf.int32)
        longest = max(len(token.removeprefix(INSIDE)) for token in self.vocabulary.tokens[4:])
        return divide(words, self.lookup, longest=longest)

    def encode(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Returns the numbers of the first `max_tokens` tokens, `int32[batch, (time)]`."""
        return self._kept(self.numbers(texts))

    def _kept(self, numbers: tf.RaggedTensor) -> tf.RaggedTensor:
        lengths = tf.minimum(numbers.row_lengths(), self.max_tokens)
        return tf.RaggedTensor.from_tensor(numbers.to_tensor()[:, : self.max_tokens], lengths)

    def tokens(self, numbers: tf.Tensor) -> tf.Tensor:
        """Returns tokens as they read, `string[...]` for `int32[...]`; "" for padding."""
        shown = ["" if token in _UNSEEN else token for token in self.vocabulary.tokens]
        # Here, not outside: a graph can only hold constants that are made in it.
        return tf.gather(tf.constant(shown), numbers)

    def sentences(self, numbers: tf.Tensor) -> tf.Tensor:
        """Returns sentences, `string[...]`, for numbers of tokens `int32[..., time]`."""
        return sentence(tf.strings.regex_replace(self.tokens(numbers), f"^{INSIDE}", ""))


_UNSEEN = ("[PAD]", START, END)
