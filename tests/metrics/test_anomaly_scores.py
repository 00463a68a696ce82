"""Scores of anomalies, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from lstm_toolkit.metrics.alarm_thresholds import alarm_threshold
from lstm_toolkit.metrics.anomaly_scores import anomaly_scores
from lstm_toolkit.metrics.nab import Scored, nab_scores
from lstm_toolkit.metrics.robust_scale import robust_scale
from lstm_toolkit.metrics.runs import runs_of
from lstm_toolkit.metrics.vus import vus_pr


def at(steps: int, *places: int) -> np.ndarray:
    marked = np.zeros(steps)
    marked[list(places)] = 1.0
    return marked


def window(steps: int, first: int, last: int) -> np.ndarray:
    inside = np.zeros(steps, bool)
    inside[first : last + 1] = True
    return inside


def test_nab_gives_100_to_the_first_step_of_each_window_and_0_to_silence() -> None:
    inside = window(200, 60, 79) | window(200, 120, 139)
    assert nab_scores([Scored(at(200, 60, 120), inside)]) == pytest.approx(
        {"standard": 100.0, "reward_low_fp": 100.0, "reward_low_fn": 100.0}
    )
    assert set(nab_scores([Scored(np.zeros(200), inside)]).values()) == {0.0}


def test_nab_counts_early_hits_more_and_false_alarms_by_their_distance() -> None:
    inside = window(200, 100, 119)

    def standard(*places: int) -> float:
        return nab_scores([Scored(at(200, *places), inside)])["standard"]

    hit = (2 / (1 + np.exp(-5 * 0.5)) - 1) / (2 / (1 + np.exp(-5.0)) - 1)
    assert standard(110) == pytest.approx(100 * (hit + 1) / 2)  # in the middle of its window
    assert standard(110, 50) == pytest.approx(100 * (hit + 1 - 0.11) / 2)
    assert standard(110, 120) > standard(110, 190)  # just after a window is hardly false
    assert standard(110, 5) == standard(110)  # the first 15 % are not scored
    assert standard(115, 110) == standard(110)  # of a window the best hit counts


def test_vus_without_a_buffer_is_near_the_area_under_precision_and_recall() -> None:
    rng = np.random.default_rng(0)
    labels = window(2000, 300, 420) | window(2000, 1500, 1560)
    scores = rng.random(2000) + 2.0 * labels
    assert vus_pr(labels, scores, 0) == pytest.approx(1.0, abs=0.02)
    blurred = rng.random(2000) + 0.7 * labels
    exact = average_precision_score(labels, blurred)
    assert vus_pr(labels, blurred, 0) == pytest.approx(exact, abs=0.05)


def test_vus_forgives_scores_that_come_some_steps_late() -> None:
    labels = window(1000, 300, 340)
    late = np.roll(labels, 8).astype(float) + 1e-3 * np.random.default_rng(0).random(1000)
    assert vus_pr(labels, late, 100) > vus_pr(labels, late, 0) + 0.05


@pytest.mark.parametrize("seed", range(5))
def test_events_and_buffers_end_with_their_series(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parts = []
    for length in (60, 40, 80):
        labels = window(length, length - 6, length - 1) | window(length, 0, 3)
        parts.append((labels, rng.random(length) + labels, rng.random(length) < 0.2))
    labels, scores, alarms = map(np.concatenate, zip(*parts, strict=True))
    series = np.repeat(["a", "b", "c"], [60, 40, 80])
    runs = [len(runs_of(part[0])) for part in parts]
    assert len(runs_of(labels, series)) == sum(runs) == 6 > len(runs_of(labels))
    # As if steps that nobody scores stood between: no buffer reaches over them.
    found = anomaly_scores(labels, scores, alarms, series)
    assert found["vus_pr"] <= anomaly_scores(labels, scores, alarms)["vus_pr"] + 1e-9
    assert found["auc_pr"] == anomaly_scores(labels, scores, alarms)["auc_pr"]
    order = np.concatenate([np.arange(100, 180), np.arange(100)])
    again = anomaly_scores(labels[order], scores[order], alarms[order], series[order])
    assert again == pytest.approx(found)  # which series comes first does not count


def test_random_scores_get_the_share_of_anomalies() -> None:
    rng = np.random.default_rng(0)
    labels = rng.random(20_000) < 0.1
    found = anomaly_scores(labels, rng.random(20_000), rng.random(20_000) < 0.001)
    assert found["auc_pr"] == pytest.approx(0.1, abs=0.02)
    assert found["event_f1"] < 0.05
    assert anomaly_scores(np.zeros(5, bool), np.arange(5.0), np.zeros(5, bool)) == {}


@pytest.mark.parametrize("seed", range(3))
def test_a_threshold_bears_that_some_steps_are_anomalies(seed: int) -> None:
    scores = np.random.default_rng(seed).exponential(size=4000)
    clean = alarm_threshold(scores, 0.001)
    assert 4 < clean < 12  # that of the distribution is 6.9
    scores[:120] += 50
    assert alarm_threshold(scores, 0.001) < 20
    assert alarm_threshold(scores, 0.001, "quantile") > 50
    assert alarm_threshold(np.ones(10), 0.001) == 1.0


def test_the_scale_of_a_channel_is_never_zero() -> None:
    values = np.column_stack([np.full(50, 5.0), np.zeros(50), np.full(50, np.nan), at(50, 7)])
    center, spread = robust_scale(values)
    assert center.tolist() == [5.0, 0.0, 0.0, 0.0]
    assert spread[:3].tolist() == [0.05, 1.0, 1.0]
    assert spread[3] == pytest.approx(0.14)
