"""Pictures in, sentences out: looks, searches and writes inside one graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import tensorflow as tf

from lstm_toolkit.layers import Decoded
from lstm_toolkit.targets.sentence_search import Read, SentenceSearch

if TYPE_CHECKING:
    from lstm_toolkit.targets.signature import Trained


class Captioner(SentenceSearch):
    """A network of `builders.captioner` with what it writes by.

    Args:
        trained: The network, with its one feature, a `features.Picture`.
    """

    noun: ClassVar[str] = "caption"
    verb: ClassVar[str] = "describe"
    attended: ClassVar[tuple[str, ...]] = ("tokens", "attention")

    def __init__(self, trained: Trained):
        super().__init__(trained.model, trained.states.target)
        self._trained = trained
        grid: Any = trained.model.get_layer("cells").input.shape
        self.grid = int(grid[1]), int(grid[2])

    def read(self, raw: tf.Tensor) -> Read:
        """Reads `uint8[batch, h, w, 3]`.

        Returns:
            `about` holds `unlike: bool[batch]`, where that was learnt.
        """
        (brought,), unlike = self._trained.brought(raw)
        about = {} if unlike is None else {"unlike": unlike}
        return Read(self._trained.network_inputs(brought), None, about)

    def attention(self, read: Read, decoded: Decoded) -> dict[str, tf.Tensor]:
        """Tells where each token of the best captions looked.

        Returns:
            `tokens: string[batch, time]` and `attention: float32[batch, time, rows, columns]`.
        """
        weights = decoded.attention[:, 0]
        shape = tf.concat([tf.shape(weights)[:2], self.grid], axis=0)
        return {
            "tokens": self.writer.encoder.tokens(decoded.ids)[:, 0],
            "attention": tf.reshape(weights, shape),
        }
