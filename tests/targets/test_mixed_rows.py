"""Answers to rows that lack some of their columns."""

from __future__ import annotations

import numpy as np

from lstm_toolkit.targets import MixedClasses, MixedNumber
from lstm_toolkit.targets.without_columns import column_report, column_scores

OUTPUTS = {
    "label": np.array([b"quick", b"slow"], object),
    "probability": np.array([0.8, 0.6]),
    "columns": np.array([[b"price", b"title"]] * 2, object),
    "lacking": np.array([[False, True], [False, False]]),
    "weights": np.array([[0.3, 0.0], [-0.1, 0.5]]),
}


def test_answers_tell_what_they_lack_and_what_speaks_for_them() -> None:
    first, second = MixedClasses().to_json(OUTPUTS)
    assert first == {
        "label": "quick",
        "probability": 0.8,
        "without": ["title"],
        "columns": [{"column": "price", "weight": 0.3}],
    }
    assert [each["column"] for each in second["columns"]] == ["title", "price"]
    assert "without" not in second
    line = "quick\t0.8000\tprice(+0.30)\twithout title"
    assert MixedClasses().format_answer(first) == line


def test_columns_stand_by_what_is_lost_without_them() -> None:
    whole = {"accuracy": 0.8}
    without = {"price": {"accuracy": 0.75}, "title": {"accuracy": 0.5}}
    columns = column_scores(whole, without, "accuracy", 1.0)
    assert list(columns) == ["title", "price"]
    line = "accuracy without one column, of the whole 0.8000: title 0.5000, price 0.7500"
    assert column_report({**whole, "columns": columns}, "accuracy") == line
    assert column_report({**whole, "columns": {"price": {"without": 0.3}}}, "accuracy") == ""


def test_an_error_that_grows_is_a_loss() -> None:
    columns = column_scores({"mae": 2.0}, {"price": {"mae": 3.0}}, "mae", MixedNumber.sign)
    assert columns["price"]["lost"] == 1.0
