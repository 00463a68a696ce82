from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.data import unit_range
from lstm_toolkit.data.readers.images.pixels import light_ground, white_level


@pytest.mark.parametrize(
    ("peak", "white", "expected"),
    [
        (1.0, 255, 1.0),
        (0.5, 16, 0.5),
        (16, 16, 1.0),
        (16, 255, 16 / 255),
        (255, 16, 1.0),
        (255, 1, 1.0),
        (65535, 255, 1.0),
        (0, 255, 0.0),
        (1.0005, 1, 1.0),
        (4095, 4095, 1.0),
        (1000, 255, 1000 / 65535),
    ],
)
def test_each_image_is_brought_to_the_unit_range_by_its_own_scale(
    peak: float, white: int, expected: float
) -> None:
    image = np.zeros((2, 2), np.float32)
    image[0, 1] = peak
    full = np.full((2, 2), white, np.float32)
    result = unit_range(np.stack([image, full]), white).numpy()
    assert result[0].max() == pytest.approx(expected)
    assert result[1].min() == 1.0


def test_nan_and_negative_pixels_become_ground() -> None:
    result = unit_range(np.array([[[np.nan, -3.0, 255.0, np.inf]]]), 255).numpy()
    np.testing.assert_array_equal(result, [[[0, 0, 1, 0]]])


def test_bytes_and_floats_give_the_same() -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 4))
    as_bytes = unit_range(images.astype(np.uint8), 255)
    np.testing.assert_array_equal(as_bytes, unit_range(images.astype(np.float32), 255))


@pytest.mark.parametrize(("top", "white"), [(1, 1), (2, 16), (17, 255), (256, 1023), (4096, 65535)])
def test_the_scale_is_the_smallest_that_holds_the_maximum(top: int, white: int) -> None:
    assert white_level(np.array([[[0, top]]])) == white


def test_the_ground_is_what_most_of_the_edges_show() -> None:
    images = np.full((3, 4, 4), 16, np.uint8)
    images[:, 1:3, 1:3] = 0
    assert light_ground(images, 16)
    assert not light_ground(16 - images, 16)
