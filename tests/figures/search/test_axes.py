from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.figures.search.axes import MISSING, numbers_in, scale


def labels(values: list[Any], **options: Any) -> list[str]:
    return [label for _, label in scale(pd.Series(values, dtype=object), **options).ticks]


def test_numbers_keep_their_distances() -> None:
    found = scale(pd.Series([10.0, 20.0, 50.0]))
    np.testing.assert_allclose(found.places, [0, 0.25, 1])
    assert found.ticks == [(0.0, "10"), (0.25, "20"), (1.0, "50")]
    assert found.steps


def test_logarithms_make_factors_distances() -> None:
    found = scale(pd.Series([1e-4, 1e-3, 1e-1]), log=True)
    np.testing.assert_allclose(found.places, [0, 1 / 3, 1])
    assert [label for _, label in found.ticks] == ["0.0001", "0.001", "0.1"]
    wide = (10 ** np.linspace(-5.2, -1.3, 30)).tolist()
    # Seven numbers 1, 3, 10, … fit; twelve of 1, 2, 5, … would not.
    assert labels(wide, log=True) == [
        "1e-5",
        "3e-5",
        "0.0001",
        "0.0003",
        "0.001",
        "0.003",
        "0.01",
        "0.03",
    ]
    assert labels(wide, log=True, room=4) == ["1e-5", "0.0001", "0.001", "0.01"]
    found = scale(pd.Series(wide), log=True)
    place = (np.log10(0.001) + 5.2) / (5.2 - 1.3)
    assert {label: place for place, label in found.ticks}["0.001"] == pytest.approx(place)


def test_zero_has_no_logarithm() -> None:
    np.testing.assert_allclose(scale(pd.Series([0.0, 1.0, 4.0]), log=True).places, [0, 0.25, 1])


def test_names_lie_at_even_distances_and_nothing_lies_below() -> None:
    found = scale(pd.Series(["b", None, "a", "c", np.nan], dtype=object))
    assert found.places.tolist() == [0.5, MISSING, 0, 1, MISSING]
    assert found.ticks == [(0.0, "a"), (0.5, "b"), (1.0, "c")]


def test_truth_values_and_tuples_are_names() -> None:
    assert labels([True, None, False]) == ["False", "True"]
    assert labels([(64, 64), (8,)]) == ["(64, 64)", "(8,)"]
    assert numbers_in(pd.Series([1.0, np.inf])) is None


def test_whole_numbers_with_gaps_stay_whole() -> None:
    assert labels([64, None, 128]) == ["64", "128"]
    assert labels(list(range(1, 31))) == ["5", "10", "15", "20", "25", "30"]


def test_a_single_value_lies_in_the_middle() -> None:
    assert scale(pd.Series([3, 3])).places.tolist() == [0.5, 0.5]
    assert labels([3, 3]) == ["3"]


def test_nothing_at_all_has_no_ticks() -> None:
    found = scale(pd.Series([None, None]))
    assert found.places.tolist() == [MISSING, MISSING]
    assert found.ticks == []


def test_few_numbers_can_lie_at_even_distances() -> None:
    found = scale(pd.Series([8, 16, 512]), even=3)
    assert found.places.tolist() == [0, 0.5, 1]
    assert scale(pd.Series([8, 16, 512]), even=2).places[1] != 0.5


def test_labels_tell_values_apart() -> None:
    assert labels([0.97121, 0.97122], even=2) == ["0.97121", "0.97122"]
    close = np.linspace(0.97121, 0.97169, 20).tolist()
    assert labels(close)[:2] == ["0.9713", "0.9714"]


def test_many_names_are_not_all_written() -> None:
    assert len(labels([f"n{i:02}" for i in range(100)], room=5)) == 10
