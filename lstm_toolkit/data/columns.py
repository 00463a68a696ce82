"""Columns of rows: arrays, rows of unequal length, and both of them on the disk."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf


class Column(Protocol):
    """Rows that can be taken in any order: a NumPy array, a memory map, `Ragged`, `Arrow`."""

    def __len__(self) -> int:
        """Returns the number of rows."""

    def __getitem__(self, rows: Any) -> Any:
        """Returns the rows at `int64[m]` positions, in that order; or those of a slice."""


@dataclasses.dataclass(frozen=True, eq=False)
class Ragged:
    """Rows of unequal length: all their values one after the other, and where each begins.

    Attributes:
        values: `[total, ...]`, of any dtype; it may be a memory map.
        offsets: `int64[n + 1]`, the first 0 and the last `total`.

    Example:
        >>> rows = Ragged.of([[1, 2], [], [3]])
        >>> rows[np.array([2, 0])].to_list()
        [[3], [1, 2]]
    """

    by_length: ClassVar[bool] = True
    """Whether rows of nearly one length share batches, since they are padded to the longest."""

    values: NDArray[Any]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]], dtype: Any = None) -> Self:
        """Puts sequences together; `dtype` is needed where all of them are empty."""
        lengths = [len(row) for row in rows]
        parts = [np.asarray(row, dtype) for row in rows if len(row)]
        values = np.concatenate(parts) if parts else np.zeros(0, dtype)
        return cls.from_lengths(values, lengths)

    @classmethod
    def from_lengths(cls, values: NDArray[Any], lengths: Any) -> Self:
        """Divides `values` into rows of these lengths."""
        offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        return cls(values, offsets)

    @classmethod
    def concatenate(cls, parts: Sequence[Ragged]) -> Self:
        """Puts the rows of one after those of the other."""
        lengths = np.concatenate([part.lengths for part in parts])
        return cls.from_lengths(np.concatenate([part.values for part in parts]), lengths)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, rows: Any) -> Self:
        if isinstance(rows, slice):
            rows = np.arange(len(self))[rows]
        rows = np.asarray(rows)
        lengths = self.lengths[rows]
        # The position of every value: the row's beginning, and the place in it.
        starts = np.repeat(self.offsets[:-1][rows] - (np.cumsum(lengths) - lengths), lengths)
        return type(self).from_lengths(self.values[starts + np.arange(len(starts))], lengths)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        for begin, end in zip(self.offsets, self.offsets[1:], strict=False):
            yield self.values[begin:end]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """`int64[n]`, how long each row is."""
        return np.diff(self.offsets)

    def to_list(self) -> list[list[Any]]:
        """Returns the rows as lists."""
        return [row.tolist() for row in self]

    def to_tensor(self) -> tf.RaggedTensor:
        """Returns the same rows for TensorFlow."""
        import tensorflow as tf

        return tf.RaggedTensor.from_row_splits(self.values, self.offsets)

    @classmethod
    def from_tensor(cls, rows: tf.RaggedTensor) -> Self:
        """Returns the same rows for NumPy."""
        return cls(rows.values.numpy(), np.asarray(rows.row_splits.numpy(), np.int64))


class Sequences(Ragged):
    """Rows of unequal length of numbers of several channels; as an array they are padded by NaN.

    Example:
        >>> rows = Sequences.of([[[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]])
        >>> np.asarray(rows)[0].tolist()
        [[1.0, 2.0], [nan, nan]]
    """

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        steps = int(self.lengths.max(initial=0))
        shape = (len(self), steps, *self.values.shape[1:])
        padded = np.full(shape, np.nan, dtype or np.float32)
        padded[np.arange(steps) < self.lengths[:, None]] = self.values
        return padded


@dataclasses.dataclass(frozen=True, eq=False)
class Windows:
    """Rows that are windows of series, which overlap but lie in memory once.

    Attributes:
        values: All series one after the other, `float32[total]` or `float32[total, width]`.
        starts: `int64[n]`, where each window begins.
        steps: How long each is.
    """

    values: NDArray[Any]
    starts: NDArray[np.int64]
    steps: int

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        taken: NDArray[Any] = self.values[self.starts[rows][:, None] + np.arange(self.steps)]
        return taken

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self[slice(None)], dtype)

    def subset(self, rows: NDArray[np.int64]) -> Windows:
        """Returns some of the windows, over the same values."""
        return Windows(self.values, self.starts[rows], self.steps)

    @property
    def shape(self) -> tuple[int, int]:
        """Windows, and steps in each."""
        return len(self), self.steps


@dataclasses.dataclass(frozen=True, eq=False)
class Beside:
    """Columns of numbers side by side, put together as `float32` when rows are taken.

    Attributes:
        parts: Each `[n, width]`, or `[n]` for a width of 1.

    Example:
        >>> rows = Beside((np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])))
        >>> rows[np.array([1])].tolist()
        [[3.0, 4.0, 6.0]]
    """

    parts: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.parts[0])

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        taken = [np.asarray(part[rows], np.float32) for part in self.parts]
        return np.concatenate([p if p.ndim > 1 else p[:, None] for p in taken], axis=1)


@dataclasses.dataclass(frozen=True, eq=False)
class Arrow:
    """A column of an Arrow table, rows of which become NumPy arrays when they are taken.

    Attributes:
        values: A `pyarrow.ChunkedArray`, for example of a memory-mapped file.
    """

    values: Any

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        if isinstance(rows, slice):
            rows = np.arange(len(self))[rows]
        taken: NDArray[Any] = self.values.take(np.asarray(rows)).to_numpy(zero_copy_only=False)
        return taken


CHUNK = 4096
"""Rows taken at a time where all are looked at."""


def texts(values: Sequence[str]) -> NDArray[np.object_]:
    """Returns `object[n]` of `str`, which NumPy would otherwise pad to one length."""
    column = np.empty(len(values), object)
    column[:] = values
    return column


def digest_column(digest: hashlib._Hash, column: Column) -> None:
    """Feeds a column to a hash, a chunk at a time; equal rows give equal hashes."""
    for start in range(0, len(column), CHUNK):
        part = column[start : start + CHUNK]
        if isinstance(part, Ragged):
            digest.update(np.ascontiguousarray(part.lengths).data)
            part = part.values
        digest.update(repr((part.dtype.kind, part.shape[1:])).encode())
        if part.dtype == object or part.dtype.kind == "U":
            digest.update("\0".join(map(str, part)).encode("utf-8", "replace"))
        else:
            digest.update(np.ascontiguousarray(part).data)
