"""Networks from sequences of letters to classes, or to a tag for each letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from lstm_toolkit.builders.patches import convolution, patches
from lstm_toolkit.builders.pooled_stack import pooled_stack
from lstm_toolkit.builders.pooling import Pooling
from lstm_toolkit.builders.wide_path import wide_scores

APART = 3
"""Letters between two of a pair at most: three, since a codon's places know each other."""

SEEN = "seen"
"""The layer whose outputs the linear path adds up."""


def symbol_classifier(
    vectors: NDArray[np.float32],
    *,
    classes: int,
    units: Sequence[int],
    embedding: int,
    steps: int | None = None,
    complement: NDArray[np.int32] | None = None,
    kmer: int = 1,
    stride: int = 1,
    filters: int = 0,
    kernel: int = 1,
    patch: int = 1,
    sequence_pooling: Pooling = "max_mean",
    wide: int = 0,
    letter_dropout: float = 0.0,
    dropout: float = 0.0,
    **stack: Any,
) -> keras.Model:
    """Puts stacked LSTM layers with Dropout on letters or k-mers, and a softmax head on them.

    Convolutions find motifs, of which each patch of steps keeps the strongest, so that the LSTM
    reads thousands of letters in few strides (D. Quang and X. Xie, "DanQ", 2016,
    doi:10.1093/nar/gkw226). More padding on the right changes no answer.

    Args:
        vectors: `float32[letters, width]`: of each number the plain letters that it may be; 0 is
            padding.
        classes: Number of labels, at least 2.
        units: Width of each recurrent layer, first to last.
        steps: Letters of every sequence; None where they vary.
        complement: `int32[letters]`, each number's partner on the other strand: both strands go
            through the same network, and the mean of both answers is given. None reads one.
        kmer: Letters of a token; 1 reads letters as they are.
        stride: Letters between the beginnings of tokens.
        embedding: Width of a k-mer's vector; of letters it is that of `vectors`.
        filters: Width of a convolution over neighbouring tokens; 0 has none.
        kernel: Tokens that it sees, odd.
        patch: Tokens that become one step of the LSTM.
        sequence_pooling: What the last layer's outputs become, see `pool`.
        wide: A linear path beside the LSTM, whose weights, the layer "wide", are zeros and not
            trained: letters by their places with `steps`, or else counts of k-mers of so many
            letters; 0 leaves it out. In training it is dropped for half of the rows.
        letter_dropout: Share of the letters that are hidden in training.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `int32[batch, time]` to `float32[batch, classes]` probabilities.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> letters = np.eye(5, 4, -1, dtype=np.float32)
        >>> symbol_classifier(letters, classes=2, units=(8,), embedding=8, patch=4).output_shape
        (None, 2)
    """
    if classes < 2 or min(kmer, stride, patch, kernel) < 1 or kernel % 2 == 0:
        raise ValueError(
            "classes must be at least 2, kmer, stride and patch at least 1, and kernel odd. "
            f"Received: classes={classes}, kmer={kmer}, stride={stride}, patch={patch}, "
            f"kernel={kernel}"
        )
    from lstm_toolkit.layers import BothStrands, KmerCounts

    inputs = keras.Input((steps,), dtype="int32", name="letters")
    numbers = inputs if complement is None else BothStrands(complement, name="strands")(inputs)
    letters = letter_table(vectors)
    x, real = _tokens(numbers, vectors, letters, kmer, stride, embedding, letter_dropout)
    if filters:
        x = convolution(x, filters, kernel, real[..., None], 1, dropout)
    x = _strongest(x, patch) if filters else patches(x, patch, units[0])
    there = real[:, ::patch]
    x = pooled_stack(
        x, there, sequence_pooling, masked=steps is None, units=units, dropout=dropout, **stack
    )
    # Softmax in 16 bits loses small probabilities, so the head keeps 32.
    scores = keras.layers.Dense(classes, dtype="float32", name="scores")(x)
    if wide:
        counts = KmerCounts(wide, vectors.shape[1], name=SEEN)
        seen = _by_place(letters(numbers), steps) if steps else counts(numbers)
        scores = keras.layers.Add(name="deep_and_wide")([scores, wide_scores(seen, classes)])
    outputs = keras.layers.Softmax(dtype="float32", name="probabilities")(scores)
    if complement is not None:
        outputs = ops.mean(ops.reshape(outputs, (2, -1, classes)), axis=0)  # of both strands
    return keras.Model(inputs, outputs, name=f"{stack.get('cell', 'lstm')}_symbol_classifier")


def letter_table(vectors: NDArray[np.float32]) -> keras.layers.Embedding:
    """Returns the layer from numbers of letters to what they may be; it is not trained."""
    table = keras.layers.Embedding(*vectors.shape, trainable=False, name="letter_vectors")
    table.build()
    table.set_weights([vectors])
    return table


def _tokens(
    numbers: Any,
    vectors: NDArray[np.float32],
    letters: keras.layers.Embedding,
    kmer: int,
    stride: int,
    embedding: int,
    hidden: float,
) -> tuple[Any, Any]:
    """Returns vectors of letters or k-mers, and which of them are no padding."""
    from lstm_toolkit.layers import KmerNumbers

    if kmer == 1 and stride == 1:
        x = letters(numbers)
    else:
        codes = KmerNumbers(kmer, vectors.shape[1], name="kmers")(numbers)[:, ::stride]
        size = vectors.shape[1] ** kmer + 2
        x = keras.layers.Embedding(size, embedding, name="kmer_vectors")(codes)
    real = ops.not_equal(numbers[:, ::stride], 0)
    x = hide(x, hidden)
    return x * ops.cast(real, x.dtype)[..., None], real


def hide(x: Any, share: float) -> Any:
    """Hides letters in training, as if they were gaps; the others stay as they are."""
    if not share:
        return x
    drop = keras.layers.Dropout(share, noise_shape=(None, None, 1), name="letter_dropout")
    there = drop(ops.ones_like(x[..., :1]))
    return x * ops.cast(there > 0, x.dtype)


def _strongest(x: Any, patch: int) -> Any:
    """Returns the greatest of each feature in a patch of steps; the last one may be shorter."""
    if patch == 1:
        return x
    # Keras's own padding would begin on the left, and patches depend on the longest row.
    x = keras.layers.ZeroPadding1D((0, patch - 1), name="filled_up")(x)
    return keras.layers.MaxPooling1D(patch, name="strongest")(x)


def _by_place(x: Any, steps: int) -> Any:
    """Returns letters by place, and pairs of near ones: what the linear path sees."""
    flat = keras.layers.Flatten()
    near = range(1, min(APART, steps - 1) + 1)
    pairs = [x[:, :-apart, :, None] * x[:, apart:, None, :] for apart in near]
    parts = [flat(each) for each in (x, *pairs)]
    if len(parts) == 1:
        return keras.layers.Activation("linear", dtype="float32", name=SEEN)(parts[0])
    return keras.layers.Concatenate(dtype="float32", name=SEEN)(parts)
