"""Losses of parts of a batch, weighed by their divisors, add up to that of the batch."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from lstm_toolkit.layers import CRF, CRFLoss, TokenCrossentropy
from lstm_toolkit.layers.losses.pinball import PinballLoss
from lstm_toolkit.layers.losses.residual_power import ResidualPower

ROWS, STEPS, CLASSES = 5, 4, 3
RNG = np.random.default_rng(2)
TOKENS = np.array([[1, 2, 1, 2], [2, 0, 0, 0], [1, 1, 0, 0], [2, 1, 1, 0], [1, 0, 0, 0]])
NUMBERS = np.concatenate(
    [np.where(TOKENS > 0, RNG.normal(size=TOKENS.shape), np.nan), np.full((ROWS, 1), 2.0)], axis=1
).astype(np.float32)


def floats(*shape: int) -> Any:
    return RNG.normal(size=shape).astype(np.float32)


LOSSES = {
    "tokens": (TokenCrossentropy(0.1), TOKENS, floats(ROWS, STEPS, CLASSES)),
    "quantiles": (PinballLoss([0.1, 0.5], squared=0.5), NUMBERS, floats(ROWS, STEPS, 2)),
    "power": (ResidualPower(), NUMBERS, floats(ROWS, STEPS)),
    "tags": (CRFLoss(), TOKENS, CRF()(floats(ROWS, STEPS, CLASSES), TOKENS > 0).numpy()),
}


@pytest.mark.parametrize("weights", [None, np.array([2.0, 0.5, 1.0, 3.0, 0.25], np.float32)])
@pytest.mark.parametrize("name", LOSSES)
def test_parts_add_up(name: str, weights: Any) -> None:
    loss, truth, outputs = LOSSES[name]
    assert isinstance(loss, keras.losses.Loss)

    def of(rows: slice) -> tuple[float, float]:
        weigh = None if weights is None else weights[rows]
        value = loss(truth[rows], outputs[rows], weigh)
        return float(value), float(loss.divisor(truth[rows], weigh))

    whole, divisor = of(slice(None))
    parts = [of(rows) for rows in (slice(0, 1), slice(1, 3), slice(3, 5))]
    assert sum(part for _, part in parts) == pytest.approx(divisor)
    total = sum(value * max(part, 1.0) for value, part in parts)
    assert total / max(divisor, 1.0) == pytest.approx(whole, rel=1e-5)
