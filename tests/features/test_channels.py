"""Frames of channels: filled from what was known before the steps that are judged."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lstm_toolkit import get_task
from lstm_toolkit.errors import InputError
from lstm_toolkit.features.channels import Channels, ChannelScale

STATE = ChannelScale(10, 3, ("a", "b"), (5.0, 100.0), (2.0, 10.0))


@pytest.mark.parametrize("scale", ["training", "window"])
@pytest.mark.parametrize("seed", range(5))
def test_nothing_of_the_judged_steps_leaks_into_the_window(seed: int, scale: str) -> None:
    rng = np.random.default_rng(seed)
    state = dataclasses.replace(STATE, scale=scale)
    rows = rng.normal(size=(20, 10, 2))
    rows[rng.random(rows.shape) < 0.6] = np.nan
    rows[:5, :7, 1] = np.nan
    other = rows.copy()
    other[:, 7:] += 1000.0
    seen, changed = (np.asarray(Channels().collate(each, state)) for each in (rows, other))
    assert np.array_equal(seen[:, :7], changed[:, :7])
    assert np.isfinite(seen).all()


def test_a_channel_without_a_value_in_its_window_is_not_judged() -> None:
    rows = np.ones((1, 10, 2))
    rows[0, :7, 1] = np.nan
    numbers = np.asarray(Channels().collate(rows, STATE))
    assert numbers[0, :7, 1].tolist() == [0.0] * 7  # what is usual
    assert numbers[0, 7:, 2:].tolist() == [[1.0, 0.0]] * 3


def test_training_goes_on_with_the_same_scale_and_frequency() -> None:
    settings = get_task("anomalies").configure(
        {"window": "7", "horizon": "3", "value_columns": "a,b", "steps": "rows"}
    )
    state, _ = Channels().extend(STATE, None, settings)
    assert state.by == "rows"
    for name, value, known in (("scale", "window", "training"), ("frequency", "h", "")):
        other = dataclasses.replace(settings, **{name: value})
        with pytest.raises(InputError) as error:
            Channels().extend(STATE, None, other)
        assert str(error.value) == (
            f"{name} must stay as the run has it, {name}={known}. Received: {name}={value}"
        )
