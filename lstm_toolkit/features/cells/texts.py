"""A text in each row, or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from lstm_toolkit.data.columns import texts
from lstm_toolkit.data.readers.mixed.missing import is_missing
from lstm_toolkit.features.text import Text, utf8

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.text.text_encoder import TextEncoder


class TextCell(Text):
    """Raw texts `string[batch]` to numbers of tokens; "" is none."""

    def learn(self, column: Any, settings: Any) -> TextEncoder:
        """Learns the vocabulary of the rows that have a text."""
        return super().learn(texts([text for text in column if text.strip()]), settings)

    def bring(
        self, values: tf.Tensor, state: TextEncoder, *, as_is: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Tells which texts are unlike the training texts; none is not."""
        import tensorflow as tf

        unlike = state.unlike(values)
        there = tf.strings.length(tf.strings.strip(values)) > 0
        return values, None if unlike is None else unlike & there

    def parse(
        self, word: str, state: TextEncoder, options: Any
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields the text itself; words for no value are none."""
        yield word, utf8("" if is_missing(word) else word)

    def absent(self, state: TextEncoder) -> NDArray[Any]:
        """Returns an empty text."""
        return utf8("")
