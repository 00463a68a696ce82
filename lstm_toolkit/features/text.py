"""Texts as sequences of tokens, bigrams beside them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.features.feature import EncodedColumn, Feature, chunks, to_numpy
from lstm_toolkit.features.first_vectors import vector_remarks
from lstm_toolkit.features.states import additions
from lstm_toolkit.features.wide_start import wide_remarks
from lstm_toolkit.settings.fields import (
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    READER,
    Bounds,
    Formerly,
    SettingsGroup,
    settings,
)
from lstm_toolkit.settings.table_files import TableSettings

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column
    from lstm_toolkit.data.text.text_encoder import TextEncoder


@settings()
class DivisionSettings(SettingsGroup):
    """How texts are divided into tokens."""

    tokens: Literal["word", "character", "subword"] = "word"
    """What a token is. Words: Chinese, Japanese and Thai characters are one each."""
    vocabulary: Annotated[int, Bounds(3)] = 20_000
    """Tokens that are known, at most; learnt from the training split. Of subwords, letters
    are always known and may come on top."""
    min_count: Annotated[int, POSITIVE] = 2
    """Occurrences in the training split that a token, a bigram or an affix needs to be known."""
    max_tokens: Annotated[int, NOT_NEGATIVE] = 400
    """Tokens kept of each text; 0 keeps all."""
    truncate: Literal["head", "tail", "both"] = "head"
    """What is kept of a longer text: its head, its tail, or half from both ends."""


@settings()
class TextSettings(DivisionSettings, TableSettings):
    """How texts are read and divided into tokens."""

    text_column: Annotated[str, READER] = ""
    """Column of the texts; empty finds it, title+description joins two."""
    label_column: Annotated[str, READER] = ""
    """Column of the labels; empty finds it."""
    bigrams: Annotated[int, NOT_NEGATIVE, Formerly("pairs")] = 100_000
    """Pairs of neighbouring tokens that are known, at most; 0 leaves pairs out."""
    affixes: Annotated[int, NOT_NEGATIVE] = 0
    """Beginnings of words (four letters) that are known, at most, and ends; 0 leaves both out."""


@settings()
class TextLabelSettings(SettingsGroup):
    """How the labels of texts become classes."""

    label_kind: Literal["auto", "classes"] = "auto"
    """What stands in the column of labels: classes, whatever they look like; or auto, which
    refuses several labels a row, and numbers."""
    min_rows: Annotated[int, NOT_NEGATIVE, NOT_SEARCHED] = 0
    """Different texts that a class needs; 0 refuses classes too small to be split."""
    small_classes: Annotated[Literal["pool", "drop"], NOT_SEARCHED] = "pool"
    """Whether classes with fewer texts than min_rows go into one class, other, or are left out."""


class Text(Feature["TextEncoder"]):
    """Raw texts `string[batch]` to numbers of tokens `int32[batch, time]`, 0 for padding.

    With bigrams or affixes `int32[batch, time, views]`. Settings: `TextSettings`.
    """

    stored_as_is = False

    def learn(self, column: Any, settings: Any) -> TextEncoder:
        """Learns the vocabularies of tokens, of bigrams and of affixes."""
        from lstm_toolkit import data

        return data.TextEncoder.learn(
            column,
            kind=settings.tokens,
            size=settings.vocabulary,
            bigrams=getattr(settings, "bigrams", 0),  # of texts beside other columns, none
            affixes=getattr(settings, "affixes", 0),
            least=settings.min_count,
            max_tokens=settings.max_tokens,
            truncate=settings.truncate,
        )

    def extend(
        self, state: TextEncoder, column: Any, settings: Any
    ) -> tuple[TextEncoder, list[str]]:
        """Adds tokens and bigrams; subwords stay as they are.

        Raises:
            InputError: If tokens are to be of another kind, or bigrams with or without.
        """
        check_kept("tokens", state.kind, settings.tokens)
        check_kept("bigrams", state.bigrams is not None, bool(getattr(settings, "bigrams", 0)))
        state = dataclasses.replace(
            state, max_tokens=settings.max_tokens, truncate=settings.truncate
        )
        if state.kind == "subword":
            return state, []
        try:
            learnt = self.learn(column, settings)
        except DataError:  # no token is frequent enough
            return state, []
        grown = state.extended(learnt)
        nouns = ["token", *(["bigram"] if state.bigrams else []), "word beginning", "word end"]
        sizes = zip(state.vocabularies, grown.vocabularies, nouns, strict=False)
        added = (additions(len(old), len(new), noun, f"{noun}s") for old, new, noun in sizes)
        return grown, [line for lines in added for line in lines]

    def load(self, folder: Path) -> TextEncoder:
        """Reads the vocabularies.

        Raises:
            DataError: If one was changed since.
        """
        from lstm_toolkit import data

        return data.TextEncoder.load(folder)

    def bring(
        self, values: tf.Tensor, state: TextEncoder, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Leaves texts as they are, and tells which are unlike the training texts."""
        return values, state.unlike(values)

    def encode(self, values: tf.Tensor, state: TextEncoder) -> tf.RaggedTensor:
        """Numbers the tokens and bigrams of texts, see `TextEncoder.encode`."""
        return state.encode(values)

    def encode_chunks(self, column: Column, state: TextEncoder) -> Iterator[dict[str, Column]]:
        """Counts each text's `tokens`, and how many of them are `unknown` or `lost`."""
        import tensorflow as tf

        for chunk in chunks(column):
            rows, lengths, unknown = state.encode_counted(tf.constant(chunk, tf.string))
            kept = to_numpy(rows)
            lost = lengths.numpy() - kept.lengths  # type: ignore[attr-defined]
            counts = {"tokens": lengths.numpy(), "unknown": unknown.numpy(), "lost": lost}
            yield {"rows": kept, **counts}

    def collate(self, rows: tf.RaggedTensor, state: TextEncoder) -> tf.Tensor:
        """Pads on the right with zeros, to one step at least, which an LSTM needs."""
        return padded(rows)

    def spec(self, name: str, state: TextEncoder) -> tf.TensorSpec:
        """Returns `string[batch]`, UTF-8."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.string, name)

    def longest(self, state: TextEncoder) -> int | None:
        """Returns `max_tokens`."""
        return state.max_tokens or None

    def limited(self, state: TextEncoder, steps: int) -> TextEncoder:
        """Keeps fewer tokens."""
        return dataclasses.replace(state, max_tokens=min(steps, state.max_tokens or steps))

    def tokenizer(self, state: TextEncoder) -> dict[str, Any]:
        """Returns how texts are divided and numbered."""
        from lstm_toolkit.data.text.portable import tokenizer_facts

        return tokenizer_facts(state)

    def parse(
        self, word: str, state: TextEncoder, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the text itself."""
        yield word, utf8(word)

    def resources(self, state: TextEncoder) -> list[Any]:
        """Returns the tables of the vocabularies."""
        tables = (state.lookup, state.bigram_lookup, *state.affix_lookups)
        return [each for each in tables if each is not None]

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: TextEncoder
    ) -> Iterator[str]:
        """Tells the size of the vocabulary, what it covers, and what truncation cuts off."""
        size = len(state.vocabulary)
        lost, cut = self.scores(train), int((train.counts["lost"] > 0).sum())
        elsewhere = self.scores(validation)
        yield (
            f"vocabulary of {size:,} {settings.tokens}s covers {1 - lost['unknown_tokens']:.1%} "
            f"of the training tokens, {1 - elsewhere['unknown_tokens']:.1%} of the validation's"
        )
        yield from vector_remarks(settings, state.vocabulary)
        if getattr(settings, "wide", False):
            yield from wide_remarks(np.asarray(train.counts["tokens"]), len(state.vocabularies))
        if size > settings.vocabulary:
            yield f"more than vocabulary={settings.vocabulary:,}: letters are always known"
        if cut:
            yield (
                f"{cut:,} of {len(train.rows):,} texts are longer than "
                f"max_tokens={settings.max_tokens}; {lost['truncated_tokens']:.1%} of the tokens "
                f"are cut off, truncate={settings.truncate}"
            )

    def scores(self, encoded: EncodedColumn) -> dict[str, Any]:
        """Returns the shares of unknown tokens, and of tokens cut off by truncation."""
        total = max(int(encoded.counts["tokens"].sum()), 1)
        return {
            "unknown_tokens": round(int(encoded.counts["unknown"].sum()) / total, 6),
            "truncated_tokens": round(int(encoded.counts["lost"].sum()) / total, 6),
        }

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns a line on them."""
        return (
            f"{scores['unknown_tokens']:.1%} of the tokens are unknown to the vocabulary, "
            f"{scores['truncated_tokens']:.1%} are cut off by max_tokens"
        )

    def simple_model(self) -> Any:
        """Returns tf-idf of words and bigrams, characters where words are not spaced."""
        return tf_idf()


def check_kept(name: str, known: Any, asked: Any) -> None:
    """Raises `InputError` if a run that is trained further would need another value."""
    if known != asked:
        raise InputError(
            f"{name} must stay as the run has it, {name}={known}. Received: {name}={asked}"
        )


def utf8(text: str) -> NDArray[Any]:
    """Returns a text as a raw value: its UTF-8 bytes, surrogates replaced."""
    return np.array(text.encode("utf-8", "replace"), object)


def padded(rows: tf.RaggedTensor) -> tf.Tensor:
    """Pads on the right with zeros, to one step at least; the shape is known but for time."""
    import tensorflow as tf

    dense = rows.to_tensor()
    missing = tf.maximum(1 - tf.shape(dense)[1], 0)  # 1 if there are no rows, or else 0
    wider = tf.pad(dense, [[0, 0], [0, missing], *[[0, 0]] * (dense.shape.rank - 2)])
    return tf.ensure_shape(wider, [None, None, *dense.shape[2:]])


def tf_idf() -> Any:
    """Returns scikit-learn's tf-idf of words and pairs of them.

    A word is a run of letters or digits, or one character of a script without spaces.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    unspaced = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"
    word = rf"[{unspaced}]|[^\W{unspaced}]+"
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=word)
