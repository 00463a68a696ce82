"""Weights of a network in one that has more tokens or more classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray


def take_over(trained: keras.Model, grown: keras.Model) -> None:
    """Gives a network the weights of a smaller one of the same layers.

    What is new stands behind the old along every axis. Where a layer reads several tensors put
    side by side that have grown, the weights of each keep their place in it; those of its new
    inputs are zero, so that they change nothing before they are trained. Weights that a layer names
    in `of_data` are told by the data, not learnt, and stay those of the new network.

    Args:
        trained: The smaller network.
        grown: With at least as many rows and columns in each weight; what is new keeps the
            value that it has.

    >>> one, two = keras.layers.Dense(1), keras.layers.Dense(2)
    >>> small, large = (keras.Sequential([keras.Input((2,)), each]) for each in (one, two))
    >>> take_over(small, large)
    >>> bool((large.get_weights()[0][:, :1] == small.get_weights()[0]).all())
    True
    """
    for old, new in zip(trained.layers, grown.layers, strict=True):
        of_data = getattr(new, "of_data", ())
        for before, after in zip(old.weights, new.weights, strict=True):
            if after.name not in of_data:
                _assign(before, after, old, new)


def _assign(before: Any, after: Any, old: keras.layers.Layer, new: keras.layers.Layer) -> None:
    values = keras.ops.convert_to_numpy(before)
    if before.shape == after.shape:
        after.assign(values)
        return
    result = np.array(keras.ops.convert_to_numpy(after))
    axes: list[NDArray[np.int64]] = [np.arange(size) for size in before.shape]
    widths = [_widths(layer) for layer in (old, new)]
    read = [sum(each) for each in widths] == [weight.shape[0] for weight in (before, after)]
    if read and len(before.shape) > 1:
        axes[0] = _places(*widths)
        result[np.setdiff1d(np.arange(after.shape[0]), axes[0])] = 0
    result[np.ix_(*axes)] = values
    after.assign(result)


def _places(before: Sequence[int], after: Sequence[int]) -> NDArray[np.int64]:
    """Returns where each input of a layer stands when its parts have grown.

    >>> _places([2, 2], [3, 4]).tolist()
    [0, 1, 3, 4]
    """
    starts = np.concatenate(([0], np.cumsum(after)[:-1])).astype(np.int64)
    return np.concatenate(
        [start + np.arange(width) for start, width in zip(starts, before, strict=True)]
    )


def _widths(layer: keras.layers.Layer) -> list[int]:
    """Returns the widths of the tensors side by side that a layer reads; of one if it is alone."""
    tensor = keras.tree.flatten(layer.input)[0]
    if tensor.dtype.startswith("int") or tensor.shape[-1] is None:
        return []
    operation = tensor._keras_history.operation
    while not isinstance(operation, keras.layers.Concatenate):
        inputs = keras.tree.flatten(operation.input)
        if isinstance(operation, keras.layers.InputLayer) or len(inputs) != 1:
            return [tensor.shape[-1]]
        if inputs[0].shape[-1] != tensor.shape[-1]:
            return [tensor.shape[-1]]
        operation = inputs[0]._keras_history.operation
    return [part.shape[-1] for part in operation.input]
