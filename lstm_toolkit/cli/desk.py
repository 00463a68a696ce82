"""`lstm-toolkit desk`: several runs as one model."""

from __future__ import annotations

from pathlib import Path

import click

from lstm_toolkit.cli.completion import RUN
from lstm_toolkit.cli.terminal import PATH, examples, json_option, print_json, start_tensorflow
from lstm_toolkit.errors import InputError
from lstm_toolkit.system.files import check_writable


@click.command(
    epilog=examples(
        "desk models/desk runs/intents runs/slots runs/questions",
        "desk models/desk runs/intents runs/questions --faq faq.csv",
    )
)
@click.argument("model_dir", type=PATH)
@click.argument("runs", type=RUN, nargs=-1, metavar="RUN...")
@click.option("--faq", type=PATH, help="Questions and answers in place of those of the training.")
@json_option
def desk(model_dir: Path, runs: tuple[Path, ...], faq: Path | None, as_json: bool) -> None:
    """Export several RUNs of texts as one SavedModel: intent, slots and answer.

    One of intents or sentiment, one of tagging and one of questions, at least two of them.
    MODEL_DIR gets a numbered version, checked in a clean process.
    """
    if not runs:
        raise InputError("desk needs MODEL_DIR RUN.... Received: no run")
    check_writable(model_dir)
    start_tensorflow()
    from lstm_toolkit.serving.desk import export_desk

    target, difference = export_desk(runs, model_dir, faq=faq or "")
    if as_json:
        print_json({"export": str(target), "difference": difference})
        return
    click.echo(f"{target}: differs from the Keras models by at most {difference:.1g}")
