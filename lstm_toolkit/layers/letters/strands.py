"""Both strands of DNA as rows of one batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("lstm_toolkit")
class BothStrands(keras.layers.Layer):
    """Puts the reverse complements of a batch behind it.

    Args:
        complement: Of each number its partner's; 0, which is padding, stays 0.
        **options: Of `keras.layers.Layer`.

    Call arguments: `int32[batch, time]`, padded by 0 on the right. Returns `int32[2 batch, time]`,
    padded on the right as well.

    Example:
        >>> BothStrands([0, 4, 3, 2, 1])(ops.convert_to_tensor([[1, 2, 0]])).numpy().tolist()
        [[1, 2, 0], [3, 4, 0]]
    """

    def __init__(self, complement: Sequence[int], **options: Any):
        super().__init__(**{"dtype": "float32", **options})
        self.complement = [int(number) for number in complement]

    def call(self, numbers: Any) -> Any:
        """Returns both strands."""
        partners = ops.take(ops.convert_to_tensor(self.complement, "int32"), numbers, axis=0)
        length = ops.sum(ops.cast(ops.not_equal(numbers, 0), "int32"), axis=1, keepdims=True)
        places = length - ops.cumsum(ops.ones_like(numbers), axis=1)
        turned = ops.take_along_axis(partners, ops.maximum(places, 0), axis=1)
        return ops.concatenate([numbers, ops.where(places >= 0, turned, 0)], axis=0)

    def compute_output_spec(self, numbers: Any) -> Any:
        """Returns what both strands are like."""
        return keras.KerasTensor((None, *numbers.shape[1:]), "int32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "complement": self.complement}
