"""What the LSTM cells of this folder say of wrong arguments."""

from __future__ import annotations


def check_cell(units: object, dropout: float, recurrent_dropout: float) -> None:
    """Raises if the width or a dropout of a cell is out of its range.

    Keras brings a dropout outside of [0, 1] back into it, and takes 1 for none at all.

    Raises:
        ValueError: If `units` is no integer of at least 1, or a dropout is not in [0, 1).
    """
    if isinstance(units, bool) or not isinstance(units, int) or units < 1:
        raise ValueError(f"units must be an integer of at least 1. Received: units={units!r}")
    for name, share in (("dropout", dropout), ("recurrent_dropout", recurrent_dropout)):
        if not 0 <= share < 1:
            raise ValueError(f"{name} must be in [0, 1). Received: {name}={share!r}")
