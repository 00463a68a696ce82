"""Training that can be killed: from prepared data to a finished run folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from lstm_toolkit.atomic import clear_drafts, only_one, replacing, write_json
from lstm_toolkit.averaging import BestWeights
from lstm_toolkit.backup import ExactBackup, Position, Progress
from lstm_toolkit.builders import cudnn_blockers, learning_rate, optimizer
from lstm_toolkit.callbacks import History, NanGuard, write_history
from lstm_toolkit.data.batches import Batches
from lstm_toolkit.errors import InputError
from lstm_toolkit.evaluation import evaluate_splits
from lstm_toolkit.layers import speed_up
from lstm_toolkit.preparation import Prepared, prepare
from lstm_toolkit.runs import (
    BACKUP,
    CONFIG,
    METRICS,
    MODEL,
    Run,
    check_same,
    foreign_files,
    versions,
)
from lstm_toolkit.runtime import dtype_policy, resolve_precision, seed_everything
from lstm_toolkit.settings import Settings
from lstm_toolkit.task import Task


def _silent(_: Any) -> None:
    """Says nothing."""


def compile_model(
    model: keras.Model, task: Task[Any, Any], settings: Settings, *, steps: int
) -> keras.Model:
    """Compiles a network with the settings' optimizer and the task's loss.

    On a CPU its LSTM layers are sped up, see `speed_up`; what is saved is Keras's own.

    Args:
        model: What a builder returned.
        task: Gives loss and metrics.
        settings: Give the optimizer, the learning rate and the schedule.
        steps: Training steps in all, over which the schedule runs.

    Returns:
        The same model. Under a global mixed_float16 policy Keras scales its loss.
    """
    rate = learning_rate(
        settings.learning_rate, settings.schedule, steps=steps, warmup=settings.warmup
    )
    loss, metrics = task.objective(settings)
    speed_up(model).compile(
        optimizer=optimizer(
            settings.optimizer,
            rate,
            clipnorm=settings.clipnorm,
            weight_decay=settings.weight_decay,
            average=settings.average,
        ),
        loss=loss,
        metrics=metrics,
        jit_compile=False,  # XLA is several times slower for LSTMs, and rules cuDNN out
    )
    return model


def train(
    task: Task[Any, Any],
    settings: Settings,
    out: Path,
    *,
    data: Any = None,
    resume: bool = False,
    say: Callable[[str], None] = _silent,
    tick: Callable[[float], None] = _silent,
) -> Run:
    """Trains a task and leaves a run folder.

    On a CPU, operations are made deterministic for the rest of the process, so that a
    training which was killed and resumed ends with the weights of one that never was.

    Args:
        task: See `get_task`.
        settings: An instance of `task.settings`.
        out: The run folder, new unless `resume`.
        data: What to train on: a path, or a DataFrame where the task takes one; None
            takes the sample data.
        resume: Goes on where `out` was left; starts if there is nothing there.
        say: Is given lines for people to read.
        tick: Is given the number of epochs done, fractions too.

    Raises:
        DataError: If the data is unfit; nothing is written then.
        InputError: If `out` exists without `resume`, or was begun differently.
        TrainingError: If the loss becomes NaN.
    """
    _check_folder(out, resume)
    prepared = prepare(task, settings, data)
    with only_one(out):
        _check_folder(out, resume)
        clear_drafts(out)
        run = _begin(out, prepared, data, say)
        _say_data(prepared, say)
        if run.finished:
            (out / BACKUP).unlink(missing_ok=True)
            say(f"{out} is finished already")
        else:
            _train(run, prepared, say, tick)
    return run


def _say_data(prepared: Prepared, say: Callable[[str], None]) -> None:
    say(prepared.note)
    if prepared.splits.repeated:
        say(f"{prepared.splits.repeated:,} rows left out of training: the test split has them too")
    for line in prepared.task.remarks(prepared.splits, prepared.settings, prepared.assets):
        say(line)


def _check_folder(out: Path, resume: bool) -> None:
    begun = (out / CONFIG).exists()
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: needs a folder to write to. Received: a file")
    if begun and not resume:
        raise InputError(f"{out}: there is a run already; add --resume or choose another --out")
    if not begun and any(foreign_files(out)):
        raise InputError(f"{out}: is not empty; choose another --out")


def _begin(out: Path, prepared: Prepared, data: Any, say: Callable[[str], None]) -> Run:
    """Makes the run folder, or opens the one that is to go on."""
    precision = resolve_precision(prepared.settings.precision)
    if not (out / CONFIG).exists():
        return Run.create(out, prepared, data, precision)
    run = Run.open_unfinished(out)
    if prepared.settings.precision == "auto":
        precision = run.config["precision"]
    check_same(run, prepared, precision)
    changed = [
        f"{k} {v}" for k, v in versions().items() if run.config.get("versions", {}).get(k) != v
    ]
    if changed and not run.finished:
        say(f"{out} was begun with other versions than {', '.join(changed)}: it goes on, inexactly")
    return run


def _train(
    run: Run, prepared: Prepared, say: Callable[[str], None], tick: Callable[[float], None]
) -> None:
    settings, splits = prepared.settings, prepared.splits
    progress = Progress.load(run.path / BACKUP)
    batches = prepared.batches(splits.train, shuffled=True)
    seed_everything(settings.seed)
    with dtype_policy(run.config["precision"]):
        model = prepared.task.build(settings, prepared.assets)
        compile_model(model, prepared.task, settings, steps=len(batches) * settings.epochs)
        _say_start(model, run, progress, batches, say)
        if progress.stopped or progress.epoch >= settings.epochs:
            progress.restore(model, run.path / BACKUP)
            model.set_weights(progress.named("best"))
        else:
            model.fit(
                batches.dataset(),
                validation_data=prepared.batches(splits.validation).dataset(),
                class_weight=prepared.task.class_weight(batches.targets, settings),
                epochs=settings.epochs,
                initial_epoch=progress.epoch,
                shuffle=False,
                verbose=0,
                callbacks=_callbacks(run, prepared, progress, batches, say, tick),
            )
        with replacing(run.path / MODEL) as draft:
            model.save(draft)
    write_history(run.path / "history.csv", progress.rows)
    scores = evaluate_splits(prepared, model, progress.rows, run.path / "plots")
    write_json(
        run.path / METRICS,
        {
            "task": prepared.task.name,
            "train_seconds": round(progress.seconds, 3),
            "epochs": len(progress.rows),
            **scores,
        },
    )
    (run.path / BACKUP).unlink(missing_ok=True)


def _say_start(
    model: keras.Model,
    run: Run,
    progress: Progress,
    batches: Batches,
    say: Callable[[str], None],
) -> None:
    say(f"{model.count_params():,} parameters, {run.config['precision']}, into {run.path}")
    if line := batches.padding():
        say(line)
    for line in cudnn_blockers(model):
        say(f"cuDNN cannot run {line}; on a GPU this is several times slower")
    if progress.rows or progress.step:
        say(f"going on with step {progress.step + 1} of epoch {progress.epoch + 1}")


def _callbacks(
    run: Run,
    prepared: Prepared,
    progress: Progress,
    batches: Batches,
    say: Callable[[str], None],
    tick: Callable[[float], None],
) -> list[keras.callbacks.Callback]:
    settings = prepared.settings
    best = BestWeights(
        monitor=settings.monitor,
        mode="max" if "accuracy" in settings.monitor else "min",
        patience=settings.patience or settings.epochs,
    )
    backup = ExactBackup(
        run.path / BACKUP,
        progress=progress,
        batches=batches,
        early_stopping=best,
        save_every=settings.save_every,
    )
    history = History(
        run.path / "history.csv",
        progress=progress,
        epochs=settings.epochs,
        batches=batches,
        say=say,
        tick=tick,
    )
    board = keras.callbacks.TensorBoard(str(run.path / "tensorboard"), write_graph=False)
    return [Position(batches), NanGuard(batches), best, board, backup, history]
