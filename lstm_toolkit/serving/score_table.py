"""The scores of a run beside those of the simplest methods, as tables show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstm_toolkit.task import Task


def score_rows(task: Task, metrics: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Returns a row a score, the main one first: name, test, validation, each simplest method.

    Args:
        task: That was trained; its target says which scores there are.
        metrics: The content of `metrics.json`.
    """
    test, validation = metrics["test"], metrics["validation"]
    methods = test.get("baselines", {})
    main = task.target.main_score
    rows = []
    for name in sorted(task.target.directions, key=lambda name: name != main):
        if name not in test:
            continue
        values = [each.get(name) for each in (test, validation, *methods.values())]
        cells = ["" if value is None else f"{value:.4f}" for value in values]
        if name == main and "standard_error" in test:
            cells[0] += f" ± {test['standard_error']:.4f}"
        rows.append((name, *cells))
    return rows


def class_rows(test: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Returns of each class or label: name, precision, recall, F1, rows in the test split."""
    classes = test.get("per_class") or test.get("per_label") or {}
    names = ("precision", "recall", "f1-score")
    return [
        (name, *(f"{row[score]:.3f}" for score in names), int(row["support"]))
        for name, row in classes.items()
    ]
