"""Tables whose columns are of several kinds, as people have them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from lstm_toolkit.data import read_mixed
from lstm_toolkit.data.readers.mixed.names import input_name, join_names, kind_of, split_names
from lstm_toolkit.data.readers.mixed.proposals import propose
from lstm_toolkit.data.readers.mixed.sample import sample_products
from lstm_toolkit.errors import DataError

ROWS = 40
PLAIN: Mapping[str, Sequence[Any]] = {
    "title": [f"a fine thing number {row} here" for row in range(ROWS)],
    "price": [f"{row * 1.5:.2f}" for row in range(ROWS)],
    "brand": ["xyz"[row % 3] for row in range(ROWS)],
    "label": ["ab"[row * 7 % 5 % 2] for row in range(ROWS)],
}


def table(folder: Path, **columns: Sequence[Any]) -> Path:
    """Writes `PLAIN` with other columns, which come before the label."""
    cells = {**PLAIN, **columns}
    path = folder / "table.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(cells)
        writer.writerows(zip(*cells.values(), strict=True))
    return path


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(DataError) as error:
        read_mixed(path, **options)
    message = str(error.value)
    assert len(message) <= 400
    return message.removeprefix(str(path)).lstrip(",: ")


def test_columns_are_proposed_and_told(tmp_path: Path) -> None:
    path = table(tmp_path, sku=[f"A-{row}" for row in range(ROWS)], none=[""] * ROWS)
    source = read_mixed(path)
    assert source.note == (
        "40 rows: columns text title, number price, category brand; not used: sku (an identifier), "
        f"none (empty); classes in column label, of {path}"
    )
    assert list(source.rows.columns) == ["category_brand", "number_price", "text_title"]
    assert source.rows.columns["number_price"].dtype == np.float32
    assert source.found["text_columns"] == "title"
    assert source.found["label_kind"] == "classes"


@pytest.mark.parametrize(
    ("cells", "kind", "reason"),
    [
        (["1.5", "NA", "2", ""], "number", ""),
        (["0", "1", "0", "1"], "number", ""),
        (["true", "false", "true", "true"], "category", ""),
        ([True, False, None, True], "category", ""),
        (["01067", "01069", "01067"], "category", ""),
        (["red", "blue", "red", "red"], "category", ""),
        (["2024-01-02", "2024-03-04", "2023-03-04"], "", "dates"),
        (["5", "5", "5", ""], "", "the same in every row"),
        ([None, "", None], "", "empty"),
        (["A-1", "A-2", "A-7"], "", "an identifier"),
        (["[1, 2, null]", "[3]", "[2, 5, 6]"], "series", ""),
        (["1;2;3", "4;5;6;7", "3"], "series", ""),
        ([[1, 2, 3], [4.5, None, 2]], "series", ""),
        (["a/1.png", "a/2.PNG", ""], "image", ""),
        (["这是一个很好的东西", "那个不太好用", "送来得很快的包裹"], "text", ""),
    ],
)
def test_what_a_column_holds(cells: list[Any], kind: str, reason: str) -> None:
    assert propose("column", cells) == (kind, reason, "")


@pytest.mark.parametrize(
    ("heading", "cells", "proposal"),
    [
        ("amount_paid", [500, 17, 3], ("number", "")),
        ("bid", ["x", "y", "z"], ("", "an identifier")),  # as all are different, of one word
        ("grid", [5, 17, 3], ("number", "")),
        ("orderNumber", [5, 17, 3], ("", "an identifier")),
        ("customer_id", [5, 17, 3, 17], ("", "an identifier")),
        ("customer_id", ["A-5", "A-1", "A-5"], ("", "an identifier")),
        ("brand_id", [5, 7] * 8, ("category", "")),
        ("start", ["9:30", "10:15", "11:00"], ("", "times")),
        ("amount", [*range(0, 90, 7), "007"], ("number", "")),
        ("zip", ["02134", "10115", "80331"], ("category", "")),
        ("class", ["$", "$$", "$$", "$"], ("category", "")),
        ("brand", ["NA", "x", "-", "y", "x"], ("category", "")),
    ],
)
def test_headings_and_shares_decide(
    heading: str, cells: list[Any], proposal: tuple[str, str]
) -> None:
    assert propose(heading, cells)[:2] == proposal


def test_words_for_no_value_are_none_in_every_column(tmp_path: Path) -> None:
    Image.new("RGB", (6, 4), "red").save(tmp_path / "red.png")
    gone = {name: ["n/a", *PLAIN[name][1:]] for name in ("title", "price", "brand")}
    photos = ["NA", *["red.png"] * (ROWS - 1)]
    columns = read_mixed(
        table(tmp_path, photo=photos, **gone), columns={"image": "photo"}
    ).rows.columns
    assert (columns["text_title"][0], columns["category_brand"][0]) == ("", "")
    assert np.isnan(columns["number_price"][0])
    assert not columns["image_photo"][0].any()


def test_lost_pictures_are_counted_among_those_named(tmp_path: Path) -> None:
    photos = ["gone.png" if row % 20 == 0 else "" for row in range(ROWS)]
    path = table(tmp_path, photo=["" if row % 10 else f"{row}.png" for row in range(ROWS)])
    assert refused(path) == "line 2: column photo: no such picture, 0.png"
    path = table(tmp_path, photo=photos)
    assert "column photo is empty" not in refused(path, columns={"image": "photo"})


def test_counted_rows_are_an_identifier() -> None:
    assert propose("n", list(range(7, 20))).reason == "an identifier"
    assert propose("customer_id", [5, 17, 3]).reason == "an identifier"
    assert propose("weight", [5, 17, 3]).kind == "number"


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        ("1,234.5", "; write numbers plainly, as in 1234.5, or add --set decimal=comma"),
        ("12%", "; write numbers plainly, without signs around them"),
        ("€3.5", "; write numbers plainly, without signs around them"),
        ("inf", "; leave the cell empty if the value is not known"),
        ("cheap", ""),
    ],
)
def test_what_is_nearly_a_number_is_refused(tmp_path: Path, cell: str, advice: str) -> None:
    path = table(tmp_path, price=[*PLAIN["price"][:-1], cell])
    assert refused(path) == (
        f"line 41: column price seems to hold numbers. Received: {cell}{advice}; or name the "
        "column, as in --set unused_columns, category_columns or text_columns"
    )
    message = f"line 41: column price: needs a number. Received: {cell}{advice}"
    assert refused(path, columns={"number": "price"}) == message


def test_commas_before_fractions_are_read_where_that_is_said(tmp_path: Path) -> None:
    path = table(tmp_path, price=[f"1.00{row % 10},{row}" for row in range(ROWS)])
    source = read_mixed(path, decimal="comma")
    np.testing.assert_allclose(source.rows.columns["number_price"][:2], [1000.0, 1001.1])
    path = table(tmp_path, price=[f"{row}.5" for row in range(ROWS)])
    assert "column price" in refused(path, decimal="comma")


@pytest.mark.parametrize(
    ("labels", "received"),
    [
        (
            [f"{row * 0.37 + row % 7:.2f}" for row in range(ROWS)],
            "many different numbers, such as 0",
        ),
        ([1 + row % 5 for row in range(ROWS)], "numbers, such as 1, 2, 3, 4, 5"),
    ],
)
def test_numbers_may_be_classes_and_are_asked_for(
    tmp_path: Path, labels: list[Any], received: str
) -> None:
    path = table(tmp_path, label=labels)
    assert refused(path) == (
        f"column label holds {received}; add --set label_kind=numbers for numbers to come out, or "
        "label_kind=classes for a class each"
    )
    numbers = read_mixed(path, label_kind="numbers").rows.targets["number"]
    assert numbers.dtype == np.float32
    assert "label" in read_mixed(path, label_kind="classes").rows.targets


@pytest.mark.parametrize(
    ("labels", "decimal"),
    [
        ([f"{row / 7:.1f}".replace(".", ",") for row in range(ROWS)], "comma"),
        ([f"{row / 7:.1f}%" for row in range(ROWS)], "point"),
        ([f"{4000 + row * 31.5:,.1f}" for row in range(ROWS)], "point"),
        ([row % 21 for row in range(10 * ROWS)], "point"),
        ([f"{1 + row % 4},0" for row in range(ROWS)], "point"),
        (["?", *(f"{row}" for row in range(1, ROWS))], "point"),
    ],
)
def test_labels_that_are_nearly_numbers_are_asked_for(labels: list[Any], decimal: str) -> None:
    frame = pd.DataFrame({"x": [f"{row * row % 7},5" for row in range(len(labels))]})
    frame["label"] = labels
    with pytest.raises(DataError, match="add --set label_kind=numbers"):
        read_mixed(frame, columns={"category": "x"}, decimal=decimal)


def test_commas_before_fractions_are_read_everywhere() -> None:
    written = [f"{row * row / 8:.3f}".replace(".", ",") for row in range(ROWS)]
    frame = pd.DataFrame({"s": ["1,5;2;3,25", "1,5;4;1.250"] * (ROWS // 2), "label": written})
    source = read_mixed(frame, decimal="comma", label_kind="numbers")
    assert np.asarray(source.rows.columns["series_s"])[1].tolist() == [1.5, 4.0, 1250.0]
    np.testing.assert_allclose(source.rows.targets["number"][:3], [0, 0.125, 0.5])
    with pytest.raises(DataError) as error:
        read_mixed(frame.assign(again=written), decimal="comma", label_kind="numbers")
    assert str(error.value).startswith("column again is a copy of the label label")


def test_a_number_among_labels_that_is_none_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, label=["x", *map(str, range(1, ROWS))])
    message = refused(path, label_kind="numbers")
    assert message == "line 2: column label: needs a number. Received: x"


def test_rows_without_a_label_are_left_out(tmp_path: Path) -> None:
    source = read_mixed(table(tmp_path, label=["", *PLAIN["label"][1:]]))
    assert source.note.endswith("40 rows = 39 used + 1 left out (1 without a label)")
    assert len(source.rows) == 39


def test_a_copy_of_the_label_is_refused_unless_it_is_named(tmp_path: Path) -> None:
    path = table(tmp_path, outcome=[{"a": "yes", "b": "no"}[each] for each in PLAIN["label"]])
    assert refused(path) == (
        "column outcome is a copy of the label label, which is not known when answers are needed; "
        "add --set unused_columns=outcome, or name it as a column that goes in"
    )
    note = read_mixed(path, columns={"category": "outcome"}).note
    assert "warning: column outcome is a copy of the label label" in note


def test_a_multiple_of_a_number_is_a_copy(tmp_path: Path) -> None:
    numbers = [row * 0.37 + row % 7 for row in range(ROWS)]
    path = table(tmp_path, label=numbers, cents=[100 * each + 3 for each in numbers])
    assert refused(path, label_kind="numbers").startswith("column cents is a copy of the label")


def test_names_of_exports_are_told_apart(tmp_path: Path) -> None:
    path = table(tmp_path, **{"Price!": PLAIN["price"]})
    message = "columns price and Price! have one name in exports; rename one of them"
    assert refused(path) == message


def test_the_label_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    pd.DataFrame({"rating": ["a", "b"] * 4, "category": ["c", "d"] * 4}).to_csv(path, index=False)
    assert refused(path) == (
        "needs to know what is to come out; add --set label_column=NAME. Received: rating, category"
    )
    assert refused(path, label_column="ratings") == "no column ratings, did you mean `rating`?"


def test_published_splits_are_kept(tmp_path: Path) -> None:
    splits = [("train", "train", "val", "test")[row % 4] for row in range(ROWS)]
    source = read_mixed(table(tmp_path, split=splits))
    assert source.validation is not None
    assert source.test is not None
    assert [len(part) for part in (source.rows, source.validation, source.test)] == [20, 10, 10]


def test_a_split_that_is_not_told_of_every_row_is_refused(tmp_path: Path) -> None:
    splits = ["test" if row % 4 else "train" for row in range(ROWS - 1)]
    assert refused(table(tmp_path, split=[*splits, ""])) == (
        "line 41: column split: needs train, validation or test in each row. Received: an empty "
        "cell; or add it to unused_columns"
    )


class State:
    """What a network knows of a column."""

    def __init__(self, heading: str):
        self.heading = heading


def test_published_splits_are_kept_for_a_network_that_is_known(tmp_path: Path) -> None:
    path = table(tmp_path, split=[("train", "test")[row % 2] for row in range(ROWS)])
    options: dict[str, Any] = {"known": {"number_price": State("price")}, "label_kind": "classes"}
    source = read_mixed(path, **options)
    assert len(source.rows) == len(source.scored) == ROWS // 2
    np.testing.assert_allclose(source.scored.columns["number_price"][:2], [1.5, 4.5])
    path = table(tmp_path, split=["test"] * ROWS)
    assert refused(path, **options) == "needs rows to learn from. Received: published splits alone"
    assert len(read_mixed(path, scored=True, **options).scored) == ROWS
    assert len(read_mixed(path, unused_columns="split", **options).rows) == ROWS


def test_pictures_are_read_from_the_tables_folder(tmp_path: Path) -> None:
    Image.new("RGB", (6, 4), "red").save(tmp_path / "red.png")
    Image.new("RGB", (3, 8), "black").save(tmp_path / "black.png")
    photos = [("red.png", "black.png", "")[row % 3] for row in range(ROWS)]
    pictures = read_mixed(table(tmp_path, photo=photos)).rows.columns["image_photo"]
    assert pictures.shape == (ROWS, 4, 6, 3)
    assert pictures[:3].reshape(3, -1).any(axis=1).tolist() == [True, True, False]


def test_missing_pictures_are_told_if_few(tmp_path: Path) -> None:
    Image.new("RGB", (6, 4), "red").save(tmp_path / "red.png")
    path = table(tmp_path, photo=["gone.png", *["red.png"] * (ROWS - 1)])
    note = read_mixed(path).note
    told = "1 rows are read without their picture; line 2: column photo: no such picture, gone.png"
    assert f"warning: {told}" in note
    path = table(tmp_path, photo=[f"{row}.png" for row in range(ROWS)])
    assert refused(path) == "line 2: column photo: no such picture, 0.png"


def test_other_tables_are_read_as_a_network_knows_them(tmp_path: Path) -> None:
    known = {"number_price": State("Price"), "series_views": State("views")}
    source = read_mixed(table(tmp_path), known=known, label_column="label", label_kind="classes")
    assert list(source.rows.columns) == ["number_price", "series_views"]
    assert source.note.endswith("warning: column views is not there; rows are answered without")
    assert np.isfinite(source.rows.columns["number_price"]).all()
    message = refused(table(tmp_path), known={"text_name": State("name")}, label_column="label")
    assert message == "needs a column of name. Received: title, price, brand, label"


def test_a_frame_may_hold_arrays() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "photo": [rng.integers(1, 255, (5, 5, 3), np.uint8) for _ in range(6)],
            "steps": [[1.0, None, 3.0], [2.0], None, [], [4.0, 5.0, 6.0], [1, 2, 3]],
            "label": list("ababab"),
        }
    )
    source = read_mixed(frame)
    assert source.rows.columns["series_steps"].lengths.tolist() == [3, 1, 0, 0, 3, 3]
    assert source.rows.columns["image_photo"].shape == (6, 5, 5, 3)


def test_the_sample_is_the_same_each_time() -> None:
    one, other = sample_products(), sample_products()
    assert one.columns["description"] == other.columns["description"]
    assert set(one.columns["label"]) == {"quick", "slow", "steady"}
    assert all(isinstance(each, float) for each in sample_products("numbers").columns["label"])


headings = st.text(min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)


@hypothesis_settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(headings, max_size=5, unique=True))
def test_settings_name_any_columns(names: list[str]) -> None:
    assert split_names(join_names(names)) == names


@hypothesis_settings(max_examples=25, deadline=None, derandomize=True)
@given(headings | st.text(min_size=50, max_size=90).filter(str.strip))
def test_names_of_inputs_are_plain_and_short(heading: str) -> None:
    name = input_name("text", heading)
    assert name.isascii()
    assert name.isidentifier()
    assert len(name) <= 80
    assert kind_of(name) == "text"


@hypothesis_settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=3, max_size=30, unique=True))
def test_numbers_come_back_as_they_were_written(values: list[float]) -> None:
    frame = pd.DataFrame({"x": values, "label": ["a"] * len(values)})
    column = read_mixed(frame, columns={"number": "x"}).rows.columns["number_x"]
    np.testing.assert_array_equal(column, np.array(values, np.float32))
