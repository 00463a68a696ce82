"""Networks that tag each token of a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.builders.recurrent import recurrent_stack

_LETTER_WIDTH = 30
"""Width of a letter's vector."""
_WINDOW = 3
"""Letters that a filter sees at a time."""
_SPREAD = 0.2
"""Vectors begin within it; within Keras's range of 0.05 they learn late."""


def tagger(
    vocabularies: Sequence[int],
    *,
    tags: int,
    embedding: int,
    units: Sequence[int],
    letters: int = 0,
    letter_filters: int = 40,
    vectors: NDArray[np.float32] | None = None,
    allowed: Sequence[Sequence[bool]] | None = None,
    token_dropout: float = 0.0,
    spatial_dropout: float = 0.0,
    **stack: Any,
) -> keras.Model:
    """Stacks LSTM layers under a conditional random field (arXiv:1508.01991).

    Each token has several numbers, such as those of the word and of its last letters, whose
    vectors stand beside each other. Number 0 of the first is padding, on the right, number 1
    what is unknown. Letters are read by filters over three of them, the largest output of each
    (arXiv:1603.01354).

    Args:
        vocabularies: How many numbers there are of each kind, padding counted; that of the
            letters is the last.
        tags: Number of tags, at least 2.
        embedding: Width of the first kind's vectors; the others have half of it, but letters.
        units: Width of each recurrent layer, first to last.
        letters: How many letters of each token are read, 0 if none.
        letter_filters: Filters over them.
        vectors: `float32[vocabularies[0], width]`, with which the first kind's vectors begin;
            their width counts in place of `embedding`.
        allowed: Which tags may follow which, see `layers.CRF`.
        token_dropout: Share of the tokens whose first number is read as unknown in training.
        spatial_dropout: Share of the vectors' features dropped in training, each over the whole
            sequence.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `int32[batch, time, kinds + letters]` to what `layers.CRF`
        packs; train it with `layers.CRFLoss`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> tagger((100, 40), tags=5, embedding=16, units=(8,)).output_shape
        (None, None, 6)
    """
    if tags < 2 or embedding < 1 or not vocabularies:
        raise ValueError(
            "tagger needs a vocabulary, at least 2 tags and an embedding of at least 1. "
            f"Received: vocabularies={tuple(vocabularies)}, tags={tags}, embedding={embedding}"
        )
    from lstm_toolkit.layers import CRF

    kinds = list(vocabularies[:-1] if letters else vocabularies)
    inputs = keras.Input((None, len(kinds) + letters), dtype="int32", name="tokens")
    first = _with_unknown(inputs[..., 0], token_dropout)
    numbers = [first, *(inputs[..., place] for place in range(1, len(kinds)))]
    widths = [embedding, *[max(embedding // 2, 1)] * (len(kinds) - 1)]
    parts = [
        _embedding(size, width, f"embedding_{place}", vectors if place == 1 else None)(column)
        for place, (size, width, column) in enumerate(zip(kinds, widths, numbers, strict=True), 1)
    ]
    if letters:
        parts.append(_read_letters(inputs[..., len(kinds) :], vocabularies[-1], letter_filters))
    x = keras.layers.Concatenate(name="vectors")(parts) if len(parts) > 1 else parts[0]
    x = keras.layers.SpatialDropout1D(spatial_dropout, name="spatial_dropout")(x)
    x = recurrent_stack(x, units=units, return_sequences=True, **stack)
    potentials = keras.layers.Dense(tags, dtype="float32", name="potentials")(x)
    real = keras.ops.not_equal(inputs[..., 0], 0)
    field = CRF(allowed, borders=True, name="crf")
    return keras.Model(inputs, field(potentials, real), name="lstm_tagger")


def _embedding(
    size: int, width: int, name: str, vectors: NDArray[np.float32] | None
) -> keras.layers.Embedding:
    if vectors is not None and len(vectors) != size:
        raise ValueError(
            f"vectors must be of shape ({size}, width). Received: shape={vectors.shape}"
        )
    width = width if vectors is None else vectors.shape[1]
    start = keras.initializers.RandomUniform(-_SPREAD, _SPREAD)
    table = keras.layers.Embedding(
        size, width, embeddings_initializer=start, mask_zero=True, name=name
    )
    if vectors is not None:
        table.build()
        table.set_weights([vectors])
    return table


def _with_unknown(numbers: keras.KerasTensor, share: float) -> keras.KerasTensor:
    """Reads some tokens as unknown in training, so that the network learns what to do then."""
    if not share:
        return numbers
    ones = keras.ops.ones_like(numbers, dtype="float32")
    left = keras.layers.Dropout(share, dtype="float32", name="token_dropout")(ones)
    return keras.ops.where(keras.ops.not_equal(left, 0), numbers, keras.ops.minimum(numbers, 1))


def _read_letters(numbers: keras.KerasTensor, size: int, filters: int) -> keras.KerasTensor:
    """Returns the largest output of each filter over each token's letters."""
    vectors = _embedding(size, _LETTER_WIDTH, "letter_embedding", None)(numbers)
    real = keras.ops.cast(keras.ops.not_equal(numbers, 0), vectors.dtype)
    convolution = keras.layers.Conv2D(
        filters, (1, _WINDOW), padding="same", activation="relu", name="letter_filters"
    )
    return keras.ops.max(convolution(vectors * real[..., None]), axis=2)
