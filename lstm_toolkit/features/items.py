"""Sessions as the numbers of their items, in the order in which they were clicked."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.text.item_lists import BETWEEN, join_items, read_items, split_items
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn, Feature, chunks, to_numpy
from lstm_toolkit.features.states import additions
from lstm_toolkit.features.text import padded, utf8
from lstm_toolkit.settings.fields import POSITIVE, Bounds, SettingsGroup, settings
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column
    from lstm_toolkit.data.text.vocabulary import Vocabulary

FIRST = 2
"""The number of the most frequent item: 0 is padding, 1 what is unknown."""

FILE, FACTS = "items.txt", "items.json"


@settings()
class ItemsSettings(SettingsGroup):
    """Which items are known, and how much of a session is read."""

    most_items: Annotated[int, Bounds(3)] = 1_000_000
    """Items that are known, at most, the most frequent of the training split."""
    min_count: Annotated[int, POSITIVE] = 1
    """Clicks in the training split that an item needs to be known."""
    max_clicks: Annotated[int, Bounds(2)] = 50
    """Clicks of a session that are read, its last ones; longer ones are cut for training."""
    repeated_clicks: Literal["keep", "drop"] = "keep"
    """Whether a click on the item that was clicked just before counts."""


@dataclasses.dataclass(frozen=True)
class KnownItems:
    """The items that are known, and how sessions are read.

    Attributes:
        vocabulary: Names of items by their numbers, the most frequent first.
        max_clicks: Clicks that are read, the last ones.
        repeated_clicks: "keep", or "drop" for clicks on the item before.
    """

    vocabulary: Vocabulary
    max_clicks: int
    repeated_clicks: str = "keep"

    @classmethod
    def learn(cls, sessions: Any, settings: Any) -> KnownItems:
        """Learns the items of sessions."""
        from lstm_toolkit.data import Vocabulary

        counts: Counter[str] = Counter()
        for session in sessions:
            counts.update(split_items(str(session)))
        learnt = Vocabulary.learn(counts, size=settings.most_items, least=settings.min_count)
        if len(learnt) < FIRST + 2:
            raise DataError(
                f"needs two items that are clicked min_count={settings.min_count} times. "
                f"Received: {max(len(learnt) - FIRST, 0)} of {len(counts):,}"
            )
        return cls(learnt, settings.max_clicks, settings.repeated_clicks)

    def extended(self, other: KnownItems) -> KnownItems:
        """Returns the items of both, new ones behind, and sessions as the other reads them."""
        return dataclasses.replace(other, vocabulary=self.vocabulary.extended(other.vocabulary))

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Numbers of items by name, without padding and the unknown."""
        return {
            name: number for number, name in enumerate(self.vocabulary.tokens) if number >= FIRST
        }

    @cached_property
    def lookup(self) -> Any:
        """The table from names to numbers, for graphs."""
        from lstm_toolkit.data.text.lookups import lookup_table

        return lookup_table(self.vocabulary)

    def encode_rows(self, sessions: Any) -> Ragged:
        """Returns `int32` numbers of the items of sessions, as `known` and without a limit."""
        rows = self._all_known(sessions)
        if self.repeated_clicks == "drop":
            rows = [[number for number, _ in groupby(row)] for row in rows]
        return Ragged.of(rows, np.int32)

    def repeats(self, sessions: Any) -> NDArray[np.int64]:
        """Returns how many clicks of sessions `encode_rows` leaves out as repeated, `int64[n]`."""
        lengths = np.array([len(row) for row in self._all_known(sessions)], np.int64)
        return lengths - self.encode_rows(sessions).lengths

    def _all_known(self, sessions: Any) -> list[list[int]]:
        return [
            [self.numbers[item] for item in split_items(str(session)) if item in self.numbers]
            for session in sessions
        ]

    def read(self, items: tf.RaggedTensor) -> tuple[tf.RaggedTensor, tf.Tensor]:
        """Returns what `known` does, of the last clicks alone."""
        rows, unknown = self.known(items)
        return self.cut(rows), unknown

    def cut(self, rows: tf.RaggedTensor) -> tf.RaggedTensor:
        """Returns the last clicks of rows, those that are read."""
        return rows[:, -self.max_clicks :]

    def known(self, items: tf.RaggedTensor) -> tuple[tf.RaggedTensor, tf.Tensor]:
        """Returns numbers of known items `int32[batch, (clicks)]`, and how many are unknown."""
        import tensorflow as tf

        numbers = items.with_flat_values(tf.cast(self.lookup(items.flat_values), tf.int32))
        known = numbers.with_flat_values(numbers.flat_values >= FIRST)
        unknown = numbers.row_lengths() - tf.reduce_sum(
            known.with_flat_values(tf.cast(known.flat_values, tf.int64)), axis=1
        )
        return self.once(tf.ragged.boolean_mask(numbers, known)), unknown

    def once(self, rows: tf.RaggedTensor) -> tf.RaggedTensor:
        """Returns rows without clicks on the item before, where these do not count."""
        return without_repeats(rows) if self.repeated_clicks == "drop" else rows

    def save(self, folder: Path) -> None:
        """Writes `items.txt`, an item a line, and `items.json`."""
        self.vocabulary.save(folder / FILE)
        facts = {"max_clicks": self.max_clicks, "repeated_clicks": self.repeated_clicks}
        write_json(folder / FACTS, {**facts, "digest": self.vocabulary.digest})

    @classmethod
    def load(cls, folder: Path) -> KnownItems:
        """Reads what `save` wrote."""
        from lstm_toolkit.data import Vocabulary

        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        vocabulary = Vocabulary.load(folder / FILE, digest=facts["digest"])
        return cls(vocabulary, int(facts["max_clicks"]), str(facts["repeated_clicks"]))


def without_repeats(rows: tf.RaggedTensor) -> tf.RaggedTensor:
    """Returns rows of numbers without those that are the same as the one before."""
    import tensorflow as tf

    flat, starts = rows.flat_values, rows.row_starts()
    before = tf.concat([[-1], flat[:-1]], axis=0)[: tf.size(flat)]
    first = tf.scatter_nd(
        tf.boolean_mask(starts, rows.row_lengths() > 0)[:, None],
        tf.boolean_mask(tf.ones_like(starts), rows.row_lengths() > 0),
        tf.shape(flat, tf.int64),
    )
    new = tf.not_equal(flat, before) | (first > 0)
    return tf.ragged.boolean_mask(rows, rows.with_flat_values(new))


class Items(Feature[KnownItems]):
    """Raw sessions `string[batch]` to numbers of items `int32[batch, clicks]`, 0 for padding.

    Items of a session stand between spaces, or where names hold spaces, between U+001F. Unknown
    ones are left out. Settings: `ItemsSettings`.
    """

    stored_as_is = False
    portable = False

    def learn(self, column: Any, settings: Any) -> KnownItems:
        """Learns the items."""
        return KnownItems.learn(column, settings)

    def extend(self, state: KnownItems, column: Any, settings: Any) -> tuple[KnownItems, list[str]]:
        """Adds items."""
        grown = state.extended(self.learn(column, settings))
        return grown, additions(len(state.vocabulary), len(grown.vocabulary), "item", "items")

    def load(self, folder: Path) -> KnownItems:
        """Reads the items.

        Raises:
            DataError: If they were changed since.
        """
        return KnownItems.load(folder)

    def bring(
        self, values: tf.Tensor, state: KnownItems, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Leaves sessions as they are, and tells which have no known item."""
        import tensorflow as tf

        return values, tf.equal(self.encode(values, state).row_lengths(), 0)

    def encode(self, values: tf.Tensor, state: KnownItems) -> tf.RaggedTensor:
        """Numbers the known items of sessions, of the last clicks."""
        return self.read(values, state)[0]

    def read(self, values: tf.Tensor, state: KnownItems) -> tuple[tf.RaggedTensor, tf.Tensor]:
        """Returns what `encode` does, and how many clicks are on unknown items."""
        from lstm_toolkit.data.text.item_lists import divide_items

        return state.read(divide_items(values))

    def encode_chunks(self, column: Column, state: KnownItems) -> Iterator[dict[str, Any]]:
        """Counts each session's known `clicks`, and how many are `unknown`."""
        import tensorflow as tf

        spec = [tf.TensorSpec([None], tf.string)]
        graph = tf.function(lambda texts: self.read(texts, state), spec, autograph=False)
        traced = graph.get_concrete_function()
        for chunk in chunks(column):
            rows, unknown = traced(tf.constant(chunk, tf.string))
            kept: Any = to_numpy(rows)
            yield {"rows": kept, "clicks": kept.lengths, "unknown": unknown.numpy()}

    def collate(self, rows: tf.RaggedTensor, state: KnownItems) -> tf.Tensor:
        """Pads on the right with zeros, to one step at least."""
        return padded(rows)

    def spec(self, name: str, state: KnownItems) -> tf.TensorSpec:
        """Returns `string[batch]`, UTF-8."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.string, name)

    def longest(self, state: KnownItems) -> int | None:
        """Returns how many clicks are read."""
        return state.max_clicks

    def parse(
        self, word: str, state: KnownItems, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the session; a word that is a list in JSON names items that have spaces.

        Raises:
            DataError: If it has no item, or is another thing in JSON.
        """
        items = read_items(word)
        if not items:
            raise DataError(f"needs the items of a session. Received: {word[:60]!r}")
        yield " ".join(word.replace(BETWEEN, " ").split()), utf8(join_items(items))

    def resources(self, state: KnownItems) -> list[Any]:
        """Returns the table of items."""
        return [state.lookup]

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: KnownItems
    ) -> Iterator[str]:
        """Tells how many items there are, and what they cover."""
        covered = [1 - self.scores(part)["unknown_items"] for part in (train, validation)]
        yield (
            f"{len(state.vocabulary) - FIRST:,} items cover {covered[0]:.1%} of the training "
            f"clicks, {covered[1]:.1%} of the validation's; clicks on others are left out"
        )

    def scores(self, encoded: EncodedColumn) -> dict[str, Any]:
        """Returns the share of clicks on unknown items."""
        unknown, known = (int(encoded.counts[name].sum()) for name in ("unknown", "clicks"))
        return {"unknown_items": round(unknown / max(unknown + known, 1), 6)}

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns a line on it."""
        return f"{scores['unknown_items']:.1%} of the clicks are on items unknown to the training"


def click_counts(rows: Ragged, size: int) -> NDArray[np.float32]:
    """Returns how often each number stands in encoded rows, `float32[size]`, at least 1."""
    counts = np.bincount(rows.values, minlength=size)
    return np.maximum(counts, 1).astype(np.float32)
