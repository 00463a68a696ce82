"""Scores and pictures of a trained network."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.errors import DataError, RunError
from lstm_toolkit.features.feature import Encoded
from lstm_toolkit.figures.plots import learning_curves
from lstm_toolkit.figures.plots import save as save_figure
from lstm_toolkit.runs import ANSWERS, Run
from lstm_toolkit.settings.arguments import checked_names
from lstm_toolkit.system.files import write_text
from lstm_toolkit.system.reporting import SILENT, Reporter
from lstm_toolkit.targets.signature import Trained
from lstm_toolkit.targets.target import Predicted
from lstm_toolkit.task import Task
from lstm_toolkit.training.preparation import Prepared, encode, make_batches
from lstm_toolkit.training.row_answers import row_answers

if TYPE_CHECKING:
    import keras


BASELINE_SHARE = 0.1
"""Of the training time that the simplest methods may take, after which no more is begun."""


@checked_names()
def evaluate(prepared: Prepared, model: keras.Model, rows: Dataset) -> dict[str, Any]:
    """Scores a network on rows.

    Args:
        prepared: What the network was trained on.
        model: The network.
        rows: Raw rows with targets.

    Returns:
        The task's scores, as `metrics.json` holds them.
    """
    return prepared.task.evaluate(predict(prepared, model, rows))


def predict(
    prepared: Prepared, model: keras.Model, rows: Dataset, trained: Trained | None = None
) -> Predicted:
    """Returns rows with what the network makes of them.

    Args:
        prepared: What the network was trained on.
        model: The network.
        rows: Raw rows with targets.
        trained: The network again with what stands around it, which keeps traced graphs.
    """
    task = prepared.task
    trained = task.trained(model, prepared.states) if trained is None else trained
    return _predict(task, trained, rows, prepared.encoded(rows), prepared.settings)


def _predict(
    task: Task, trained: Trained, rows: Dataset, encoded: Encoded, settings: Any
) -> Predicted:
    batches = make_batches(task, encoded, settings, trained.states)
    outputs = task.target.predict_outputs(trained, batches, settings, rows)
    return Predicted(rows, encoded.inputs, outputs, trained.states, settings)


def choose(prepared: Prepared, model: keras.Model) -> None:
    """Has the task choose on the validation split what of the network is not learnt."""
    task, rows = prepared.task, prepared.splits.validation
    if task.choose is None:
        return
    trained = task.trained(model, prepared.states)
    truth = prepared.encoded_targets(rows).rows
    task.choose(model, lambda: predict(prepared, model, rows, trained).outputs, np.asarray(truth))


def with_chosen(prepared: Prepared, model: keras.Model, reporter: Reporter = SILENT) -> Prepared:
    """Returns the data with states in which the target chose on the validation split."""
    predicted = predict(prepared, model, prepared.splits.validation)
    for warning in prepared.task.target.choice_warnings(predicted):
        reporter.note(warning)
    target = prepared.task.target.after_training(predicted)
    return dataclasses.replace(prepared, states=dataclasses.replace(prepared.states, target=target))


def evaluate_splits(
    prepared: Prepared,
    model: keras.Model,
    history: list[dict[str, float]],
    folder: Path,
    *,
    train_seconds: float,
    reporter: Reporter = SILENT,
) -> dict[str, Any]:
    """Scores validation and test split, draws the test's figures, and keeps its answers.

    Args:
        prepared: What the network was trained on.
        model: The network.
        history: Rows of `history.csv`.
        folder: Of the run, for `plots/` and `test_answers.csv`.
        train_seconds: How long the training took; the simplest methods, which are scored on
            the test split too, are begun in a tenth of it.
        reporter: Is told which of them could not be fitted.
    """
    task, splits = prepared.task, prepared.splits
    trained = task.trained(model, prepared.states)
    # Before the test split is predicted, so that the outputs of one split are held at a time.
    validation = task.evaluate(predict(prepared, model, splits.validation, trained))
    tested = predict(prepared, model, splits.test, trained)
    draw(task, tested, history, folder / "plots")
    answers = row_answers(task, tested)
    if answers is not None:
        answers.save(folder / ANSWERS)
    scores = {"validation": validation, "test": task.evaluate(tested)}
    if prepared.settings.baselines:
        scores["test"]["baselines"] = baselines(
            prepared, seconds=BASELINE_SHARE * train_seconds, reporter=reporter
        )
    return scores


def draw(task: Task, tested: Predicted, history: list[dict[str, float]], folder: Path) -> None:
    """Writes figures and pages of the test split, and the learning curves."""
    figures = {"learning_curves": learning_curves(history), **task.target.figures(tested)}
    if task.figures is not None:
        figures |= task.figures(tested)
    for name, figure in figures.items():
        save_figure(figure, folder / f"{name}.png")
    for name, page in task.target.pages(tested).items():
        write_text(folder / f"{name}.html", page)


def baselines(
    prepared: Prepared, *, seconds: float, reporter: Reporter = SILENT
) -> dict[str, dict[str, float]]:
    """Fits the simplest methods on the training split and scores them on the test split.

    Args:
        prepared: The data.
        seconds: After which no further method is begun; the quickest always is.
        reporter: Is told which could not be fitted.
    """
    task, splits = prepared.task, prepared.splits
    scores: dict[str, dict[str, float]] = {}
    began = time.monotonic()
    states = prepared.states
    features = {name: each.with_state(states[name]) for name, each in task.features.items()}
    methods = task.target.baselines(splits.train, splits.test, features, states.target)
    for name, method in methods:
        if scores and time.monotonic() - began > seconds:
            break
        try:
            scores[name] = method()
        except (ValueError, MemoryError) as error:  # a network that is trained is not lost for it
            reporter.log(f"the simplest method {name} cannot be fitted: {error}"[:300])
    return scores


@checked_names()
def evaluate_run(
    run: Run | str | Path, data: Any = None, settings: Any = None, options: Any = None
) -> tuple[str, dict[str, Any]]:
    """Scores a run on its own test split, or on `data`; learns nothing.

    Of a file with a published test split, that is scored; otherwise all its rows. They are
    brought to what training rows look like, as `predict` does; the run's own stay as they are.

    Args:
        run: A finished run, or its folder.
        data: What to score with; None takes the run's own test split.
        settings: By which the data is read, see `Task.reader_settings`; None takes those of
            the training.
        options: An instance of the task's `input_options`, such as one with `as_is`; None
            takes the defaults.

    Returns:
        A line that says what was scored, and the scores; those of the simplest methods
        among them where they were scored on the same rows.

    Raises:
        DataError: If the data is missing, changed, or has labels unknown to the run.
    """
    run = run if isinstance(run, Run) else Run.open(run)
    note, predicted = predict_run(run, data, settings, options)
    known = run.metrics["test"].get("baselines") if data is None else None
    return note, run.task.evaluate(predicted) | ({"baselines": known} if known else {})


def predict_run(
    run: Run, data: Any = None, settings: Any = None, options: Any = None
) -> tuple[str, Predicted]:
    """Returns what a run makes of its own test split, or of `data`, see `evaluate_run`.

    Returns:
        A line that says what was read, and the rows with the network's outputs.

    Raises:
        DataError: If the data is missing, changed, or has labels unknown to the run.
    """
    task, states = run.task, run.states
    settings = run.settings if settings is None else settings
    if data is None:
        rows, note = _own_test(run, settings)
    else:
        source = task.source(data, settings, states, scored=True)
        options = task.input_options() if options is None else options
        rows, note = source.scored, source.note
    try:
        if data is not None:
            rows = task.bring_rows(rows, states, options)
        encoded = encode(task, rows, settings, states)
    except DataError as error:
        path = Path(data) if isinstance(data, str | Path) else None
        raise DataError(str(error), path=path) from error
    return note, _predict(task, task.trained(run.model(), states), rows, encoded, settings)


def _own_test(run: Run, settings: Any) -> tuple[Dataset, str]:
    """Reads and splits a run's data again, as it was."""
    if run.data is not None and not run.data.exists():
        raise DataError("the run's data is gone; give its place with --data", path=run.data)
    continues = "init" in run.config.get("begun_with", {})
    source = run.task.source(run.data, settings, run.states if continues else None)
    if source.fingerprint() != run.config["data"]["fingerprint"]:
        raise RunError(f"{run.path}: its data has changed; give what to score with --data")
    return run.task.split(source, settings).test, f"test split of {source.note}"
