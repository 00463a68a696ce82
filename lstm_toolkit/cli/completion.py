"""What a shell completes, and the command that prints how it is told to.

click asks the types of arguments what fits the word at the cursor; nothing heavy is imported
for that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
from click.shell_completion import CompletionItem, get_completion_class

from lstm_toolkit.cli.terminal import PathName
from lstm_toolkit.runs import BEST, CONFIG, SAVED_MODEL
from lstm_toolkit.settings.fields import fields
from lstm_toolkit.settings.roles import Role
from lstm_toolkit.settings.values import setting_text
from lstm_toolkit.tasks import get_task, task_names

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_LSTM_TOOLKIT_COMPLETE"


class WordsCommand(click.Command):
    """A command that keeps its words as they were written.

    Where an option lacks its value, as at a shell's cursor, click parses none of them.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keeps the words for `words_of`."""
        ctx.meta["words"] = list(args)
        return super().parse_args(ctx, args)


def words_of(ctx: click.Context) -> list[str]:
    """Returns the words of a `WordsCommand`, options among them."""
    words: list[str] = ctx.meta.get("words", [])
    return words


class TaskName(click.types.StringParamType):
    """The name of a task; whether there is one of that name is judged later."""

    name = "task"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offers the tasks with what they do."""
        return [
            CompletionItem(name, help=get_task(name).summary)
            for name in task_names()
            if name.startswith(incomplete)
        ]


class RunFolder(PathName):
    """A run folder, or that of a search, or of an export."""

    def __init__(self, *marks: str) -> None:
        """Makes the type of folders that hold one of these files, or patterns of files."""
        super().__init__()
        self.marks = marks

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offers such folders here and in `runs`, `tuning` and `models`."""
        names = sorted(map(str, self._folders()))
        items = [CompletionItem(name) for name in names if name.startswith(incomplete)]
        return items or super().shell_complete(ctx, param, incomplete)

    def _folders(self) -> Iterator[Path]:
        for root in (Path(), Path("runs"), Path("tuning"), Path("models")):
            for mark in self.marks:
                depth = mark.count("/") + 1
                yield from (path.parents[depth - 1] for path in root.glob(f"*/{mark}"))


RUN = RunFolder(CONFIG, f"{BEST}/{CONFIG}")
MODEL = RunFolder(CONFIG, f"{BEST}/{CONFIG}", f"*/{SAVED_MODEL}")


class SettingWord(click.types.StringParamType):
    """A word of `--set`; which settings there are is judged later."""

    name = "NAME=VALUE"

    def __init__(self, *roles: Role) -> None:
        """Makes the type of settings of some roles, by default of all."""
        self.roles = roles or tuple(Role)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offers the settings of the task, or of the run's task, with their defaults."""
        task = _task_of(ctx)
        if task is None:
            return []
        name, sign, value = incomplete.partition("=")
        if sign:
            return [
                CompletionItem(f"{name}={each}")
                for each in _values(task, name)
                if each.startswith(value)
            ]
        return [
            CompletionItem(f"{field.name}={setting_text(field.default)}", help=field.text)
            for field in fields(get_task(task).settings)
            if field.name.startswith(name) and field.role in self.roles
        ]


def _task_of(ctx: click.Context) -> str | None:
    """Returns the task that a word before the cursor names, or whose run it names."""
    for word in words_of(ctx):
        if word in task_names():
            return word
        name = _task_of_run(Path(word))
        if name in task_names():
            return name
    return None


def _task_of_run(folder: Path) -> str | None:
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return config.get("task") if isinstance(config, dict) else None


def _values(task: str, name: str) -> Iterable[str]:
    """Returns what a setting can be, where that is a short list."""
    if name == "preset":
        return get_task(task).presets
    kinds: dict[str, Any] = {field.name: field.kind for field in fields(get_task(task).settings)}
    kind = kinds.get(name)
    if kind is bool:
        return ("true", "false")
    return map(str, get_args(kind)) if get_origin(kind) is Literal else ()


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes SHELL complete commands, tasks, settings and run folders."""
    kind = get_completion_class(shell)
    assert kind is not None  # click knows all of SHELLS
    root = ctx.find_root()
    assert root.info_name is not None  # the program's name
    click.echo(kind(root.command, {}, root.info_name, VARIABLE).source())
