"""What callers of the Python interface may give as data, and what is refused."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any

import hypothesis
import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st

from lstm_toolkit.data import Dataset, Source
from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.data.given import as_column, as_given
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.tasks import get_task


def given(data: Any, *names: str) -> Any:
    return as_given(data, names or ("text",), "label")


@pytest.mark.parametrize("data", ["a.csv", PurePath("a.csv"), Path("a.csv")])
def test_paths_are_paths(data: Any) -> None:
    assert given(data) == Path("a.csv")


@pytest.mark.parametrize("data", ["", "text,label\n" + "a fine day,good\n" * 400, "a\0b"])
def test_a_text_that_is_no_path_is_refused(data: str) -> None:
    message = "data must be a path, or a DataFrame, columns by name, a list of records, a pair of"
    with pytest.raises(InputError) as error:
        given(data)
    assert str(error.value).startswith(message)
    assert str(error.value).endswith(f" Received: the text {data[:40]!r}")


def test_labels_in_lists_are_cells_of_a_table() -> None:
    frame = given((["a b", "c d"], [["x"], ["x", "y"]]))
    assert frame.to_dict("list") == {"text": ["a b", "c d"], "label": [["x"], ["x", "y"]]}


def test_what_readers_take_and_sources_are_handed_on() -> None:
    frame, rows = pd.DataFrame({"text": ["a"]}), Dataset({"text": texts(["a"])})
    source = Source(rows, None, "note")
    assert given(None) is None
    assert given(frame) is frame
    assert given(source) is source
    found = given(rows)
    assert found.rows is rows
    assert (found.test, found.note) == (None, "1 rows")


def test_columns_by_name_are_a_table() -> None:
    frame = given({"text": ("a", "b"), "label": np.array(["x", "y"])}, "text", "more")
    assert frame.to_dict("list") == {"text": ["a", "b"], "label": ["x", "y"]}


@pytest.mark.parametrize("kind", [tuple, list])
def test_inputs_and_targets_are_rows(kind: Any) -> None:
    source = given(kind([[3, 4], ["x", "y"]]))
    assert source.rows.columns["text"].tolist() == [3, 4]
    assert source.rows.targets["label"].tolist() == ["x", "y"]
    texts = given(kind([["a", "b"], ["x", "y"]]))  # whose cells the reader checks
    assert texts.to_dict("list") == {"text": ["a", "b"], "label": ["x", "y"]}
    images = np.zeros((3, 2, 2), np.uint8)
    assert given((images, [0, 1, 0])).rows.columns["text"] is images


def test_columns_keep_what_their_values_are() -> None:
    assert as_column(["a", "bc"]).dtype == object
    assert as_column([1, 2]).tolist() == [1, 2]
    assert as_column([[1, 2], [3, 4]]).shape == (2, 2)
    ragged = as_column([[1], [], [2, 3]])
    assert isinstance(ragged, Ragged)
    assert ragged.to_list() == [[1], [], [2, 3]]
    assert as_column(iter([1.5])).tolist() == [1.5]
    assert as_column(ragged) is ragged


@pytest.mark.parametrize(
    ("data", "names", "message"),
    [
        (
            7,
            ("text",),
            "data must be a path, a DataFrame, columns by name, a list of records, a pair of "
            "inputs and targets, a Dataset or a Source. Received: a int",
        ),
        (
            (["a"], ["b"]),
            ("text", "more"),
            "data must be a path, a DataFrame, columns by name, a list of records, a pair of "
            "inputs and targets, a Dataset or a Source. Received: a tuple",
        ),
        (
            {"text": ["a", "b"], "label": ["x"]},
            ("text",),
            "columns must be equally long lists. All arrays must be of the same length",
        ),
        (
            (["a", "b"], ["x"]),
            ("text",),
            "data must be inputs and as many targets. columns must be equally long, at least one. "
            "Received: {'text': 2, 'label': 1}",
        ),
    ],
)
def test_what_is_none_of_them_gives_the_full_message(
    data: Any, names: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError) as error:
        given(data, *names)
    assert str(error.value) == message


def test_no_rows_are_refused() -> None:
    with pytest.raises(DataError) as error:
        given(([], []))
    assert str(error.value) == "needs at least one row. Received: none"


def test_records_splits_and_other_tables_are_frames() -> None:
    rows = [{"text": "a", "label": 1}, {"text": "b"}]
    assert given(rows).to_dict("list") == {"text": ["a", "b"], "label": [1, None]}
    split = given({"Train": rows, "dev": pd.DataFrame({"text": ["c"], "label": [0]})})
    assert split["split"].tolist() == ["Train", "Train", "dev"]
    pyarrow = pytest.importorskip("pyarrow")
    assert given(pyarrow.table({"text": ["a"]})).to_dict("list") == {"text": ["a"]}


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_a_gap_among_texts_is_no_text(missing: Any) -> None:
    with pytest.raises(DataError) as error:
        given((["a", missing], ["x", "y"]))
    assert str(error.value) == "needs an input in every row. Received: none in row 2"
    with pytest.raises(DataError) as error:
        given(([1, 2, 3], ["x", "y", missing]))
    assert str(error.value) == "needs a target in every row. Received: none in row 3"


IMAGES, NAMES = np.arange(60 * 36).reshape(60, 6, 6) % 256, np.array(["a", "b"] * 30)


def changed(value: float) -> Any:
    images = IMAGES.astype(np.float64)
    images[3, 2, 1] = value
    return images


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (changed(np.nan), NAMES, "needs pixels from 0 to 65535. Received: nan in image 3"),
        (changed(-5), NAMES, "needs pixels from 0 to 65535. Received: -5.0 in image 3"),
        (changed(1e6), NAMES, "needs pixels from 0 to 65535. Received: 1000000.0 in image 3"),
        (
            [["a", "b"]] * 60,
            NAMES,
            "needs images of numbers. Received: lists of unequal length, or of texts",
        ),
        (
            [IMAGES[0], IMAGES[1, :3]] * 30,
            NAMES,
            "needs images of one size. all input arrays must have the same shape",
        ),
        (
            IMAGES,
            [1.0] * 59 + [np.nan],
            "needs a label in every row. Received: none in row 60",
        ),
        (
            IMAGES,
            np.full((60, 2), 0.5),
            "needs names, numbers or one-hot rows. Received: [0.5 0.5] for image 0",
        ),
    ],
)
def test_images_of_a_pair_are_checked_as_those_of_files(
    images: Any, labels: Any, message: str
) -> None:
    with pytest.raises(DataError) as error:
        get_task("digits").source((images, labels), None)
    assert str(error.value) == message


@pytest.mark.parametrize("shape", [(60, 36), (60, 6, 6, 1), (60, 1, 6, 6)])
def test_images_of_a_pair_are_brought_to_one_shape(shape: tuple[int, ...]) -> None:
    one_hot = np.eye(2)[[0, 1] * 30]
    rows = get_task("digits").source((IMAGES.reshape(shape), one_hot), None).rows
    np.testing.assert_array_equal(rows.inputs, IMAGES)
    assert list(rows.labels) == ["0", "1"] * 30


@pytest.mark.parametrize("numbers", [[1.0, np.nan], [1.0, np.inf]])
def test_numbers_of_a_pair_are_finite(numbers: list[float]) -> None:
    message = f"^needs finite numbers. Received: {numbers[1]}$"
    with pytest.raises(DataError, match=message):
        get_task("forecasting").source(([[1.0]], [numbers]), None)
    assert len(get_task("forecasting").source(([[1.0, np.nan]], [[1.0]]), None).rows) == 1


ROWS = [f"a fine day {n}" for n in range(12)]
GOOD_OR_BAD = ["good", "bad", "Good"] * 4


def test_rows_without_an_order_are_refused() -> None:
    task = get_task("sentiment")
    backwards = pd.Series(ROWS, index=range(12)[::-1])
    for data, message in (
        ((set(ROWS), GOOD_OR_BAD), "data must have its rows in an order. Received: a set as text"),
        ({"text": ROWS, "label": frozenset(GOOD_OR_BAD)},
         "data must have its rows in an order. Received: a set as label"),
        ((backwards, pd.Series(GOOD_OR_BAD)),
         "data must have its rows in one order; label.reindex(text.index) brings them there. "
         "Received: the same index in two orders, in text and label"),
    ):  # fmt: skip
        with pytest.raises(InputError) as error:
            task.source(data, task.settings())
        assert str(error.value) == message


@hypothesis.settings(max_examples=40, deadline=None, derandomize=True)
@hypothesis.given(st.permutations(range(12)), st.sampled_from(["same", "other"]))
def test_series_are_taken_by_place_where_no_index_says_otherwise(
    order: list[int], kind: str
) -> None:
    index = {"same": order, "other": range(50, 62)}[kind]
    labels = pd.Series(GOOD_OR_BAD, index=index)
    task = get_task("sentiment")
    rows = task.source((pd.Series(ROWS, index=order), labels), task.settings()).rows
    assert list(rows.inputs) == ROWS
    assert [label.casefold() for label in rows.labels] == [one.casefold() for one in GOOD_OR_BAD]


def test_columns_of_one_text_a_row_are_texts_and_others_refused() -> None:
    task = get_task("sentiment")
    column = np.array(ROWS)[:, None]
    rows = task.source((column, np.array(GOOD_OR_BAD)[:, None]), task.settings()).rows
    assert list(rows.inputs) == ROWS
    with pytest.raises(DataError) as error:
        task.source((np.hstack([column, column]), GOOD_OR_BAD), task.settings())
    assert str(error.value) == "needs one text a row. Received: rows of 2"


def test_merged_labels_of_a_pair_are_told() -> None:
    source = get_task("digits").source((IMAGES, ["a", "b", "B"] * 20), None)
    assert set(source.rows.labels) == {"a", "b"}
    assert source.note == "60 rows given; label 'B' merged into 'b'"
