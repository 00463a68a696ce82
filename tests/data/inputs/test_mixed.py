"""Rows in memory that are answered as those of a table."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lstm_toolkit.data.inputs.mixed import given_rows
from lstm_toolkit.data.inputs.rows import ReadingContext
from lstm_toolkit.errors import DataError


def context(decimal: str = "point") -> ReadingContext:
    """Returns what is known of a network with a text, a number and a picture."""
    frame = types.SimpleNamespace(size=(4, 6), height=4, width=6, pad=True)
    inner = {
        "image_photo": types.SimpleNamespace(frame=frame),
        "number_price": types.SimpleNamespace(decimal=decimal),
        "text_title": types.SimpleNamespace(),
    }
    features = {
        name: types.SimpleNamespace(heading=name.partition("_")[2], inner=each)
        for name, each in inner.items()
    }
    settings = types.SimpleNamespace(decimal="point")
    return ReadingContext(settings, types.SimpleNamespace(features=features), None)


def test_frames_and_mappings_are_rows(tmp_path: Path) -> None:
    picture = np.full((4, 6, 3), 7, np.uint8)
    Image.fromarray(picture).save(tmp_path / "a.png")
    rows: list[dict[str, Any]] = [
        {"Title": "a thing", "PRICE": 1.5, "photo": tmp_path / "a.png", "label": "x"},
        {"Title": "NA", "PRICE": None, "photo": picture, "label": "y"},
    ]
    first, second = given_rows(pd.DataFrame(rows), context())
    assert (first.name, second.name) == ("a thing", "NA")
    assert first.value["number_price"] == 1.5
    assert np.isnan(second.value["number_price"])
    assert second.value["text_title"].item() == b""
    for row in (first, second, *given_rows(rows[0], context())):
        np.testing.assert_array_equal(row.value["image_photo"], picture)


def test_a_comma_of_the_training_is_read() -> None:
    (row,) = given_rows({"price": "1.234,5"}, context("comma"))
    assert row.value["number_price"] == 1234.5


def test_rows_without_any_column_are_refused() -> None:
    with pytest.raises(DataError) as error:
        given_rows({"cost": 3}, context())
    assert str(error.value) == "needs a column of photo, price, title. Received: cost"
