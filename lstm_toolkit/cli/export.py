"""`lstm-toolkit export`: from a run to a model that other programs serve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lstm_toolkit.cli.completion import RUN
from lstm_toolkit.cli.task_options import ExportOptionsCommand, chosen_options
from lstm_toolkit.cli.terminal import PATH, examples, json_option, print_json, start_tensorflow
from lstm_toolkit.system.files import check_writable


@click.command(
    cls=ExportOptionsCommand,
    epilog=examples("export runs/reviews", "export runs/reviews models/reviews --licence MIT"),
)
@click.argument("run", type=RUN)
@click.argument("model_dir", type=PATH, required=False)
@click.option("--licence", default="", help="Of the model, for its card, such as Apache-2.0.")
@click.option(
    "--format",
    "form",
    default="savedmodel",
    metavar="[savedmodel|litert|onnx]",
    help="Of the export; default: savedmodel.",
)
@click.option("--length", type=int, help="Tokens of a text in litert; default: max_tokens.")
@json_option
def export(
    run: Path,
    model_dir: Path | None,
    licence: str,
    form: str,
    length: int | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Export RUN as a SavedModel: MODEL_DIR/<version>/, checked in a clean process.

    MODEL_DIR is models/<name of the run> by default. card.md in it says what the model is.
    litert, for small devices, and onnx hold the network alone, from numbers to numbers; their
    MODEL_DIR is models/<name of the run>-<format>.
    """
    from lstm_toolkit.runs import Run
    from lstm_toolkit.serving.formats.catalogue import SAVED_MODEL, check_format

    check_format(form)
    opened = Run.open(run)
    chosen = chosen_options(opened.task.export_options, opened.task, options)
    name = run.resolve().name if form == SAVED_MODEL else f"{run.resolve().name}-{form}"
    folder = model_dir or Path("models") / name
    check_writable(folder)
    start_tensorflow()
    if form != SAVED_MODEL:
        _export_network(opened, folder, form, length, licence, as_json)
        return
    from lstm_toolkit.serving.export import export_run

    target, difference = export_run(opened, folder, licence=licence, length=length, options=chosen)
    if as_json:
        print_json({"export": str(target), "difference": difference})
        return
    click.echo(f"{target}: differs from the Keras model by at most {difference:.1g}")


def _export_network(
    run: Any, folder: Path, form: str, length: int | None, licence: str, as_json: bool
) -> None:
    from lstm_toolkit.serving.formats.exporting import export_network

    published = export_network(run, folder, form, length=length, licence=licence)
    for remark in published.remarks:
        click.echo(remark, err=True)
    if as_json:
        said = {"difference": published.difference, "files": published.files}
        print_json({"export": str(published.path), "format": form, **said})
        return
    for name, facts in published.files.items():
        alike = facts["agreement"]
        decided = "" if alike is None else f", {alike:.1%} of the rows decided alike"
        click.echo(
            f"{published.path / name}: {facts['bytes'] / 1000:,.0f} kB, "
            f"{facts['milliseconds']:.2f} ms a row, differs from the Keras model by at most "
            f"{facts['difference']:.1g}{decided}"
        )
