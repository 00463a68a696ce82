"""Scores of steps: a gap is no usual value, and simple methods go the way of the network."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from lstm_toolkit import get_task
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.metrics.forecast_scores import pinball
from lstm_toolkit.metrics.simple_anomalies import METHODS
from lstm_toolkit.targets import step_scores
from lstm_toolkit.targets.anomaly_state import AnomaliesState
from lstm_toolkit.targets.simple_detectors import SimpleDetectors

HORIZON, CHANNELS = 4, 2


def state(**changes: object) -> AnomaliesState:
    facts = {"horizon": HORIZON, "smooth": 3, "average": 1, "join": "strangest"} | changes
    return AnomaliesState(("a", "b"), factors=(1.0, 1.0), **facts)  # type: ignore[arg-type]


def outputs(rows: int = 200, seed: int = 0) -> np.ndarray:
    medians = np.random.default_rng(seed).normal(size=(rows, HORIZON * CHANNELS, 1))
    return (medians + np.array([-1.0, 0.0, 1.0])).astype(np.float32)


@pytest.mark.parametrize("join", ["strangest", "mean"])
def test_what_is_missing_makes_no_score_lower(join: str) -> None:
    whole = np.full((3, HORIZON, CHANNELS, 3), 8.0, np.float32) + np.float32([-1, 0, 1])
    whole[1, 1:3] = 0.0  # two of the three steps that count
    whole[2, :, 1] = 0.0  # a channel
    steps = step_scores.step_scores(whole.reshape(3, -1, 3), np.zeros(3), state(join=join))
    assert steps.once.tolist() == pytest.approx([steps.once[0]] * 3)
    assert steps.once[0] > 5


def test_errors_are_means_over_what_was_observed() -> None:
    errors = outputs(5)
    errors[1, 2:] = 0.0
    errors[4] = 0.0
    found, there = step_scores.median_errors(errors, CHANNELS)
    assert there.tolist() == [True] * 4 + [False]
    assert found[1] == pytest.approx(np.abs(errors[1, :2, 1]).mean())


def test_losses_are_those_of_all_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = outputs(50)
    wanted = pinball(np.zeros(errors.shape[:2]), errors, step_scores.LEVELS).mean()
    monkeypatch.setattr(step_scores, "CHUNK", 7)
    assert step_scores.mean_loss(errors) == pytest.approx(wanted)


def test_each_threshold_fits_the_scores_it_judges() -> None:
    errors = outputs(4000)
    fitted = step_scores.fitted_state(errors, np.zeros(4000), state(average=8), 0.01, "quantile")
    steps = step_scores.step_scores(errors, np.zeros(4000), fitted)
    assert steps.alarms.mean() == pytest.approx(0.01, abs=0.002)
    assert (steps.once >= fitted.threshold_once).mean() == pytest.approx(0.01, abs=0.002)
    assert (steps.once >= fitted.threshold).mean() > 0.05  # the fault that a second one mends


def frames(gaps: bool, seed: int = 0) -> Dataset:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(300, 12, 2)).astype(np.float32) * [1.0, 50.0] + 7.0
    if gaps:
        values[rng.random(values.shape) < 0.3] = np.nan
    return Dataset({"values": values}, {}, {"label": np.arange(300) % 50 == 0})


@pytest.mark.parametrize("name", METHODS)
def test_simple_methods_give_what_networks_give(name: str) -> None:
    """Average, mean over the last steps and join change their scores as they do the network's."""
    train, test = frames(True), frames(True, 1)
    settings = ({}, {"smooth": 1}, {"average": 5}, {"join": "mean"}, {"scale": "window"})
    scores = [
        SimpleDetectors(train, test, "values", state(**changed)).scores(METHODS[name])
        for changed in settings
    ]
    assert len({each["auc_pr"] for each in scores}) == len(settings)
    assert len({each["mae"] for each in scores[:4]}) == 1
    assert scores[4]["mae"] != scores[0]["mae"]


def test_a_missing_value_is_no_error_of_a_simple_method() -> None:
    train, test = frames(False), frames(True, 1)
    test.columns["values"][:, -HORIZON:, 1] = np.nan
    found = SimpleDetectors(train, test, "values", state()).scores(METHODS["rolling_mean"])
    assert 0.5 < found["mae"] < 1.2  # of a channel alone: not halved, not that of filled values


def test_training_goes_on_with_what_the_settings_say_of_scores() -> None:
    settings = SimpleNamespace(smooth=9, average=6, join="mean")
    target = get_task("anomalies").target
    extended, _ = target.extend(state(), None, settings)  # type: ignore[arg-type]
    assert (extended.smooth, extended.average, extended.join) == (HORIZON, 6, "mean")
