"""What attention says of mistakes."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.layers import (
    AttentionWrapper,
    BahdanauAttention,
    LuongAttention,
    LuongMonotonicAttention,
)
from tests.layers.attention.test_wrapper import BATCH, DEPTH, LENGTHS, MEMORY, TIME, UNITS, X

CELL = keras.layers.LSTMCell(UNITS)
TILE = "With beam search, tile the memory and the states with `tile_batch` first."


def luong(**options: Any) -> LuongAttention:
    return LuongAttention(UNITS, memory=MEMORY, **options)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LuongAttention(0), "units must be an integer of at least 1. Received: units=0"),
        (
            lambda: BahdanauAttention(3, probability_fn="softmx"),
            "probability_fn must be one of softmax, hardmax. "
            "Received: probability_fn='softmx'; did you mean 'softmax'?",
        ),
        (
            lambda: LuongMonotonicAttention(3, mode="soft"),
            "mode must be one of parallel, recursive, hard. Received: mode='soft'",
        ),
        (
            lambda: luong().setup_memory(MEMORY, LENGTHS, np.ones((BATCH, TIME))),
            "memory_sequence_length and memory_mask must not be given together. Received: both",
        ),
        (
            lambda: luong().setup_memory(MEMORY[0]),
            "memory must be [batch, time, depth] with a known depth. "
            "Received: memory of shape (5, 4)",
        ),
        (
            lambda: LuongAttention(3, memory=keras.Input((TIME, DEPTH), name="k")),
            "memory must be a tensor: set it up inside of the `call` of a layer or model. "
            "Received: memory=<KerasTensor shape=(None, 5, 4), dtype=float32, sparse=False, "
            "ragged=False, name=k>",
        ),
        (
            lambda: LuongAttention(3)([MEMORY[:, 0], MEMORY[:, 0]]),
            "setup_memory must come before the first query. Received: no memory",
        ),
        (
            lambda: LuongAttention(3, memory=MEMORY)([X[:, 0, :2], np.zeros((BATCH, TIME))]),
            "units must be the width of the query, which is the output of the cell. "
            "Received: units=3, a query of width 2",
        ),
        (
            lambda: AttentionWrapper(keras.layers.Dense(3), luong()),
            "cell must be a recurrent cell of Keras. "
            "Received: Dense without state_size, output_size, get_initial_state",
        ),
        (
            lambda: AttentionWrapper(CELL, luong(), [3, 4]),
            "attention_layer_size must have one entry for each of 1 mechanisms. "
            "Received: attention_layer_size=[3, 4]",
        ),
        (
            lambda: AttentionWrapper(CELL, luong(), 3, attention_layer="mine"),
            "attention_layer_size and attention_layer must not be given together. "
            "Received: attention_layer_size=3, attention_layer='mine'",
        ),
        (
            lambda: AttentionWrapper(CELL, LuongAttention(UNITS)).output_size,
            "attention_mechanism must have a memory, by memory= or by setup_memory. "
            "Received: LuongAttention without one",
        ),
        (
            lambda: AttentionWrapper(CELL, luong()).get_initial_state(batch_size=3),
            f"batch_size must have the memory's batch size. {TILE} Received: 3 rows, a memory of 2",
        ),
        (
            lambda: AttentionWrapper(CELL, luong(), initial_cell_state=[np.zeros((4, UNITS))]),
            f"initial_cell_state must have the memory's batch size. {TILE} "
            "Received: 4 rows, a memory of 2",
        ),
        (
            lambda: AttentionWrapper(CELL, luong())(X[:, 0], (1, 2)),
            "state must be an AttentionWrapperState or its 5 parts. Received: state of type tuple",
        ),
        (
            lambda: (
                AttentionWrapper(CELL, luong())
                .get_initial_state(batch_size=BATCH)
                .clone(attention=tf.zeros((BATCH, 9)))
            ),
            "the parts of a state must keep their shapes. Received: (2, 9) in place of (2, 4)",
        ),
    ],
)
def test_mistakes_have_full_messages(call: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message


def test_an_empty_row_of_memory_is_refused() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        LuongAttention(UNITS, memory=MEMORY, memory_sequence_length=[3, 0])
    assert "memory_sequence_length must be at least 1 in each row." in str(error.value)
