"""Translation as tutorials do it: a loop in Python, one call of the network a step.

The bookkeeping of the beams is NumPy, for all sentences of a batch at once. It scores as
the toolkit's search does, so that the same weights must give the same sentences.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.text.sentence_encoder import END_ID, PAD_ID, START_ID, UNK_ID

NEVER = [PAD_ID, UNK_ID, START_ID]


class PythonDecoder:
    """Writes with the layers of a trained network with one LSTM layer and Luong's attention.

    Args:
        model: What `builders.seq2seq` returned.
        states: The vocabularies.
        compiled: Runs encoder and step as graphs; otherwise they are called eagerly.
    """

    def __init__(self, model: keras.Model, states: Any, *, compiled: bool):
        self.source, self.target = states.only, states.target.encoder
        layer = model.get_layer
        keys = layer("memory_keys")
        states = [layer(f"bridge_{kind}_1").output for kind in ("hidden", "cell")]
        encoder = keras.Model(layer("source").output, [keys.input, keys.output, *states])
        step = self._one_step(layer, keys, states[0].shape[-1])
        self.encoder, self.step = encoder, step
        if compiled:
            import tensorflow as tf

            graph = {"reduce_retracing": True, "autograph": False}
            self.encoder = tf.function(lambda x: encoder(x, training=False), **graph)
            self.step = tf.function(lambda x: step(x, training=False), **graph)

    @staticmethod
    def _one_step(layer: Any, keys: keras.layers.Layer, units: int) -> keras.Model:
        table = layer("target_embedding")
        tokens = keras.Input((), dtype="int32")
        hidden, cell = keras.Input((units,)), keras.Input((units,))
        memory, compared = (keras.Input(x.shape[1:]) for x in (keys.input, keys.output))
        real = keras.Input((None,), dtype="bool")
        x, (new_hidden, new_cell) = layer("decoder_1").cell(table(tokens), [hidden, cell])
        query = keras.layers.Reshape((1, units))(x)
        context = layer("attention")([query, memory, compared], mask=[None, real, None])
        both = keras.layers.Concatenate()([keras.layers.Reshape(memory.shape[2:])(context), x])
        logits = table(layer("attention_vector")(both), reverse=True)
        inputs = [tokens, hidden, cell, memory, compared, real]
        return keras.Model(inputs, [logits, new_hidden, new_cell])

    def translate(self, texts: list[str], beams: int, length_penalty: float) -> list[str]:
        """Returns the best translation of each text."""
        import tensorflow as tf

        source = self.source.encode(tf.constant(texts)).to_tensor().numpy()
        real = source != PAD_ID
        limits = np.minimum(self.target.max_tokens + 1, 3 * real.sum(1) + 20)
        memory, keys, *states = (
            np.repeat(part.numpy(), beams, axis=0) for part in self.encoder(tf.constant(source))
        )
        memory, keys, real = map(tf.constant, (memory, keys, np.repeat(real, beams, axis=0)))
        search = _Search(len(texts), beams, limits, length_penalty)
        while search.running():
            tokens = tf.constant(search.last.reshape(-1))
            inputs = [tokens, *map(tf.constant, states), memory, keys, real]
            logits, *states = (part.numpy() for part in self.step(inputs))
            parents = search.advance(logits.reshape(len(texts), beams, -1))
            states = [state[parents] for state in states]
        found = self.target.sentences(search.tokens[:, 0]).numpy()  # END is not shown
        return [sentence.decode() for sentence in found]


class _Search:
    """The beams of a batch, best first; greedy where there is one."""

    def __init__(self, batch: int, beams: int, limits: NDArray[Any], penalty: float):
        self.limits, self.penalty = limits, penalty
        self.tokens = np.zeros((batch, beams, 0), np.int32)
        self.last = np.full((batch, beams), START_ID, np.int32)
        self.totals = np.where(np.arange(beams) == 0, np.float32(0), -np.inf)
        self.totals = np.tile(self.totals.astype(np.float32), (batch, 1))
        self.scores = self.totals.copy()
        self.lengths = np.zeros((batch, beams), np.int32)
        self.ended = np.zeros((batch, beams), bool)

    def running(self) -> bool:
        going = (~self.ended & np.isfinite(self.totals)).any(1)
        return bool((going & (self.tokens.shape[2] < self.limits)).any())

    def advance(self, logits: NDArray[np.float32]) -> NDArray[np.int64]:
        """Takes `float32[batch, beams, vocabulary]`; returns each row's parent row."""
        batch, beams, vocabulary = logits.shape
        frozen = self.ended | (self.tokens.shape[2] >= self.limits)[:, np.newaxis]
        logits -= logits.max(-1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(-1, keepdims=True))
        logits[..., NEVER] = -np.inf
        logits[frozen] = -np.inf
        logits[frozen, END_ID] = 0
        totals = self.totals[..., np.newaxis] + logits
        divisors = ((6 + self.lengths) / 6) ** self.penalty
        scores = totals / divisors[..., np.newaxis].astype(np.float32)
        scores[frozen, END_ID] = self.scores[frozen]
        flat = scores.reshape(batch, -1)
        best = np.argpartition(-flat, beams - 1, axis=1)[:, :beams]
        order = np.argsort(-np.take_along_axis(flat, best, 1), axis=1, kind="stable")
        best = np.take_along_axis(best, order, 1)
        rows, parents = np.arange(batch)[:, np.newaxis], best // vocabulary
        self.last = (best % vocabulary).astype(np.int32)
        self.scores = np.take_along_axis(flat, best, 1)
        self.totals = np.take_along_axis(totals.reshape(batch, -1), best, 1)
        self.lengths = (self.lengths + ~frozen)[rows, parents]
        self.ended = self.ended[rows, parents] | (self.last == END_ID) & ~frozen[rows, parents]
        self.tokens = np.concatenate([self.tokens[rows, parents], self.last[..., None]], axis=2)
        return (rows * beams + parents).reshape(-1)
