"""What an AttentionWrapper says of a wrong cell, of missing memory, and of unequal batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from lstm_toolkit.layers.attention.mechanism import AttentionMechanism

_TILE = "With beam search, tile the memory and the states with `tile_batch` first"


def check_cell_to_wrap(cell: Any) -> None:
    """Raises if a layer is no recurrent cell.

    Raises:
        ValueError: If it lacks what `keras.layers.RNN` asks a cell for.
    """
    missing = [
        name
        for name in ("call", "state_size", "output_size", "get_initial_state")
        if not hasattr(cell, name)
    ]
    if missing:
        raise ValueError(
            "cell must be a recurrent cell of Keras. "
            f"Received: {type(cell).__name__} without {', '.join(missing)}"
        )


def check_memory(mechanisms: Sequence[AttentionMechanism]) -> None:
    """Raises if a mechanism has nothing to read.

    Raises:
        ValueError: If it has no memory.
    """
    for mechanism in mechanisms:
        if not mechanism.memory_initialized:
            raise ValueError(
                "attention_mechanism must have a memory, by memory= or by setup_memory. "
                f"Received: {mechanism.name} without one"
            )


def check_batch(
    mechanisms: Sequence[AttentionMechanism], batch_size: Any, what: str
) -> list[tf.Operation]:
    """Compares a batch size with that of each memory, at once if they are known.

    Args:
        mechanisms: Those that have the memories.
        batch_size: A number, or a scalar tensor.
        what: What is of that size.

    Returns:
        Operations that compare at run time.

    Raises:
        ValueError: If two known sizes differ, or a mechanism has no memory.
    """
    check_memory(mechanisms)
    sizes = [mechanism.batch_size for mechanism in mechanisms]
    message = f"{what} must have the memory's batch size. {_TILE}."
    if not all(isinstance(size, int) for size in (*sizes, batch_size)):
        checks = [tf.debugging.assert_equal(batch_size, size, message) for size in sizes]
        return [check for check in checks if check is not None]
    for size in sizes:
        if size != batch_size:
            raise ValueError(f"{message} Received: {batch_size} rows, a memory of {size}")
    return []
