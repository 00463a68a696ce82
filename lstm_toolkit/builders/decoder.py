"""The writing half of an encoder-decoder: over all steps in training, step by step after it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Literal, Self

import keras
from keras import ops

from lstm_toolkit.layers import InputFeedingDecoder

State = dict[str, Any]
"""Of one step: `cells`, for each layer hidden and cell state `float[batch, beams, units]`, and
with input feeding `fed`, the last attention vector `float[batch, beams, width]`."""

Attention = Literal["none", "luong", "scaled_luong", "bahdanau", "scaled_bahdanau"]


@dataclasses.dataclass(frozen=True)
class Decoder:
    """Layers that write, found in a network by their names.

    Attributes:
        table: Vectors of the tokens.
        cells: From the first layer to the last.
        lstms: The layers that run them over all steps; empty with input feeding.
        feeding: What runs them then; None without.
        memory_keys: What the memory is compared by; None without attention.
        queries: What outputs are compared by; None unless attention is Bahdanau's.
        attention: Keras's attention; None without.
        vector: tanh(W[context; output]); None without attention.
        scores: Logits of a vector; None where the table gives them.
    """

    table: keras.layers.Layer
    cells: Sequence[keras.layers.LSTMCell]
    lstms: Sequence[keras.layers.LSTM]
    feeding: InputFeedingDecoder | None
    memory_keys: Any
    queries: Any
    attention: Any
    vector: Any
    scores: Any

    @classmethod
    def create(
        cls,
        vocabulary: int,
        *,
        embedding: int,
        units: Sequence[int],
        attention: str,
        input_feeding: bool,
        dropout: float,
        tied: bool,
    ) -> Self:
        """Makes new layers, see `seq2seq`."""
        # No mask: what follows a token changes nothing before it, and the loss leaves it out.
        table = keras.layers.ReversibleEmbedding(
            vocabulary,
            embedding,
            embeddings_initializer=vectors_start(embedding),
            reverse_dtype="float32",
            name="target_embedding",
        )
        attends, additive = attention != "none", attention.endswith("bahdanau")
        scaled, width = attention.startswith("scaled"), embedding if tied else units[-1]
        keys = keras.layers.Dense(units[-1], use_bias=False, name="memory_keys")
        scores = keras.layers.Dense(vocabulary, dtype="float32", name="scores")
        both = (keys if attends else None, None if tied else scores)
        if input_feeding:
            feeding = InputFeedingDecoder(
                units, width, additive=additive, use_scale=scaled, dropout=dropout, name="feeding"
            )
            return cls._fed(table, feeding, *both)
        lstms = [
            keras.layers.LSTM(width, return_sequences=True, name=f"decoder_{depth}")
            for depth, width in enumerate(units, 1)
        ]
        kind = keras.layers.AdditiveAttention if additive else keras.layers.Attention
        vector = keras.layers.Dense(
            width, activation="tanh", use_bias=False, name="attention_vector"
        )
        queries = keras.layers.Dense(units[-1], use_bias=False, name="queries")
        return cls(
            table,
            [lstm.cell for lstm in lstms],
            lstms,
            None,
            both[0],
            queries if additive else None,
            kind(use_scale=scaled, name="attention") if attends else None,
            vector if attends or tied else None,
            both[1],
        )

    @classmethod
    def _fed(
        cls,
        table: keras.layers.Layer,
        feeding: InputFeedingDecoder,
        keys: keras.layers.Layer,
        scores: keras.layers.Layer | None,
    ) -> Self:
        parts = feeding.queries, feeding.attention, feeding.vector
        return cls(table, feeding.cells, [], feeding, keys, *parts, scores)

    @classmethod
    def of(cls, model: keras.Model) -> Self:
        """Finds the layers in a network that `seq2seq` returned."""
        layers = {layer.name: layer for layer in model.layers}
        if "feeding" in layers:
            return cls._fed(
                layers["target_embedding"],
                layers["feeding"],
                layers["memory_keys"],
                layers.get("scores"),
            )
        depths = range(1, 1 + sum(name.startswith("decoder_") for name in layers))
        rest = ("memory_keys", "queries", "attention", "attention_vector", "scores")
        lstms = [layers[f"decoder_{depth}"] for depth in depths]
        return cls(
            layers["target_embedding"],
            [lstm.cell for lstm in lstms],
            lstms,
            None,
            *(layers.get(name) for name in rest),
        )

    def over_time(
        self,
        tokens: keras.KerasTensor,
        memory: keras.KerasTensor,
        states: Sequence[Sequence[keras.KerasTensor]],
        *,
        drop: Callable[[keras.KerasTensor, str], keras.KerasTensor],
        drop_outputs: keras.layers.Layer,
    ) -> keras.KerasTensor:
        """Scores the token after each of the given ones.

        Args:
            tokens: `int32[batch, time]`.
            memory: `float[batch, source, width]` with its mask.
            states: Hidden and cell state, `float[batch, units]`, of each layer.
            drop: See `encoder_decoder.Drop`.
            drop_outputs: Dropout of what layers give.

        Returns:
            `float32[batch, time, vocabulary]` logits.
        """
        x = drop(self.table(tokens), "target")
        if self.feeding is not None:
            flat = [part for state in states for part in state]
            vector = self.feeding(x, memory=memory, keys=self.memory_keys(memory), states=flat)
            return self._logits(drop_outputs(vector))
        for lstm, state in zip(self.lstms, states, strict=True):
            x = drop_outputs(lstm(x, initial_state=list(state)))
        if self.attention is not None:
            context = self.attention([self._query(x), memory, self.memory_keys(memory)])
            x = keras.layers.Concatenate()([context, x])
        return self._logits(x if self.vector is None else drop_outputs(self.vector(x)))

    def step(self, tokens: Any, states: State, memory: Memory) -> tuple[Any, State, Any]:
        """Scores the tokens after `int32[batch, beams]`.

        Args:
            tokens: The last token of each beam.
            states: See `State`.
            memory: What the encoder made of the source.

        Returns:
            `float32[batch, beams, vocabulary]` logits, the new states, and attention
            `float32[batch, beams, source]`, None without.
        """
        x = self.table(tokens)
        if self.feeding is not None:
            x = ops.concatenate([x, states["fed"]], axis=-1)
        after: State = {"cells": []}
        for cell, state in zip(self.cells, states["cells"], strict=True):
            x, new = _cell_step(cell, x, state)
            after["cells"].append(new)
        weights = None
        if self.attention is not None:
            context, weights = self.attention(
                [self._query(x), memory.values, memory.keys],
                mask=[None, memory.real, None],
                return_attention_scores=True,
            )
            x = ops.concatenate([context, x], axis=-1)
            weights = ops.cast(weights, "float32")
        x = x if self.vector is None else self.vector(x)
        if self.feeding is not None:
            after["fed"] = x
        return self._logits(x), after, weights

    def _query(self, x: Any) -> Any:
        return x if self.queries is None else self.queries(x)

    def _logits(self, x: Any) -> Any:
        return self.table(x, reverse=True) if self.scores is None else self.scores(x)


@dataclasses.dataclass(frozen=True)
class Memory:
    """What the encoder made of a batch of sources.

    Attributes:
        values: `float[batch, source, width]`; None without attention.
        keys: `float[batch, source, units]`, what outputs are compared with; likewise.
        real: `bool[batch, source]`, False where there is padding; None where there can be none.
    """

    values: Any
    keys: Any
    real: Any


def vectors_start(width: int) -> keras.initializers.Initializer:
    """Returns how vectors of tokens begin: about 1 long; Keras's shorter ones learn late."""
    return keras.initializers.RandomNormal(stddev=width**-0.5)


class StepwiseDecoder:
    """Runs a network of `seq2seq` or `captioner` step by step, as `layers.decoding` asks for it.

    Args:
        model: What they returned, trained or loaded.
    """

    def __init__(self, model: keras.Model):
        self.decoder = Decoder.of(model)
        layers = {layer.name: layer for layer in model.layers}
        depth = len(self.decoder.cells)
        outputs = {"states": [_first_states(layers, i) for i in range(1, depth + 1)]}
        if self.decoder.attention is not None:
            keys = layers["memory_keys"]
            outputs |= {"values": keys.input, "keys": keys.output}
        read = layers["source"].output
        self.encoder = keras.Model(read, outputs)
        self.padded = not keras.backend.is_float_dtype(read.dtype)

    def start(self, source: Any) -> tuple[Callable[..., Any], State]:
        """Reads the source.

        Args:
            source: `int32[batch, time]`, at least one token a row that is not padding; or
                pictures `float32[batch, height, width, channels]`.

        Returns:
            The function from `int32[batch, beams]` tokens and states to logits, states and
            attention, see `Decoder.step`; and the first states, of one beam.
        """
        read = self.encoder(source, training=False)
        real = ops.not_equal(source, 0) if self.padded else None
        memory = Memory(read.get("values"), read.get("keys"), real)
        cells = [[ops.expand_dims(part, 1) for part in state] for state in read["states"]]
        states: State = {"cells": cells}
        feeding = self.decoder.feeding
        if feeding is not None:
            shape = (ops.shape(source)[0], 1, feeding.width)
            states["fed"] = ops.zeros(shape, feeding.compute_dtype)
        return lambda tokens, states: self.decoder.step(tokens, states, memory), states


def _first_states(layers: dict[str, keras.layers.Layer], depth: int) -> list[keras.KerasTensor]:
    if f"bridge_hidden_{depth}" in layers:
        return [layers[f"bridge_{kind}_{depth}"].output for kind in ("hidden", "cell")]
    return list(layers[f"encoder_{depth}"].output[1:])


def _cell_step(cell: keras.layers.LSTMCell, x: Any, state: Sequence[Any]) -> tuple[Any, list[Any]]:
    """Calls a cell on `float[batch, beams, features]`."""
    shape = ops.shape(x)
    rows = [ops.reshape(part, (-1, part.shape[-1])) for part in (x, *state)]
    out, new = cell(rows[0], rows[1:], training=False)
    wide = [ops.reshape(part, (shape[0], shape[1], part.shape[-1])) for part in (out, *new)]
    return wide[0], wide[1:]
