"""Passages of running text, as a language model reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn, Feature, chunks, to_numpy
from lstm_toolkit.features.states import additions
from lstm_toolkit.features.text import check_kept, padded, utf8
from lstm_toolkit.settings.fields import (
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    READER,
    Bounds,
    SettingsGroup,
    settings,
)

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column
    from lstm_toolkit.data.text.passages import PassageEncoder


@settings()
class PassageSettings(SettingsGroup):
    """How running text is divided into tokens and passages."""

    tokens: Annotated[Literal["character", "word", "subword", "space", "abc"], NOT_SEARCHED] = (
        "character"
    )
    """What a token is: a character, a word or sign, a piece of a word, what stands between spaces,
    in texts that are divided already, or a note or bar line of a tune in ABC."""
    vocabulary: Annotated[int, Bounds(5), NOT_SEARCHED] = 20_000
    """Tokens that are known, at most; learnt from the training split."""
    min_count: Annotated[int, POSITIVE, NOT_SEARCHED] = 2
    """Occurrences in the training split that a token needs to be known; not for subwords."""
    window: Annotated[int, POSITIVE] = 128
    """Characters of a passage, or words where tokens are other than characters."""
    context: Annotated[int, NOT_NEGATIVE, READER] = 32
    """Characters or words before a passage that are read with it, but not learnt again or
    scored."""


class Passage(Feature["PassageEncoder"]):
    """Raw passages `string[batch]` to numbers of tokens `int32[batch, time]`, 0 for padding.

    Settings: `PassageSettings`.
    """

    stored_as_is = False
    portable = False

    def learn(self, column: Any, settings: Any) -> PassageEncoder:
        """Learns the vocabulary."""
        return learn_passages(column, settings)

    def extend(
        self, state: PassageEncoder, column: Any, settings: Any
    ) -> tuple[PassageEncoder, list[str]]:
        """Adds tokens; subwords stay as they are.

        Raises:
            InputError: If tokens are to be of another kind.
        """
        grown = extend_passages(state, column, settings)
        sizes = len(state.vocabulary), len(grown.vocabulary)
        return grown, additions(*sizes, "token", "tokens")

    def load(self, folder: Path) -> PassageEncoder:
        """Reads the vocabulary.

        Raises:
            DataError: If it was changed since.
        """
        from lstm_toolkit.data.text.passages import PassageEncoder

        return PassageEncoder.load(folder)

    def encode(self, values: tf.Tensor, state: PassageEncoder) -> tf.RaggedTensor:
        """Numbers the tokens of passages; an empty text has none."""
        return state.numbers(values)

    def encode_chunks(self, column: Column, state: PassageEncoder) -> Iterator[dict[str, Any]]:
        """Counts each passage's `tokens`, and how many of them are `unknown`."""
        import tensorflow as tf

        from lstm_toolkit.data.text.passages import UNK_ID

        for chunk in chunks(column):
            rows: Any = to_numpy(state.numbers(tf.constant(chunk, tf.string)))
            unknown = [int((row == UNK_ID).sum()) for row in rows]
            yield {
                "rows": rows,
                "tokens": rows.lengths,
                "unknown": np.array(unknown, np.int64),
            }

    def collate(self, rows: tf.RaggedTensor, state: PassageEncoder) -> tf.Tensor:
        """Pads on the right with zeros."""
        return padded(rows)

    def spec(self, name: str, state: PassageEncoder) -> tf.TensorSpec:
        """Returns `string[batch]`, UTF-8."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.string, name)

    def parse(
        self, word: str, state: PassageEncoder, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the text itself."""
        yield word, utf8(word)

    def resources(self, state: PassageEncoder) -> list[Any]:
        """Returns the table of the vocabulary."""
        return [state.lookup]

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: PassageEncoder
    ) -> Iterator[str]:
        """Tells the size of the vocabulary, and what it covers."""
        yield (
            f"vocabulary of {len(state.vocabulary):,} {noun(state.kind)} covers "
            f"{1 - self.scores(train)['unknown_tokens']:.2%} of the "
            f"{int(train.counts['tokens'].sum()):,} training tokens, "
            f"{1 - self.scores(validation)['unknown_tokens']:.2%} of the validation's"
        )

    def scores(self, encoded: EncodedColumn) -> dict[str, Any]:
        """Returns the share of unknown tokens, which all count as one."""
        total = max(int(encoded.counts["tokens"].sum()), 1)
        return {"unknown_tokens": round(int(encoded.counts["unknown"].sum()) / total, 6)}

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns a line on it."""
        return f"{scores['unknown_tokens']:.2%} of the tokens are unknown, and count as one"


def noun(kind: str) -> str:
    """Returns what tokens of a kind are called.

    >>> noun("space"), noun("word")
    ('tokens', 'words')
    """
    return "tokens" if kind in ("space", "abc") else f"{kind}s"


def learn_passages(texts: Any, settings: Any) -> PassageEncoder:
    """Learns a vocabulary by `PassageSettings`."""
    from lstm_toolkit.data.text.passages import PassageEncoder

    return PassageEncoder.learn(
        texts, kind=settings.tokens, size=settings.vocabulary, least=settings.min_count
    )


def extend_passages(state: PassageEncoder, texts: Any, settings: Any) -> PassageEncoder:
    """Adds the tokens of other passages, see `Passage.extend`."""
    check_kept("tokens", state.kind, settings.tokens)
    try:
        return state.extended(learn_passages(texts, settings))
    except DataError:  # no token is frequent enough
        return state
