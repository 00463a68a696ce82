"""Passages behind what stands before them, as a language model learns them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.splits.passages import LAST
from lstm_toolkit.data.text.passages import END_ID, PAD_ID, START_ID, PassageEncoder
from lstm_toolkit.features.feature import chunks, to_numpy

if TYPE_CHECKING:
    from lstm_toolkit.data.dataset import Dataset


def contexts(rows: Dataset, column: str, encoder: PassageEncoder) -> Ragged:
    """Returns rows of `int32`: the tokens before each passage, then END if it ends, or else 0."""
    parts: list[Any] = [
        to_numpy(encoder.numbers(tf.constant(chunk, tf.string)))
        for chunk in chunks(rows.targets[column])
    ]
    before = Ragged.concatenate(parts)
    ends = np.where(rows.meta.get(LAST, np.ones(len(rows), bool)), END_ID, PAD_ID)
    values = np.insert(before.values, before.offsets[1:], ends.astype(np.int32))
    return Ragged.from_lengths(values.astype(np.int32), before.lengths + 1)


def training_pair(passages: tf.Tensor, targets: tf.RaggedTensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns what a language model reads of a batch, and what comes next; in the graph.

    START stands before all. What stands before a passage is read; as what comes next it is 0, which
    the loss leaves out.

    Args:
        passages: `int32[batch, time]`, 0 for padding.
        targets: `int32[batch, (time)]` of `contexts`.

    Returns:
        Twice `int32[batch, time]`, 0 for padding.
    """
    lengths = tf.math.count_nonzero(passages, axis=1)
    own = tf.RaggedTensor.from_tensor(passages, lengths)
    last = tf.gather(targets.flat_values, targets.row_limits() - 1)
    ends = tf.RaggedTensor.from_row_lengths(
        tf.boolean_mask(last, last != PAD_ID), tf.cast(last != PAD_ID, tf.int64), validate=False
    )
    starts = tf.RaggedTensor.from_tensor(tf.fill([tf.shape(passages)[0], 1], START_ID))
    before = targets[:, :-1]
    whole = tf.concat([starts, before, own, ends], axis=1)
    inputs, outputs = whole[:, :-1].to_tensor(), whole[:, 1:].to_tensor()
    known = tf.range(tf.shape(outputs)[1], dtype=tf.int64)[None] < before.row_lengths()[:, None]
    return inputs, tf.where(known, PAD_ID, outputs)


def own_tokens(
    rows: Dataset, text: str, column: str, encoder: PassageEncoder
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Returns for each passage the numbers before it, and those that are learnt or scored."""
    before = contexts(rows, column, encoder)
    parts: list[Any] = [
        to_numpy(encoder.numbers(tf.constant(chunk, tf.string)))
        for chunk in chunks(rows.columns[text])
    ]
    own = Ragged.concatenate(parts)
    pairs = []
    for context, tokens in zip(before, own, strict=True):
        end = context[-1:][context[-1:] != PAD_ID]
        pairs.append(
            (context[:-1].astype(np.int64), np.concatenate([tokens, end]).astype(np.int64))
        )
    return pairs
