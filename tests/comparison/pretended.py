"""Run folders as trainings leave them, without a training."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.runs import ANSWERS, CONFIG, FORMAT, METRICS, MODEL
from lstm_toolkit.tasks import get_task
from lstm_toolkit.training.row_answers import RowAnswers

CLASSES = ("bad", "good")


def write_run(
    folder: Path,
    right: Sequence[int] = (),
    *,
    task: str = "sentiment",
    scores: dict[str, Any] | None = None,
    keys: Sequence[str] | None = None,
    history: str = "epoch,loss,val_loss\n1,0.9,0.8\n2,0.7,0.75\n",
    answers: bool = True,
    **settings: Any,
) -> Path:
    """Writes a finished run.

    Args:
        folder: To be made.
        right: Whether each test row was answered rightly, of a run of classes.
        task: That was trained.
        scores: Of the test split; None takes what follows from `right`.
        keys: Of the rows; None numbers them.
        history: The content of `history.csv`.
        answers: Whether the run keeps its answers.
        **settings: Other than the defaults.
    """
    folder.mkdir(parents=True)
    chosen = get_task(task).settings(**settings)
    data = {"path": "/data/mine.csv", "note": "40 examples", "fingerprint": "0123456789abcdef"}
    sizes = {"train": 30, "validation": 5, "test": len(right)}
    config = {
        "format": FORMAT,
        "task": task,
        "settings": chosen.values(),
        "precision": "float32",
        "data": data | sizes,
        "versions": {"tensorflow": "2.21.0"},
    }
    (folder / CONFIG).write_text(json.dumps(config))
    (folder / MODEL).write_bytes(b"")
    (folder / "history.csv").write_text(history)
    if scores is None:
        accuracy = float(np.mean(right))
        scores = {"accuracy": accuracy, "standard_error": 0.05, "examples": len(right)}
        methods = {"most_frequent": {"accuracy": 0.5}, "logistic_regression": {"accuracy": 0.7}}
        scores |= {"loss": 0.5, "baselines": methods}
    metrics = {"task": task, "train_seconds": 12.4, "epochs": 2, "validation": {}, "test": scores}
    (folder / METRICS).write_text(json.dumps(metrics))
    if answers and len(right):
        answered(right, keys).save(folder / ANSWERS)
    return folder


def answered(right: Sequence[int], keys: Sequence[str] | None = None) -> RowAnswers:
    """Returns answers to rows, the truth of which takes turns."""
    rows = np.arange(len(right))
    truth = [CLASSES[row % 2] for row in rows]
    given = [CLASSES[(row % 2) ^ (not hit)] for row, hit in zip(rows, right, strict=True)]
    columns = {"right": np.array(right, float), "loss": np.full(len(right), 0.5)}
    names = list(keys or map(str, rows))
    texts = [f"text {name}" for name in names]
    return RowAnswers(rows, rows, names, texts, truth, given, columns)
