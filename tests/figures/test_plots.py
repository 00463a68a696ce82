"""Figures that notebooks and pages share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lstm_toolkit import plots


def test_padding_is_what_rows_lack_of_the_longest() -> None:
    figure = plots.padding({"mixed": np.array([1, 4]), "equal": np.array([3, 3])})
    mixed, equal = figure.axes
    assert mixed.get_title() == "mixed: 38% padding"
    assert equal.get_title() == "equal: 0% padding"
    np.testing.assert_array_equal(
        mixed.images[0].get_array(), [[True, False, False, False], [True] * 4]
    )


def test_tokens_that_speak_against_the_answer_hang_down_in_orange(tmp_path: Path) -> None:
    figure = plots.token_weights(["not", "$5", "bad"], np.array([0.5, 0.0, -0.2]), "positive")
    axes = figure.axes[0]
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([0.5, 0, -0.2])
    colours = [bar.get_facecolor() for bar in axes.patches]
    assert colours[0] != colours[2] == colours[1]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["not", r"\$5", "bad"]
    assert axes.get_title() == "positive"
    plots.save(figure, tmp_path / "weights.png")


def test_tokens_that_no_font_holds_are_told() -> None:
    figure = plots.token_weights(["\U000f0000"], np.ones(1))
    assert figure.axes[0].get_xlabel().startswith("no font here holds")


def test_systems_stand_side_by_side_over_lengths() -> None:
    lengths = np.array([2, 3, 3, 9, 12, 30])
    scores = {"plain": np.zeros(6), "attention": np.arange(6.0)}
    figure = plots.score_by_length(lengths, scores, "chrF")
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()][:2] == ["2–3", "9"]
    plain, attention = figure.axes[0].containers
    assert {bar.get_height() for bar in plain} == {0}
    assert attention[-1].get_height() == pytest.approx(5)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["plain", "attention"]


def test_more_systems_than_colours_are_refused() -> None:
    scores = {name: np.ones(4) for name in "abcd"}
    with pytest.raises(ValueError) as caught:
        plots.score_by_length(np.arange(4), scores, "chrF")
    assert str(caught.value) == "scores must be of at most 3 systems. Received: 4"
