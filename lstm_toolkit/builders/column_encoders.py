"""From a column of a table to a vector in each row, by the kind of the column."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
from keras import ops

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


def encode_column(
    x: Any, spec: ColumnSpec, *, width: int, embedding: int, pooling: Pooling, **stack: Any
) -> tuple[Any, Any]:
    """Returns a vector a row, `float32[batch, width]`, and whether the column is there.

    Args:
        x: The input, zeros in rows that lack the column.
        spec: What it holds.
        width: Of the vectors.
        embedding: Width of a token's vector.
        pooling: What the outputs of recurrent layers become, see `pool`.
        **stack: Arguments of `recurrent_stack`, for texts and series.
    """
    vectors, there = _ENCODERS[spec.kind](x, spec, width, embedding, pooling, stack)
    return keras.layers.Dense(width, activation="relu")(vectors), there


def _text(
    x: Any, spec: ColumnSpec, width: int, embedding: int, pooling: Pooling, stack: Any
) -> tuple[Any, Any]:
    there = ops.any(x > 1, axis=1)  # a text of unknown tokens alone says nothing
    real = _one_step(x > 0)
    vectors = keras.layers.Embedding(spec.size, embedding)(x)
    return _steps(vectors, real, pooling, stack), there


def _series(
    x: Any, spec: ColumnSpec, width: int, embedding: int, pooling: Pooling, stack: Any
) -> tuple[Any, Any]:
    there = ops.any(x[..., -2] > 0, axis=1)
    return _steps(x, _one_step(x[..., -1] > 0), pooling, stack), there


def _one_step(real: Any) -> Any:
    """Tells which steps are real; one in each row at least, which cuDNN needs."""
    first = ops.cumsum(ops.ones_like(real, "int32"), axis=1) == 1
    return ops.logical_or(real, first)


def _steps(x: Any, real: Any, pooling: Pooling, stack: Any) -> Any:
    return pooled_stack(x, real, pooling, masked=True, **stack)


def _number(
    x: Any, spec: ColumnSpec, width: int, embedding: int, pooling: Pooling, stack: Any
) -> tuple[Any, Any]:
    return keras.layers.Dense(width, activation="relu")(x), x[:, -1] > 0


def _category(
    x: Any, spec: ColumnSpec, width: int, embedding: int, pooling: Pooling, stack: Any
) -> tuple[Any, Any]:
    return keras.layers.Embedding(spec.size, width)(x), x > 0


_ENCODERS = {"text": _text, "series": _series, "number": _number, "category": _category}
