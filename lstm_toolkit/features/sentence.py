"""Sentences that are read by an encoder, to be written anew by a decoder."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn, Feature, chunks, to_numpy
from lstm_toolkit.features.states import additions
from lstm_toolkit.features.text import check_kept, tf_idf, utf8
from lstm_toolkit.settings.fields import POSITIVE, Bounds, SettingsGroup, settings

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column
    from lstm_toolkit.data.text.copying import Copying
    from lstm_toolkit.data.text.folding import Fold
    from lstm_toolkit.data.text.sentence_encoder import SentenceEncoder

TokenKind = Literal["auto", "word", "character", "subword"]


@settings()
class SentencesSettings(SettingsGroup):
    """How sentences of both sides are divided into tokens."""

    source_tokens: TokenKind = "auto"
    """What a token of the source is; auto: characters where words are not spaced, else words."""
    target_tokens: TokenKind = "auto"
    """What a token of the translation is, likewise."""
    source_lower: bool = True
    """Make the capitals of the source small."""
    target_lower: bool = False
    """Write small letters alone; scores then ignore capitals too."""
    source_vocabulary: Annotated[int, Bounds(5)] = 20_000
    """Tokens of the source that are known, at most; learnt from the training split."""
    target_vocabulary: Annotated[int, Bounds(5)] = 10_000
    """Tokens that can be written, at most."""
    min_count: Annotated[int, POSITIVE] = 2
    """Occurrences in the training split that a token needs to be known; not for subwords."""
    max_tokens: Annotated[int, POSITIVE] = 100
    """Tokens of a sentence that are read or written, at most."""
    copy_unknown: bool = True
    """Copy numbers, addresses and words that the vocabulary does not know; needs attention."""


class Sentence(Feature["SentenceEncoder"]):
    """Raw sentences `string[batch]` to numbers of tokens `int32[batch, time]`, 0 for padding.

    Args:
        side: The beginning of the names of its settings: `source_tokens`, `source_lower`,
            `source_vocabulary`.
    """

    stored_as_is = False

    def __init__(self, side: str = "source"):
        self.side = side

    def learn(self, column: Any, settings: Any) -> SentenceEncoder:
        """Learns the vocabulary."""
        return learn_sentences(column, settings, self.side)

    def extend(
        self, state: SentenceEncoder, column: Any, settings: Any
    ) -> tuple[SentenceEncoder, list[str]]:
        """Adds tokens; subwords stay as they are.

        Raises:
            InputError: If tokens are to be of another kind or case.
        """
        return extend_sentences(state, column, settings, self.side)

    def load(self, folder: Path) -> SentenceEncoder:
        """Reads the vocabulary.

        Raises:
            DataError: If it was changed since.
        """
        from lstm_toolkit import data

        return data.SentenceEncoder.load(folder)

    def bring(
        self, values: tf.Tensor, state: SentenceEncoder, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Leaves texts as they are, and tells which hold more sentences than the training's."""
        return values, state.unlike(values)

    def encode(self, values: tf.Tensor, state: SentenceEncoder) -> tf.RaggedTensor:
        """Numbers the tokens of sentences."""
        return state.encode(values)

    def encode_chunks(self, column: Column, state: SentenceEncoder) -> Iterator[dict[str, Column]]:
        """Counts each sentence's `tokens`, and how many of them are `unknown`."""
        yield from sentence_chunks(column, state)

    def collate(self, rows: tf.RaggedTensor, state: SentenceEncoder) -> tf.Tensor:
        """Pads on the right with zeros."""
        return rows.to_tensor()

    def spec(self, name: str, state: SentenceEncoder) -> tf.TensorSpec:
        """Returns `string[batch]`, UTF-8."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.string, name)

    def parse(
        self, word: str, state: SentenceEncoder, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the sentence itself."""
        yield word, utf8(word)

    def resources(self, state: SentenceEncoder) -> list[Any]:
        """Returns the table of the vocabulary."""
        return [state.lookup]

    def data_warnings(
        self,
        train: EncodedColumn,
        validation: EncodedColumn,
        settings: Any,
        state: SentenceEncoder,
    ) -> Iterator[str]:
        """Tells what the vocabulary covers, and what is too long."""
        yield from sentence_warnings(self.side, train, state)

    def scores(self, encoded: EncodedColumn) -> dict[str, Any]:
        """Returns the share of unknown tokens."""
        total = max(int(encoded.counts["tokens"].sum()), 1)
        return {"unknown_tokens": round(int(encoded.counts["unknown"].sum()) / total, 6)}

    def simple_model(self) -> Any:
        """Returns tf-idf, see `tf_idf`."""
        return tf_idf()


def learn_sentences(
    texts: Any, settings: Any, side: str, *, fold: Fold = "all", writes: bool = False
) -> SentenceEncoder:
    """Learns the vocabulary of one side, by the settings whose names begin with it.

    Args:
        texts: `object[n]` of `str`.
        settings: See `SentencesSettings`.
        side: "source" or "target".
        fold: See `SentenceEncoder`.
        writes: Whether sentences of this side are written.
    """
    from lstm_toolkit import data

    chosen, usual = getattr(settings, f"{side}_tokens"), data.token_kind(texts)
    kind = usual if chosen == "auto" else chosen
    reads: Copying = "names" if kind == usual == "character" else "literals"
    encoder = data.SentenceEncoder.learn(
        texts,
        kind=kind,
        size=getattr(settings, f"{side}_vocabulary"),
        least=settings.min_count,
        lower=getattr(settings, f"{side}_lower"),
        max_tokens=settings.max_tokens,
        fold=fold,
        copying=("written" if writes else reads) if settings.copy_unknown else "none",
    )
    if writes:
        return encoder
    from lstm_toolkit.data.text.sentence_count import learn_most_sentences

    return dataclasses.replace(encoder, most_sentences=learn_most_sentences(texts))


def extend_sentences(
    state: SentenceEncoder, texts: Any, settings: Any, side: str, *, writes: bool = False
) -> tuple[SentenceEncoder, list[str]]:
    """Adds what is new in other sentences of one side, see `Sentence.extend`."""
    kind = getattr(settings, f"{side}_tokens")
    check_kept(f"{side}_tokens", state.kind, state.kind if kind == "auto" else kind)
    check_kept(f"{side}_lower", state.lower, getattr(settings, f"{side}_lower"))
    state = dataclasses.replace(state, max_tokens=settings.max_tokens)
    same_kind = dataclasses.replace(settings, **{f"{side}_tokens": state.kind})
    try:
        learnt = learn_sentences(texts, same_kind, side, fold=state.fold, writes=writes)
    except DataError:  # no token is frequent enough
        return state, []
    grown = state.extended(learnt)
    sizes = (len(state.vocabulary), len(grown.vocabulary))
    return grown, additions(*sizes, f"{side} token", f"{side} tokens")


def sentence_chunks(column: Column, state: SentenceEncoder) -> Iterator[dict[str, Any]]:
    """Yields the numbers of the first tokens of sentences, with counts over all of them."""
    import tensorflow as tf

    for chunk in chunks(column):
        rows = to_numpy(state.numbers(tf.constant(chunk, tf.string)))
        counts = {"tokens": rows.lengths, "unknown": _count(rows, [1])}  # type: ignore[attr-defined]
        if state.copying != "none":
            counts["copied"] = _count(rows, state.copy_ids)
        yield {"rows": first_tokens(rows, state.max_tokens), **counts}


def _count(rows: Any, numbers: Sequence[int]) -> NDArray[np.int64]:
    """Returns how many of these numbers are in each row."""
    return np.array([int(np.isin(row, numbers).sum()) for row in rows], np.int64)


def first_tokens(rows: Any, most: int) -> Any:
    """Cuts each row of a `Ragged` column off after its first values."""
    from lstm_toolkit.data.columns import Ragged

    lengths = rows.lengths
    position = np.arange(len(rows.values)) - np.repeat(rows.offsets[:-1], lengths)
    return Ragged.from_lengths(rows.values[position < most], np.minimum(lengths, most))


def sentence_warnings(side: str, train: EncodedColumn, state: SentenceEncoder) -> Iterator[str]:
    """Tells what a vocabulary covers of the training sentences, and what is too long."""
    tokens, unknown = train.counts["tokens"], train.counts["unknown"]
    longer = int((tokens > state.max_tokens).sum())
    covered = 1 - unknown.sum() / max(tokens.sum(), 1)
    yield (
        f"{side} vocabulary of {len(state.vocabulary):,} {state.kind}s covers {covered:.1%} of "
        "the training tokens"
    )
    if longer:
        yield (
            f"{longer:,} {side} sentences are longer than max_tokens={state.max_tokens} and cut off"
        )
