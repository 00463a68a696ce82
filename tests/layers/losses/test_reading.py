"""Answers packed beside the weights of sentences."""

from __future__ import annotations

import numpy as np

from lstm_toolkit.layers import ReadingAccuracy, ReadingLoss

# Two answers; two looks at three sentences.
PACKED = np.array(
    [[0.75, 0.25, 0.5, 0.25, 0.25, 0.1, 0.8, 0.1], [0.5, 0.5, 0.2, 0.3, 0.5, 0.2, 0.3, 0.5]],
    np.float32,
)


def test_each_look_is_to_find_one_support() -> None:
    truth = np.array([[0, 1, 2, 0, 2], [1, 0, 3, 0, 2]], np.int32)
    wanted = [
        -np.log(0.75) - 0.5 * (np.log(0.5) + np.log(0.8)),
        -np.log(0.5) - 0.5 * np.log(0.5),
    ]
    np.testing.assert_allclose(ReadingLoss(2, 0.5)(truth, PACKED), np.mean(wanted), rtol=1e-5)


def test_answers_of_no_training_row_and_sentences_cut_off_count_nothing() -> None:
    truth = np.array([[2, 9, 0, 0, 2]] * 2, np.int32)
    assert float(ReadingLoss(2, 0.5)(truth, PACKED)) == 0.0


def test_accuracy_looks_at_answers_alone() -> None:
    accuracy = ReadingAccuracy()
    accuracy.update_state(np.array([[0, 0, 0, 0, 2], [1, 0, 0, 0, 2]], np.int32), PACKED)
    np.testing.assert_allclose(accuracy.result(), 0.5)


def test_shares_of_a_batch_add_up_whatever_rows_they_hold() -> None:
    truth = np.array([[0, 1, 2, 0, 2], [1, 0, 3, 0, 2]], np.int32)
    loss, accuracy = ReadingLoss(2, 0.5), ReadingAccuracy()
    assert [float(loss.divisor(truth[:rows])) for rows in (2, 1, 0)] == [2.0, 1.0, 0.0]
    parts = [loss(truth[[row]], PACKED[[row]]) / 2 for row in range(2)]
    np.testing.assert_allclose(sum(parts), loss(truth, PACKED), rtol=1e-6)
    assert loss.call(truth[:0], PACKED[:0]).shape == (0,)
    accuracy.update_state(truth[:0], PACKED[:0])
    assert float(accuracy.result()) == 0.0
