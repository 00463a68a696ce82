"""Columns are the same whether they lie in memory or on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import Batches
from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.row_store import as_chunks, gather

WIDTHS = st.sampled_from([(), (2,), (2, 3)])
"""Of one value: a number, a token with its bigram, a small image."""


def chunk(rows: list[int], width: tuple[int, ...]) -> dict[str, Any]:
    """Rows whose lengths are given: ragged, dense and counted."""
    total = sum(rows)
    flat = np.arange(total * int(np.prod(width)), dtype=np.int32).reshape(total, *width)
    dense = np.arange(len(rows) * 4, dtype=np.float32).reshape(len(rows), 2, 2)
    counts = np.array(rows, np.int64)
    return {"rows": Ragged.from_lengths(flat, rows), "dense": dense, "counts": counts}


def check_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one.keys() == other.keys()
    assert one["rows"].to_list() == other["rows"].to_list()
    for name in ("dense", "counts"):
        np.testing.assert_array_equal(one[name], other[name])
    for name in one:
        values, others = (getattr(each[name], "values", each[name]) for each in (one, other))
        assert (values.dtype, values.shape) == (others.dtype, others.shape)


@settings(deadline=None, max_examples=60)
@given(
    lengths=st.lists(st.lists(st.integers(0, 4), max_size=4), min_size=1, max_size=4), width=WIDTHS
)
def test_in_memory_and_on_the_disk_columns_are_equal(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[list[int]], width: tuple[int, ...]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    chunks = [chunk(rows, width) for rows in lengths]
    in_memory, on_disk = gather(chunks), gather(chunks, folder)
    check_same(in_memory, on_disk)
    flat = [length for rows in lengths for length in rows]
    assert on_disk["counts"].tolist() == flat == on_disk["rows"].lengths.tolist()
    if flat:
        chosen = np.array([len(flat) - 1, 0])
        assert on_disk["rows"][chosen].to_list() == in_memory["rows"][chosen].to_list()


def test_rows_are_mapped_and_counts_stay_in_memory(tmp_path: Path) -> None:
    columns = gather([chunk([2, 0], (2,)), chunk([1], (2,))], tmp_path / "new" / "folder")
    assert isinstance(columns["rows"].values, np.memmap)
    assert isinstance(columns["dense"], np.memmap)
    assert not isinstance(columns["counts"], np.memmap)
    assert not columns["rows"].values.flags.writeable
    names = sorted(path.name for path in (tmp_path / "new" / "folder").iterdir())
    assert names == ["dense.values", "rows.values"]


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("width", [(), (2,)])
def test_no_rows_keep_shape_and_dtype(stored: bool, width: tuple[int, ...], tmp_path: Path) -> None:
    columns = gather([chunk([], width)], tmp_path if stored else None)
    assert columns["rows"].values.shape == (0, *width)
    assert columns["rows"].values.dtype == np.int32
    assert columns["dense"].shape == (0, 2, 2)
    assert [len(column) for column in columns.values()] == [0, 0, 0]


def test_chunks_are_written_as_they_come(tmp_path: Path) -> None:
    sizes = []

    def chunks() -> Iterator[dict[str, Any]]:
        for number in range(3):
            path = tmp_path / "rows.values"
            sizes.append(path.stat().st_size if path.exists() else 0)
            yield {"rows": np.full((1, 4096), number, np.int32)}

    columns = gather(chunks(), tmp_path)
    assert columns["rows"][:, 0].tolist() == [0, 1, 2]
    assert sizes == [0, 16384, 32768]


@settings(deadline=None, max_examples=50)
@given(count=st.integers(0, 9), size=st.integers(1, 4))
def test_a_column_that_is_stored_as_it_is(count: int, size: int) -> None:
    column = np.arange(count * 2).reshape(count, 2)
    parts = list(as_chunks(column, size))
    assert len(parts) == max(1, -(-count // size))
    np.testing.assert_array_equal(gather(parts)["rows"], column)


def test_batches_of_both_are_the_same(tmp_path: Path) -> None:
    parts = [chunk([3, 1, 2], (2,)), chunk([5, 1], (2,))]
    served = []
    for folder in (None, tmp_path):
        columns = gather(parts, folder)
        batches = Batches(
            {"rows": columns["rows"], "dense": columns["dense"]},
            columns["counts"],
            batch_size=2,
            seed=1,
        )
        served.append(
            [
                (inputs["rows"].to_list(), inputs["dense"].numpy().tolist(), list(targets.numpy()))
                for inputs, targets in batches.dataset()
            ]
        )
    assert served[0] == served[1]
    assert sum(len(targets) for *_, targets in served[0]) == 5
