"""Changes in the level of an index, on numbers that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.monitoring.changes import Days, Rules, change_at, changes


def days(means: object, count: int = 25, within: float = 0.5) -> Days:
    """Days of as many texts each, whose tones differ by a standard deviation."""
    mean = np.asarray(means, np.float64)
    counts = np.full(len(mean), count)
    squares = counts * mean**2 + (counts - 1) * within**2
    return Days(np.arange(len(mean)), counts, mean * counts, squares)


def usual(number: int, seed: int = 0) -> np.ndarray:
    return 0.2 + 0.1 * np.random.default_rng(seed).standard_normal(number)


def test_nothing_is_judged_before_enough_days_say_what_is_usual() -> None:
    rules = Rules(least=20)
    series = days([*usual(19), -1.0])
    assert change_at(series, 19, rules) is None
    series = days([*usual(20), -1.0])
    change = change_at(series, 20, rules)
    assert change is not None
    assert (change.method, change.direction, change.since) == ("z", "down", 20)
    assert change.statistic < -8
    assert change.usual == pytest.approx(0.2, abs=0.1)


def test_a_small_change_is_added_up() -> None:
    (place, change), *_ = changes(days([*usual(60), *(usual(7, 1) + 0.25)]), Rules())
    assert (change.method, change.direction) == ("cusum", "up")
    assert change.since >= 60 <= place


def test_a_change_is_told_once_and_the_new_level_learnt() -> None:
    series = days([*usual(60), *(usual(120, 1) - 1.0)])
    found = list(changes(series, Rules()))
    assert [place for place, _ in found] == [60]


def test_where_judging_is_cut_it_goes_on_alike() -> None:
    series = days([*usual(60), *(usual(60, 1) - 1.0), *(usual(60, 2) + 1.0)])
    whole = list(changes(series, Rules()))
    assert len(whole) == 2
    for cut in (30, 61, 100, 121):
        before = list(changes(series, Rules(), stop=cut))
        first = before[-1][0] if before else 0
        assert before + list(changes(series, Rules(), start=cut, first=first)) == whole


def test_days_with_few_texts_do_not_hide_how_much_the_others_vary() -> None:
    """Weekdays of 100 texts, weekends of 2; the level sways by 0.1 from day to day."""
    rng = np.random.default_rng(0)
    counts = np.where(np.arange(1400) % 7 < 5, 100, 2)
    mean = 0.2 + 0.1 * rng.standard_normal(1400) + 0.5 * rng.standard_normal(1400) / counts**0.5
    squares = counts * mean**2 + (counts - 1) * 0.25
    series = Days(np.arange(1400), counts, mean * counts, squares)
    assert len(list(changes(series, Rules()))) <= 4  # in four years


def test_an_index_that_never_moved_may_move_a_little() -> None:
    assert change_at(days([1.0] * 60 + [0.99], within=0.0), 60, Rules()) is None
    change = change_at(days([1.0] * 60 + [0.5], within=0.0), 60, Rules())
    assert change is not None
    assert change.statistic == pytest.approx(-50, rel=0.01)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60), st.integers(1, 50))
def test_every_series_can_be_judged(means: list[float], count: int) -> None:
    for place, change in changes(days(means, count, 0.0), Rules(least=3)):
        assert 3 <= place < len(means)
        assert np.isfinite(change.statistic)
        assert change.since <= place


def test_few_texts_a_day_are_no_change() -> None:
    """A day of one text says little, however far it is off."""
    series = days([*usual(60), -0.8], count=25)
    alone = Days(series.day, np.array([25] * 60 + [1]), series.total.copy(), series.squares)
    alone.total[-1] = -0.8
    assert change_at(series, 60, Rules()) is not None
    assert change_at(alone, 60, Rules()) is None
