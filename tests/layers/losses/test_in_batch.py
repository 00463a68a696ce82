"""Texts against all others of their batch."""

from __future__ import annotations

import numpy as np

from lstm_toolkit.layers import InBatchAccuracy, InBatchSoftmax


def test_texts_with_the_same_answer_are_all_right() -> None:
    scores = np.zeros((3, 3), np.float32)
    # Of three alike, rows and columns 0 and 2 have two right ones, 1 has itself.
    wanted = (2 * np.log(3 / 2) + np.log(3)) / 3
    np.testing.assert_allclose(InBatchSoftmax()(np.array([0, 1, 0]), scores), wanted, rtol=1e-5)


def test_high_scores_of_wrong_ones_cost() -> None:
    answers = np.array([0, 1])
    right, wrong = np.diag([9.0, 9.0]), np.array([[0.0, 9.0], [9.0, 0.0]])
    assert float(InBatchSoftmax()(answers, right)) < 0.001
    assert float(InBatchSoftmax()(answers, wrong)) > 8.9


def test_accuracy_asks_for_the_best_of_each_text() -> None:
    accuracy = InBatchAccuracy()
    accuracy.update_state(np.array([0, 1, 0]), np.array([[0, 0, 5], [3, 1, 0], [2, 0, 1]]))
    np.testing.assert_allclose(accuracy.result(), 2 / 3, rtol=1e-6)
