"""Stacked recurrent classifiers of token sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from lstm_toolkit.builders.pooling import Pooling, pool
from lstm_toolkit.builders.recurrent import recurrent_stack


def text_classifier(
    vocabulary: int,
    *,
    classes: int,
    embedding: int = 128,
    units: Sequence[int] = (64,),
    bidirectional: bool = True,
    dropout: float = 0.5,
    spatial_dropout: float = 0.3,
    pooling: Pooling = "max",
    vectors: NDArray[np.float32] | None = None,
    **stack: Any,
) -> keras.Model:
    """Puts stacked LSTM layers with Dropout on an embedding, and a softmax head on them.

    Token number 0 is padding, on the right. It is masked throughout: more of it changes no
    answer. Each row needs one other token at least, or cuDNN fails.

    Args:
        vocabulary: Number of tokens, padding counted.
        classes: Number of labels, at least 2.
        embedding: Width of a token's vector.
        units: Width of each recurrent layer, first to last.
        bidirectional: Reads in both directions.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        spatial_dropout: Share of the features of the embedding dropped in training, each
            over the whole sequence (arXiv:1411.4280).
        pooling: What the last layer's outputs become: its "last" state, their "max" or
            "mean" over the steps, their mean weighted by "attention", or maximum beside
            mean ("max_mean").
        vectors: `float32[vocabulary, embedding]` to start the embedding from.
        **stack: Further arguments of `recurrent_stack`: `cell`, `recurrent_dropout`,
            `layer_norm`, `residual`, `l2`.

    Returns:
        An uncompiled model from `int32[batch, time]` to `float32[batch, classes]`
        probabilities, in float32 under every dtype policy.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> model = text_classifier(1000, classes=2, embedding=16, units=(8,))
        >>> model.output_shape
        (None, 2)
    """
    _check(vocabulary, classes, embedding, spatial_dropout, pooling, vectors)
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    table = keras.layers.Embedding(
        vocabulary,
        embedding,
        mask_zero=True,
        embeddings_initializer="uniform" if vectors is None else "zeros",
        name="embedding",
    )
    x = table(tokens)
    if vectors is not None:
        table.set_weights([vectors])
    x = keras.layers.SpatialDropout1D(spatial_dropout, name="spatial_dropout")(x)
    x = recurrent_stack(
        x,
        units=units,
        bidirectional=bidirectional,
        dropout=dropout,
        return_sequences=pooling != "last",
        **stack,
    )
    if pooling != "last":
        x = pool(x, ops.not_equal(tokens, 0), pooling)
    # Softmax in 16 bits loses small probabilities, so the head keeps 32.
    head = keras.layers.Dense(classes, activation="softmax", dtype="float32", name="probabilities")
    return keras.Model(tokens, head(x), name=f"{stack.get('cell', 'lstm')}_text_classifier")


def _check(
    vocabulary: int,
    classes: int,
    embedding: int,
    spatial_dropout: float,
    pooling: str,
    vectors: NDArray[np.float32] | None,
) -> None:
    for name, value, least in (
        ("vocabulary", vocabulary, 2),
        ("classes", classes, 2),
        ("embedding", embedding, 1),
    ):
        if value < least:
            raise ValueError(f"{name} must be at least {least}. Received: {name}={value!r}")
    if not 0 <= spatial_dropout < 1:
        raise ValueError(
            f"spatial_dropout must be in [0, 1). Received: spatial_dropout={spatial_dropout!r}"
        )
    if pooling not in ("last", "max", "mean", "attention", "max_mean"):
        raise ValueError(
            "pooling must be one of last, max, mean, attention, max_mean. "
            f"Received: pooling={pooling!r}"
        )
    if vectors is not None and vectors.shape != (vocabulary, embedding):
        raise ValueError(
            f"vectors must be of shape {(vocabulary, embedding)}. "
            f"Received: vectors of shape {vectors.shape}"
        )
