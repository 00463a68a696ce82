from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lstm_toolkit import plots
from lstm_toolkit.metrics.class_scores import class_report, class_scores

TRUTH = np.array([0, 0, 1, 2], np.int32)
PROBABILITIES = np.array(
    [[0.8, 0.1, 0.1, 0.0], [0.3, 0.6, 0.1, 0.0], [0.1, 0.8, 0.1, 0.0], [0.1, 0.2, 0.7, 0.0]],
    np.float32,
)
NAMES = ("a", "b", "c", "never")


def test_scores_worked_out_by_hand() -> None:
    scores = class_scores(TRUTH, PROBABILITIES, NAMES)
    assert scores["accuracy"] == 0.75
    # F1 of a: 2/3, of b: 2/3, of c: 1; the class that never occurs does not count.
    assert scores["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert scores["loss"] == pytest.approx(-np.log([0.8, 0.3, 0.8, 0.7]).mean(), rel=1e-6)
    # Bins of 1/15: two answers at 0.8, both right; one at 0.7, right; one at 0.6, wrong.
    expected = 0.5 * 0.2 + 0.25 * 0.3 + 0.25 * 0.6
    assert scores["calibration_error"] == pytest.approx(expected, abs=1e-6)
    assert scores["confusion_matrix"][0] == [1, 1, 0, 0]
    assert scores["per_class"]["b"]["precision"] == 0.5
    assert scores["examples"] == 4


def test_the_report_names_every_class() -> None:
    text = class_report(class_scores(TRUTH, PROBABILITIES, NAMES))
    assert all(name in text for name in NAMES)
    assert "accuracy 0.7500" in text


def test_names_may_be_anything(tmp_path: Path) -> None:
    names = ("accuracy", "$a_$", "b_$", "")
    assert "accuracy" in class_report(class_scores(TRUTH, PROBABILITIES, names))
    plots.save(plots.confusion_matrix(TRUTH, PROBABILITIES, names), tmp_path / "a.png")
    sheet = plots.worst_images(np.zeros((4, 3, 3)), TRUTH, PROBABILITIES, names)
    plots.save(sheet, tmp_path / "b.png")


def test_a_certain_mistake_has_a_finite_loss() -> None:
    assert class_scores(np.array([3], np.int32), PROBABILITIES[:1], NAMES)["loss"] < 17


def test_figures_show_what_they_are_given() -> None:
    figure = plots.worst_images(np.zeros((4, 3, 3)), TRUTH, PROBABILITIES, NAMES)
    assert figure.axes[0].get_title() == "a → b (0.60)"
    assert "1 mistakes in 4" in figure.get_suptitle()
    matrix = plots.confusion_matrix(TRUTH, PROBABILITIES, NAMES)
    assert [text.get_text() for text in matrix.axes[0].texts][:2] == ["1", "1"]
    rows = [{"epoch": i, "loss": 1 / i, "val_loss": 2 / i} for i in (1, 2, 3)]
    curves = plots.learning_curves(rows)
    assert [line.get_label() for line in curves.axes[0].lines] == ["training", "validation"]
    assert plots.calibration(TRUTH, PROBABILITIES).axes[0].get_title() == "calibration error 0.325"
