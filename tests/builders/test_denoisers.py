"""Networks that clean signals: sample for sample, and without looking ahead where they must not."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from lstm_toolkit.builders import denoiser, tokens_of_delay
from lstm_toolkit.builders.denoisers import AROUND, medians

STEPS = 32


def network(**options: Any) -> keras.Model:
    keras.utils.set_random_seed(0)
    return denoiser(STEPS, **{"units": (6, 6), "segment": 4, **options})


def inputs(seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(2, STEPS, 4)).astype(np.float32)
    rows[..., 1] = 1
    rows[..., 3] = np.abs(rows[..., 3])
    return rows


@pytest.mark.parametrize("options", [{"coarse": 4}, {"coarse": 0}, {"causal": True, "delay": 9}])
def test_samples_come_out_one_by_one(options: dict[str, Any]) -> None:
    outputs = network(**options)(inputs())
    assert outputs.shape == (2, STEPS)
    assert np.ptp(outputs) > 0


@pytest.mark.parametrize(("segment", "delay"), [(4, 3), (4, 11), (1, 0), (1, 5), (2, 6)])
def test_causal_networks_look_no_farther_ahead_than_they_may(segment: int, delay: int) -> None:
    model = network(causal=True, segment=segment, delay=delay)
    rows = inputs()
    before = model(rows).numpy()
    latest = 0
    for place in range(STEPS):
        other = rows.copy()
        other[:, place, 0] += 5
        changed = np.flatnonzero((model(other).numpy() != before).any(axis=0))
        latest = max(latest, place - int(changed.min(initial=place)))
    waited = (tokens_of_delay(delay, segment) + 1) * segment - 1
    assert latest <= waited <= delay


def test_networks_that_see_all_look_both_ways() -> None:
    model, rows = network(coarse=2), inputs()
    other = rows.copy()
    other[:, -1, 0] += 5
    assert (model(other).numpy() != model(rows).numpy())[:, 0].all()


def test_medians_are_of_neighbours() -> None:
    samples = np.random.default_rng(0).normal(size=(2, 10)).astype(np.float32)
    for after in (0, AROUND // 2):
        padded = np.pad(samples, [(0, 0), (AROUND - after, after)])
        wanted = np.median(np.lib.stride_tricks.sliding_window_view(padded, AROUND + 1, 1), -1)
        np.testing.assert_allclose(medians(samples, after), wanted, rtol=1e-6)


@pytest.mark.parametrize("wrong", [{"segment": 5}, {"segment": 0}, {"coarse": 3}, {"delay": -1}])
def test_what_does_not_fit_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="steps must be a multiple of segment") as error:
        network(**wrong)
    given = {"segment": 4, "coarse": 0, "delay": 0, **wrong}
    assert str(error.value) == (
        "steps must be a multiple of segment, and of coarse segments; delay at least 0. Received: "
        f"steps={STEPS}, " + ", ".join(f"{name}={value}" for name, value in given.items())
    )
