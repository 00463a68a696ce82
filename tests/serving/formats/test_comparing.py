"""How answers of other run-times are judged."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.errors import ExportError
from lstm_toolkit.serving.formats.comparing import Comparison, check, compare

RIGHT = {
    "class": np.array([0, 1, 1, 2], np.int32),
    "probabilities": np.array([[0.5], [0.25], [0.125], [1.0]], np.float32),
}


def test_equal_answers_do_not_differ() -> None:
    assert compare(RIGHT, RIGHT) == Comparison(0.0, 0.0, 1.0)


def test_decisions_and_numbers_are_told_apart() -> None:
    other = {"class": np.array([0, 1, 1, 1]), "probabilities": RIGHT["probabilities"] + 0.25}
    assert compare(RIGHT, other) == Comparison(0.25, 0.25, 0.75)


def test_large_numbers_may_differ_in_proportion() -> None:
    numbers = {"forecast": np.array([1000.0, -2000.0], np.float32)}
    found = compare(numbers, {"forecast": numbers["forecast"] + 0.5})
    assert found == Comparison(0.5, 0.00025, None)


def test_a_row_is_decided_alike_if_all_of_it_is() -> None:
    given = {"given": np.array([[True, False], [True, True]]), "n": np.array([1, 2])}
    other = {"given": np.array([[True, False], [True, False]]), "n": np.array([1, 2])}
    assert compare(given, other).agreement == 0.5


@pytest.mark.parametrize("worst", [np.nan, np.inf])
def test_nan_is_never_near(worst: float) -> None:
    found = compare({"y": np.array([1.0])}, {"y": np.array([worst])})
    with pytest.raises(ExportError):
        check("model.onnx", found)


@pytest.mark.parametrize(
    ("received", "says"),
    [
        ({}, "the converted network must give y of shape (2,). Received: none"),
        (
            {"y": np.zeros((2, 1))},
            "the converted network must give y of shape (2,). Received: shape (2, 1)",
        ),
    ],
)
def test_what_is_missing_is_refused(received: dict[str, np.ndarray], says: str) -> None:
    with pytest.raises(ExportError) as caught:
        compare({"y": np.zeros(2)}, received)
    assert str(caught.value) == says


@pytest.mark.parametrize("bad", [Comparison(0.1, 0.1, 1.0), Comparison(0.0, 0.0, 0.9)])
def test_a_float32_file_must_answer_as_keras_does(bad: Comparison) -> None:
    check("a.tflite", Comparison(1e-5, 1e-5, 0.97))
    with pytest.raises(ExportError) as caught:
        check("a.tflite", bad)
    assert str(caught.value) == (
        "a.tflite answers differently from its Keras model: needs at most 0.0001. Received: "
        f"{bad.relative:.3g}, {bad.agreement:.0%} of the rows alike; nothing was published"
    )
