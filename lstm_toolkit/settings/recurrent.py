"""Settings of stacked recurrent layers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Annotated, Literal

from lstm_toolkit.settings.fields import (
    CHANGES_LOSS,
    MODEL,
    NOT_NEGATIVE,
    POSITIVE,
    SHARE,
    SettingsGroup,
    settings,
)


@settings()
class RecurrentSettings(SettingsGroup):
    """How recurrent layers are stacked; arguments of `builders.recurrent_stack`."""

    units: Annotated[tuple[int, ...], POSITIVE, MODEL] = (128, 64)
    """Width of each recurrent layer, first to last."""
    cell: Annotated[Literal["lstm", "gru"], MODEL] = "lstm"
    """Recurrent cell."""
    bidirectional: Annotated[bool, MODEL] = True
    """Read the sequence in both directions."""
    dropout: Annotated[float, SHARE, MODEL] = 0.2
    """Share of each layer's outputs dropped in training."""
    recurrent_dropout: Annotated[float, SHARE, MODEL] = 0.0
    """Share of the state dropped between time steps; rules out cuDNN on a GPU."""
    layer_norm: Annotated[bool, MODEL] = False
    """Normalise each layer's output."""
    residual: Annotated[bool, MODEL] = False
    """Add a layer's input to its output where they are of equal width (units=96,96,96)."""
    l2: Annotated[float, NOT_NEGATIVE, MODEL, CHANGES_LOSS] = 0.0
    """Factor of the squared weights added to the loss."""

    @property
    def keeps_time(self) -> bool:
        """Whether the last layer gives an output a step, which a residual then reaches."""
        return False

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        reached = self.units if self.keeps_time else self.units[:-1]
        if self.residual and not any(a == b for a, b in itertools.pairwise(reached)):
            before_last = "" if self.keeps_time else " before the last, as in units=96,96,96"
            yield (
                f"residual needs two equal units{before_last}. "
                f"Received: units={','.join(map(str, self.units))}"
            )
