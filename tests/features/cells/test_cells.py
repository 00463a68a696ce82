"""Columns that a row may lack, as features of a network."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data.columns import Sequences, texts
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.cells.categories import NONE, UNKNOWN, CategoryCell
from lstm_toolkit.features.cells.cell import Cell
from lstm_toolkit.features.cells.kinds import cell_named
from lstm_toolkit.features.cells.numbers import NumberCell
from lstm_toolkit.features.cells.steps import SeriesCell

SETTINGS = types.SimpleNamespace(
    bins=4,
    min_count=2,
    categories=3,
    max_steps=3,
    number_columns='"size, in cm",price',
    text_columns="",
    decimal="point",
)


def test_a_number_is_scaled_and_lies_in_ranges() -> None:
    cell = NumberCell()
    state = cell.learn(np.array([0, 1, 2, 3, 4, np.nan], np.float32), SETTINGS)
    assert state.edges == (0.0, 1.0, 2.0, 3.0, 4.0)
    rows = cell.collate(tf.constant([2.0, 2.5, np.nan, 99.0]), state).numpy()
    np.testing.assert_allclose(rows[0], [0, 1, 1, 0, 0, 1], atol=1e-6)
    np.testing.assert_allclose(rows[1, 1:], [1, 1, 0.5, 0, 1], atol=1e-6)
    assert not rows[2].any()
    _, unlike = cell.bring(tf.constant([2.0, np.nan, 4.3, 99.0, -1.0]), state)
    assert unlike.numpy().tolist() == [False, False, False, True, True]


@pytest.mark.parametrize("values", [[np.nan, np.nan], [3.0, 3.0]])
def test_numbers_that_say_nothing_are_finite(values: list[float]) -> None:
    cell = NumberCell()
    state = cell.learn(np.array(values, np.float32), SETTINGS)
    assert np.isfinite(cell.collate(tf.constant([0.0, 3.0, np.nan]), state)).all()


def test_categories_are_known_without_capitals_and_spaces() -> None:
    cell = CategoryCell()
    state = cell.learn(texts(["Red ", "red", "blue", "BLUE", "blue", "once", ""]), SETTINGS)
    assert state.names == ("blue", "red")
    assert not state.complete
    numbers = cell.encode(tf.constant(["RED", "  blue", "green", "", "once"]), state)
    assert numbers.numpy().tolist() == [3, 2, UNKNOWN, NONE, UNKNOWN]


def test_only_the_most_frequent_categories_are_known() -> None:
    column = texts([f"c{row // 2}" for row in range(20)])
    assert CategoryCell().learn(column, SETTINGS).names == ("c0", "c1", "c2")


def test_series_are_cut_and_told_where_they_end() -> None:
    cell = SeriesCell()
    column = Sequences.of([[1.0, np.nan, 3.0], [5.0], [], [1.0, 2.0, 3.0, 4.0]], np.float32)
    state = cell.learn(column, SETTINGS)
    (chunk,) = cell.encode_chunks(column, state)
    rows = chunk["rows"]
    assert rows.lengths.tolist() == [3, 1, 0, 3]
    assert chunk["lost"].tolist() == [0, 0, 0, 1]
    inputs = cell.collate(tf.RaggedTensor.from_row_splits(rows.values, rows.offsets), state)
    assert inputs.shape == (4, 3, 4)
    assert inputs[0, :, 2:].numpy().tolist() == [[1, 1], [0, 1], [1, 1]]
    assert not inputs[2].numpy().any()


def test_an_input_is_called_by_its_heading() -> None:
    cell = cell_named("number_size_in_cm")
    assert cell is not None
    assert cell.learn(np.array([1.0, 2.0]), SETTINGS).heading == "size, in cm"
    assert cell_named("label") is None


def test_simple_methods_are_given_numbers_that_no_outlier_presses_together() -> None:
    values = np.random.default_rng(0).normal(size=60)
    values[3] = 1e6
    simple = NumberCell().simple_model().fit_transform(values)
    assert np.abs(simple).max() <= 1
    assert np.delete(simple[:, 0], 3).std() > 0.1


def test_simple_methods_are_given_categories_without_capitals() -> None:
    rows = CategoryCell().simple_model().fit_transform(np.array(["Red ", "red", "b", "B"], object))
    assert rows.shape == (4, 2)


def test_a_column_that_no_setting_names_is_refused() -> None:
    with pytest.raises(DataError) as error:
        cell_named("number_cost").learn(np.array([1.0]), SETTINGS)  # type: ignore[union-attr]
    message = "needs number_columns to name number_cost. Received: ['size, in cm', 'price']"
    assert str(error.value) == message


def test_words_have_the_comma_of_the_training() -> None:
    settings = types.SimpleNamespace(**{**vars(SETTINGS), "decimal": "comma"})
    number, series = NumberCell(), SeriesCell()
    state = number.learn(np.array([1.0, 2.0]), settings)
    assert [float(next(number.parse(word, state, None))[1]) for word in ("0,5", "1.050")] == [
        0.5,
        1050.0,
    ]
    assert number.word_of(1.05, state) == "1,05"
    steps = series.learn(Sequences.of([[1.0]], np.float32), settings)
    assert next(series.parse("0,5;1", steps, None))[1].tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("cell", "word", "message"),
    [
        (NumberCell(), "1,5", "column x: needs a number, as in 1234.5. Received: 1,5"),
        (SeriesCell(), "a b", "column x: needs a series, as in [1.5, null, 2]. Received: a b"),
    ],
)
def test_words_that_are_none_are_refused(cell: Any, word: str, message: str) -> None:
    state = types.SimpleNamespace(heading="x", inner=types.SimpleNamespace(decimal="point"))
    with pytest.raises(DataError) as error:
        list(Cell("x", cell).parse(word, state, None))  # type: ignore[arg-type]
    assert str(error.value) == message


def test_states_come_back(tmp_path: Path) -> None:
    cell = cell_named("number_price")
    assert cell is not None
    state = cell.learn(np.array([1.0, 2.0, 7.5]), SETTINGS)
    state.save(tmp_path)
    assert cell.load(tmp_path) == state
