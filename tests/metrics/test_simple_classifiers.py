"""What the simplest classifiers score, and that texts and numbers stand side by side."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_toolkit.data.columns import texts
from lstm_toolkit.features import Image, Series, Text
from lstm_toolkit.metrics.simple_classifiers import logistic_regression, most_frequent

TRAIN, TEST = np.array([0, 1, 1, 1], np.int32), np.array([0, 1, 0, 1], np.int32)


def test_the_most_frequent_class_of_training_is_the_answer_to_all() -> None:
    scores = most_frequent(TRAIN, TEST)
    # F1 of the class that is answered: precision 1/2, recall 1; of the other: 0.
    assert scores == {"accuracy": 0.5, "macro_f1": pytest.approx(1 / 3)}


def test_logistic_regression_learns_from_words_of_any_script() -> None:
    known = texts(["房间很差", "房间很好", "very good", "good room"])
    asked = texts(["很差", "好", "差的房间", "a good one"])
    scores = logistic_regression({"text": (Text().simple_model(), known, asked)}, TRAIN, TEST)
    assert scores == {"accuracy": 1.0, "macro_f1": 1.0}


def test_columns_of_several_kinds_are_put_side_by_side() -> None:
    rng = np.random.default_rng(0)
    train, test = (rng.integers(0, 2, size).astype(np.int32) for size in (80, 40))
    told = [texts([f"w{rng.integers(2)}" for _ in part]) for part in (train, test)]
    images = [rng.random((len(part), 2, 2), np.float32) for part in (train, test)]
    numbers = [
        (part[:, None] + rng.normal(0, 0.1, (len(part), 3))).astype(np.float32)
        for part in (train, test)
    ]
    numbers[0][0, 0] = np.nan  # what is missing does not end it
    columns = {
        "text": (Text().simple_model(), *told),
        "images": (Image().simple_model(), *images),
        "values": (Series().simple_model(), *numbers),
    }
    assert logistic_regression(columns, train, test)["accuracy"] == 1.0
    without = {name: columns[name] for name in ("text", "images")}
    assert logistic_regression(without, train, test)["accuracy"] < 0.8


def test_images_of_nothing_are_no_division_by_zero() -> None:
    blank = np.zeros((4, 2, 2), np.uint8)
    columns = {"images": (Image().simple_model(), blank, blank)}
    assert logistic_regression(columns, TRAIN, TEST)["accuracy"] == 0.5
