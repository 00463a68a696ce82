"""Recurrent layers over steps, and what their outputs become for a whole sequence."""

from __future__ import annotations

from typing import Any

from lstm_toolkit.builders.pooling import Pooling, pool
from lstm_toolkit.builders.recurrent import recurrent_stack


def pooled_stack(
    x: Any, there: Any, pooling: Pooling, *, masked: bool, prefix: str = "", **stack: Any
) -> Any:
    """Returns one vector a sequence, `float32[batch, width]`.

    Args:
        x: `float32[batch, time, features]`.
        there: `bool[batch, time]`, False at padded steps.
        pooling: What the last layer's outputs become, see `pool`.
        masked: Whether sequences may be padded.
        prefix: What the names of layers begin with, where a network has several stacks.
        **stack: Arguments of `recurrent_stack`.
    """
    mask = there if masked else None
    keeps_time = pooling != "last"
    x = recurrent_stack(x, mask=mask, return_sequences=keeps_time, prefix=prefix, **stack)
    return x if pooling == "last" else pool(x, there, pooling, prefix=prefix)
