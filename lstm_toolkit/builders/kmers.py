"""Runs of k letters, numbered and counted inside of networks."""

from __future__ import annotations

from typing import Any

from keras import ops

MOST = 20_000
"""Different k-mers at most whose counts a network holds for each row."""


def kmer_numbers(numbers: Any, kmer: int, letters: int) -> Any:
    """Numbers the k-mer that begins at each letter.

    Args:
        numbers: `int32[batch, time]`: 0 for padding, 1 to `letters` for letters, and more for
            what stands for several.
        kmer: Letters of each.
        letters: How many plain letters there are.

    Returns:
        `int32[batch, time]`: 0 where padding is, 1 where a k-mer is not of plain letters alone or
        goes beyond the end, or else 2 and more.
    """
    plain = ops.logical_and(numbers > 0, numbers <= letters)
    filled = ops.pad(numbers, [[0, 0], [0, kmer - 1]])
    whole = ops.pad(plain, [[0, 0], [0, kmer - 1]])
    time = ops.shape(numbers)[1]
    code, known = ops.zeros_like(numbers), plain
    for place in range(kmer):
        code = code * letters + filled[:, place : place + time] - 1
        known = ops.logical_and(known, whole[:, place : place + time])
    return ops.where(known, code + 2, ops.cast(numbers > 0, "int32"))


def kmer_counts(numbers: Any, kmer: int, letters: int) -> Any:
    """Counts the k-mers of each row.

    Args:
        numbers: See `kmer_numbers`.
        kmer: Likewise.
        letters: Likewise.

    Returns:
        `float32[batch, letters ** kmer]`: roots of the counts, divided by their norm, so that
        neither length nor what is frequent everywhere counts for much.

    Raises:
        ValueError: If there are more than `MOST` different ones.
    """
    size = letters**kmer
    if size > MOST:
        raise ValueError(f"letters ** kmer must be at most {MOST}. Received: {letters} ** {kmer}")
    codes = kmer_numbers(numbers, kmer, letters)
    rows = ops.cumsum(ops.ones_like(codes[:, 0])) - 1
    places = ops.reshape(rows[:, None] * (size + 2) + codes, (-1,))
    ones = ops.ones_like(places, dtype="float32")
    total = ops.shape(codes)[0] * (size + 2)
    counts = ops.reshape(ops.segment_sum(ones, places, total), (-1, size + 2))[:, 2:]
    share = counts / ops.maximum(ops.sum(counts, axis=1, keepdims=True), 1.0)
    return ops.sqrt(share)
