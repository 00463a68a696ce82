"""Running text to numbers of tokens and back, lines and spaces kept, inside the graph."""

from __future__ import annotations

import dataclasses
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.text.abc_tokens import abc_text, abc_tokens
from lstm_toolkit.data.text.lookups import TextGraph, in_parts, lookup_table
from lstm_toolkit.data.text.sentence_tokens import sentence_words, tidy
from lstm_toolkit.data.text.subwords import INSIDE, learn_subwords, pieces_of
from lstm_toolkit.data.text.tokens import SPACE, replaced
from lstm_toolkit.data.text.vocabulary import END, START, Vocabulary, count_tokens
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import keras

PassageKind = Literal["character", "word", "subword", "space", "abc"]

VOCABULARY = "vocabulary.txt"

PAD_ID, UNK_ID, START_ID, END_ID = range(4)
"""Numbers of `PAD`, `UNK`, `START` and `END`."""

NEWLINE = "\u240a"
"""How the end of a line is written, so that a vocabulary has one token a line."""

_LINES = ((r"\r\n?", "\n"), (r"\x00", ""))
_SPACED_LINES = ((r"[ \t]*\n", f" {NEWLINE} "),)


@dataclasses.dataclass(frozen=True)
class PassageEncoder:
    """Divides running text into tokens and numbers them, and puts tokens together again.

    Characters are kept as they are, the ends of lines and spaces among them. Of words and
    subwords white space of any kind is one space, but for the ends of lines.

    Attributes:
        kind: What a token is: "character", "word", a piece of one ("subword"), what stands
            between spaces ("space"), or a note or bar line of a tune ("abc").
        vocabulary: The tokens that have numbers, `START` and `END` third and fourth.
    """

    kind: PassageKind
    vocabulary: Vocabulary

    @classmethod
    def learn(
        cls, texts: NDArray[Any], *, kind: PassageKind, size: int, least: int
    ) -> PassageEncoder:
        """Learns a vocabulary from passages.

        Args:
            texts: `object[n]` of `str`, the training split.
            kind: See `PassageEncoder`.
            size: Tokens to keep at most.
            least: Occurrences that a token needs; subwords are learnt from `size` alone.

        Raises:
            DataError: If no token occurs often enough.
        """
        unlearnt = cls(kind, Vocabulary(()))
        graph = TextGraph(lambda batch: unlearnt.divide(batch).flat_values)
        counts = count_tokens(part.numpy() for part in in_parts(texts, graph))
        for own in (START, END):
            counts.pop(own, None)
        if kind == "subword":
            learnt = learn_subwords(counts, size=size - 2)
        else:
            learnt = Vocabulary.learn(counts, size=size - 2, least=least)
        known = learnt.tokens[2:]
        if not known:
            raise DataError(
                f"needs a token that occurs at least {least} times in the training text. "
                f"Received: {len(counts):,} different tokens, the most frequent "
                f"{max(counts.values(), default=0):,} times"
            )
        return cls(kind, Vocabulary((*learnt.tokens[:2], START, END, *known)))

    def extended(self, other: PassageEncoder) -> PassageEncoder:
        """Returns an encoder that knows the tokens of `other` too; subwords stay as they are."""
        if self.kind == "subword":
            return self
        return dataclasses.replace(self, vocabulary=self.vocabulary.extended(other.vocabulary))

    def save(self, folder: Path) -> None:
        """Writes `vocabulary.txt` and `passages.json`."""
        self.vocabulary.save(folder / VOCABULARY)
        facts = {"tokens": self.kind, "vocabulary": self.vocabulary.digest}
        write_json(folder / "passages.json", facts)

    @classmethod
    def load(cls, folder: Path) -> PassageEncoder:
        """Reads what `save` wrote.

        Raises:
            DataError: If the vocabulary was changed since.
        """
        facts = json.loads((folder / "passages.json").read_text(encoding="utf-8"))
        return cls(
            facts["tokens"], Vocabulary.load(folder / VOCABULARY, digest=facts["vocabulary"])
        )

    @cached_property
    def lookup(self) -> keras.layers.StringLookup:
        """From tokens to numbers; an export must track it, since it holds a table."""
        return lookup_table(self.vocabulary)

    def divide(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Divides passages, `string[batch]` to `string[batch, (tokens)]`; "" has none."""
        whole = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        whole = replaced(whole, _LINES)
        if self.kind == "abc":
            return abc_tokens(whole)
        if self.kind == "character":
            marked = replaced(whole, (("\n", NEWLINE), (" ", SPACE)))
            return tf.strings.unicode_split(marked, "UTF-8")
        lines = replaced(whole, _SPACED_LINES)
        if self.kind == "space":
            tokens = tf.strings.split(lines)
            return tokens.with_flat_values(tf.strings.join([SPACE, tokens.flat_values]))
        clean = tidy(lines)
        tokens = sentence_words(clean)
        filled = tf.strings.length(clean) > 0  # of a blank text `sentence_words` makes a token
        lengths = tf.where(filled, tokens.row_lengths(), 0)
        kept = tf.repeat(filled, tokens.row_lengths())
        return tf.RaggedTensor.from_row_lengths(
            tf.boolean_mask(tokens.flat_values, kept), lengths, validate=False
        )

    def numbers(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Returns the numbers of all tokens, `int32[batch, (tokens)]` for `string[batch]`."""
        return self._graph(texts)

    @cached_property
    def _graph(self) -> Any:
        return TextGraph(self._numbers)

    def _numbers(self, texts: tf.Tensor) -> tf.RaggedTensor:
        tokens = self.divide(texts)
        if self.kind != "subword":
            return tf.cast(self.lookup(tokens), tf.int32)
        longest = max(len(token.removeprefix(INSIDE)) for token in self.vocabulary.tokens[4:])
        return pieces_of(tokens, self.lookup, longest=longest).merge_dims(1, 2)

    def written(self, numbers: tf.Tensor) -> tf.Tensor:
        """Returns what each token adds to a text, `string[...]`; "" for PAD, START and END."""
        shown = [token_text(token, self.kind) for token in self.vocabulary.tokens]
        # Here, not outside: a graph can only hold constants that are made in it.
        return tf.gather(tf.constant(shown), numbers)

    def behind(self, before: tf.Tensor, numbers: tf.Tensor) -> tf.Tensor:
        """Returns what each token adds behind another, `string[...]`; PAD where there is none."""
        shown = self.written(numbers)
        if self.kind == "character":
            return shown
        others = self.written(before)
        begins = tf.strings.regex_full_match(others, r"(?s).*\n")
        if self.kind == "abc":
            inside = ~begins & (tf.strings.length(others) > 0)
            own_line = inside & tf.strings.regex_full_match(shown, r"(?s)[XMLK]:.*")
            return tf.where(own_line, tf.strings.join(["\n", shown]), shown)
        return tf.where(begins, tf.strings.regex_replace(shown, "^ ", ""), shown)

    def pieces(self, numbers: tf.Tensor) -> tf.Tensor:
        """Returns what each token adds to a text, `string[..., time]` for `int32[..., time]`."""
        before = tf.concat([tf.zeros_like(numbers[..., :1]), numbers[..., :-1]], axis=-1)
        return self.behind(before, numbers)

    def joined(self, numbers: tf.Tensor) -> tf.Tensor:
        """Puts tokens together, `string[...]` for `int32[..., time]`."""
        return tf.strings.reduce_join(self.pieces(numbers), axis=-1)


def token_text(token: str, kind: PassageKind) -> str:
    """Returns what a token adds to a text.

    >>> token_text("▁cat", "word"), token_text("##s", "subword"), token_text("[END]", "word")
    (' cat', 's', '')
    """
    if token in ("[PAD]", START, END):
        return ""
    if kind == "abc":
        return abc_text(token)
    if kind == "subword":
        token = token.removeprefix(INSIDE)
    text = token.replace(SPACE, " ")
    return "\n" if text.strip(" ") == NEWLINE else text.replace(NEWLINE, "\n")
