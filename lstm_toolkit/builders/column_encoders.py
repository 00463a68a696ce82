"""From a column of a table to a vector in each row, by the kind of the column."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from lstm_toolkit.builders.pictures import picture_vector
from lstm_toolkit.builders.pooled_stack import pooled_stack
from lstm_toolkit.builders.pooling import Pooling


@dataclasses.dataclass(frozen=True)
class ColumnSpec:
    """A column as a network takes it.

    Attributes:
        kind: "text", "number", "category", "image" or "series".
        size: Tokens or categories that are known, or numbers that a row or a step has.
        shape: Of pictures, `(height, width, 3)`.
    """

    kind: str
    size: int = 0
    shape: tuple[int, ...] = ()

    def input(self, name: str) -> Any:
        """Returns the network's input."""
        shapes = {
            "text": ((None,), "int32"),
            "number": ((self.size,), "float32"),
            "category": ((), "int32"),
            "image": (self.shape, "float32"),
            "series": ((None, self.size), "float32"),
        }
        shape, dtype = shapes[self.kind]
        return keras.Input(shape, dtype=dtype, name=name)


class Sizes(NamedTuple):
    """Of the layers of encoders, see `encode_column`."""

    width: int
    embedding: int
    filters: Sequence[int]
    pooling: Pooling


def encode_column(
    x: Any,
    spec: ColumnSpec,
    *,
    width: int,
    embedding: int,
    filters: Sequence[int],
    pooling: Pooling,
    **stack: Any,
) -> tuple[Any, Any]:
    """Returns a vector a row, `float32[batch, width]`, and whether the column is there.

    Args:
        x: The input, zeros in rows that lack the column.
        spec: What it holds.
        width: Of the vectors.
        embedding: Width of a token's vector.
        filters: Of pictures, see `picture_vector`.
        pooling: What the outputs of recurrent layers become, see `pool`.
        **stack: Arguments of `recurrent_stack`, for texts and series.
    """
    sizes = Sizes(width, embedding, filters, pooling)
    vectors, there = _ENCODERS[spec.kind](x, spec, sizes, stack)
    return keras.layers.Dense(width, activation="relu")(vectors), there


def _text(x: Any, spec: ColumnSpec, sizes: Sizes, stack: Any) -> tuple[Any, Any]:
    there = ops.any(x > 1, axis=1)  # a text of unknown tokens alone says nothing
    vectors = keras.layers.Embedding(spec.size, sizes.embedding)(x)
    return pooled_stack(vectors, _one_step(x > 0), sizes.pooling, masked=True, **stack), there


def _series(x: Any, spec: ColumnSpec, sizes: Sizes, stack: Any) -> tuple[Any, Any]:
    there = ops.any(x[..., -2] > 0, axis=1)
    real = _one_step(x[..., -1] > 0)
    return pooled_stack(x, real, sizes.pooling, masked=True, **stack), there


def _one_step(real: Any) -> Any:
    """Tells which steps are real; one in each row at least, which cuDNN needs."""
    first = ops.cumsum(ops.ones_like(real, "int32"), axis=1) == 1
    return ops.logical_or(real, first)


def _number(x: Any, spec: ColumnSpec, sizes: Sizes, stack: Any) -> tuple[Any, Any]:
    return keras.layers.Dense(sizes.width, activation="relu")(x), x[:, -1] > 0


def _category(x: Any, spec: ColumnSpec, sizes: Sizes, stack: Any) -> tuple[Any, Any]:
    return keras.layers.Embedding(spec.size, sizes.width)(x), x > 0


def _picture(x: Any, spec: ColumnSpec, sizes: Sizes, stack: Any) -> tuple[Any, Any]:
    there = ops.any(x > 0, axis=(1, 2, 3))
    name, dropout = f"{stack['prefix']}cnn", stack["dropout"]
    return picture_vector(x, filters=sizes.filters, depth=2, dropout=dropout, name=name), there


_ENCODERS = {
    "text": _text,
    "number": _number,
    "category": _category,
    "image": _picture,
    "series": _series,
}
