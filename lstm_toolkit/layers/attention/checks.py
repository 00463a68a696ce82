"""What the attention mechanisms say of wrong arguments."""

from __future__ import annotations

import difflib

from lstm_toolkit.layers.attention.mechanism import PROBABILITY_FNS


def check_mechanism(units: object, probability_fn: str) -> None:
    """Raises if the width or the name of the probability function is not usable.

    Raises:
        ValueError: If `units` is no integer of at least 1 or `probability_fn` is unknown.
    """
    if isinstance(units, bool) or not isinstance(units, int) or units < 1:
        raise ValueError(f"units must be an integer of at least 1. Received: units={units!r}")
    if probability_fn not in PROBABILITY_FNS:
        near = difflib.get_close_matches(str(probability_fn), PROBABILITY_FNS, n=1)
        raise ValueError(
            f"probability_fn must be one of {', '.join(PROBABILITY_FNS)}. "
            f"Received: probability_fn={probability_fn!r}"
            + (f"; did you mean {near[0]!r}?" if near else "")
        )
