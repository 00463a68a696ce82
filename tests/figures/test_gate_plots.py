"""Figures of gates and states over the steps."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from lstm_toolkit import gate_plots
from lstm_toolkit.inspection.gates import GateActivations, layer_gates
from tests.inspection.test_gates import holes, sequences, shaken


def activations(units: int = 20) -> GateActivations:
    return layer_gates(shaken(keras.layers.LSTM(units)), sequences(), mask=holes())


def drawn(**options: Any) -> Figure:
    sheet = gate_plots.gates(activations(), **options)
    sheet.canvas.draw()
    return sheet


def labels(texts: Any) -> list[str]:
    return [text.get_text() for text in texts]


def test_the_figure_shows_gates_and_states_over_the_steps() -> None:
    sheet = drawn(steps=["a", "b", "$c", "d"], units=4)
    panels, bars = sheet.axes[:5], sheet.axes[5:]
    assert [axes.get_title() for axes in panels] == [
        "input gate", "forget gate", "output gate", "cell state", "hidden state",
    ]  # fmt: skip
    assert len(bars) == 3
    assert all(axes.get_ylabel() == "unit" for axes in panels)
    assert labels(panels[-1].get_xticklabels()) == ["a", "b", r"\$c", "d"]
    shown = activations()
    units = np.argsort(-shown.hidden[0, :4].var(axis=0))[:4]
    assert labels(panels[0].get_yticklabels()) == [str(unit) for unit in units]
    for axes, name in zip(panels, ("input", "forget", "output", "cell", "hidden"), strict=True):
        image = axes.images[0]
        np.testing.assert_array_equal(image.get_array(), getattr(shown, name)[0, :4, units])
        low, high = image.get_clim()
        assert (low, high) == (0, 1) if "gate" in axes.get_title() else low == -high


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, ["0", "2", "3", "4", "5"]),
        ({"steps": list("abcde")}, list("abcde")),
        ({"steps": list("abcdef")}, list("acdef")),
    ],
    ids=["numbered", "counted", "all"],
)
def test_masked_steps_are_left_out(options: dict[str, Any], said: list[str]) -> None:
    assert labels(drawn(row=1, **options).axes[4].get_xticklabels()) == said


def test_units_can_be_named() -> None:
    assert labels(drawn(units=(7, 3)).axes[2].get_yticklabels()) == ["7", "3"]
    assert len(drawn().axes[0].get_yticklabels()) == 12


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"row": 3}, "row must be in 0..2. Received: row=3"),
        ({"units": 0}, "units must be at least 1. Received: units=0"),
        ({"units": (1, 20)}, "units must be numbers in 0..19. Received: units=(1, 20)"),
        (
            {"steps": list("abc")},
            "steps must name the 4 steps that are not masked. Received: 3 names",
        ),
    ],
)
def test_a_figure_of_what_is_not_there_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError) as caught:
        drawn(**options)
    assert str(caught.value) == said


def test_a_row_without_steps_is_refused() -> None:
    layer = shaken(keras.layers.LSTM(3))
    with pytest.raises(ValueError) as caught:
        gate_plots.gates(layer_gates(layer, sequences(), mask=np.zeros((3, 6), bool)))
    assert str(caught.value) == "row must have a step that is not masked. Received: row=0"
