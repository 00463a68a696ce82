"""Networks that tag each letter of a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from lstm_toolkit.builders.patches import convolution
from lstm_toolkit.builders.recurrent import recurrent_stack
from lstm_toolkit.builders.symbols import hide, letter_table

WIDE = "wide"
"""The convolution of the linear path."""


def symbol_tagger(
    vectors: NDArray[np.float32],
    *,
    tags: int,
    units: Sequence[int],
    filters: int = 0,
    kernel: int = 1,
    reach: int = 0,
    letter_dropout: float = 0.0,
    dropout: float = 0.0,
    **stack: Any,
) -> keras.Model:
    """Stacks LSTM layers on letters, under a conditional random field (arXiv:1508.01991).

    Args:
        vectors: `float32[letters, width]`: of each number the plain letters that it may be; 0 is
            padding.
        tags: Number of tags, at least 2.
        units: Width of each recurrent layer, first to last.
        filters: Width of a convolution over neighbouring letters; 0 has none.
        kernel: Letters that it sees, odd.
        reach: Letters to both sides that a linear path beside the LSTM adds up, whose weights, the
            layer "wide", are zeros and not trained; 0 leaves it out. In training it is dropped for
            half of the rows.
        letter_dropout: Share of the letters that are hidden in training.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `int32[batch, time]` to what `layers.CRF` packs; train it with
        `layers.CRFLoss`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> letters = np.eye(5, 4, -1, dtype=np.float32)
        >>> symbol_tagger(letters, tags=3, units=(8,), reach=2).output_shape
        (None, None, 4)
    """
    if tags < 2 or kernel < 1 or kernel % 2 == 0:
        raise ValueError(
            f"tags must be at least 2, and kernel odd. Received: tags={tags}, kernel={kernel}"
        )
    from lstm_toolkit.layers import CRF

    inputs = keras.Input((None,), dtype="int32", name="letters")
    real = ops.not_equal(inputs, 0)
    letters = letter_table(vectors)(inputs)
    x = hide(letters, letter_dropout)
    if filters:
        found = convolution(x, filters, kernel, real[..., None], 1, dropout)
        x = keras.layers.Concatenate(name="letters_and_motifs")([x, found])
    x = recurrent_stack(x, units=units, dropout=dropout, mask=real, return_sequences=True, **stack)
    potentials = keras.layers.Dense(tags, dtype="float32", name="potentials")(x)
    if reach:
        line = keras.layers.Conv1D(
            tags,
            2 * reach + 1,
            padding="same",
            kernel_initializer="zeros",
            trainable=False,
            dtype="float32",
            name=WIDE,
        )
        some = keras.layers.Dropout(
            0.5, noise_shape=(None, 1, 1), dtype="float32", name="wide_dropout"
        )
        both = [potentials, some(line(letters))]
        potentials = keras.layers.Add(name="deep_and_wide")(both)
    return keras.Model(inputs, CRF(borders=True, name="crf")(potentials, real), name="lstm_tagger")
