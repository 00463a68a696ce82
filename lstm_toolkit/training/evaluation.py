"""Scores and pictures of a trained network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.data.examples import Examples
from lstm_toolkit.errors import DataError, RunError
from lstm_toolkit.figures import plots
from lstm_toolkit.runs import Run
from lstm_toolkit.system.files import write_text
from lstm_toolkit.training.preparation import Prepared, make_batches, prepare

if TYPE_CHECKING:
    import keras
    from numpy.typing import NDArray


def evaluate(prepared: Prepared, model: keras.Model, examples: Examples) -> dict[str, Any]:
    """Scores a network on examples.

    Args:
        prepared: What the network was trained on.
        model: The network.
        examples: Raw rows with labels.

    Returns:
        The task's scores, as `metrics.json` holds them.
    """
    outputs = predict(prepared, model, examples)
    return prepared.task.score(outputs, examples, prepared.assets)


def predict(prepared: Prepared, model: keras.Model, examples: Examples) -> NDArray[Any]:
    """Returns what the task makes of the network's outputs, one row an example."""
    return prepared.task.infer(
        model, prepared.batches(examples), prepared.settings, prepared.assets
    )


def evaluate_splits(
    prepared: Prepared, model: keras.Model, rows: list[dict[str, float]], folder: Path
) -> dict[str, Any]:
    """Scores validation and test split, and draws the test's figures into `folder`."""
    task, splits = prepared.task, prepared.splits
    outputs = predict(prepared, model, splits.test)
    figures = task.draw(outputs, splits.test, prepared.assets)
    for name, figure in ({"learning_curves": plots.learning_curves(rows)} | figures).items():
        plots.save(figure, folder / f"{name}.png")
    for name, page in task.pages(outputs, splits.test, prepared.assets).items():
        write_text(folder / f"{name}.html", page)
    return {
        "validation": evaluate(prepared, model, splits.validation),
        "test": task.score(outputs, splits.test, prepared.assets),
    }


def evaluate_run(run: Run, data: Path | None = None) -> tuple[str, dict[str, Any]]:
    """Scores a run on its own test split, or on `data`.

    Of a file with a published test split, that is scored; otherwise all its rows.

    Returns:
        A line that says what was scored, and the scores.

    Raises:
        DataError: If the data is missing, changed, or has labels unknown to the run.
    """
    task, settings, assets = run.task, run.settings, run.assets
    if data is None:
        if run.data is not None and not run.data.exists():
            raise DataError("the run's data is gone; give its place with --data", path=run.data)
        prepared = prepare(task, settings, run.data)
        if prepared.fingerprint != run.config["data"]["fingerprint"]:
            raise RunError(f"{run.path}: its data has changed; give what to score with --data")
        examples, note = prepared.splits.test, f"test split of {prepared.note}"
    else:
        source = task.read(data, settings, assets)
        examples, note = source.scored, source.note
    try:
        batches = make_batches(task, examples, settings, assets)
    except DataError as error:
        raise DataError(str(error), path=data) from error
    outputs = task.infer(run.model(), batches, settings, assets)
    return note, task.score(outputs, examples, assets)
