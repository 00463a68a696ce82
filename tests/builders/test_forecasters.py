"""Networks that foretell."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from lstm_toolkit.builders import forecaster

STEPS, HORIZON = 12, 5


def ask(model: keras.Model, values: Any) -> np.ndarray:
    numbers = np.asarray(values, np.float32)
    known = np.isfinite(numbers)
    pair = np.stack([np.where(known, numbers, 0), known], axis=-1).astype(np.float32)
    return np.asarray(model(pair, training=False))


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(0)
    built = forecaster(STEPS, horizon=HORIZON, units=(4,), quantiles=3, segment=5, season=3)
    rng = np.random.default_rng(0)
    built.set_weights([rng.normal(size=each.shape) * 0.3 for each in built.get_weights()])
    return built


def test_level_and_scale_of_a_window_change_nothing_else(model: keras.Model) -> None:
    window = np.random.default_rng(1).normal(size=(2, STEPS))
    one, other = ask(model, window), ask(model, 50 * window + 1000)
    assert one.shape == (2, HORIZON, 3)
    np.testing.assert_allclose(50 * one + 1000, other, rtol=1e-4, atol=0.02)


def test_a_network_without_training_repeats_the_last_value() -> None:
    fresh = forecaster(STEPS, horizon=HORIZON, units=(4,), segment=4)
    answer = ask(fresh, np.arange(STEPS)[None])
    np.testing.assert_allclose(answer[..., 0], STEPS - 1)


def test_the_last_season_goes_on() -> None:
    fresh = forecaster(STEPS, horizon=HORIZON, units=(4,), segment=4, season=4, skip="season")
    answer = ask(fresh, np.tile([1.0, 5.0, 2.0, 9.0], 3)[None])
    np.testing.assert_allclose(answer[0, :, 0], [1, 5, 2, 9, 1], rtol=1e-5)


def test_missing_values_are_taken_from_a_season_ago(model: keras.Model) -> None:
    window = np.tile([1.0, 5.0, 2.0], 4)
    gap = window.copy()
    gap[7] = np.nan
    linear = forecaster(STEPS, horizon=HORIZON, units=(4,), segment=4, season=3)
    linear.get_layer("linear").set_weights(model.get_layer("linear").get_weights())
    # The mean of a window changes with what is missing, and so does its scale, a little.
    np.testing.assert_allclose(ask(linear, window[None]), ask(linear, gap[None]), rtol=0.1)


@pytest.mark.parametrize("value", [0.0, 7.5, 1e6, np.nan])
def test_constant_and_empty_windows_give_numbers(model: keras.Model, value: float) -> None:
    assert np.isfinite(ask(model, np.full((1, STEPS), value))).all()


def test_covariates_reach_the_forecast() -> None:
    keras.utils.set_random_seed(0)
    shapes = {"start": (17, 4), "past": (12, 2), "known": (17, 1), "static": (3,)}
    built = forecaster(STEPS, horizon=HORIZON, units=(4,), segment=5, covariates=shapes)
    rng = np.random.default_rng(0)
    built.set_weights([rng.normal(size=each.shape) * 0.3 for each in built.get_weights()])
    inputs = {
        name: rng.normal(size=(1, *shape)).astype(np.float32) for name, shape in shapes.items()
    }
    inputs["values"] = np.ones((1, STEPS, 2), np.float32) * rng.normal(size=(1, STEPS, 1))
    before = np.asarray(built(inputs, training=False))
    for name, shape in shapes.items():
        changed = {**inputs, name: inputs[name] + 1}
        after = np.asarray(built(changed, training=False))
        assert not np.allclose(before, after), (name, shape)


def test_bad_arguments_are_told() -> None:
    with pytest.raises(ValueError, match="segment at most steps") as error:
        forecaster(4, horizon=2, units=(4,), segment=8)
    assert str(error.value) == (
        "steps, horizon, segment, quantiles and season must be at least 1, and segment at most "
        "steps. Received: steps=4, horizon=2, segment=8, quantiles=1, season=1"
    )
