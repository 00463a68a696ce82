"""Published splits, kinds of labels, and small classes, from tables to a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.errors import DataError


def frame(rows: int = 24, **columns: Any) -> pd.DataFrame:
    made = {
        "text": [f"a film of {row} hours" for row in range(rows)],
        "label": ["good", "bad"] * (rows // 2),
    }
    return pd.DataFrame(made | columns)


def sizes(source: Source) -> list[int | None]:
    parts = (source.rows, source.validation, source.test)
    return [None if part is None else len(part) for part in parts]


@pytest.mark.parametrize(
    ("column", "train", "validation", "test"),
    [
        ("split", "train", "validation", "test"),
        ("Data Split", "Training", "DEV", " Testing "),
        ("fold", "TRAIN", "val", "test_set"),
        ("Usage", "Training", "PublicTest", "PrivateTest"),
        ("whatever", "train", "valid", "test"),
        ("划分", "训练集", "验证集", "测试集"),
    ],
)
def test_published_splits_are_never_merged(
    column: str, train: str, validation: str, test: str
) -> None:
    source = read_texts(frame(**{column: [train] * 12 + [validation] * 4 + [test] * 8}))
    assert sizes(source) == [12, 4, 8]
    assert (
        f"12 examples, 4 for validation, 8 for the test: texts in column text, labels in column "
        f"label, splits by column {column}, of a data frame" in source.note
    )


def test_columns_of_truth_values_mark_splits() -> None:
    flags = {"is_valid": [False] * 12 + [True] * 4 + [False] * 8}
    source = read_texts(frame(**flags))
    assert sizes(source) == [20, 4, None]
    assert source.note.endswith(
        "splits by column split, of a data frame; splits by column is_valid"
    )
    flags["is_test"] = ["0"] * 20 + ["1"] * 4
    assert sizes(read_texts(frame(**flags))) == [16, 4, 4]


def test_validation_alone_may_be_published() -> None:
    assert sizes(read_texts(frame(subset=["train"] * 18 + ["dev"] * 6))) == [18, 6, None]


def test_rows_of_other_splits_are_left_out_and_counted() -> None:
    source = read_texts(frame(split=["train"] * 12 + ["extra", None] * 3 + ["test"] * 6))
    assert sizes(source) == [12, None, 6]
    assert source.note.endswith(
        "24 rows = 18 used + 6 left out (6 marked extra, nothing in column split)"
    )


def test_a_column_of_splits_that_says_nothing_known_is_told() -> None:
    source = read_texts(frame(split=[0] * 12 + [1] * 6 + [2] * 6))
    assert sizes(source) == [24, None, None]
    assert source.note.endswith(
        "column split of 0, 1, 2 names no splits, as train, validation and test do, and is not "
        "followed"
    )


@pytest.mark.parametrize("sign", [";", "|", ", ", "/", "+", " & ", " #"])
def test_several_labels_are_never_taken_for_one(sign: str) -> None:
    labels = ["food", f"food{sign}staff", "staff", f"price{sign}food"] * 6
    with pytest.raises(DataError, match=r"^needs one class a row; train labelling gives several"):
        read_texts(frame(label=labels))
    assert len(read_texts(frame(label=["A+", "A", "B+", "B"] * 6)).rows) == 24


@pytest.mark.parametrize("unit", ["{}%", "${}", "{} €", "{}"])
def test_units_do_not_make_numbers_classes(unit: str) -> None:
    numbers = [f"{row / 7:.2f}" for row in range(24)]
    labels = [unit.format(number) for number in numbers]
    with pytest.raises(DataError, match=r"^needs classes; train scoring learns numbers"):
        read_texts(frame(label=labels))
    rows = read_texts(frame(label=labels), label_kind="numbers").rows
    assert rows.labels.tolist() == pytest.approx([float(number) for number in numbers])


def test_a_column_of_labels_is_no_column_of_splits() -> None:
    source = read_texts(frame(label=["train", "test"] * 12))
    assert set(source.rows.labels) == {"train", "test"}


def test_a_file_to_be_scored_may_have_no_training_rows() -> None:
    held_out = frame(split=["validation"] * 12 + ["test"] * 12)
    assert sizes(read_texts(held_out, known=["good", "bad"])) == [12, None, 12]
    with pytest.raises(DataError) as error:
        read_texts(held_out)
    assert str(error.value) == (
        "needs texts to learn from. Received: published splits alone, none for train"
    )


@pytest.mark.parametrize(
    "labels",
    [[1, 0], [1.0, 0.0], ["1", "0"], ["1.0", "0.00"], [" 1 ", "０"], [np.float32(1), np.int8(0)]],
)
def test_writings_of_one_label_are_one(labels: list[Any]) -> None:
    column = pd.Series(labels * 12, dtype=object)
    assert set(read_texts(frame(label=column)).rows.labels) == {"0", "1"}
    source = read_texts(frame(label=column), known=["1.0", "0.0"])
    assert set(source.rows.labels) == {"0.0", "1.0"}


def test_none_is_missing_in_a_frame_and_a_class_in_a_file(tmp_path: Path) -> None:
    rows = frame(60)
    rows.loc[59, "label"] = None
    source = read_texts(rows)
    assert source.account is not None
    assert dict(source.account.left_out) == {"without a label": 1}
    rows["label"] = rows["label"].fillna("None").replace("bad", "None")
    rows.to_csv(tmp_path / "a.csv", index=False)
    source = read_texts(tmp_path / "a.csv")
    assert set(source.rows.labels) == {"good", "None"}
    assert source.note.endswith(
        "None taken for a class like any other; only empty cells are without a label"
    )


SEVERAL = ["food;staff", "staff", "food; price", ""] * 6


@pytest.mark.parametrize(
    ("cells", "how", "example"),
    [
        (SEVERAL[:3] * 8, "divided by `;`", "food and staff"),
        ([cell.replace(";", "|") for cell in SEVERAL[:3] * 8], "divided by `|`", "food and staff"),
        ([["food", "staff"], ["food"], []] * 8, "in lists", "food and staff"),
        (['["food", "staff"]', "['food']", "[]"] * 8, "in lists", "food and staff"),
    ],
)
def test_several_labels_a_row_are_recognised(cells: list[Any], how: str, example: str) -> None:
    rows = frame(label=pd.Series(cells, dtype=object))
    with pytest.raises(DataError) as error:
        read_texts(rows)
    assert str(error.value) == (
        "needs one class a row; train labelling gives several labels a row, and --set "
        "label_kind=classes takes each cell as one class. "
        f"Received: several labels a row {how} in column label, such as {example}"
    )
    labels = read_texts(rows, label_kind="several").rows.labels
    assert isinstance(labels, Ragged)
    assert {label for row in labels.to_list() for label in row} <= {"food", "staff", "price"}
    assert labels.to_list()[0] == ["food", "staff"]


def test_whole_cells_are_classes_where_that_is_said() -> None:
    rows = frame(label=SEVERAL[:3] * 8)
    labels = read_texts(rows, label_kind="classes").rows.labels
    assert set(labels) == {"food;staff", "staff", "food; price"}
    with pytest.raises(DataError) as error:
        read_texts(frame(), label_kind="several")
    assert str(error.value) == (
        "needs several labels a row, or what divides them, as in label_separator=;. "
        "Received: none found in column label"
    )


def test_numbers_are_recognised() -> None:
    rows = frame(label=[f"{row / 7:.2f}" for row in range(24)])
    with pytest.raises(DataError) as error:
        read_texts(rows)
    assert str(error.value) == (
        "needs classes; train scoring learns numbers, and --set label_kind=classes takes each "
        "number as a class. "
        "Received: 24 different numbers in column label, such as 0.00"
    )
    numbers = read_texts(rows, label_kind="numbers").rows.labels
    assert numbers.dtype == np.float32
    assert numbers[:2].tolist() == pytest.approx([0, 0.14])
    rows.loc[3, "label"] = "3,7"
    with pytest.raises(DataError, match=r"needs a number in each cell of column label. .* 3,7"):
        read_texts(rows, label_kind="numbers")


def test_numbers_with_commas_are_numbers() -> None:
    rows = frame(label=[f"{row // 5},{row % 5}" for row in range(24)])
    with pytest.raises(DataError, match=r"24 different numbers in column label, such as 0\.0"):
        read_texts(rows)
    assert read_texts(rows, label_kind="numbers").rows.labels[6] == pytest.approx(1.1)


def test_a_column_of_fractions_is_found_without_a_name() -> None:
    rows = frame().assign(value=[row / 7 for row in range(24)]).drop(columns="label")
    with pytest.raises(DataError, match="24 different numbers in column value"):
        read_texts(rows)


def test_stars_are_classes_and_that_is_told() -> None:
    source = read_texts(frame(label=[1, 2, 3, 5] * 6))
    assert source.note.endswith(
        "; labels are numbers, taken as classes; train scoring learns them as numbers"
    )
    assert read_texts(frame(label=[1, 2, 3, 5] * 6), label_kind="numbers").rows.labels[3] == 5


def test_small_classes_are_pooled_or_dropped() -> None:
    rows = frame(label=["good", "bad"] * 10 + ["a", "b", "c", "c"])
    source = read_texts(rows, min_rows=3)
    assert sorted(set(source.rows.labels)) == ["bad", "good", "other"]
    assert source.note.endswith("; 3 classes of fewer than 3 texts pooled into other: a, b, c")
    source = read_texts(rows, min_rows=3, small_classes="drop")
    assert set(source.rows.labels) == {"good", "bad"}
    assert source.note.endswith(
        "24 rows = 20 used + 4 left out (4 of classes with fewer than 3 texts); "
        "3 classes of fewer than 3 texts left out: a, b, c"
    )
    scored = read_texts(rows, min_rows=3, known=["good", "bad", "other"])
    assert list(scored.rows.labels[-4:]) == ["other"] * 4


def test_texts_with_different_labels_are_told_first() -> None:
    rows = frame(text=["same", "Same "] * 3 + [f"text {row}" for row in range(18)])
    assert read_texts(rows).note.split("; ")[1] == (
        "warning: 1 text stands there with different labels, in 6 rows, such as "
        "“Same” with good and bad"
    )
