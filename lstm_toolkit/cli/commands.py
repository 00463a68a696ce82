"""The `lstm-toolkit` command: reads words, hands them to the library, prints answers.

Nothing heavy is imported before a command needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from lstm_toolkit import __version__
from lstm_toolkit.cli.completion import SettingWord, TaskName, WordsCommand, completion
from lstm_toolkit.cli.desk import desk
from lstm_toolkit.cli.evaluate import evaluate
from lstm_toolkit.cli.export import export
from lstm_toolkit.cli.monitor import monitor
from lstm_toolkit.cli.predict import predict
from lstm_toolkit.cli.runs import runs
from lstm_toolkit.cli.serve import serve
from lstm_toolkit.cli.task_options import setting_texts
from lstm_toolkit.cli.terminal import examples, json_option, print_json, start_tensorflow
from lstm_toolkit.cli.train import train
from lstm_toolkit.cli.tune import tune
from lstm_toolkit.errors import InputError, ToolkitError, bounded, did_you_mean
from lstm_toolkit.tasks import get_task, task_names


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


for command in (train, evaluate, export, desk, predict, monitor, tune, serve, runs, completion):
    cli.add_command(command)


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
