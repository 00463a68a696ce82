"""The loop that every decoder runs in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf


def unroll(
    body: Callable[[tf.Tensor, Any], tuple[Any, Any]],
    carry: Any,
    *,
    running: Callable[[tf.Tensor, Any], tf.Tensor],
    arrays: Any,
    invariants: Any = None,
    **options: Any,
) -> tuple[Any, Any]:
    """Takes steps while there is something to do, and keeps what each of them gives.

    Args:
        body: From time and carry to the next carry and outputs.
        carry: A nest of tensors and tensor arrays that goes from step to step.
        running: From time and carry to a scalar: whether to take another step.
        arrays: A nest of empty tensor arrays, one an output. An output of None is not kept.
        invariants: Shapes of the carry; None for those it begins with.
        **options: Further arguments of `tf.while_loop`.

    Returns:
        The last carry, and the arrays.
    """
    shapes = tf.nest.map_structure(shape_of, carry) if invariants is None else invariants

    def advance(time: tf.Tensor, carry: Any, arrays: Any) -> tuple[Any, ...]:
        following, outputs = body(time, carry)
        following = tf.nest.map_structure(_shaped, following, shapes)
        arrays = tf.nest.map_structure(
            lambda array, x: array if x is None else array.write(time, x), arrays, outputs
        )
        return time + 1, following, arrays

    array_shapes = tf.nest.map_structure(shape_of, arrays)
    _, carry, arrays = tf.while_loop(
        lambda time, carry, _: running(time, carry),
        advance,
        (tf.constant(0), carry, arrays),
        shape_invariants=(tf.TensorShape([]), shapes, array_shapes),
        **options,
    )
    return carry, arrays


def growing(dtype: tf.DType, shape: tf.TensorShape) -> tf.TensorArray:
    """Returns an empty array for one tensor of this kind a step."""
    return tf.TensorArray(dtype, size=0, dynamic_size=True, element_shape=shape)


def shape_of(x: tf.Tensor | tf.TensorArray) -> tf.TensorShape:
    """Returns the shape that a loop is to hold on to."""
    return tf.TensorShape(None) if isinstance(x, tf.TensorArray) else x.shape


def _shaped(x: tf.Tensor | tf.TensorArray, shape: tf.TensorShape) -> Any:
    # Gathering and reshaping forget lengths that are known, and the loop needs them.
    return x if isinstance(x, tf.TensorArray) else tf.ensure_shape(x, shape)
