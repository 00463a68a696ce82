"""`lstm-toolkit train`: leaves a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lstm_toolkit.cli.completion import RUN, SettingWord, TaskName
from lstm_toolkit.cli.task_options import TaskCommand, setting_texts
from lstm_toolkit.cli.terminal import (
    PATH,
    PRECISION,
    examples,
    json_option,
    print_json,
    progress,
    start_devices,
    track_option,
)
from lstm_toolkit.system.cluster import Cluster
from lstm_toolkit.system.files import check_writable
from lstm_toolkit.tasks import get_task
from lstm_toolkit.tracking.catalogue import check_tracker


@click.command(
    cls=TaskCommand,
    epilog=examples(
        "train digits",
        "train sentiment --data reviews.csv --out runs/reviews",
        "train digits --data mnist.npz --set preset=mnist --epochs 5",
        "train digits --out runs/digits --resume",
    ),
)
@click.argument("task", type=TaskName())
@click.option("--data", type=PATH, help="File or folder to train on; default: sample data.")
@click.option("--set", "sets", multiple=True, type=SettingWord(), help="Change a setting.")
@click.option("--epochs", metavar="INTEGER", help="Passes over the training split, at most.")
@click.option("--seed", metavar="INTEGER", help="Fixes everything that is random.")
@click.option("--precision", metavar=PRECISION, help="Arithmetic; default: auto.")
@click.option("--devices", type=int, help="GPUs of this machine that share each batch; default: 1.")
@click.option("--init", type=RUN, help="A run whose weights come first; its settings stay.")
@click.option("--out", type=PATH, help="Run folder; default: runs/TASK, or runs/TASK-2 ….")
@track_option
@click.option("--resume", is_flag=True, help="Go on where the run was left, exactly.")
@json_option
def train(
    task: str,
    data: Path | None,
    sets: tuple[str, ...],
    epochs: str | None,
    seed: str | None,
    precision: str | None,
    devices: int | None,
    init: Path | None,
    out: Path | None,
    track: str | None,
    resume: bool,
    as_json: bool,
) -> None:
    """Train TASK and leave a run folder.

    Killed at any moment, the same command with --resume goes on from the last backup.
    """
    chosen = get_task(task)
    shorthand = {"epochs": epochs, "seed": seed, "precision": precision}
    texts = setting_texts(sets) | {k: v for k, v in shorthand.items() if v is not None}
    settings = chosen.configure(texts, None if init is None else _settings_of_run(init, task))
    if out is None:
        from lstm_toolkit.runs import choose_folder

        out = choose_folder(task, resume=resume)
    cluster = Cluster.read()
    if cluster is None or cluster.chief:
        check_writable(out)
    if track is not None:
        check_tracker(track)
    opened = start_devices(devices)
    from lstm_toolkit.training.training import train as train_task

    with progress(settings.epochs) as reporter:
        run = train_task(
            chosen,
            settings,
            out,
            data=data,
            init=init,
            resume=resume,
            devices=opened,
            track=track,
            reporter=reporter,
        )
    if not opened.chief:
        click.echo(f"{opened}: done; the run is the chief's", err=True)
        return
    if as_json:
        print_json(run.metrics)
        return
    click.echo(run.task.report(run.metrics["test"]))
    click.echo(f"{run.path}: {run.metrics['train_seconds']:.0f} s of training, test split above")


def _settings_of_run(path: Path, task: str) -> Any:
    from lstm_toolkit.runs import Run

    run = Run.open(path)
    run.check_task(task)
    return run.settings
