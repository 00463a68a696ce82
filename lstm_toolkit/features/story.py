"""A story and a question, which is its last sentence, as words of sentences."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Column
from lstm_toolkit.data.text.sentences import BREAK, ITEM, sentences
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn, Feature, chunks, to_numpy
from lstm_toolkit.features.text import utf8
from lstm_toolkit.settings.fields import POSITIVE, Bounds, settings
from lstm_toolkit.settings.table_files import TableSettings
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.text.text_encoder import TextEncoder


@settings()
class StorySettings(TableSettings):
    """How stories are read and divided."""

    vocabulary: Annotated[int, Bounds(3)] = 20_000
    """Words that are known, at most; learnt from the training split."""
    min_count: Annotated[int, POSITIVE] = 1
    """Occurrences in the training split that a word needs to be known."""
    max_sentences: Annotated[int, POSITIVE] = 130
    """Sentences kept of each story, those before the question."""
    max_words: Annotated[int, POSITIVE] = 20
    """Words kept of each sentence."""


@dataclasses.dataclass(frozen=True)
class StoryWords:
    """Words, and how much of a story is read.

    Attributes:
        encoder: Divides sentences into words and numbers them.
        sentences: Kept of a story, at most.
        words: Kept of a sentence, which has as many steps.
    """

    encoder: TextEncoder
    sentences: int
    words: int

    def save(self, folder: Path) -> None:
        """Writes the vocabulary and `story.json`."""
        self.encoder.save(folder)
        write_json(folder / "story.json", {"sentences": self.sentences, "words": self.words})

    @classmethod
    def load(cls, folder: Path) -> StoryWords:
        """Reads what `save` wrote."""
        from lstm_toolkit import data

        facts = json.loads((folder / "story.json").read_text(encoding="utf-8"))
        return cls(data.TextEncoder.load(folder), int(facts["sentences"]), int(facts["words"]))


class Story(Feature[StoryWords]):
    """Raw texts `string[batch]` to `int32[batch, sentences, words]`, 0 for padding.

    The last sentence comes first: it is the question; then the others, the latest first. Settings:
    `StorySettings`.
    """

    stored_as_is = False
    portable = False

    def learn(self, column: Any, settings: Any) -> StoryWords:
        """Learns the words, and how long the longest sentence is."""
        import tensorflow as tf

        from lstm_toolkit import data

        texts = np.array([str(text).replace(ITEM, BREAK) for text in column], object)
        encoder = data.TextEncoder.learn(texts, size=settings.vocabulary, least=settings.min_count)
        longest = 1
        for begin in range(0, len(column), 256):
            lines = divided(tf.constant(list(column[begin : begin + 256]), tf.string))
            tokens, _ = encoder.tokens(lines.flat_values)
            longest = max(longest, int(tf.reduce_max(tokens.row_lengths())))
        return StoryWords(encoder, settings.max_sentences, min(longest, settings.max_words))

    def load(self, folder: Path) -> StoryWords:
        """Reads the words."""
        return StoryWords.load(folder)

    def bring(
        self, values: tf.Tensor, state: StoryWords, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Leaves texts as they are, and tells which are unlike the training's.

        So is what has one sentence alone: there is no story to be asked about.
        """
        import tensorflow as tf

        alone = tf.less(divided(values).row_lengths(), 2)
        unlike = state.encoder.unlike(tf.strings.regex_replace(values, ITEM, BREAK))
        return values, alone if unlike is None else alone | unlike

    def encode(self, values: tf.Tensor, state: StoryWords) -> tf.RaggedTensor:
        """Numbers the words of sentences."""
        lines = self.lines(values, state)
        _, numbers = state.encoder.tokens(lines.flat_values)
        dense = numbers[:, : state.words].to_tensor(shape=[None, state.words])
        return lines.with_flat_values(dense)

    def encode_chunks(self, column: Column, state: StoryWords) -> Iterator[dict[str, Column]]:
        """Counts the sentences of each row that are cut, and those that are left out."""
        import tensorflow as tf

        graph = tf.function(
            lambda values: (self.encode(values, state), *_lost(values, state)),
            reduce_retracing=True,
        )
        for chunk in chunks(column):
            rows, cut, left_out = graph(tf.constant(chunk))
            yield {"rows": to_numpy(rows), "cut": cut.numpy(), "left_out": left_out.numpy()}

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: StoryWords
    ) -> Iterator[str]:
        """Tells what of stories is not read."""
        cut, left_out = (train.counts[name] for name in ("cut", "left_out"))
        if cut.any():
            yield (
                f"{int(cut.sum()):,} sentences of {int((cut > 0).sum()):,} texts are longer than "
                f"max_words={state.words} and cut off"
            )
        if left_out.any():
            yield (
                f"{int((left_out > 0).sum()):,} stories are longer than "
                f"max_sentences={state.sentences}: their first sentences are left out"
            )

    def lines(self, values: tf.Tensor, state: StoryWords) -> tf.RaggedTensor:
        """Returns sentences `string[batch, (sentences)]`, the last one first."""
        import tensorflow as tf

        lines = divided(values)
        lengths = lines.row_lengths()
        before = tf.ragged.range(lengths - 1, -tf.ones_like(lengths), -1)
        backwards = tf.gather(lines, before, batch_dims=1)
        return backwards[:, : state.sentences + 1]

    def collate(self, rows: tf.RaggedTensor, state: StoryWords) -> tf.Tensor:
        """Pads with zeros, to a question and one sentence at least."""
        import tensorflow as tf

        dense = rows.to_tensor()
        missing = tf.maximum(2 - tf.shape(dense)[1], 0)
        wider = tf.pad(dense, [[0, 0], [0, missing], [0, 0]])
        return tf.ensure_shape(wider, [None, None, state.words])

    def spec(self, name: str, state: StoryWords) -> tf.TensorSpec:
        """Returns `string[batch]`, UTF-8."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.string, name)

    def parse(
        self, word: str, state: StoryWords, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the text itself.

        Raises:
            DataError: If there is no story before the question.
        """
        found = sentences(word)
        if len(found) < 2:
            received = f"one sentence, {found[0][:60]}" if found else "nothing"
            raise DataError(
                f"needs a story, and the question as its last sentence. Received: {received}"
            )
        yield word, utf8(word)

    def resources(self, state: StoryWords) -> list[Any]:
        """Returns the table of words."""
        return [state.encoder.lookup]

    def simple_model(self) -> Any:
        """Returns counts of words, those of the question apart from the story's."""
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.pipeline import make_pipeline, make_union
        from sklearn.preprocessing import FunctionTransformer

        counts = {"token_pattern": r"\w+", "binary": True}
        return make_union(
            CountVectorizer(**counts),
            make_pipeline(FunctionTransformer(last_lines), CountVectorizer(**counts)),
        )


def last_lines(texts: Any) -> NDArray[np.object_]:
    """Returns the questions of texts."""
    questions = np.empty(len(texts), object)
    for row, text in enumerate(texts):
        questions[row] = (sentences(str(text)) or [""])[-1]
    return questions


def _lost(values: tf.Tensor, state: StoryWords) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns `int64[batch]` sentences with too many words, and sentences that are too many."""
    import tensorflow as tf

    lines = divided(values)
    tokens, _ = state.encoder.tokens(lines.flat_values)
    long = tf.cast(tokens.row_lengths() > state.words, tf.int64)
    cut = tf.reduce_sum(lines.with_flat_values(long), axis=1)
    return cut, tf.maximum(lines.row_lengths() - 1 - state.sentences, 0)


def divided(texts: tf.Tensor) -> tf.RaggedTensor:
    """Returns sentences of texts, `string[batch, (sentences)]`, one at least in a row."""
    import tensorflow as tf

    from lstm_toolkit.data.text.sentences import STEPS
    from lstm_toolkit.data.text.tokens import BLANK

    texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
    items = tf.strings.regex_replace(tf.strings.regex_replace(texts, r"\s+", " "), ITEM, BREAK)
    given = tf.strings.regex_full_match(texts, f"(?s).*{ITEM}.*")
    for pattern, by in STEPS:
        texts = tf.strings.regex_replace(texts, pattern, by)
    texts = tf.where(given, items, texts)
    texts = tf.strings.strip(tf.strings.regex_replace(texts, r"\s*\n\s*", BREAK))
    texts = tf.where(tf.equal(tf.strings.length(texts), 0), tf.constant(BLANK), texts)
    return tf.strings.split(texts, BREAK)
