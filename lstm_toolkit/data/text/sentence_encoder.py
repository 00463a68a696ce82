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

from lstm_toolkit.data.text.copying import (
    COPY,
    SPACED_COPY,
    Copying,
    copyable,
    joined_runs,
    put_in,
    raw_words,
    tidy_joints,
)
from lstm_toolkit.data.text.folding import Fold
from lstm_toolkit.data.text.literals import LITERAL, NAME
from lstm_toolkit.data.text.lookups import TextGraph, in_parts, lookup_table
from lstm_toolkit.data.text.sentence_count import count_sentences
from lstm_toolkit.data.text.sentence_tokens import (
    sentence,
    sentence_characters,
    sentence_words,
    tidy,
)
from lstm_toolkit.data.text.subwords import INSIDE, learn_subwords, pieces_of
from lstm_toolkit.data.text.tokens import SPACE, Kind
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
        copying: What is done for words to be copied, see `data.text.copying`.
        most_sentences: How many the training texts hold, but for a few; 0 where that is not known.
    """

    kind: Kind
    vocabulary: Vocabulary
    lower: bool = False
    max_tokens: int = 100
    fold: Fold = "none"
    copying: Copying = "none"
    most_sentences: int = 0

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
        copying: Copying = "none",
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
            copying: See `SentenceEncoder`.

        Raises:
            DataError: If no token occurs often enough.
        """
        unlearnt = cls(kind, Vocabulary(()), lower, max_tokens, fold, copying)
        graph = TextGraph(lambda texts: unlearnt._lowered(unlearnt.words(texts)).flat_values)
        counts = count_tokens(part.numpy() for part in in_parts(texts, graph))
        own = (START, END, *copies(kind, copying))
        for token in (COPY, SPACED_COPY):
            counts.pop(token, None)
        if kind == "subword":
            learnt = learn_subwords(counts, size=size - len(own))
        else:
            learnt = Vocabulary.learn(counts, size=size - len(own), least=least)
        known = learnt.tokens[2:]
        if not known:
            raise DataError(
                f"needs a token that occurs at least {least} times in the training sentences. "
                f"Received: {len(counts):,} different tokens, the most frequent "
                f"{max(counts.values(), default=0):,} times"
            )
        vocabulary = Vocabulary((*learnt.tokens[:2], *own, *known))
        return dataclasses.replace(unlearnt, vocabulary=vocabulary)

    def extended(self, other: SentenceEncoder) -> SentenceEncoder:
        """Returns an encoder that knows the tokens of `other` too, behind its own.

        Subwords stay as they are, since others would divide known words anew.
        """
        more = other.vocabulary
        if self.kind == "subword":
            more = Vocabulary((*more.tokens[:2], *copies(other.kind, other.copying)))
        return dataclasses.replace(
            self,
            vocabulary=self.vocabulary.extended(more),
            copying=other.copying,
            most_sentences=self.most_sentences and max(self.most_sentences, other.most_sentences),
        )

    def save(self, folder: Path) -> None:
        """Writes `vocabulary.txt` and `sentences.json`."""
        self.vocabulary.save(folder / VOCABULARY)
        facts = {
            "tokens": self.kind,
            "lower": self.lower,
            "max_tokens": self.max_tokens,
            "fold": self.fold,
            "copying": self.copying,
            "most_sentences": self.most_sentences,
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
        return cls(
            facts["tokens"],
            vocabulary,
            facts["lower"],
            facts["max_tokens"],
            facts.get("fold", "none"),
            facts.get("copying", "none"),
            facts.get("most_sentences", 0),
        )

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
        return TextGraph(self._numbers)

    def _numbers(self, texts: tf.Tensor) -> tf.RaggedTensor:
        return self._pieces(self._lowered(self.words(texts))).merge_dims(1, 2)

    def words(self, texts: tf.Tensor, fold: Fold | None = None) -> tf.RaggedTensor:
        """Returns what is looked up, or divided into pieces, in its own case.

        Args:
            texts: `string[batch]`.
            fold: None takes that of the encoder.

        Returns:
            `string[batch, (words)]`, at least one in a row.
        """
        # Before division, as ever, where nothing is copied: a final sigma depends on it.
        lower = self.lower and self.copying == "none"
        texts = tidy(texts, lower=lower, fold=self.fold if fold is None else fold)
        whole = {"literals": LITERAL, "names": f"(?:{LITERAL}|{NAME})"}.get(self.copying, "")
        division = sentence_characters if self.kind == "character" else sentence_words
        return division(texts, whole=whole)

    def _lowered(self, words: tf.RaggedTensor) -> tf.RaggedTensor:
        if not self.lower or self.copying == "none":
            return words
        return words.with_flat_values(tf.strings.lower(words.flat_values, encoding="utf-8"))

    def _pieces(self, words: tf.RaggedTensor) -> tf.RaggedTensor:
        """Returns the numbers of words, `int32[batch, (words), (pieces)]`."""
        if self.copying in ("literals", "names"):
            bare = tf.strings.regex_replace(words.flat_values, f"^{SPACED_COPY}$", COPY)
            words = words.with_flat_values(bare)
        if self.kind != "subword":
            numbers = tf.cast(self.lookup(words), tf.int32)
            if self.kind == "word" and self.copying == "literals":
                numbers = tf.where(tf.equal(numbers, UNK_ID), self._respaced(words), numbers)
            ones = tf.RaggedTensor.from_uniform_row_length(numbers.flat_values, 1)
            return numbers.with_flat_values(ones)
        known = self.vocabulary.tokens[4:]
        longest = max(len(token.removeprefix(INSIDE)) for token in known)
        return pieces_of(words, self.lookup, longest=longest)

    def _respaced(self, words: tf.RaggedTensor) -> tf.RaggedTensor:
        """Returns the numbers of words with a space before them, or without where there is one."""
        pair = tf.strings.join([SPACE, words.flat_values])
        other = tf.strings.regex_replace(pair, f"^{SPACE}{SPACE}", "")
        return words.with_flat_values(tf.cast(self.lookup(other), tf.int32))

    def read(self, texts: tf.Tensor) -> tuple[tf.RaggedTensor, tf.RaggedTensor, tf.Tensor]:
        """Returns the numbers of all tokens, each run of words to be copied as one `COPY`.

        Args:
            texts: `string[batch]`.

        Returns:
            `int32[batch, (tokens)]`, at least one in a row; `string[batch, (tokens)]`, what is
            to be copied as it was written, "" elsewhere; and how many words of each sentence
            are unknown, `int32[batch]`.
        """
        return self._read_graph(texts)

    @cached_property
    def _read_graph(self) -> Any:
        return TextGraph(self._read)

    def _read(self, texts: tf.Tensor) -> tuple[tf.RaggedTensor, tf.RaggedTensor, tf.Tensor]:
        texts = tf.strings.regex_replace(texts, COPY, "")
        words = self.words(texts)
        pieces = self._pieces(self._lowered(words))
        unknown = words.with_flat_values(tf.reduce_any(tf.equal(pieces.values, UNK_ID), axis=1))
        count = tf.reduce_sum(tf.cast(unknown, tf.int32), axis=1)
        copied = copyable(words.flat_values, pieces.values, UNK_ID, self.kind)
        written = words if self.fold == "none" else raw_words(words, self.words(texts, "none"))
        return *joined_runs(written, pieces, copied, self.copy_ids[0]), count

    @cached_property
    def copy_ids(self) -> tuple[int, ...]:
        """The numbers of the tokens that stand for copied words; none if there are none."""
        tokens = self.vocabulary.tokens
        return tuple(tokens.index(each) for each in copies(self.kind, self.copying))

    def unlike(self, texts: tf.Tensor) -> tf.Tensor | None:
        """Tells which texts hold more sentences than the training's; None if none can tell.

        A network that learnt from single sentences writes one, whatever it is given.

        Args:
            texts: `string[batch]`.

        Returns:
            `bool[batch]`.
        """
        if not self.most_sentences:
            return None
        return count_sentences(tidy(texts)) > self.most_sentences

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

    def sentences(self, numbers: tf.Tensor, copied: tf.Tensor | None = None) -> tf.Tensor:
        """Returns sentences, `string[...]`, for numbers of tokens `int32[..., time]`.

        Args:
            numbers: Of the tokens.
            copied: `string[..., time]`, the words that `COPY` stands for; None leaves it.
        """
        tokens = tf.strings.regex_replace(self.tokens(numbers), f"^{INSIDE}", "")
        if copied is None:
            return sentence(tokens)
        return tidy_joints(sentence(put_in(tokens, self.is_copy(numbers), copied)))

    def is_copy(self, numbers: tf.Tensor) -> tf.Tensor:
        """Tells which tokens stand for copied words, `bool[...]` for `int32[...]`."""
        return tf.reduce_any(
            tf.equal(numbers[..., tf.newaxis], tf.constant(self.copy_ids, tf.int32)), axis=-1
        )


def copies(kind: Kind, copying: Copying) -> tuple[str, ...]:
    """Returns the tokens that stand for copied words."""
    if copying == "none":
        return ()
    spaced = copying == "written" and kind != "character"
    return (COPY, SPACED_COPY) if spaced else (COPY,)


_UNSEEN = ("[PAD]", START, END)
