"""How clean signals are: the power of the truth over that of what is left of the noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TENTHS = 10 / np.log(10)
"""Decibels of a power that is e times another."""


def decibels(power: Any, noise: Any) -> Any:
    """Returns the ratio of two powers in dB, at most 150 where there is no noise.

    >>> float(decibels(10.0, 1.0))
    10.0
    """
    floor = 1e-15
    power, noise = np.asarray(power, np.float64), np.asarray(noise, np.float64)
    return 10 * np.log10(np.maximum(power, floor * noise + 1e-300)) - 10 * np.log10(
        np.maximum(noise, floor * power + 1e-300)
    )


def row_powers(
    truth: NDArray[Any],
    outputs: NDArray[Any],
    noisy: NDArray[Any],
    means: NDArray[Any],
    deviations: NDArray[Any],
) -> dict[str, Floats]:
    """Returns what each row adds to the scores.

    Args:
        truth: `float[n, steps]`, NaN where it is not known.
        outputs: `float[n, steps]`.
        noisy: `float[n, steps]`, what went in; a missing sample counts as the signal's mean.
        means: `float[n]`, of the signals that rows are of.
        deviations: `float[n]`, likewise; powers are in their squares, so that signals of any unit
            count alike.

    Returns:
        `float64[n]`: `signal`, `error` and `noise`, sums of squares in units of the deviations;
        `squared_error` and `absolute_error`, sums in the signals' own unit; `known`, of how many
        samples.
    """
    wanted = truth.astype(np.float64)
    known = np.isfinite(wanted)
    error = np.where(known, outputs - wanted, 0.0)
    filled = np.where(np.isfinite(noisy), noisy, means[:, None])
    noise = np.where(known, filled - wanted, 0.0)
    signal = np.where(known, wanted - means[:, None], 0.0)
    units = np.square(deviations.astype(np.float64))
    return {
        "signal": np.square(signal).sum(axis=1) / units,
        "error": np.square(error).sum(axis=1) / units,
        "noise": np.square(noise).sum(axis=1) / units,
        "squared_error": np.square(error).sum(axis=1),
        "absolute_error": np.abs(error).sum(axis=1),
        "known": known.sum(axis=1).astype(np.float64),
    }


def signal_scores(rows: dict[str, Floats]) -> dict[str, float]:
    """Returns scores from what rows add, see `row_powers`.

    Returns:
        `snr`, of what came out, and `snr_in`, of what went in, in dB; `improvement`, their
        difference; `rmse` and `mae`; the `standard_error` of `snr` over rows.
    """
    sums = {name: float(column.sum()) for name, column in rows.items()}
    known = max(sums["known"], 1.0)
    snr, before = (float(decibels(sums["signal"], sums[name])) for name in ("error", "noise"))
    return {
        "snr": snr,
        "snr_in": before,
        "improvement": snr - before,
        "rmse": float(np.sqrt(sums["squared_error"] / known)),
        "mae": sums["absolute_error"] / known,
        "standard_error": _standard_error(rows["signal"], rows["error"]),
        "examples": len(rows["signal"]),
    }


def _standard_error(signal: Floats, error: Floats) -> float:
    """Returns that of the ratio of two sums in dB, to first order."""
    if not signal.sum() or not error.sum():
        return 0.0
    parts = signal / signal.sum() - error / error.sum()
    return float(TENTHS * np.sqrt(len(parts)) * parts.std())


def by_noise(
    rows: dict[str, Floats], kinds: Sequence[str], levels: Sequence[float]
) -> dict[str, dict[str, dict[str, float]]]:
    """Returns `snr`, `improvement` and `rmse` by kind of noise and level in dB."""
    named, sizes = np.asarray(kinds), np.asarray(levels)
    table: dict[str, dict[str, dict[str, float]]] = {}
    for kind in dict.fromkeys(kinds):
        for level in np.unique(sizes):
            own = np.flatnonzero((named == kind) & (sizes == level))
            if len(own):
                scores = signal_scores({name: column[own] for name, column in rows.items()})
                few = {name: round(scores[name], 4) for name in ("snr", "improvement", "rmse")}
                table.setdefault(str(kind), {})[f"{level:g}"] = few
    return table
