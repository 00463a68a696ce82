"""A run as one HTML file: its scores, pictures, worst mistakes, and how it was made."""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.comparison.pairs import run_folder
from lstm_toolkit.errors import RunError
from lstm_toolkit.runs import ANSWERS, Run
from lstm_toolkit.serving.score_table import class_rows, score_rows
from lstm_toolkit.settings.fields import changed, fields
from lstm_toolkit.settings.values import setting_text
from lstm_toolkit.system.files import write_text
from lstm_toolkit.training.row_answers import RowAnswers

REPORT = "report.html"

MISTAKES = 20
"""Rows that are shown."""

PICTURE_BYTES = 10_000_000
"""Above which a picture stays out of the page."""


def write_report(path: str | Path) -> Path:
    """Writes `report.html` into the folder of a finished run, complete in itself.

    Args:
        path: A run folder, or that of a search, whose best run is taken.

    Returns:
        The file.

    Raises:
        RunError: If there is no finished run, or its scores are damaged.
        OSError: If the folder cannot be written.
    """
    run = Run.open(run_folder(Path(path)))
    file = run.path / REPORT
    write_text(file, report(run))
    return file


def report(run: Run) -> str:
    """Returns the page.

    Raises:
        RunError: If the scores or the configuration are damaged.
    """
    import jinja2

    source = Path(__file__).with_name("run_page.html").read_text(encoding="utf-8")
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
        source
    )
    try:
        return template.render(_facts(run)) + "\n"
    except (KeyError, TypeError, AttributeError, ValueError, jinja2.TemplateError) as error:
        raise RunError(f"{run.path}: is damaged. {type(error).__name__}: {error}") from error


def _facts(run: Run) -> dict[str, Any]:
    metrics, task = run.metrics, run.task
    test = metrics["test"]
    return {
        "name": run.path.resolve().name,
        "task": task,
        "main": task.target.main_score,
        "less_is_better": task.direction(task.target.main_score) == "min",
        "bars": list(_bars(run, test)),
        "verdict": _verdict(run, test),
        "methods": list(test.get("baselines", {})),
        "scores": score_rows(task, metrics),
        "classes": class_rows(test),
        "mistakes": list(_mistakes(run)),
        "pictures": list(_pictures(run.path / "plots")),
        "data": run.config["data"],
        "epochs": metrics["epochs"],
        "seconds": f"{metrics['train_seconds']:.0f}",
        "precision": run.config["precision"],
        "begun_with": run.config.get("begun_with", {}),
        "versions": run.config.get("versions", {}),
        **_settings(run),
    }


def _bars(run: Run, test: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yields the main score of the run and of each simplest method that has it."""
    main = run.task.target.main_score
    values = {"this run": test[main]}
    values |= {name: m[main] for name, m in test.get("baselines", {}).items() if main in m}
    longest = max(values.values())
    if longest <= 0 or min(values.values()) < 0:
        return
    for name, value in values.items():
        yield {"name": name, "percent": f"{100 * value / longest:.1f}", "text": f"{value:.4f}"}


def _verdict(run: Run, test: Mapping[str, Any]) -> str:
    simplest = run.task.simplest(test)
    if simplest is None:
        return "No simple method was scored beside it."
    if simplest.beaten:
        return (
            f"Better than {simplest.method}, the best of the simplest methods, "
            f"by {simplest.gain:.4f}."
        )
    return (
        f"Not better than {simplest.method}, a much simpler method, by more than the standard "
        f"error of {simplest.standard_error:.4f}."
    )


def _mistakes(run: Run) -> Iterator[dict[str, Any]]:
    """Yields the rows with the worst answers; none where the run keeps no answers."""
    task = run.task
    if not task.target.row_scores:
        return
    try:
        answers = RowAnswers.load(run.path / ANSWERS, task)
    except (ValueError, OSError, csv.Error):
        return
    scores = answers.scores(task)
    signs = [1 if task.direction(score.name) == "max" else -1 for score in scores]
    keys = [
        sign * score.of_rows(answers.sums(score)) for sign, score in zip(signs, scores, strict=True)
    ]
    shown = 0
    for place in np.lexsort(keys[::-1]).tolist():
        if shown == MISTAKES:
            return
        if answers.truth[place] != answers.answers[place]:
            shown += 1
            yield {
                "row": int(answers.rows[place]),
                "input": answers.inputs[place],
                "truth": answers.truth[place],
                "answer": answers.answers[place],
            }


def _pictures(folder: Path) -> Iterator[dict[str, str]]:
    for file in sorted(folder.glob("*.png")):
        # What a link points to is not the run's, and the page is passed on.
        if not file.is_symlink() and file.stat().st_size <= PICTURE_BYTES:
            content = base64.b64encode(file.read_bytes()).decode("ascii")
            yield {"name": file.stem.replace("_", " "), "content": content}


def _settings(run: Run) -> dict[str, list[dict[str, str]]]:
    defaults, settings = run.task.settings(), run.settings
    rows = [
        {"name": f.name, "value": setting_text(getattr(settings, f.name)), "text": f.text}
        for f in fields(run.task.settings)
    ]
    others = [
        {
            "name": f.name,
            "value": setting_text(getattr(settings, f.name)),
            "default": setting_text(getattr(defaults, f.name)),
        }
        for f in changed(defaults, settings)
    ]
    return {"settings": rows, "changed": others}
