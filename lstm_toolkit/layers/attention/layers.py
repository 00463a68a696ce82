"""From the output of a cell and what it read to the attention."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers.attention.mechanism import AttentionMechanism


def compute_attention(
    attention_mechanism: AttentionMechanism,
    cell_output: Any,
    attention_state: Any,
    attention_layer: keras.layers.Layer | None,
) -> tuple[Any, Any, Any]:
    """Reads the memory of one mechanism.

    Args:
        attention_mechanism: Has a memory.
        cell_output: `float32[batch, units]`, the query.
        attention_state: Of the mechanism.
        attention_layer: Over cell output and context; None takes the context as it is.

    Returns:
        Attention `float32[batch, width]`, alignments `float32[batch, time]`, next state.
    """
    alignments, state = attention_mechanism([cell_output, attention_state])
    context = tf.squeeze(tf.matmul(alignments[:, None], attention_mechanism.values), 1)
    if attention_layer is None:
        return context, alignments, state
    return attention_layer(tf.concat([cell_output, context], -1)), alignments, state


def attention_layers(size: Any, layer: Any, count: int, dtype: Any) -> list[Any] | None:
    """Returns one layer for each mechanism, or None.

    Args:
        size: Width or widths of new dense layers.
        layer: One's own layer or layers; not together with `size`.
        count: Number of mechanisms.
        dtype: Of the new layers.

    Raises:
        ValueError: If both are given, or not one for each mechanism.
    """
    if size is not None and layer is not None:
        raise ValueError(
            "attention_layer_size and attention_layer must not be given together. Received: "
            f"attention_layer_size={size!r}, attention_layer={layer!r}"
        )
    name, given = ("attention_layer", layer) if size is None else ("attention_layer_size", size)
    if given is None:
        return None
    parts = listed(given)
    if len(parts) != count:
        raise ValueError(
            f"{name} must have one entry for each of {count} mechanisms. Received: {name}={given!r}"
        )
    if layer is not None:
        return parts
    return [
        keras.layers.Dense(width, use_bias=False, name="attention_layer", dtype=dtype)
        for width in parts
    ]


def listed(parts: Any, is_multi: bool | None = None) -> list[Any]:
    """Returns a list of what is one part, or with `is_multi` several of them."""
    if is_multi is None:
        is_multi = isinstance(parts, (list, tuple))
    return list(parts) if is_multi else [parts]
