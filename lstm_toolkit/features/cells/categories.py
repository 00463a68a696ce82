"""A category in each row, or none."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.labels import label_text
from lstm_toolkit.data.readers.mixed.missing import is_missing
from lstm_toolkit.features.feature import EncodedColumn, Feature, chunks, to_numpy
from lstm_toolkit.features.states import additions
from lstm_toolkit.features.text import utf8
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from lstm_toolkit.data.columns import Column

FILE = "categories.json"

NONE, UNKNOWN = 0, 1
"""Numbers of no category, and of one that is not known."""


@dataclasses.dataclass(frozen=True)
class Categories:
    """The categories that are known, in small letters.

    Attributes:
        names: The most frequent one first.
        complete: Whether training rows have no others.
    """

    names: tuple[str, ...]
    complete: bool

    @cached_property
    def lookup(self) -> keras.layers.StringLookup:
        """From names to numbers."""
        import keras
        import tensorflow as tf

        with tf.init_scope():  # a table that is made inside of a graph is of no use outside
            lookup = keras.layers.StringLookup(
                vocabulary=list(self.names), mask_token="", oov_token="\x00"
            )
            lookup(tf.constant([""]))  # builds it, which an export asks for
        return lookup

    def numbers(self, values: tf.Tensor) -> tf.Tensor:
        """Returns `int32[batch]` numbers of raw texts; in the graph."""
        import tensorflow as tf

        return tf.cast(self.lookup(folded(values)), tf.int32)

    def save(self, folder: Path) -> None:
        """Writes `categories.json`."""
        write_json(folder / FILE, {"names": list(self.names), "complete": self.complete})


class CategoryCell(Feature[Categories]):
    """Raw categories `string[batch]` to their numbers `int32[batch]`; "" is none, 0.

    Capitals and spaces do not count. What is not known has the number 1.
    """

    stored_as_is = False

    def learn(self, column: Any, settings: Any) -> Categories:
        """Learns the most frequent categories."""
        import tensorflow as tf

        raw = list(Counter(map(str, column)).items())
        names = folded(tf.constant([name for name, _ in raw], tf.string)).numpy()
        counts: Counter[str] = Counter()
        for name, (_, count) in zip(names, raw, strict=True):
            counts[name.decode("utf-8", "replace")] += count
        counts.pop("", None)
        frequent = [
            name
            for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            if count >= settings.min_count
        ][: settings.categories]
        return Categories(tuple(frequent), len(frequent) == len(counts))

    def extend(self, state: Categories, column: Any, settings: Any) -> tuple[Categories, list[str]]:
        """Adds categories."""
        learnt = self.learn(column, settings)
        new = [name for name in learnt.names if name not in state.names]
        grown = Categories((*state.names, *new), state.complete and learnt.complete)
        return grown, additions(len(state.names), len(grown.names), "category", "categories")

    def load(self, folder: Path) -> Categories:
        """Reads the names."""
        facts = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Categories(tuple(facts["names"]), facts["complete"])

    def bring(
        self, values: tf.Tensor, state: Categories, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Tells which categories were never seen, where the training's are all known."""
        import tensorflow as tf

        return values, tf.equal(state.numbers(values), UNKNOWN) if state.complete else None

    def encode(self, values: tf.Tensor, state: Categories) -> tf.Tensor:
        """Returns the numbers of categories."""
        return state.numbers(values)

    def encode_chunks(self, column: Column, state: Categories) -> Iterator[dict[str, Column]]:
        """Counts which are not known."""
        import tensorflow as tf

        signature = [tf.TensorSpec([None], tf.string)]
        graph = tf.function(state.numbers, signature, autograph=False).get_concrete_function()
        for chunk in chunks(column):
            rows = to_numpy(graph(tf.constant(chunk, tf.string)))
            yield {"rows": rows, "unknown": (np.asarray(rows) == UNKNOWN).astype(np.int64)}

    def spec(self, name: str, state: Categories) -> tf.TensorSpec:
        """Returns `string[batch]`."""
        import tensorflow as tf

        return tf.TensorSpec([None], tf.string, name)

    def parse(
        self, word: str, state: Categories, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the category; words for no value are none."""
        yield word, utf8("" if is_missing(word) else label_text(word))

    def absent(self, state: Categories) -> NDArray[Any]:
        """Returns an empty text."""
        return utf8("")

    def resources(self, state: Categories) -> list[Any]:
        """Returns the table of the categories."""
        return [state.lookup]

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: Categories
    ) -> Iterator[str]:
        """Tells how many categories are known, and how many rows have others."""
        unknown = int(train.counts["unknown"].sum())
        others = int(validation.counts["unknown"].sum())
        count = len(state.names)
        yield (
            f"{count:,} {'category' if count == 1 else 'categories'}; {unknown:,} of "
            f"{len(train.rows):,} training rows and {others:,} of {len(validation.rows):,} "
            "validation rows have others, which are unknown together"
        )

    def simple_model(self) -> Any:
        """Returns one-hot rows."""
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

        return make_pipeline(
            FunctionTransformer(_column), OneHotEncoder(handle_unknown="ignore", min_frequency=2)
        )


def folded(values: tf.Tensor) -> tf.Tensor:
    """Returns texts without what does not count: capitals, and spaces around and within."""
    import tensorflow as tf

    spaced = tf.strings.regex_replace(tf.strings.strip(values), r"\s+", " ")
    return tf.strings.lower(spaced, encoding="utf-8")


def plain_names(rows: Any) -> NDArray[Any]:
    """Returns categories as `folded` has them, without a graph."""
    return np.array([" ".join(str(row).split()).lower() for row in rows], object)


def _column(rows: Any) -> NDArray[Any]:
    return plain_names(rows).reshape(len(rows), 1)
