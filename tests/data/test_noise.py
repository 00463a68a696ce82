"""Noise has the level that was asked for, and follows from its generator alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.data import read_signals
from lstm_toolkit.data.noise import KINDS, LONGEST_GAP, add_noise

STEPS = 2000


def clean(scale: float = 1.0) -> np.ndarray:
    return (scale * np.sin(np.arange(STEPS) / 20) + 3).astype(np.float32)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "dropouts"])
@pytest.mark.parametrize("rate", [None, 360.0, 0.001])
@pytest.mark.parametrize(("level", "scale"), [(0.0, 1.0), (10.0, 200.0), (-5.0, 0.01)])
def test_added_noise_has_its_level(
    kind: str, rate: float | None, level: float, scale: float
) -> None:
    signal = clean(scale)
    deviation = float(signal.std())
    noisy = add_noise(kind, signal, level, deviation, np.random.default_rng(3), rate)  # type: ignore[arg-type]
    power = float(np.mean(np.square(noisy.astype(np.float64) - signal)))
    wanted = 10 * np.log10(deviation**2 / power)
    # Parts of mixed noise are each of power one, but may by chance resemble each other.
    assert wanted == pytest.approx(level, abs=1.5 if kind == "mixed" else 0.02)
    assert noisy.dtype == np.float32


@pytest.mark.parametrize("rate", [1 / 3600, 1.0, 50.0, 60.0, 99.0, 110.0])
@pytest.mark.parametrize("seed", range(4))
def test_few_samples_a_second_leave_hum_a_wave_and_wander_slow(rate: float, seed: int) -> None:
    flat = np.zeros(STEPS, np.float32)
    hum, wander = (
        add_noise(kind, flat, 0.0, 1.0, np.random.default_rng(seed), rate).astype(np.float64)
        for kind in ("hum", "wander")
    )
    assert hum.std() > 0.9
    assert np.abs(np.diff(hum)).mean() > 0.1
    assert np.abs(np.diff(wander)).mean() < 0.1


def test_what_is_drawn_from_wide_ranges_is_told() -> None:
    for rate, told in ((1.0, "hum and wander"), (45.0, "hum"), (360.0, "")):
        note = read_signals(pd.DataFrame({"y": np.sin(np.arange(500))}), window=32, rate=rate).note
        assert (f"a second for true {told}: drawn from wide ranges" in note) == bool(told)


def test_dropouts_hold_the_last_sample_or_lose_it() -> None:
    signal, kinds = clean(), set()
    for seed in range(12):
        noisy = add_noise("dropouts", signal, 5.0, float(signal.std()), np.random.default_rng(seed))
        lost = np.isnan(noisy)
        kinds.add(bool(lost.any()))
        if not lost.any():
            same = np.diff(noisy) == 0
            assert same.sum() > 10
        changed = lost | (noisy != signal)
        ends = np.flatnonzero(np.diff(np.r_[0, changed.astype(int), 0]))
        assert (ends[1::2] - ends[::2]).max() <= 10 * LONGEST_GAP
        assert not changed[0]
    assert kinds == {True, False}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_generator_makes_the_same_noise(kind: str) -> None:
    one, other, third = (
        add_noise(kind, clean(), 5.0, 0.7, np.random.default_rng(seed), 360.0)  # type: ignore[arg-type]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, other)
    assert not np.array_equal(one, third)


@pytest.mark.parametrize("kind", KINDS)
def test_signals_without_any_change_stay_as_they_are(kind: str) -> None:
    flat = np.full(64, 2.0, np.float32)
    noisy = add_noise(kind, flat, 0.0, 0.0, np.random.default_rng(0))  # type: ignore[arg-type]
    np.testing.assert_array_equal(noisy[np.isfinite(noisy)], 2.0)


@pytest.mark.parametrize("steps", [1, 2, 3, 5])
def test_tiny_windows_lose_what_they_can(steps: int) -> None:
    tiny = np.arange(steps, dtype=np.float32)
    noisy = add_noise("dropouts", tiny, -40.0, 9.0, np.random.default_rng(0))
    assert noisy.shape == tiny.shape
    assert noisy[0] == 0
