from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.figures.search.shares import shares


def table(count: int) -> pd.DataFrame:
    """One setting decides everything, with its best value in the middle; two nothing."""
    rng = np.random.default_rng(1)
    decides = rng.uniform(-1, 1, count)
    columns = {
        "decides": decides,
        "noise": rng.uniform(-1, 1, count),
        "name": rng.choice(["a", "b"], count),
        "constant": 1,
        "score": 1 - decides**2,
    }
    return pd.DataFrame(columns)


def test_a_forest_finds_what_decides() -> None:
    trials = table(40)
    found = shares(trials, settings=["noise", "decides", "name", "constant"])
    assert found.together is not None
    assert found.together > 0.7
    assert 0.7 < found.each["decides"] <= 1
    assert found.each["noise"] < 0.05
    assert found.each["name"] < 0.05
    assert math.isnan(found.each["constant"])


def test_a_forest_is_not_fooled_by_chance() -> None:
    found = shares(table(40), settings=["noise", "name"])
    assert found.together is not None
    assert found.together < 0.1
    assert max(found.each.values()) < 0.1


def test_two_equal_parts_have_equal_shares() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(2, size=(2, 80))
    trials = pd.DataFrame({"a": a == 1, "b": b * 1.0, "score": a + b})
    found = shares(trials, settings=["a", "b"])
    # Each is half of the variance, and there is nothing else.
    assert found.each == pytest.approx({"a": 0.5, "b": 0.5}, abs=0.08)
    assert found.together == pytest.approx(1, abs=0.01)


def test_the_sense_of_the_score_does_not_matter() -> None:
    trials = table(20)
    turned = trials.assign(score=-trials["score"])
    settings = ["decides", "noise"]
    found = shares(turned, settings=settings).each
    assert found == pytest.approx(shares(trials, settings=settings).each, abs=0.1)


def test_few_trials_are_looked_at_alone() -> None:
    trials = pd.DataFrame(
        {
            "rises": [1.0, 2.0, 4.0, 8.0],
            "swaps": [2, 1, 3, 4],
            "name": ["a", "a", "b", "b"],
            "unique": ["a", "b", "c", "d"],
            "gone": [None, None, 3.0, None],
            "score": [0.1, 0.2, 0.3, 0.4],
        }
    )
    found = shares(trials, settings=["rises", "swaps", "name", "unique", "gone"])
    assert found.together is None
    assert found.each["rises"] == pytest.approx(1)
    # Spearman's correlation is 0.8; 1 - (1 - 0.64) * 3 / 2.
    assert found.each["swaps"] == pytest.approx(0.46)
    # Between the groups lie 4 of the ranks' 5; 1 - 0.2 * 3 / 2.
    assert found.each["name"] == pytest.approx(0.7)
    assert math.isnan(found.each["unique"])
    assert math.isnan(found.each["gone"])


@pytest.mark.parametrize("count", [0, 1, 2, 3, 12])
def test_where_nothing_can_be_told_there_is_no_number(count: int) -> None:
    trials = table(count).assign(score=0.5)
    found = shares(trials, settings=["decides", "name", "constant"])
    assert all(math.isnan(share) for share in found.each.values())
    assert found.together is None


def test_what_is_missing_is_a_value_to_a_forest() -> None:
    second = [None, 64.0, 128.0] * 6
    scores = [0.0, 1.0, 1.0] * 6
    trials = pd.DataFrame({"second": second, "score": scores})
    assert shares(trials, settings=["second"]).each["second"] > 0.8
