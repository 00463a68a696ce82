"""Sentences whose tokens have spaces between them, each token kept."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from numpy.typing import NDArray

from lstm_toolkit.features.feature import EncodedColumn, Feature, chunks, to_numpy
from lstm_toolkit.features.first_vectors import vector_remarks
from lstm_toolkit.features.states import additions
from lstm_toolkit.features.text import padded, utf8
from lstm_toolkit.features.word_views import LETTERS, VIEWS, WORDS, WordViews, words
from lstm_toolkit.settings.fields import NOT_NEGATIVE, POSITIVE, Bounds, SettingsGroup, settings

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column
    from lstm_toolkit.data.text.division import Divided

_SINGLE_LETTERS = 0.9
"""Share of tokens of one letter from which affixes and letters tell nothing."""
_UNSPACED = 0.5
"""Share of tokens of scripts without spaces from which pairs of them are numbered."""
_OFTEN = 2
"""Occurrences in the training split that all but words need to be known."""


@settings()
class WordsSettings(SettingsGroup):
    """How tokens are numbered."""

    tokens: Literal["auto", "space", "character", "word", "treebank"] = "auto"
    """How texts that are asked about are divided: at spaces, into characters, into words and
    signs, with 's and n't on their own; or by that of these which gives the training's tokens."""
    vocabulary: Annotated[int, Bounds(3)] = 20_000
    """Words that are known, at most; learnt from the training split."""
    min_count: Annotated[int, POSITIVE] = 1
    """Occurrences in the training split that a word needs to be known."""
    letters: Annotated[int, NOT_NEGATIVE] = 16
    """Letters of each token that are read, at most; 0 leaves them out, and so do tokens of one."""
    bigrams: Annotated[int, NOT_NEGATIVE] = 50_000
    """Pairs of neighbouring tokens that are known, at most, in scripts without spaces; 0 leaves
    them out."""


class Words(Feature[WordViews]):
    """Raw texts `string[batch]` to numbers of each token's views `int32[batch, time, views]`.

    Settings: `WordsSettings`. Training rows have spaces between their tokens; what people ask
    is divided by `bring`. A text without a token is read as one unknown token.
    """

    stored_as_is = False
    portable = False

    def learn(self, column: Any, settings: Any) -> WordViews:
        """Learns the vocabularies, in one pass, and how texts are to be divided."""
        from lstm_toolkit.data import Vocabulary
        from lstm_toolkit.data.text.division import fitting_division
        from lstm_toolkit.data.text.unknown_share import learn_limit

        counts = _counted(column, tuple(VIEWS))
        names = _telling(counts, settings)
        sizes = dict.fromkeys(VIEWS, settings.vocabulary) | {"bigrams": max(settings.bigrams, 3)}
        learnt = []
        for name in names:
            least = settings.min_count if name == WORDS else _OFTEN
            some = Vocabulary.learn(counts[name], size=sizes[name], least=least)
            # Where nothing is frequent enough, all is known: a table must not be empty.
            every = Vocabulary.learn(counts[name], size=sizes[name])
            learnt.append(some if len(some) > 2 else every)
        limit = learn_limit(column, _words_of, counts[WORDS], learnt[0], settings.min_count)
        division = settings.tokens
        if division == "auto":
            division, _ = fitting_division(column)
        size = settings.letters if LETTERS in names else 0
        return WordViews(tuple(learnt), names, "all", limit, size, division)

    def extend(self, state: WordViews, column: Any, settings: Any) -> tuple[WordViews, list[str]]:
        """Adds words, endings and kinds of letters."""
        learnt = self.learn(column, settings)
        new = dict(zip(learnt.names, learnt.vocabularies, strict=True))
        vocabularies = tuple(
            old.extended(new[name]) if name in new else old
            for name, old in zip(state.names, state.vocabularies, strict=True)
        )
        grown = dataclasses.replace(state, vocabularies=vocabularies)
        return grown, additions(len(state.words), len(grown.words), "word", "words")

    def load(self, folder: Path) -> WordViews:
        """Reads the vocabularies.

        Raises:
            DataError: If one was changed since.
        """
        return WordViews.load(folder)

    def divide(self, values: tf.Tensor, state: WordViews) -> Divided:
        """Divides texts that people ask about into tokens, with the places where they stand."""
        from lstm_toolkit.data.text.division import divide

        return divide(values, state.division)

    def bring(
        self, values: tf.Tensor, state: WordViews, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Puts spaces between the tokens of texts, and tells which are unlike the training's."""
        values = values if as_is else self.divide(values, state).joined()
        if state.most_unknown is None:
            return values, None
        import tensorflow as tf

        from lstm_toolkit.data.text.unknown_share import unlike

        tokens = tokens_of(values)
        known = tokens.with_flat_values(words(tokens, state.fold))
        numbers = tf.cast(state.lookups[0](known.flat_values), tf.int32)
        return values, unlike(known, known.with_flat_values(numbers), state.most_unknown)

    def encode(self, values: tf.Tensor, state: WordViews) -> tf.RaggedTensor:
        """Numbers the views of each token, `int32[batch, (time), views]`."""
        return state.numbers(tokens_of(values))

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
        """Returns `string[batch]`, UTF-8."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.string, name)

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
        """Tells the size of the vocabulary, what it covers, and how texts will be divided."""
        elsewhere = self.scores(validation)["unknown_tokens"]
        yield (
            f"vocabulary of {len(state.words):,} words covers "
            f"{1 - self.scores(train)['unknown_tokens']:.1%} of the training tokens, "
            f"{1 - elsewhere:.1%} of the validation's"
        )
        yield f"texts that are asked about will be divided by tokens={state.division}"
        yield from vector_remarks(settings, state.words)

    def scores(self, encoded: EncodedColumn) -> dict[str, Any]:
        """Returns the share of unknown words."""
        total = max(int(encoded.counts["tokens"].sum()), 1)
        return {"unknown_tokens": round(int(encoded.counts["unknown"].sum()) / total, 6)}

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns a line on it."""
        return f"{scores['unknown_tokens']:.1%} of the tokens are unknown to the vocabulary"


def _counted(column: Any, names: tuple[str, ...]) -> dict[str, Counter[str]]:
    """Counts what each view of all tokens holds."""
    import tensorflow as tf

    from lstm_toolkit.data.text.lookups import TextGraph, in_parts
    from lstm_toolkit.data.text.vocabulary import count_tokens

    def flat(texts: tf.Tensor) -> list[tf.Tensor]:
        tokens = tokens_of(texts)
        views = (VIEWS[name](tokens, "all") for name in names)
        return [v.flat_values if isinstance(v, tf.RaggedTensor) else v for v in views]

    parts = list(in_parts(column, TextGraph(flat)))
    return {
        name: count_tokens(part[place].numpy() for part in parts)
        for place, name in enumerate(names)
    }


def _telling(counts: Mapping[str, Counter[str]], settings: Any) -> tuple[str, ...]:
    """Returns the views that tell a network more than the words alone."""
    from lstm_toolkit.data.text.scripts import is_unspaced
    from lstm_toolkit.data.text.spaced_tokens import characters

    known = counts[WORDS]
    total = max(known.total(), 1)
    single = Counter({word: n for word, n in known.items() if len(characters(word)) == 1})
    unspaced = sum(n for word, n in single.items() if is_unspaced(word)) / total
    left_out = set()
    if single.total() / total >= _SINGLE_LETTERS:
        left_out |= {"prefixes", "suffixes", LETTERS}
    if unspaced < _UNSPACED or not settings.bigrams:
        left_out.add("bigrams")
    if not settings.letters:
        left_out.add(LETTERS)
    return tuple(name for name in VIEWS if name not in left_out)


def tokens_of(texts: tf.Tensor) -> tf.RaggedTensor:
    """Splits texts at white space, `string[batch, (tokens)]`, at least one in a row."""
    import tensorflow as tf

    from lstm_toolkit.data.text.tokens import BLANK

    blank = tf.equal(tf.strings.length(tf.strings.strip(texts)), 0)
    return tf.strings.split(tf.where(blank, BLANK, texts))


def _words_of(texts: tf.Tensor) -> tf.RaggedTensor:
    tokens = tokens_of(texts)
    return tokens.with_flat_values(words(tokens, "all"))
