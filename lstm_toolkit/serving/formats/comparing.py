"""Answers of another run-time, held against those of the Keras model."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import ExportError

TOLERANCE = 1e-4
"""The largest difference of a number that is allowed in float32, as a share of the largest of its
kind where that is above 1: other run-times add up in another order."""

LEAST_AGREEMENT = 0.95
"""Share of the rows that have to be decided alike, where rounding may turn some."""


@dataclasses.dataclass(frozen=True)
class Comparison:
    """How far two run-times are apart.

    Attributes:
        difference: The largest of any number.
        relative: The same, as a share of the largest number of its kind where that is above 1.
        agreement: Share of the rows whose decisions are all alike; None where nothing is
            decided: numbers alone come out.
    """

    difference: float
    relative: float
    agreement: float | None


def compare(
    expected: Mapping[str, NDArray[Any]], received: Mapping[str, NDArray[Any]]
) -> Comparison:
    """Compares outputs by name; NaN in either gives a difference of NaN.

    Raises:
        ExportError: If one is missing, or of another shape.
    """
    gaps, shares = [0.0], [0.0]
    alike = []
    for name, values in expected.items():
        answers = received.get(name)
        if answers is None or answers.shape != values.shape:
            got = "none" if answers is None else f"shape {answers.shape}"
            raise ExportError(
                f"the converted network must give {name} of shape {values.shape}. Received: {got}"
            )
        if values.dtype.kind in "biu":
            alike.append((values == answers).reshape(len(values), -1).all(axis=1))
            continue
        gap = float(np.abs(values.astype(np.float64) - answers).max(initial=0.0))
        gaps.append(gap)
        shares.append(gap / max(1.0, float(np.abs(values).max(initial=0.0))))
    agreement = float(np.mean(np.all(alike, axis=0))) if alike else None
    return Comparison(float(np.max(gaps)), float(np.max(shares)), agreement)


def check(name: str, comparison: Comparison) -> None:
    """Refuses a float32 file that answers otherwise.

    Raises:
        ExportError: If it is further from its Keras model than rounding explains.
    """
    agreement = 1.0 if comparison.agreement is None else comparison.agreement
    if not comparison.relative <= TOLERANCE or agreement < LEAST_AGREEMENT:
        raise ExportError(
            f"{name} answers differently from its Keras model: needs at most {TOLERANCE:g}. "
            f"Received: {comparison.relative:.3g}, {agreement:.0%} of the rows alike; nothing "
            "was published"
        )
