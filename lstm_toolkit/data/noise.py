"""Noise as sensors have it, made as a function of a generator: what training adds to clean signals.

Each kind is brought to a level: the power of the clean signal over that of the noise, in dB.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Noise = Literal["white", "hum", "wander", "impulses", "dropouts", "mixed"]

KINDS: tuple[Noise, ...] = get_args(Noise)

MAINS = (50.0, 60.0)
"""Hertz of the mains."""
WANDER = (0.05, 0.4)
"""Hertz between which a baseline wanders, as breathing makes it."""
ANY_HUM, ANY_WANDER = (0.05, 0.25), (0.00015, 0.0012)
"""Cycles a sample of hum and wander, where it is not known how many samples a second has, or where
these are too few for those of the mains and of breathing."""
FASTEST_WANDER = 0.01
"""Cycles a sample beyond which a baseline would not wander but jump."""
IMPULSES = (0.01, 0.05)
"""Share of the samples that impulses hit."""
LONGEST_GAP = 32
"""Samples that one dropout takes, at most."""
MOST_LOST = 0.5
"""Share of a signal that dropouts take together, at most."""


def add_noise(
    kind: Noise,
    clean: NDArray[np.float32],
    level: float,
    deviation: float,
    rng: np.random.Generator,
    rate: float | None = None,
) -> NDArray[np.float32]:
    """Returns a signal with noise.

    Args:
        kind: One of `KINDS`; "mixed" is white noise, hum and impulses together.
        clean: `float32[steps]`, NaN where a value is missing.
        level: Power of the signal over that of the noise, in dB.
        deviation: Of the whole signal that `clean` is a part of; its square is the power.
        rng: Draws all that is random.
        rate: Samples a second; None, or too few for a kind, draws from wide ranges.

    Returns:
        `float32[steps]`; dropouts hold the last value, or are NaN.
    """
    power = deviation**2 * 10 ** (-level / 10)
    if kind == "dropouts":
        return _with_dropouts(clean, power, rng)
    make = _MIXED if kind == "mixed" else (_ADDED[kind],)
    shares = rng.dirichlet(np.full(len(make), 4.0)) if len(make) > 1 else np.ones(1)
    noise = np.zeros(len(clean))
    for each, share in zip(make, shares, strict=True):
        noise += np.sqrt(share) * _of_power_one(each(len(clean), rng, rate))
    return (clean + np.sqrt(power) * noise).astype(np.float32)


def mains_at(rate: float | None) -> tuple[float, ...]:
    """Returns the cycles a sample of those mains that samples can hold; none if `rate` is None.

    >>> mains_at(200.0), mains_at(110.0), mains_at(50.0)
    ((0.25, 0.3), (0.45454545454545453,), ())
    """
    return () if rate is None else tuple(hum / rate for hum in MAINS if hum / rate < 0.5)


def wander_at(rate: float | None) -> tuple[float, float] | None:
    """Returns the cycles a sample between which a baseline wanders; None if it would jump.

    >>> wander_at(100.0), wander_at(1.0)
    ((0.0005, 0.004), None)
    """
    if rate is None or WANDER[1] / rate > FASTEST_WANDER:
        return None
    return WANDER[0] / rate, WANDER[1] / rate


def of_any_rate(kinds: Sequence[Noise], rate: float | None) -> list[str]:
    """Returns the words of what is drawn from wide ranges, since samples come too seldom.

    >>> of_any_rate(("white", "mixed"), 1.0), of_any_rate(("hum",), None)
    (['hum'], [])
    """
    if rate is None:
        return []
    hum = {"hum", "mixed"} & set(kinds) and not mains_at(rate)
    wander = "wander" in kinds and wander_at(rate) is None
    return ["hum"] * bool(hum) + ["wander"] * wander


def _of_power_one(noise: Floats) -> Floats:
    power = np.mean(np.square(noise))
    scaled: Floats = noise / np.sqrt(power) if power > 0 else noise
    return scaled


def _white(steps: int, rng: np.random.Generator, rate: float | None) -> Floats:
    return rng.normal(size=steps)


def _hum(steps: int, rng: np.random.Generator, rate: float | None) -> Floats:
    """Returns the mains' sine, with overtones as far as samples can hold them."""
    mains = mains_at(rate)
    pitch = rng.choice(mains) if mains else rng.uniform(*ANY_HUM)
    strengths = (1.0, *rng.uniform(0.0, 0.3, 2))
    phases = rng.uniform(0, 2 * np.pi, 3)
    cycles = np.arange(steps) * pitch
    noise = np.zeros(steps)
    for overtone, (strength, phase) in enumerate(zip(strengths, phases, strict=True), 1):
        if overtone == 1 or overtone * pitch < 0.5:
            noise += strength * np.sin(2 * np.pi * overtone * cycles + phase)
    return noise


def _wander(steps: int, rng: np.random.Generator, rate: float | None) -> Floats:
    low, high = wander_at(rate) or ANY_WANDER
    pitches, phases = rng.uniform(low, high, 4), rng.uniform(0, 2 * np.pi, 4)
    strengths = rng.uniform(0.3, 1.0, 4)
    waves = np.sin(2 * np.pi * np.arange(steps)[:, None] * pitches + phases)
    total: Floats = waves @ strengths
    return total


def _impulses(steps: int, rng: np.random.Generator, rate: float | None) -> Floats:
    hit = rng.random(steps) < rng.uniform(*IMPULSES)
    hit[rng.integers(steps)] = True  # or there might be none
    return np.where(hit, rng.normal(size=steps), 0.0)


_ADDED: dict[str, Callable[[int, np.random.Generator, float | None], Floats]] = {
    "white": _white,
    "hum": _hum,
    "wander": _wander,
    "impulses": _impulses,
}
_MIXED = (_white, _hum, _impulses)


def _with_dropouts(
    clean: NDArray[np.float32], power: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Loses stretches until the error of holding the last value is as large as it should be."""
    noisy, steps = clean.copy(), len(clean)
    wanted, lost = power * steps, np.zeros(steps, bool)
    missing = rng.random() < 0.5
    for _ in range(steps):  # a tiny window has too few places to lose so much
        if lost.mean() >= MOST_LOST:
            break
        length = int(rng.integers(1, max(2, min(LONGEST_GAP, steps // 4))))
        begin = int(rng.integers(1, max(2, steps - length)))
        held = np.where(lost[begin - 1], noisy[begin - 1], clean[begin - 1])
        noisy[begin : begin + length] = held
        lost[begin : begin + length] = True
        if np.nansum(np.square(noisy - clean)) >= wanted:
            break
    return np.where(lost & missing, np.float32(np.nan), noisy)
