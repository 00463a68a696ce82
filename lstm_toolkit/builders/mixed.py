"""Networks from columns of several kinds to classes or a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import keras
from keras import ops

from lstm_toolkit.builders.column_encoders import ColumnSpec, encode_column
from lstm_toolkit.builders.pooling import Pooling


def mixed_network(
    columns: Mapping[str, ColumnSpec],
    *,
    outputs: int,
    units: Sequence[int],
    embedding: int,
    column_width: int,
    hidden: int,
    picture_filters: Sequence[int],
    head: Literal["softmax", "linear"] = "softmax",
    joining: Literal["concatenate", "gated_sum"] = "concatenate",
    column_dropout: float = 0.0,
    dropout: float = 0.0,
    time_pooling: Pooling = "max_mean",
    **stack: Any,
) -> keras.Model:
    """Encodes each column by itself, and joins their vectors under one head.

    Texts and series go through stacked LSTM layers with Dropout, pictures through convolutions,
    numbers and categories through dense layers and embeddings. A row may lack any of its
    columns: zeros stand for it in the inputs, and a learnt vector in the network.

    Args:
        columns: By the names of inputs.
        outputs: Number of classes, or 1 for a number.
        units: Width of each recurrent layer, first to last.
        embedding: Width of a token's vector.
        column_width: Of the vector of each column.
        picture_filters: Width of each stage of convolutions over pictures, see `picture_vector`.
        hidden: Width of the layer over the joined vectors.
        head: "softmax" for classes, "linear" for a number.
        joining: Puts vectors side by side, or adds them up, each multiplied by gates that all
            columns decide (J. Arevalo et al., 2017, arXiv:1702.01992).
        column_dropout: Share of the columns that are hidden in training, see `MissingColumns`.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        time_pooling: What the last recurrent layer's outputs become, see `pool`.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from the inputs by their names, or the only one, to
        `float32[batch, outputs]`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> columns = {"text_title": ColumnSpec("text", 50), "number_size": ColumnSpec("number", 4)}
        >>> sizes = {"embedding": 8, "column_width": 8, "hidden": 8, "picture_filters": (8,)}
        >>> mixed_network(columns, outputs=3, units=(8,), **sizes).output_shape
        (None, 3)
    """
    if not columns or outputs < 1 or min(column_width, hidden, embedding) < 1:
        raise ValueError(
            "needs a column, and outputs, column_width, hidden and embedding of at least 1. "
            f"Received: {len(columns)} columns, outputs={outputs}, column_width={column_width}, "
            f"hidden={hidden}, embedding={embedding}"
        )
    inputs = {name: spec.input(name) for name, spec in columns.items()}
    encoded = [
        encode_column(
            inputs[name],
            spec,
            width=column_width,
            embedding=embedding,
            filters=picture_filters,
            pooling=time_pooling,
            prefix=f"{name}_",
            units=units,
            dropout=dropout,
            **stack,
        )
        for name, spec in columns.items()
    ]
    joined = _joined(encoded, joining, column_dropout)
    x = keras.layers.LayerNormalization(name="joined_norm")(joined)
    x = keras.layers.Dense(hidden, activation="relu", name="joined_hidden")(x)
    x = keras.layers.Dropout(dropout, name="joined_dropout")(x)
    # Softmax in 16 bits loses small probabilities, so the head keeps 32.
    answers = keras.layers.Dense(outputs, dtype="float32", name="scores")(x)
    if head == "softmax":
        answers = keras.layers.Softmax(dtype="float32", name="probabilities")(answers)
    (first, *others) = inputs.values()
    return keras.Model(inputs if others else first, answers, name="mixed_network")


def _joined(encoded: Sequence[tuple[Any, Any]], joining: str, dropout: float) -> Any:
    """Returns one vector a row of those of its columns."""
    from lstm_toolkit.layers import MissingColumns

    vectors = ops.stack([vector for vector, _ in encoded], axis=1)
    there = ops.stack([each for _, each in encoded], axis=1)
    vectors, left = MissingColumns(dropout, name="missing_columns")(vectors, there)
    flat = keras.layers.Flatten(name="side_by_side")(vectors)
    every = keras.layers.Concatenate(name="with_what_is_there")([flat, left])
    if joining == "concatenate":
        return every
    size = vectors.shape[1] * vectors.shape[2]
    gates = keras.layers.Dense(size, activation="sigmoid", name="gates")(every)
    return ops.sum(vectors * ops.reshape(gates, (-1, *vectors.shape[1:])), axis=1)
