"""Bars stand where letters do."""

from __future__ import annotations

from lstm_toolkit.figures.sequences import sequence_weights


def test_a_bar_a_stretch_and_a_letter_below_each() -> None:
    tokens = [{"token": "AC", "weight": 0.5}, {"token": "G", "weight": -0.25}]
    sheet = sequence_weights([{"label": "site", "probability": 0.75, "tokens": tokens}])
    (axes,) = sheet.axes
    assert [bar.get_height() for bar in axes.patches] == [0.5, -0.25]
    assert [label.get_text() for label in axes.get_xticklabels()] == list("ACG")
    assert axes.get_title(loc="right") == "site 0.75"
