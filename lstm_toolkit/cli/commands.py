"""The `lstm-toolkit` command: reads words, hands them to the library, prints answers.

Nothing heavy is imported before a command needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from lstm_toolkit import __version__
from lstm_toolkit.cli.completion import RUN, SettingWord, TaskName, WordsCommand, completion
from lstm_toolkit.cli.monitor import monitor
from lstm_toolkit.cli.predict import predict
from lstm_toolkit.cli.runs import runs
from lstm_toolkit.cli.serve import serve
from lstm_toolkit.cli.task_options import (
    InputOptionsCommand,
    TaskCommand,
    chosen_options,
    reader_option,
    setting_texts,
    used_options,
)
from lstm_toolkit.cli.terminal import (
    PATH,
    PRECISION,
    examples,
    json_option,
    print_json,
    progress,
    start_tensorflow,
    track_option,
)
from lstm_toolkit.cli.tune import tune
from lstm_toolkit.errors import InputError, ToolkitError, bounded, did_you_mean
from lstm_toolkit.system.files import check_writable
from lstm_toolkit.system.reporting import note_lines
from lstm_toolkit.tasks import get_task, task_names
from lstm_toolkit.tracking.catalogue import check_tracker


class _Commands(click.Group):
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if ctx.resilient_parsing:  # a shell completes a word that is not whole yet
            return super().resolve_command(ctx, args)
        if not name.startswith("-") and name not in self.commands:
            raise InputError(f"no such command `{name}`, {did_you_mean(name, self.commands)}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="lstm_toolkit", message="%(version)s")
def cli() -> None:
    """Stacked LSTM networks in Keras: from raw data to a SavedModel that answers."""


@cli.command()
@json_option
def tasks(as_json: bool) -> None:
    """List what the toolkit can do, one line each."""
    summaries = {name: get_task(name).summary for name in task_names()}
    if as_json:
        print_json({"tasks": [{"name": n, "summary": s} for n, s in summaries.items()]})
        return
    for name, summary in summaries.items():
        click.echo(f"{name:<14}{summary}")


@cli.command(
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
    check_writable(out)
    if track is not None:
        check_tracker(track)
    start_tensorflow()
    from lstm_toolkit.training.training import train as train_task

    with progress(settings.epochs) as reporter:
        run = train_task(
            chosen,
            settings,
            out,
            data=data,
            init=init,
            resume=resume,
            track=track,
            reporter=reporter,
        )
    if as_json:
        print_json(run.metrics)
        return
    click.echo(chosen.report(run.metrics["test"]))
    click.echo(f"{run.path}: {run.metrics['train_seconds']:.0f} s of training, test split above")


@cli.command(
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


@cli.command(
    epilog=examples("export runs/reviews", "export runs/reviews models/reviews --licence MIT")
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
    run: Path, model_dir: Path | None, licence: str, form: str, length: int | None, as_json: bool
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
    name = run.resolve().name if form == SAVED_MODEL else f"{run.resolve().name}-{form}"
    folder = model_dir or Path("models") / name
    check_writable(folder)
    start_tensorflow()
    if form != SAVED_MODEL:
        _export_network(opened, folder, form, length, licence, as_json)
        return
    from lstm_toolkit.serving.export import export_run

    target, difference = export_run(opened, folder, licence=licence, length=length)
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


cli.add_command(predict)
cli.add_command(monitor)
cli.add_command(tune)
cli.add_command(serve)
cli.add_command(runs)
cli.add_command(completion)


@cli.command(
    cls=WordsCommand,
    epilog=examples("doctor", "doctor digits --set units=512", "doctor runs/digits"),
)
@click.argument("target", required=False, metavar="[TASK|RUN]", type=TaskName())
@click.option("--set", "sets", multiple=True, type=SettingWord(), help="With this setting.")
@json_option
def doctor(target: str | None, sets: tuple[str, ...], as_json: bool) -> None:
    """Tell devices, versions, cuDNN eligibility, and what would be slow and why."""
    task = target if target in task_names() else None
    run = Path(target) if target is not None and task is None else None
    if run is not None and not run.is_dir():
        raise InputError(f"no such task or run `{target}`, {did_you_mean(str(run), task_names())}")
    if sets and task is None:
        raise InputError("--set needs a task, as in `doctor digits --set units=64`")
    if task is not None:
        get_task(task).configure(setting_texts(sets))
    start_tensorflow()
    from lstm_toolkit.cli.doctor import as_text, examine

    facts = examine(run, task, setting_texts(sets))
    if as_json:
        print_json(facts)
    else:
        click.echo(as_text(facts))


def _settings_of_run(path: Path, task: str) -> Any:
    from lstm_toolkit.runs import Run

    run = Run.open(path)
    run.check_task(task)
    return run.settings


def _complain(message: str) -> None:
    click.echo(f"lstm-toolkit: {bounded(' '.join(message.split()))}", err=True)


def _speak_utf8() -> None:
    """Lets both outputs be UTF-8 whatever the locale, and whatever names of files hold."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _usage(error: click.UsageError) -> str:
    """Returns click's complaint in one line, with the nearest option where there is one."""
    message = error.format_message().rstrip(".")
    command = error.ctx.command_path if error.ctx else "lstm-toolkit"
    return f"{message}; see `{command} --help`"


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the command; exits 0 when done, 2 if the input is wrong, 1 for anything else."""
    _speak_utf8()
    try:
        code = cli.main(arguments, "lstm-toolkit", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        code = InputError.exit_code
    except click.UsageError as error:
        _complain(_usage(error))
        code = InputError.exit_code
    except ToolkitError as error:
        _complain(str(error))
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted")
        code = 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except (OSError, MemoryError) as error:
        _complain(f"{type(error).__name__}: {error}")
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
