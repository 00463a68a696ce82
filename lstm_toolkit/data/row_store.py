"""Encoded rows, put together chunk by chunk: in memory, or in flat files that are mapped."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Column, Ragged


def gather(chunks: Iterable[Mapping[str, Column]], folder: Path | None = None) -> dict[str, Any]:
    """Puts the chunks of several columns together.

    Args:
        chunks: At least one; each holds the next rows of every column.
        folder: Where the columns are written, values one after the other, and mapped into
            memory from, so that only what is used of them lies there; None keeps them in memory.

    Returns:
        The whole columns, by name. Counts, one number a row, stay in memory.
    """
    if folder is None:
        parts = list(chunks)
        return {name: _joined([part[name] for part in parts]) for name in parts[0]}
    folder.mkdir(parents=True, exist_ok=True)
    return _written(chunks, folder)


def _joined(parts: list[Any]) -> Column:
    if isinstance(parts[0], Ragged):
        return Ragged.concatenate(parts)
    column: Column = np.concatenate(parts)
    return column


def _written(chunks: Iterable[Mapping[str, Column]], folder: Path) -> dict[str, Any]:
    lengths: dict[str, list[NDArray[Any]]] = {}
    shapes: dict[str, tuple[Any, tuple[int, ...]]] = {}
    small: dict[str, list[NDArray[Any]]] = {}
    with contextlib.ExitStack() as stack:
        files: dict[str, BinaryIO] = {}
        for chunk in chunks:
            for name, column in chunk.items():
                values: Any = column.values if isinstance(column, Ragged) else column
                if not isinstance(column, Ragged) and values.ndim == 1:
                    small.setdefault(name, []).append(values)
                    continue
                if name not in files:
                    path = folder / f"{name}.values"
                    path.unlink(missing_ok=True)  # what maps the old file keeps it
                    files[name] = stack.enter_context(path.open("wb"))
                    shapes[name] = values.dtype, values.shape[1:]
                files[name].write(np.ascontiguousarray(values).data)
                if isinstance(column, Ragged):
                    lengths.setdefault(name, []).append(column.lengths)
    found: dict[str, Any] = {name: np.concatenate(parts) for name, parts in small.items()}
    for name, (dtype, shape) in shapes.items():
        mapped = _mapped(folder / f"{name}.values", dtype, shape)
        known = lengths.get(name)
        found[name] = (
            mapped if known is None else Ragged.from_lengths(mapped, np.concatenate(known))
        )
    return found


def _mapped(path: Path, dtype: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    if not path.stat().st_size:  # which cannot be mapped
        return np.zeros((0, *shape), dtype)
    return np.memmap(path, dtype, "r").reshape(-1, *shape)


def as_chunks(column: Column, size: int) -> Iterator[dict[str, Column]]:
    """Yields a column that is stored as it is, so many rows at a time, as `rows`."""
    for start in range(0, max(len(column), 1), size):
        yield {"rows": column[start : start + size]}
