"""Networks that hold texts against each other, each text read by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from lstm_toolkit.builders.pooling import Pooling, pool
from lstm_toolkit.builders.recurrent import recurrent_stack
from lstm_toolkit.layers.matching.match_scores import MatchScores
from lstm_toolkit.layers.matching.words_in_common import WordsInCommon

ENCODER, WORDS, SCORES = "encoder", "words_in_common", "scores"
"""Names of the layers by which single texts become vectors, and vectors scores."""

KINDS = 3
"""Hashes of each token: of the word, of its beginning, of it with the word before."""

LEFT_OUT = 0.3
"""Share of the texts that words in common say nothing of in training, so that the LSTM learns."""


def question_matcher(
    vocabulary: int,
    *,
    embedding: int,
    units: Sequence[int],
    buckets: int,
    weights: NDArray[np.float32] | None = None,
    vectors: NDArray[np.float32] | None = None,
    dropout: float = 0.0,
    spatial_dropout: float = 0.0,
    pooling: Pooling = "max",
    **stack: Any,
) -> keras.Model:
    """Puts one stack of LSTM layers on both texts, and words in common beside it.

    Each text becomes a unit vector, and a bag of hashed words; a score is a weighted sum of
    both cosines. Siamese networks: J. Mueller and A. Thyagarajan, 2016
    (doi:10.1609/aaai.v30i1.10350).

    Args:
        vocabulary: Number of tokens, padding counted.
        embedding: Width of a token's vector.
        units: Width of each recurrent layer, first to last.
        buckets: Number of hashes, 0 counted.
        weights: `float32[buckets]`, with which the weights of hashes begin; None takes 1.
        vectors: `float32[vocabulary, embedding]` to start the embedding from.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        spatial_dropout: Share of the features of the embedding dropped in training.
        pooling: What the last layer's outputs become, see `text_classifier`.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `text` and `known`, each `int32[batch, time, 1 + KINDS]` numbers
        of tokens and hashes, to `float32[batch, batch]` scores of each text with each known one.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> question_matcher(50, embedding=8, units=(4,), buckets=16).output_shape
        (None, None)
    """
    for name, value in (("vocabulary", vocabulary), ("embedding", embedding)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1. Received: {name}={value!r}")
    encoder = _encoder(
        vocabulary, embedding, units, vectors, dropout, spatial_dropout, pooling, stack
    )
    words = WordsInCommon(buckets, name=WORDS)
    words.build([(None, None, KINDS)] * 2)
    if weights is not None:
        words.set_weights([weights])
    sides = [keras.Input((None, 1 + KINDS), dtype="int32", name=n) for n in ("text", "known")]
    vectors_of = [encoder(side[..., 0]) for side in sides]
    cosines = ops.matmul(vectors_of[0], ops.transpose(vectors_of[1]))
    common = words([side[..., 1:] for side in sides])
    common = keras.layers.Dropout(
        LEFT_OUT, noise_shape=(None, 1), dtype="float32", name="words_left_out"
    )(common)
    scores = MatchScores(name=SCORES)([cosines, common])
    return keras.Model(sides, scores, name="question_matcher")


def _encoder(
    vocabulary: int,
    embedding: int,
    units: Sequence[int],
    vectors: NDArray[np.float32] | None,
    dropout: float,
    spatial_dropout: float,
    pooling: Pooling,
    stack: dict[str, Any],
) -> keras.Model:
    """Returns a model from `int32[batch, time]` tokens to `float32[batch, width]` unit vectors."""
    inputs = keras.Input((None,), dtype="int32", name="tokens")
    table = keras.layers.Embedding(vocabulary, embedding, mask_zero=True, name="embedding")
    table.build()
    if vectors is not None:
        table.set_weights([vectors])
    x = keras.layers.SpatialDropout1D(spatial_dropout, name="spatial_dropout")(table(inputs))
    x = recurrent_stack(
        x, units=units, dropout=dropout, return_sequences=pooling != "last", **stack
    )
    if pooling != "last":
        x = pool(x, ops.not_equal(inputs, 0), pooling)
    unit = keras.layers.UnitNormalization(dtype="float32", name="unit_vectors")
    return keras.Model(inputs, unit(ops.cast(x, "float32")), name=ENCODER)
