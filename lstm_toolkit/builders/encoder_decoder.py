"""Encoder-decoder networks with attention, from one sequence of tokens to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, get_args

import keras

from lstm_toolkit.builders.decoder import Attention, Decoder, vectors_start

Drop = Callable[[keras.KerasTensor, str], keras.KerasTensor]
"""Drops parts of the vectors of tokens in training; the word names the side."""


def seq2seq(
    source_vocabulary: int,
    target_vocabulary: int,
    *,
    embedding: int,
    units: Sequence[int],
    bidirectional: bool = False,
    attention: Attention = "none",
    input_feeding: bool = False,
    dropout: float = 0.0,
    embedding_dropout: float = 0.0,
    token_dropout: float = 0.0,
    tied: bool = False,
    scheduled_sampling: float = 0.0,
) -> keras.Model:
    """Joins a stack of LSTM layers that reads to one that writes.

    The decoder begins with the encoder's last states (arXiv:1409.3215). With attention,
    each of its outputs looks at all outputs of the encoder and becomes tanh(W[context;
    output]), as in T. Luong et al., 2015 (arXiv:1508.04025). That happens for all steps at
    once, after the decoder's LSTM, unless `input_feeding` hands each step's result to the
    next, which is slower.

    In training the decoder is told the right tokens up to the one that it is to predict.
    Token number 0 is padding, on the right; more of it changes no answer. Each row needs
    one other token at least.

    Args:
        source_vocabulary: Number of tokens to read, padding counted.
        target_vocabulary: Number of tokens to write, padding counted.
        embedding: Width of the tokens' vectors on both sides.
        units: Width of each LSTM layer, first to last, in the encoder and in the decoder.
        bidirectional: Reads in both directions; an encoder layer is then twice as wide.
        attention: "luong" multiplies output and memory with a matrix between them
            ("general"), "bahdanau" scores tanh of their sum (arXiv:1409.0473); `scaled_`
            adds a learnt factor, of the score or of each unit of the sum; "none" leaves
            attention out.
        input_feeding: Feeds tanh(W[context; output]) of each step to the next.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        embedding_dropout: Share of the features of the tokens' vectors dropped in training.
        token_dropout: Share of the tokens whose whole vector is dropped in training.
        tied: Scores tokens with the vectors by which the decoder reads them
            (arXiv:1608.05859).
        scheduled_sampling: Share of the tokens told to the decoder in training that are its
            own guesses, from a first pass (arXiv:1906.04331).

    Returns:
        An uncompiled model from `{"source": int32[batch, time], "target": int32[batch,
        time]}` to `float32[batch, time, target_vocabulary]` logits of the tokens that
        follow.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> model = seq2seq(1000, 800, embedding=16, units=(8,))
        >>> model.output_shape
        (None, None, 800)
    """
    shares = {
        "dropout": dropout,
        "embedding_dropout": embedding_dropout,
        "token_dropout": token_dropout,
        "scheduled_sampling": scheduled_sampling,
    }
    sizes = {"source_vocabulary": source_vocabulary, "target_vocabulary": target_vocabulary}
    check_sizes(sizes | {"embedding": embedding}, units, attention, shares)
    if input_feeding and attention == "none":
        raise ValueError("input_feeding needs attention. Received: attention='none'")
    source = keras.Input((None,), dtype="int32", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    drop = token_dropping(embedding_dropout, token_dropout)
    memory, states = _encode(
        source, source_vocabulary, embedding, units, bidirectional, dropout, drop
    )
    decoder = Decoder.create(
        target_vocabulary,
        embedding=embedding,
        units=units,
        attention=attention,
        input_feeding=input_feeding,
        dropout=dropout,
        tied=tied,
    )
    drop_outputs = keras.layers.Dropout(dropout, name="output_dropout")
    decode = partial(
        decoder.over_time, memory=memory, states=states, drop=drop, drop_outputs=drop_outputs
    )
    inputs = {"source": source, "target": target}
    outputs = written(target, decode, scheduled_sampling)
    return keras.Model(inputs, outputs, name="lstm_seq2seq")


def written(
    target: keras.KerasTensor,
    decode: Callable[[keras.KerasTensor], keras.KerasTensor],
    scheduled_sampling: float,
) -> keras.KerasTensor:
    """Returns what a decoder makes of the tokens that it is told, some of them its own guesses.

    Args:
        target: `int32[batch, time]`, the right tokens.
        decode: From such tokens to logits of those that follow.
        scheduled_sampling: Share of the tokens that are guesses, from a first pass.
    """
    if not scheduled_sampling:
        return decode(target)
    from lstm_toolkit.layers import MixTokens

    return decode(MixTokens(scheduled_sampling, name="mix_tokens")(target, decode(target)))


def token_dropping(features: float, tokens: float) -> Drop:
    """Returns what drops features of tokens' vectors, and whole vectors, in training."""
    layers: dict[str, list[keras.layers.Layer]] = {}

    def drop(x: keras.KerasTensor, side: str) -> keras.KerasTensor:
        if side not in layers:
            layers[side] = [
                keras.layers.Dropout(
                    tokens, noise_shape=(None, None, 1), name=f"{side}_token_dropout"
                ),
                keras.layers.Dropout(features, name=f"{side}_embedding_dropout"),
            ]
        for layer in layers[side]:
            x = layer(x)
        return x

    return drop


def _encode(
    source: keras.KerasTensor,
    vocabulary: int,
    embedding: int,
    units: Sequence[int],
    bidirectional: bool,
    dropout: float,
    drop: Drop,
) -> tuple[keras.KerasTensor, list[list[keras.KerasTensor]]]:
    """Returns the last layer's outputs, and each layer's hidden and cell state."""
    table = keras.layers.Embedding(
        vocabulary,
        embedding,
        mask_zero=True,
        embeddings_initializer=vectors_start(embedding),
        name="source_embedding",
    )
    x = drop(table(source), "source")
    states = []
    for depth, width in enumerate(units, 1):
        layer: Any = keras.layers.LSTM(
            width, return_sequences=True, return_state=True, name=f"encoder_{depth}"
        )
        if bidirectional:
            layer = keras.layers.Bidirectional(layer, name=f"bidirectional_{depth}")
        x, *last = layer(x)
        x = keras.layers.Dropout(dropout, name=f"encoder_dropout_{depth}")(x)
        states.append(_bridge(last, width, depth) if bidirectional else last)
    return x, states


def _bridge(last: Sequence[keras.KerasTensor], width: int, depth: int) -> list[keras.KerasTensor]:
    """Makes the hidden and cell states of both directions into those of one."""
    forward, backward = last[:2], last[2:]
    return [
        keras.layers.Dense(width, activation=activation, name=f"bridge_{kind}_{depth}")(
            keras.layers.Concatenate(name=f"last_{kind}_{depth}")(both)
        )
        for kind, activation, *both in zip(
            ("hidden", "cell"), ("tanh", None), forward, backward, strict=True
        )
    ]


def check_sizes(
    sizes: dict[str, int], units: Sequence[int], attention: str, shares: dict[str, float]
) -> None:
    """Raises `ValueError` if an argument of a network that writes is out of its range."""
    for name, size in sizes.items():
        least = 1 if name == "embedding" else 5
        if size < least:
            raise ValueError(f"{name} must be at least {least}. Received: {name}={size!r}")
    if not units or any(not isinstance(width, int) or width < 1 for width in units):
        raise ValueError(f"units must be integers of at least 1. Received: units={units!r}")
    if attention not in get_args(Attention):
        names = ", ".join(get_args(Attention))
        raise ValueError(f"attention must be one of {names}. Received: attention={attention!r}")
    for name, share in shares.items():
        if not 0 <= share < 1:
            raise ValueError(f"{name} must be in [0, 1). Received: {name}={share!r}")
