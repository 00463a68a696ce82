"""Runs of k letters, numbered and counted inside of networks."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

MOST = 20_000
"""Different k-mers at most whose counts a network holds for each row."""


def kmer_numbers(numbers: Any, kmer: int, letters: int) -> Any:
    """Returns the numbers of k-mers, see `KmerNumbers`."""
    plain = ops.logical_and(numbers > 0, numbers <= letters)
    filled = ops.pad(ops.where(plain, numbers - 1, 0), [[0, 0], [0, kmer - 1]])
    whole = ops.pad(plain, [[0, 0], [0, kmer - 1]])
    time = ops.shape(numbers)[1]
    code, known = ops.zeros_like(numbers), plain
    for place in range(kmer):
        code = code * letters + filled[:, place : place + time]
        known = ops.logical_and(known, whole[:, place : place + time])
    return ops.where(known, code + 2, ops.cast(numbers > 0, "int32"))


@keras.saving.register_keras_serializable("lstm_toolkit")
class KmerNumbers(keras.layers.Layer):
    """Numbers the k-mer that begins at each letter.

    Args:
        kmer: Letters of each.
        letters: How many plain letters there are.
        **options: Of `keras.layers.Layer`.

    Call arguments: `int32[batch, time]`: 0 for padding, 1 to `letters` for letters, and more for
    what stands for several. Returns `int32[batch, time]`: 0 where padding is, 1 where a k-mer is
    not of plain letters alone or goes beyond the end, or else 2 and more.

    Example:
        >>> KmerNumbers(2, 4)(ops.convert_to_tensor([[1, 2, 5, 0]])).numpy().tolist()
        [[3, 1, 1, 0]]
    """

    def __init__(self, kmer: int, letters: int, **options: Any):
        super().__init__(**{"dtype": "float32", **options})
        self.kmer, self.letters = kmer, letters

    def call(self, numbers: Any) -> Any:
        """Returns the numbers."""
        return kmer_numbers(numbers, self.kmer, self.letters)

    def compute_output_spec(self, numbers: Any) -> Any:
        """Returns what the numbers are like."""
        return keras.KerasTensor(numbers.shape, "int32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "kmer": self.kmer, "letters": self.letters}


@keras.saving.register_keras_serializable("lstm_toolkit")
class KmerCounts(keras.layers.Layer):
    """Counts the k-mers of plain letters of each row.

    Args:
        kmer: Letters of each.
        letters: How many plain letters there are.
        **options: Of `keras.layers.Layer`.

    Call arguments: as of `KmerNumbers`. Returns `float32[batch, letters ** kmer]`: roots of the
    shares, so that neither length nor what is frequent everywhere counts for much.

    Raises:
        ValueError: If there are more than `MOST` different ones.
    """

    def __init__(self, kmer: int, letters: int, **options: Any):
        super().__init__(**{"dtype": "float32", **options})
        self.kmer, self.letters, self.different = kmer, letters, letters**kmer
        if self.different > MOST:
            raise ValueError(
                f"letters ** kmer must be at most {MOST}. Received: {letters} ** {kmer}"
            )

    def call(self, numbers: Any) -> Any:
        """Returns the roots of the shares."""
        codes = kmer_numbers(numbers, self.kmer, self.letters)
        size = self.different + 2
        rows = ops.cumsum(ops.ones_like(codes[:, 0])) - 1
        places = ops.reshape(rows[:, None] * size + codes, (-1,))
        ones = ops.ones_like(places, dtype="float32")
        total = ops.segment_sum(ones, places, ops.shape(codes)[0] * size)
        counts = ops.reshape(total, (-1, size))[:, 2:]
        return ops.sqrt(counts / ops.maximum(ops.sum(counts, axis=1, keepdims=True), 1.0))

    def compute_output_spec(self, numbers: Any) -> Any:
        """Returns what the shares are like."""
        return keras.KerasTensor((numbers.shape[0], self.different), "float32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "kmer": self.kmer, "letters": self.letters}
