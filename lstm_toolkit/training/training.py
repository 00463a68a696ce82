"""Training that can be killed: from prepared data to a finished run folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import keras

from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import (
    CONFIG,
    METRICS,
    MODEL,
    Run,
    choose_folder,
    foreign_files,
)
from lstm_toolkit.settings.arguments import checked_names
from lstm_toolkit.settings.fields import Settings
from lstm_toolkit.system.files import (
    atomic_write,
    check_writable,
    clear_drafts,
    exclusive_lock,
    write_json,
)
from lstm_toolkit.system.reporting import SILENT, Reporter
from lstm_toolkit.system.runtime import dtype_policy, keeping_random_state, resolve_precision
from lstm_toolkit.system.versions import versions
from lstm_toolkit.task import Task
from lstm_toolkit.tasks import get_task
from lstm_toolkit.tracking.catalogue import open_tracker
from lstm_toolkit.tracking.tracker import Tracker
from lstm_toolkit.training.assisting import (
    assist,
    call_assistants,
    check_alike,
    own_folder,
    run_elsewhere,
)
from lstm_toolkit.training.callbacks import write_history
from lstm_toolkit.training.continued import continued, continued_settings
from lstm_toolkit.training.devices.devices import OneDevice
from lstm_toolkit.training.devices.opening import open_devices
from lstm_toolkit.training.evaluation import choose, evaluate_splits, with_chosen
from lstm_toolkit.training.fitting import BACKUP, HISTORY, fit
from lstm_toolkit.training.own_parts import OwnParts, own_parts
from lstm_toolkit.training.preparation import ROWS, Prepared, prepare
from lstm_toolkit.training.resumption import check_same
from lstm_toolkit.training.tracked import followed


@checked_names(lambda task: get_task(task).settings)
def train(
    task: Task | str,
    settings: Settings | Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    *,
    data: Any = None,
    callbacks: Iterable[keras.callbacks.Callback] | None = None,
    optimizer: keras.optimizers.Optimizer | str | None = None,
    model: keras.Model | None = None,
    init: Run | str | Path | None = None,
    prepared: Prepared | None = None,
    resume: bool = False,
    start: str | Path | None = None,
    devices: int | OneDevice | None = None,
    track: str | Tracker | None = None,
    reporter: Reporter = SILENT,
) -> Run:
    """Trains a task and leaves a run folder.

    On a CPU, operations are made deterministic for the rest of the process, so that a
    training which was killed and resumed ends with the weights of one that never was. The
    global random states of Python and NumPy are left as they were.

    Args:
        task: A task or its name.
        settings: An instance of `task.settings`, or values by name; None takes the defaults.
        out: The run folder, new unless `resume`; None takes `runs/TASK`, or `runs/TASK-2` ….
        data: See `Task.source`: a path, a DataFrame, arrays …; None takes the sample data.
        callbacks: Keras callbacks of your own. What they remember is not in the backup.
        optimizer: One of Keras, or its name, in place of that of the settings; it is copied.
        model: A network of your own, functional or sequential and uncompiled, from and to what
            the task's has; it is copied, and begins with its weights.
        init: A finished run of this task, or its folder, with whose weights the training
            begins: for data that came later. New tokens and classes get weights of their own.
            Settings given by name then change those of that run.
        prepared: What `prepare` made of it with these settings, where that is known.
        resume: Goes on where `out` was left; starts if there is nothing there.
        start: A backup that `fit` left with the same settings and data, from which a new
            run goes on.
        devices: How many GPUs of this machine, or logical CPUs where it has none, take a share of
            each batch; or what `open_devices` returned. None takes one, or all that `TF_CONFIG`
            names; of its machines the chief alone writes the folder, which the others need not see.
        track: Where the run is followed beside its folder: "mlflow", "wandb", "tensorboard", or a
            `tracking.Tracker` of your own. What fails there is told and ends no training.
        reporter: Is told how it goes.

    Raises:
        DataError: If the data is unfit; nothing is written then.
        InputError: If `out` exists without `resume`, or was begun differently; or if the
            optimizer, the network or the run do not go with the rest; or if the tracker cannot
            be reached, before any data is read; or if there are not as many devices.
        TrainingError: If the loss becomes NaN, or another machine is lost.

    Example:
        >>> run = train("sentiment", data="reviews.csv")  # doctest: +SKIP
    """
    task = get_task(task)
    data = Path(data) if isinstance(data, str) else data
    if not isinstance(devices, OneDevice):
        devices = open_devices(devices)
    if not devices.chief:
        resume, track = True, None  # as the chief sees it; what is here is not looked at
    out = choose_folder(task.name, resume=resume) if out is None else Path(out)
    if devices.chief:
        _check_folder(out, resume)
    tracker = open_tracker(track)
    first = None if init is None else continued(task, init)
    chosen = continued_settings(task, first.run, settings) if first else task.settings_of(settings)
    chosen, parts = own_parts(chosen, callbacks, optimizer, model)
    devices.check(task, chosen)
    if first is not None and parts.network is not None:
        raise InputError("model and init exclude each other: both give the first weights")
    with keeping_random_state(), devices.watching(), own_folder(out, devices) as folder:
        ready = prepared or prepare(
            task, chosen, data, folder=folder, first_weights=first or parts.network
        )
        if devices.machines:
            check_alike(devices.machines, devices, ready, parts)
            if not devices.chief:
                run = run_elsewhere(out, ready, data, resolve_precision(chosen.precision))
                return assist(devices.machines, devices, folder, run, ready, parts)
        with exclusive_lock(out):
            _check_folder(out, resume)
            clear_drafts(out)
            if resume and prepared is None and not (out / CONFIG).exists():
                reporter.log(f"{out}: no run to go on with; a new one begins")
            run = _begin(out, ready, data, start, parts, reporter)
            if devices.machines:
                call_assistants(devices.machines, run)
            _say_data(ready, parts, reporter)
            with followed(tracker, run, reporter) as more_callbacks:
                if run.finished:
                    (out / BACKUP).unlink(missing_ok=True)
                    reporter.log(f"{out} is finished already")
                else:
                    _train(run, ready, parts, more_callbacks, devices, reporter)
            shutil.rmtree(out / ROWS, ignore_errors=True)
        if devices.machines:
            devices.machines.wait()
    return run


def _say_data(prepared: Prepared, parts: OwnParts, reporter: Reporter) -> None:
    reporter.note(prepared.note)
    first = prepared.first_weights
    for line in chain(() if first is None else first.remarks(), parts.remarks()):
        reporter.note(line)
    if prepared.splits.repeated:
        reporter.log(
            f"{prepared.splits.repeated:,} rows left out of training: the test split has them too"
        )
    if prepared.splits.shared:
        reporter.log(f"{prepared.splits.shared:,} windows left out that overlap with another split")
    for line in prepared.data_warnings():
        reporter.note(line)


def _check_folder(out: Path, resume: bool) -> None:
    begun = (out / CONFIG).exists()
    check_writable(out)
    if begun and not resume:
        raise InputError(f"{out}: there is a run already; add --resume or choose another --out")
    if not begun and any(foreign_files(out)):
        raise InputError(f"{out}: is not empty; choose another --out")


def _begin(
    out: Path,
    prepared: Prepared,
    data: Any,
    start: str | Path | None,
    parts: OwnParts,
    reporter: Reporter,
) -> Run:
    """Makes the run folder, or opens the one that is to go on."""
    first = prepared.first_weights
    begun_with = parts.facts() | ({} if first is None else first.facts())
    precision = resolve_precision(prepared.settings.precision)
    if not (out / CONFIG).exists():
        if start is not None:
            with atomic_write(out / BACKUP) as draft:
                shutil.copyfile(start, draft)
        return Run.create(out, prepared, data, precision, begun_with)
    run = Run.open_unfinished(out)
    if prepared.settings.precision == "auto":
        precision = run.config["precision"]
    check_same(run, prepared, precision, begun_with)
    changed = [
        f"{k} {v}" for k, v in versions().items() if run.config.get("versions", {}).get(k) != v
    ]
    if changed and not run.finished:
        reporter.log(
            f"resuming {out} with other versions, {', '.join(changed)}: results may differ slightly"
        )
    return run


def _train(
    run: Run,
    prepared: Prepared,
    parts: OwnParts,
    more_callbacks: list[keras.callbacks.Callback],
    devices: OneDevice,
    reporter: Reporter,
) -> None:
    board = keras.callbacks.TensorBoard(str(run.path / "tensorboard"), write_graph=False)
    with dtype_policy(run.config["precision"]):
        model, progress = fit(
            prepared,
            run.path,
            callbacks=[*parts.callbacks, board, *more_callbacks],
            new_optimizer=parts.new_optimizer,
            devices=devices,
            reporter=reporter,
        )
        choose(prepared, model)
        with atomic_write(run.path / MODEL) as draft:
            model.save(draft)
    write_history(run.path / HISTORY, progress.rows)
    if prepared.task.target.chooses_on_validation:
        prepared = with_chosen(prepared, model, reporter)
        prepared.states.save(run.path)
    scores = evaluate_splits(
        prepared,
        model,
        progress.rows,
        run.path,
        train_seconds=progress.seconds,
        reporter=reporter,
    )
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
