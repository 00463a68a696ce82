"""Stacks of recurrent layers with Dropout between them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Literal

import keras

CELLS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


def recurrent_stack(
    x: keras.KerasTensor,
    *,
    units: Sequence[int],
    cell: Literal["lstm", "gru"] = "lstm",
    bidirectional: bool = False,
    dropout: float = 0.0,
    recurrent_dropout: float = 0.0,
    layer_norm: bool = False,
    residual: bool = False,
    l2: float = 0.0,
    mask: keras.KerasTensor | None = None,
    return_sequences: bool = False,
    locked: bool = False,
    prefix: str = "",
) -> keras.KerasTensor:
    """Stacks recurrent layers, each followed by Dropout; only the last drops the time axis.

    The LSTM is that of S. Hochreiter and J. Schmidhuber, 1997
    (doi:10.1162/neco.1997.9.8.1735), the GRU that of K. Cho et al., 2014
    (arXiv:1406.1078). All options but `recurrent_dropout` leave the layers to cuDNN.

    Args:
        x: `float32[batch, time, features]`; a mask that it carries is respected.
        units: Width of each layer, first to last; both directions together are twice that.
        cell: "lstm" or "gru".
        bidirectional: Reads the sequence in both directions (doi:10.1109/78.650093).
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        recurrent_dropout: Share of the state dropped between steps (arXiv:1512.05287).
        layer_norm: Normalises each layer's output (arXiv:1607.06450).
        residual: Adds a layer's input to its output where they are of equal width; the
            last layer has none, since it drops the time axis.
        l2: Factor of the squared weights added to the loss.
        mask: `bool[batch, time]`, False at padding on the right, of an `x` that carries none.
        return_sequences: Keeps the time axis after the last layer too.
        locked: Drops the same outputs at all steps of a row (arXiv:1512.05287).
        prefix: What the names of layers begin with, where a network has several stacks.

    Returns:
        `float32[batch, width]`, or `float32[batch, time, width]` with `return_sequences`.

    Raises:
        ValueError: If `units` is empty, an argument is out of its range, or `residual`
            finds no layer of equal width.
    """
    _check(units, cell, dropout, recurrent_dropout, l2)
    if residual and not _has_residual(x.shape[-1], units, bidirectional, return_sequences):
        raise ValueError(
            "residual needs a layer as wide as the one before it, the last not counted. "
            f"Received: units={tuple(units)}, features={x.shape[-1]}"
        )
    for depth, width in enumerate(units):
        keeps_time = return_sequences or depth < len(units) - 1
        layer = CELLS[cell](
            width,
            return_sequences=keeps_time,
            recurrent_dropout=recurrent_dropout,
            **_regularizers(l2),
            name=f"{prefix}{cell}_{depth + 1}",
        )
        if bidirectional:
            layer = keras.layers.Bidirectional(layer, name=f"{prefix}bidirectional_{depth + 1}")
        y = layer(x) if mask is None else layer(x, mask=mask)
        if layer_norm:
            y = keras.layers.LayerNormalization(name=f"{prefix}norm_{depth + 1}")(y)
        drop = keras.layers.SpatialDropout1D if locked and keeps_time else keras.layers.Dropout
        y = drop(dropout, name=f"{prefix}dropout_{depth + 1}")(y)
        if residual and keeps_time and y.shape[-1] == x.shape[-1]:
            y = keras.layers.Add(name=f"{prefix}residual_{depth + 1}")([x, y])
        x = y
    return x


def _has_residual(
    features: int, units: Sequence[int], bidirectional: bool, return_sequences: bool
) -> bool:
    widths = [features, *(width * (2 if bidirectional else 1) for width in units)]
    pairs = list(itertools.pairwise(widths))
    return any(a == b for a, b in (pairs if return_sequences else pairs[:-1]))


def _regularizers(l2: float) -> dict[str, Any]:
    if not l2:
        return {}
    return {
        "kernel_regularizer": keras.regularizers.L2(l2),
        "recurrent_regularizer": keras.regularizers.L2(l2),
    }


def _check(
    units: Sequence[int], cell: str, dropout: float, recurrent_dropout: float, l2: float
) -> None:
    if not units or any(not isinstance(width, int) or width < 1 for width in units):
        raise ValueError(f"units must be integers of at least 1. Received: units={units!r}")
    if cell not in CELLS:
        raise ValueError(f"cell must be one of {', '.join(CELLS)}. Received: cell={cell!r}")
    for name, share in (("dropout", dropout), ("recurrent_dropout", recurrent_dropout)):
        if not 0 <= share < 1:
            raise ValueError(f"{name} must be in [0, 1). Received: {name}={share!r}")
    if l2 < 0:
        raise ValueError(f"l2 must be at least 0. Received: l2={l2!r}")
