"""Columns answer as the lists they stand for, in memory and on the disk."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.columns import CHUNK, Arrow, Ragged, Windows, digest_column, texts

ROWS = [[1, 2, 3], [], [4], [], [5, 6]]


def digest(column: Any) -> str:
    found = hashlib.sha256()
    digest_column(found, column)
    return found.hexdigest()


def test_rows_of_unequal_length() -> None:
    column = Ragged.of(ROWS)
    assert len(column) == 5
    assert column.to_list() == ROWS == [row.tolist() for row in column]
    assert column.lengths.tolist() == [3, 0, 1, 0, 2]
    assert column.values.tolist() == [1, 2, 3, 4, 5, 6]
    assert column.offsets.tolist() == [0, 3, 3, 4, 4, 6]


def test_the_dtype_is_kept() -> None:
    assert Ragged.of([[1], [2]], np.int32).values.dtype == np.int32
    assert Ragged.of([[], []], np.float32).values.dtype == np.float32
    assert Ragged.of([[], []], np.float32).to_list() == [[], []]
    assert Ragged.of([["a"], ["bcd", ""]]).to_list() == [["a"], ["bcd", ""]]
    assert Ragged.of(ROWS, np.int32)[np.array([1])].values.dtype == np.int32


def test_values_may_be_wider_than_a_number() -> None:
    pairs = Ragged.of([[[1, 10], [2, 20]], [[3, 30]]], np.int32)
    assert pairs.values.shape == (3, 2)
    assert pairs[np.array([1, 0])].to_list() == [[[3, 30]], [[1, 10], [2, 20]]]
    assert pairs[np.array([], np.int64)].values.shape == (0, 2)
    assert pairs.to_tensor().shape.as_list() == [2, None, 2]


@st.composite
def rows_and_positions(draw: st.DrawFn) -> tuple[list[list[int]], list[int]]:
    rows = draw(st.lists(st.lists(st.integers(-9, 9), max_size=5), max_size=8))
    taken = st.lists(st.integers(0, len(rows) - 1), max_size=10) if rows else st.just([])
    return rows, draw(taken)


@settings(deadline=None, max_examples=200)
@given(drawn=rows_and_positions())
def test_ragged_rows_are_taken_as_from_a_list(drawn: tuple[list[list[int]], list[int]]) -> None:
    rows, taken = drawn
    column = Ragged.of(rows, np.int64)
    assert column[np.array(taken, np.int64)].to_list() == [rows[row] for row in taken]


@settings(deadline=None, max_examples=200)
@given(drawn=rows_and_positions(), start=st.integers(-10, 10), end=st.integers(-10, 10))
def test_slices_are_those_of_a_list(
    drawn: tuple[list[list[int]], list[int]], start: int, end: int
) -> None:
    rows, _ = drawn
    column = Ragged.of(rows, np.int64)
    assert column[start:end].to_list() == rows[start:end]
    assert column[::2].to_list() == rows[::2]


@settings(deadline=None, max_examples=100)
@given(drawn=rows_and_positions(), cut=st.integers(0, 8))
def test_parts_put_together_are_the_whole(
    drawn: tuple[list[list[int]], list[int]], cut: int
) -> None:
    column = Ragged.of(drawn[0], np.int64)
    whole = Ragged.concatenate([column[:cut], column[cut:], column[:0]])
    assert whole.to_list() == drawn[0]
    np.testing.assert_array_equal(whole.offsets, column.offsets)


@settings(deadline=None, max_examples=50)
@given(drawn=rows_and_positions())
def test_tensorflow_gets_the_same_rows_and_gives_them_back(
    drawn: tuple[list[list[int]], list[int]],
) -> None:
    column = Ragged.of(drawn[0], np.int32)
    tensor = column.to_tensor()
    assert isinstance(tensor, tf.RaggedTensor)
    assert tensor.to_list() == drawn[0]
    again = Ragged.from_tensor(tensor)
    assert again.to_list() == drawn[0]
    assert (again.values.dtype, again.offsets.dtype) == (np.int32, np.int64)


def test_a_memory_map_gives_the_same_rows(tmp_path: Path) -> None:
    column = Ragged.of(ROWS, np.int32)
    column.values.tofile(tmp_path / "values")
    mapped = Ragged(np.memmap(tmp_path / "values", np.int32, "r"), column.offsets)
    assert isinstance(mapped.values, np.memmap)
    for rows in (np.array([4, 0, 0, 1]), slice(1, 4), np.array([], np.int64)):
        assert mapped[rows].to_list() == column[rows].to_list()
    assert digest(mapped) == digest(column)


@settings(deadline=None, max_examples=100)
@given(
    starts=st.lists(st.integers(0, 6), max_size=8),
    steps=st.integers(1, 4),
    taken=st.lists(st.integers(0, 7), max_size=9),
)
def test_windows_are_slices_of_their_series(
    starts: list[int], steps: int, taken: list[int]
) -> None:
    values = np.arange(10, dtype=np.float32)
    column = Windows(values, np.array(starts, np.int64), steps)
    rows = [values[start : start + steps].tolist() for start in starts]
    taken = [row for row in taken if row < len(starts)]
    assert column.shape == (len(starts), steps)
    assert np.asarray(column).tolist() == rows
    assert column[np.array(taken, np.int64)].tolist() == [rows[row] for row in taken]
    assert column[1:].tolist() == rows[1:]
    assert digest(column) == digest(np.array(rows, np.float32).reshape(len(rows), steps))


def arrow(values: list[Any], *, chunks: int = 2) -> Arrow:
    pa = pytest.importorskip("pyarrow")
    size = -(-len(values) // chunks) or 1
    parts = [pa.array(values[i : i + size]) for i in range(0, len(values), size)]
    return Arrow(pa.chunked_array(parts, type=pa.array(values).type))


@settings(deadline=None, max_examples=100)
@given(
    values=st.lists(st.text(max_size=4), min_size=1, max_size=8),
    chosen=st.lists(st.integers(0, 7), max_size=10),
    start=st.integers(-9, 9),
    end=st.integers(-9, 9),
)
def test_columns_of_arrow_are_taken_as_from_a_list(
    values: list[str], chosen: list[int], start: int, end: int
) -> None:
    values = [value.encode("utf-8", "replace").decode() for value in values]
    column, taken = arrow(values), [row % len(values) for row in chosen]
    assert len(column) == len(values)
    assert column[np.array(taken, np.int64)].tolist() == [values[row] for row in taken]
    assert column[start:end].tolist() == values[start:end]


def test_numbers_of_arrow_keep_their_dtype() -> None:
    taken = arrow([1.5, 2.5, 3.5])[np.array([2, 0])]
    assert (taken.tolist(), taken.dtype) == ([3.5, 1.5], np.float64)


def test_a_mapped_file_of_arrow_is_a_column(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"text": ["one", "two", "three"], "number": [1, 2, 3]})
    with (
        pa.OSFile(str(tmp_path / "a.arrow"), "wb") as file,
        pa.ipc.new_file(file, table.schema) as out,
    ):
        out.write_table(table, max_chunksize=2)
    with pa.memory_map(str(tmp_path / "a.arrow")) as file:
        mapped = pa.ipc.open_file(file).read_all()
        column = Arrow(mapped["text"])
        assert mapped["text"].num_chunks == 2
        assert column[np.array([2, 0, 2])].tolist() == ["three", "one", "three"]
        assert column[1:].tolist() == ["two", "three"]
        assert digest(column) == digest(texts(["one", "two", "three"]))


def test_texts_are_not_padded_to_one_length() -> None:
    column = texts(["a", "a long one", ""])
    assert column.dtype == object
    assert column.tolist() == ["a", "a long one", ""]


def test_equal_rows_have_equal_digests_however_they_are_kept() -> None:
    long = np.arange(2 * CHUNK + 5)
    assert digest(long) == digest(long.copy()) == digest(arrow(long.tolist(), chunks=3))
    assert digest(Ragged.of(ROWS)) == digest(Ragged.of([*ROWS, [7]])[:5])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.array([1, 2]), np.array([2, 1])),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (texts(["a", "b"]), texts(["ab", ""])),
        (Ragged.of([[1], [2, 3]]), Ragged.of([[1, 2], [3]])),
        (np.zeros(CHUNK + 1), np.array([*np.zeros(CHUNK), 1])),
    ],
)
def test_other_rows_have_other_digests(one: Any, other: Any) -> None:
    assert digest(one) != digest(other)
