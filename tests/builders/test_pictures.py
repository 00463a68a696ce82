"""Small convolutional networks over pictures."""

from __future__ import annotations

import keras
import pytest

from lstm_toolkit import builders


def test_a_grid_has_a_vector_for_each_part() -> None:
    x = keras.Input((21, 32, 3))
    assert builders.picture_grid(x, filters=(4, 6, 8)).shape == (None, 6, 8, 8)
    assert builders.picture_vector(x, filters=(4,), depth=1).shape == (None, 4)


def test_pictures_of_one_pixel_have_a_grid_too() -> None:
    grid = builders.picture_grid(keras.Input((1, 1, 3)), filters=(4, 6, 8))
    assert grid.shape == (None, 1, 1, 8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"filters": ()}, "filters must be integers of at least 1. Received: filters=()"),
        ({"depth": 0}, "depth must be an integer of at least 1. Received: depth=0"),
        ({"dropout": 1.0}, "dropout must be in [0, 1). Received: dropout=1.0"),
    ],
)
def test_arguments_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as error:
        builders.picture_grid(keras.Input((8, 8, 3)), **{"filters": (4,), **options})  # type: ignore[arg-type]
    assert str(error.value) == message
