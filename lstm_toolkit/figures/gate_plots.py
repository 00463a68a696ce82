"""Figures of what the gates of an LSTM layer do over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.figures.fonts import legible
from lstm_toolkit.figures.plots import BLUE, ORANGE, figure, literal, tell_missing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

    from lstm_toolkit.inspection.gates import GateActivations

PANELS = {
    "input": "input gate",
    "forget": "forget gate",
    "output": "output gate",
    "cell": "cell state",
    "hidden": "hidden state",
}
"""What is drawn, downwards, and its titles."""

_GATES = 3
"""So many panels are gates, and share one scale."""


def gates(
    activations: GateActivations,
    *,
    steps: Sequence[str] | None = None,
    units: int | Sequence[int] = 12,
    row: int = 0,
) -> Figure:
    """Draws gates and states of one sequence as heat maps of units over time.

    Gates run from white (closed) to blue (open), states from orange (negative) by way of
    white to blue (positive). Masked steps are left out.

    Args:
        activations: See `lstm_toolkit.inspection.gates.gate_activations`.
        steps: A label for each time step, or for each that is not masked; None numbers them.
        units: Which units, or how many: those whose hidden state varies most over the steps,
            downwards from the one that varies most.
        row: Which sequence of the batch.

    Raises:
        ValueError: If there is no such row or unit, the row is masked altogether, or `steps`
            do not fit it.

    Example:
        >>> import keras, lstm_toolkit as lt
        >>> layer = keras.layers.LSTM(4)
        >>> x = np.ones((1, 3, 2), "float32")
        >>> _ = layer(x)
        >>> [axes.get_title() for axes in gates(lt.layer_gates(layer, x)).axes[:2]]
        ['input gate', 'forget gate']
    """
    valid = _steps_of(activations, row)
    shown, fonts, hint = legible(literal(_labels(steps, valid, len(activations.mask[row]))))
    chosen = telling_units(activations.hidden[row, valid], units)
    sheet = figure(1.9 + max(0.34 * len(valid), 2.6), 1.2 + 5 * (0.35 + 0.13 * len(chosen)))
    panels = sheet.subplots(len(PANELS), 1, sharex=True)
    parts = [getattr(activations, name)[row, valid][:, chosen].T for name in PANELS]
    most = max(1.0, *(float(part.max()) for part in parts[:_GATES]))
    for place, (axes, part, title) in enumerate(zip(panels, parts, PANELS.values(), strict=True)):
        _heat(axes, part, most if place < _GATES else None)
        axes.set(title=title, ylabel="unit")
        axes.set_yticks(range(len(chosen)), [str(unit) for unit in chosen], fontsize=7)
    upright = all(len(label) <= 2 for label in shown)  # as single Chinese characters are
    turned = {} if upright else {"rotation": 60, "ha": "right", "rotation_mode": "anchor"}
    panels[-1].set_xticks(range(len(valid)), shown, family=fonts, **turned)
    tell_missing(panels[-1], hint)
    for first, end in ((0, _GATES), (_GATES, _GATES + 1), (_GATES + 1, len(PANELS))):
        part, narrow = list(panels[first:end]), 16 * (end - first)
        bar = sheet.colorbar(part[0].images[0], ax=part, fraction=0.06, pad=0.02, aspect=narrow)
        bar.outline.set_visible(False)
    return sheet


def telling_units(hidden: NDArray[np.float32], units: int | Sequence[int]) -> list[int]:
    """Returns the named units, or that many whose hidden state varies most over time.

    Args:
        hidden: `float32[time, units]`.
        units: Numbers of units, or how many of them.

    Raises:
        ValueError: If there is no such unit.
    """
    if isinstance(units, int):
        if units < 1:
            raise ValueError(f"units must be at least 1. Received: units={units}")
        return [int(unit) for unit in np.argsort(-hidden.var(axis=0), kind="stable")[:units]]
    if not units or any(not 0 <= unit < hidden.shape[1] for unit in units):
        raise ValueError(
            f"units must be numbers in 0..{hidden.shape[1] - 1}. Received: units={tuple(units)}"
        )
    return list(units)


def _steps_of(activations: GateActivations, row: int) -> NDArray[np.int64]:
    rows = len(activations.mask)
    if not 0 <= row < rows:
        raise ValueError(f"row must be in 0..{rows - 1}. Received: row={row}")
    valid = np.flatnonzero(activations.mask[row])
    if not len(valid):
        raise ValueError(f"row must have a step that is not masked. Received: row={row}")
    return valid


def _labels(steps: Sequence[str] | None, valid: NDArray[np.int64], time: int) -> list[str]:
    if steps is None:
        return [str(step) for step in valid]
    if len(steps) not in (len(valid), time):
        raise ValueError(
            f"steps must name the {len(valid)} steps that are not masked. "
            f"Received: {len(steps)} names"
        )
    return list(steps) if len(steps) == len(valid) else [steps[step] for step in valid]


def _heat(axes: Axes, values: NDArray[np.float32], most: float | None) -> None:
    """Draws a gate on a scale from 0 to `most`, or a state around 0."""
    top = most or float(np.abs(values).max()) or 1.0
    axes.imshow(
        values,
        cmap="Blues" if most else _around_zero(),
        vmin=0 if most else -top,
        vmax=top,
        aspect="auto",
        interpolation="nearest",
    )
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _around_zero() -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("around_zero", [ORANGE, "white", BLUE])
