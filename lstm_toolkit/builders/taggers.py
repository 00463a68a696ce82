"""Networks that tag each token of a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from lstm_toolkit.builders.recurrent import recurrent_stack


def tagger(
    vocabularies: Sequence[int],
    *,
    tags: int,
    embedding: int,
    units: Sequence[int],
    spatial_dropout: float = 0.0,
    **stack: Any,
) -> keras.Model:
    """Stacks LSTM layers under a conditional random field (arXiv:1508.01991).

    Each token has several numbers, such as those of the word and of its last letters, whose
    vectors stand beside each other. Number 0 of the first is padding, on the right.

    Args:
        vocabularies: How many numbers there are of each kind, padding counted.
        tags: Number of tags, at least 2.
        embedding: Width of the first kind's vectors; the others have a quarter of it.
        units: Width of each recurrent layer, first to last.
        spatial_dropout: Share of the vectors' features dropped in training, each over the whole
            sequence.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `int32[batch, time, kinds]` to what `layers.CRF` packs; train
        it with `layers.CRFLoss`.

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

    inputs = keras.Input((None, len(vocabularies)), dtype="int32", name="tokens")
    vectors = [
        keras.layers.Embedding(
            size,
            embedding if place == 0 else max(embedding // 4, 1),
            mask_zero=True,
            name=f"embedding_{place + 1}",
        )(inputs[..., place])
        for place, size in enumerate(vocabularies)
    ]
    x = keras.layers.Concatenate(name="vectors")(vectors) if len(vectors) > 1 else vectors[0]
    x = keras.layers.SpatialDropout1D(spatial_dropout, name="spatial_dropout")(x)
    x = recurrent_stack(x, units=units, return_sequences=True, **stack)
    potentials = keras.layers.Dense(tags, dtype="float32", name="potentials")(x)
    real = keras.ops.not_equal(inputs[..., 0], 0)
    return keras.Model(inputs, CRF(name="crf")(potentials, real), name="lstm_tagger")
