"""Tables from tokens to numbers, and graphs over many texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.text.vocabulary import PAD, UNK, Vocabulary

if TYPE_CHECKING:
    import keras

CHUNK = 256
"""Texts tokenized at a time; one at a time is 50 times slower."""

PLAIN_CALLS = 8
"""Calls without a graph, since tracing one takes longer than these."""


def lookup_table(vocabulary: Vocabulary) -> keras.layers.StringLookup:
    """Returns a layer from tokens to their numbers; an export must track it."""
    import keras

    with tf.init_scope():
        lookup = keras.layers.StringLookup(
            vocabulary=list(vocabulary.tokens[2:]), mask_token=PAD, oov_token=UNK
        )
        lookup(tf.constant([UNK]))  # builds it, which an export asks for
    return lookup


class TextGraph:
    """A function of `string[batch]` that becomes a graph when it is called often, or in graphs.

    Args:
        function: Of TensorFlow operations alone.
    """

    def __init__(self, function: Callable[[tf.Tensor], Any]):
        self.function, self._calls = function, 0

    def __call__(self, texts: tf.Tensor) -> Any:
        """Returns what the function makes of texts."""
        self._calls += 1
        if tf.executing_eagerly() and self._calls <= PLAIN_CALLS:
            return self.function(texts)
        return self._graph(texts)

    @cached_property
    def _graph(self) -> Any:
        # Nothing here needs autograph, and tracing takes a third of the time without.
        signature = [tf.TensorSpec([None], tf.string)]
        graph = tf.function(self.function, input_signature=signature, autograph=False)
        return graph.get_concrete_function()  # or TensorFlow warns of tracing too often


def in_parts(texts: NDArray[np.object_], graph: Any) -> Iterator[Any]:
    """Yields what a graph makes of texts, `CHUNK` of them at a time."""
    for start in range(0, len(texts), CHUNK):
        yield graph(tf.constant(texts[start : start + CHUNK], tf.string))
