"""Sentences whose tokens have spaces between them, each token kept."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from numpy.typing import NDArray

from lstm_toolkit.features.feature import EncodedColumn, Feature, chunks, to_numpy
from lstm_toolkit.features.states import additions
from lstm_toolkit.features.text import padded, utf8
from lstm_toolkit.settings.fields import POSITIVE, READER, Bounds, SettingsGroup, settings
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column
    from lstm_toolkit.data.text.folding import Fold
    from lstm_toolkit.data.text.vocabulary import Vocabulary

VIEWS = ("words", "suffixes", "shapes")
"""What of a token is numbered: itself in small letters, its last letters, its kinds of letters."""

_SHAPES = ((r"\p{Lu}+", "X"), (r"[^\PLX]+\pM*", "x"), (r"\pN+", "d"), (r"[^Xxd]+", "."))


@settings()
class WordsSettings(SettingsGroup):
    """How tokens are numbered."""

    vocabulary: Annotated[int, Bounds(3)] = 20_000
    """Words that are known, at most; learnt from the training split."""
    min_count: Annotated[int, POSITIVE] = 1
    """Occurrences in the training split that a word needs to be known."""
    encoding: Annotated[str, READER] = "utf-8"
    """Encoding of text files, as Python names it."""


@dataclasses.dataclass(frozen=True)
class WordViews:
    """The vocabularies of a token's views.

    Attributes:
        vocabularies: In the order of `VIEWS`.
        fold: Whether width and accents are folded; "none" in runs of earlier versions.
        most_unknown: The share of unknown words above which a text is unlike the training's;
            None if that cannot be told.
    """

    vocabularies: tuple[Vocabulary, ...]
    fold: Fold = "none"
    most_unknown: float | None = None

    def save(self, folder: Path) -> None:
        """Writes `words.txt`, `suffixes.txt`, `shapes.txt` and `words.json`."""
        for name, vocabulary in zip(VIEWS, self.vocabularies, strict=True):
            vocabulary.save(folder / f"{name}.txt")
        digests = [vocabulary.digest for vocabulary in self.vocabularies]
        facts: dict[str, Any] = dict(zip(VIEWS, digests, strict=True))
        facts["fold"] = self.fold
        if self.most_unknown is not None:
            facts["most_unknown"] = self.most_unknown
        write_json(folder / "words.json", facts)

    @classmethod
    def load(cls, folder: Path) -> WordViews:
        """Reads what `save` wrote.

        Raises:
            DataError: If a vocabulary was changed since.
        """
        from lstm_toolkit.data import Vocabulary

        digests = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        parts = (Vocabulary.load(folder / f"{n}.txt", digest=digests[n]) for n in VIEWS)
        return cls(tuple(parts), digests.get("fold", "none"), digests.get("most_unknown"))

    @cached_property
    def lookups(self) -> list[Any]:
        """From views to numbers; an export must track them, since they hold tables."""
        from lstm_toolkit.data.text.lookups import lookup_table

        return [lookup_table(vocabulary) for vocabulary in self.vocabularies]


class Words(Feature[WordViews]):
    """Raw texts `string[batch]` to numbers of each token's views `int32[batch, time, 3]`.

    Settings: `WordsSettings`. A text without a token is read as one unknown token.
    """

    stored_as_is = False

    def learn(self, column: Any, settings: Any) -> WordViews:
        """Learns the vocabularies, in one pass."""
        from lstm_toolkit.data import Vocabulary
        from lstm_toolkit.data.text.lookups import TextGraph, in_parts
        from lstm_toolkit.data.text.unknown_share import learn_limit
        from lstm_toolkit.data.text.vocabulary import count_tokens

        graph = TextGraph(
            lambda texts: [view.flat_values for view in views(tokens_of(texts), fold="all")]
        )
        parts = list(in_parts(column, graph))
        counts = [count_tokens(part[place].numpy() for part in parts) for place in range(3)]
        least = (settings.min_count, 2, 2)
        learnt = (
            Vocabulary.learn(count, size=settings.vocabulary, least=few)
            for count, few in zip(counts, least, strict=True)
        )
        every = (Vocabulary.learn(count, size=settings.vocabulary) for count in counts)
        # Where nothing is frequent enough, everything is known: a table must not be empty.
        vocabularies = tuple(
            some if len(some) > 2 else all_ for some, all_ in zip(learnt, every, strict=True)
        )
        words, least_words = vocabularies[0], settings.min_count
        limit = learn_limit(column, _words_of, counts[0], words, least_words)
        return WordViews(vocabularies, "all", limit)

    def extend(self, state: WordViews, column: Any, settings: Any) -> tuple[WordViews, list[str]]:
        """Adds words, endings and kinds of letters."""
        learnt = self.learn(column, settings).vocabularies
        pairs = zip(state.vocabularies, learnt, strict=True)
        vocabularies = tuple(old.extended(new) for old, new in pairs)
        grown = dataclasses.replace(state, vocabularies=vocabularies)
        before, after = (len(each.vocabularies[0]) for each in (state, grown))
        return grown, additions(before, after, "word", "words")

    def load(self, folder: Path) -> WordViews:
        """Reads the vocabularies.

        Raises:
            DataError: If one was changed since.
        """
        return WordViews.load(folder)

    def bring(
        self, values: tf.Tensor, state: WordViews, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Leaves texts as they are, and tells which are unlike the training texts."""
        if state.most_unknown is None:
            return values, None
        import tensorflow as tf

        from lstm_toolkit.data.text.unknown_share import unlike

        words = views(tokens_of(values), fold=state.fold)[0]
        numbers = tf.cast(state.lookups[0](words.flat_values), tf.int32)
        return values, unlike(words, words.with_flat_values(numbers), state.most_unknown)

    def encode(self, values: tf.Tensor, state: WordViews) -> tf.RaggedTensor:
        """Numbers the views of each token, `int32[batch, (time), 3]`."""
        import tensorflow as tf

        tokens = tokens_of(values)
        flat = [
            tf.cast(lookup(view.flat_values), tf.int32)
            for lookup, view in zip(state.lookups, views(tokens, fold=state.fold), strict=True)
        ]
        return tokens.with_flat_values(tf.stack(flat, axis=-1))

    def encode_chunks(self, column: Column, state: WordViews) -> Iterator[dict[str, Any]]:
        """Counts each text's `tokens`, and how many of them are `unknown`."""
        import numpy as np
        import tensorflow as tf

        from lstm_toolkit.data.text.lookups import TextGraph

        graph = TextGraph(lambda texts: self.encode(texts, state))
        for chunk in chunks(column):
            rows: Any = to_numpy(graph(tf.constant(chunk, tf.string)))
            unknown = [int((row[:, 0] == 1).sum()) for row in rows]
            yield {
                "rows": rows,
                "tokens": rows.lengths,
                "unknown": np.array(unknown, np.int64),
            }

    def collate(self, rows: tf.RaggedTensor, state: WordViews) -> tf.Tensor:
        """Pads on the right with zeros, to one step at least."""
        return padded(rows)

    def spec(self, name: str, state: WordViews) -> tf.TensorSpec:
        """Returns `string[batch]`, UTF-8, spaces between tokens."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.string, name)

    def tokenizer(self, state: WordViews) -> dict[str, Any]:
        """Returns how the tokens of a sentence are numbered."""
        from lstm_toolkit.data.text.portable import portable_steps
        from lstm_toolkit.data.text.tokens import BLANK

        return {
            "kind": "views",
            "fold": state.fold,
            "blank": BLANK,
            "views": [f"{name}.txt" for name in VIEWS],
            "replace_to_shapes": portable_steps(_SHAPES),
            "length": 0,
        }

    def parse(
        self, word: str, state: WordViews, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the text itself."""
        yield word, utf8(word)

    def resources(self, state: WordViews) -> list[Any]:
        """Returns the tables of the vocabularies."""
        return state.lookups

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: WordViews
    ) -> Iterator[str]:
        """Tells the size of the vocabulary, and what it covers."""
        elsewhere = self.scores(validation)["unknown_tokens"]
        yield (
            f"vocabulary of {len(state.vocabularies[0]):,} words covers "
            f"{1 - self.scores(train)['unknown_tokens']:.1%} of the training tokens, "
            f"{1 - elsewhere:.1%} of the validation's"
        )

    def scores(self, encoded: EncodedColumn) -> dict[str, Any]:
        """Returns the share of unknown words."""
        total = max(int(encoded.counts["tokens"].sum()), 1)
        return {"unknown_tokens": round(int(encoded.counts["unknown"].sum()) / total, 6)}

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns a line on it."""
        return f"{scores['unknown_tokens']:.1%} of the tokens are unknown to the vocabulary"


def tokens_of(texts: tf.Tensor) -> tf.RaggedTensor:
    """Splits texts at white space, `string[batch, (tokens)]`, at least one in a row."""
    import tensorflow as tf

    from lstm_toolkit.data.text.tokens import BLANK

    blank = tf.equal(tf.strings.length(tf.strings.strip(texts)), 0)
    return tf.strings.split(tf.where(blank, BLANK, texts))


def _words_of(texts: tf.Tensor) -> tf.RaggedTensor:
    return views(tokens_of(texts), fold="all")[0]


def views(tokens: tf.RaggedTensor, *, fold: Fold = "none") -> list[tf.RaggedTensor]:
    """Returns each token in small letters, its last three letters, and its kinds of letters.

    Args:
        tokens: `string[batch, (tokens)]`.
        fold: Whether width and accents are folded, see `data.text.folding`.

    >>> import tensorflow as tf
    >>> [v.numpy().tolist() for v in (view[0] for view in views(tokens_of(tf.constant(["Abc42"]))))]
    [[b'abc42'], [b'c42'], [b'Xxd']]
    """
    import tensorflow as tf

    from lstm_toolkit.data.text.folding import folded
    from lstm_toolkit.data.text.tokens import replaced

    flat = folded(tokens.flat_values, fold)
    length = tf.strings.length(flat, "UTF8_CHAR")
    three = tf.fill(tf.shape(length), 3)
    last = tf.strings.substr(flat, tf.maximum(length - three, 0), three, "UTF8_CHAR")
    small = tf.strings.lower(flat, "utf-8")
    return [tokens.with_flat_values(each) for each in (small, last, replaced(flat, _SHAPES))]
