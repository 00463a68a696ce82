"""What shells complete, and what the ends of helps show."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from lstm_toolkit.cli.commands import cli
from lstm_toolkit.cli.completion import SHELLS, VARIABLE
from lstm_toolkit.cli.runs import RunsCommand
from lstm_toolkit.tasks import task_names
from tests.comparison.pretended import write_run

Command = Callable[..., tuple[int, str, str]]


def offered(*words: str) -> list[str]:
    """Returns what completes the last word."""
    shell = ShellComplete(cli, {}, "lstm-toolkit", VARIABLE)
    items = shell.get_completions(list(words[:-1]), words[-1])
    return [item.value for item in items if item.type == "plain"]


def test_commands_and_tasks() -> None:
    assert offered("pred") == ["predict"]
    assert offered("train", "") == list(task_names())
    assert offered("tune", "dig") == ["digits"]


def test_settings_of_the_task_with_their_defaults_and_values() -> None:
    assert offered("train", "digits", "--set", "batch") == ["batch_size=128"]
    assert offered("train", "digits", "--set", "preset=") == ["preset=plain", "preset=mnist"]
    assert offered("tune", "digits", "--set", "bidirectional=f") == ["bidirectional=false"]
    assert offered("train", "--set", "batch") == []


def test_run_folders_and_the_settings_of_their_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_run(Path("runs/a"), [1, 0])
    write_run(Path("tuning/b/best"), [1, 0])
    (tmp_path / "models/c/1").mkdir(parents=True)
    (tmp_path / "models/c/1/saved_model.pb").touch()
    Path("runs/notes").mkdir()
    assert offered("evaluate", "r") == ["runs/a"]
    assert offered("runs", "compare", "runs/a", "t") == ["tuning/b"]
    assert offered("runs", "open", "") == ["runs/a", "tuning/b"]
    assert offered("predict", "m") == ["models/c"]
    assert offered("predict", "runs/a", "--set", "text_c") == ["text_column="]
    assert offered("predict", "runs/a", "--set", "epo") == []


def test_nothing_heavy_is_imported_to_complete() -> None:
    code = (
        "import sys\n"
        "from click.shell_completion import ShellComplete\n"
        "from lstm_toolkit.cli.commands import cli\n"
        "shell = ShellComplete(cli, {}, 'lstm-toolkit', 'X')\n"
        "assert shell.get_completions(['train', 'digits', '--set'], 'batch')\n"
        "assert not {'tensorflow', 'keras', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_names_the_program(shell: str, command: Command) -> None:
    code, out, _ = command("completion", shell)
    assert code == 0
    assert f"{VARIABLE}={shell}_complete" in out
    assert "lstm-toolkit" in out


def every_command() -> dict[str, click.Command]:
    """Returns the commands by what is written after the program's name."""
    commands = dict(cli.commands)
    for name, inner in RunsCommand.inner.items():
        commands[f"runs {name}"] = inner
    return commands


@pytest.mark.parametrize("name", every_command())
def test_the_examples_of_a_help_can_be_parsed(name: str, command: Command) -> None:
    code, out, _ = command(*name.split(), "--help")
    assert code == 0
    lines = re.findall(r"^ +lstm-toolkit (.+?)(?: <.*)?$", out.partition("Examples:")[2], re.M)
    assert lines or name in ("tasks", "completion")
    for line in lines:
        words = shlex.split(line)
        with cli.make_context("lstm-toolkit", words) as ctx:
            inner, rest = ctx._protected_args, ctx.args
            _, found, rest = cli.resolve_command(ctx, [*inner, *rest])
            assert found is not None
            found.make_context(words[0], rest, parent=ctx)
