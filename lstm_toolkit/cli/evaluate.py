"""`lstm-toolkit evaluate`: scores a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lstm_toolkit.cli.completion import RUN
from lstm_toolkit.cli.task_options import (
    InputOptionsCommand,
    chosen_options,
    reader_option,
    setting_texts,
    used_options,
)
from lstm_toolkit.cli.terminal import PATH, examples, json_option, print_json, start_tensorflow
from lstm_toolkit.errors import InputError
from lstm_toolkit.system.reporting import note_lines


@click.command(
    cls=InputOptionsCommand,
    epilog=examples("evaluate runs/reviews", "evaluate runs/reviews --data new.csv --json"),
)
@click.argument("run", type=RUN)
@click.option("--data", type=PATH, help="File or folder to score; default: the test split.")
@reader_option
@json_option
def evaluate(
    run: Path, data: Path | None, sets: tuple[str, ...], as_json: bool, **options: Any
) -> None:
    """Score RUN on its test split, or on other data, which it sees as `predict` does."""
    from lstm_toolkit.runs import Run

    opened = Run.open(run)
    texts, used = setting_texts(sets), used_options(options)
    if (texts or used) and data is None:
        word = "set" if texts else next(iter(used)).replace("_", "-")
        raise InputError(f"--{word} says how files are read; needs --data FILE. Received: none")
    chosen = chosen_options(opened.task.input_options, opened.task, options)
    settings = opened.task.reader_settings(opened.settings, texts)
    start_tensorflow()
    from lstm_toolkit.training.evaluation import evaluate_run

    note, scores = evaluate_run(opened, data, settings, chosen)
    if as_json:
        print_json(scores)
        return
    click.echo(opened.task.report(scores))
    click.echo("\n".join(note_lines(note)))
