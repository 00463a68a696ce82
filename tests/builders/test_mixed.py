"""Networks over columns of several kinds."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from lstm_toolkit import builders
from lstm_toolkit.builders.column_encoders import ColumnSpec

COLUMNS = {
    "category_brand": ColumnSpec("category", 5),
    "image_photo": ColumnSpec("image", shape=(6, 6, 3)),
    "number_price": ColumnSpec("number", 4),
    "series_views": ColumnSpec("series", 4),
    "text_title": ColumnSpec("text", 9),
}
SMALL = {"units": (4,), "embedding": 4, "column_width": 4, "hidden": 6, "picture_filters": (4,)}


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(0)
    return builders.mixed_network(COLUMNS, outputs=3, joining="gated_sum", **SMALL)


def inputs(rows: int, steps: int = 3) -> dict[str, np.ndarray]:
    """Returns rows that have every column."""
    rng = np.random.default_rng(0)
    series = rng.normal(size=(rows, steps, 4)).astype(np.float32)
    series[..., 2:] = 1
    return {
        "category_brand": rng.integers(1, 5, rows).astype(np.int32),
        "image_photo": rng.uniform(0.1, 1, (rows, 6, 6, 3)).astype(np.float32),
        "number_price": np.ones((rows, 4), np.float32),
        "series_views": series,
        "text_title": rng.integers(2, 9, (rows, steps)).astype(np.int32),
    }


def test_zeros_stand_for_any_column(model: keras.Model) -> None:
    whole = inputs(4)
    answers = model(whole, training=False)
    np.testing.assert_allclose(np.asarray(answers).sum(axis=1), 1, rtol=1e-5)
    for name, values in whole.items():
        without = np.asarray(model({**whole, name: np.zeros_like(values)}, training=False))
        assert np.isfinite(without).all(), name
        assert not np.allclose(without, answers), name
    nothing = model({name: np.zeros_like(each) for name, each in whole.items()}, training=False)
    np.testing.assert_allclose(nothing[0], nothing[1], rtol=1e-5)


def test_padding_changes_no_answer(model: keras.Model) -> None:
    whole = inputs(4)
    padded = {
        name: np.pad(each, [(0, 0), (0, 2), *[(0, 0)] * (each.ndim - 2)])
        if name in ("series_views", "text_title")
        else each
        for name, each in whole.items()
    }
    np.testing.assert_allclose(model(padded), model(whole), atol=1e-5)


def test_one_column_needs_no_names() -> None:
    one = {"number_price": ColumnSpec("number", 4)}
    model = builders.mixed_network(one, outputs=1, head="linear", **SMALL)
    assert model(np.ones((2, 4), np.float32)).shape == (2, 1)


def test_columns_are_needed() -> None:
    with pytest.raises(ValueError, match=r"^needs a column, .* Received: 0 columns, outputs=3, "):
        builders.mixed_network({}, outputs=3, **SMALL)
