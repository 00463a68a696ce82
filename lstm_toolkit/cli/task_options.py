"""What the command line takes from the tasks: their settings, and options of `predict`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from lstm_toolkit.errors import InputError
from lstm_toolkit.settings.fields import fields as setting_fields
from lstm_toolkit.settings.texts import named_texts, parse
from lstm_toolkit.tasks import get_task, task_names

if TYPE_CHECKING:
    from lstm_toolkit.task import Task


class TaskCommand(click.Command):
    """A command whose help lists the settings of the task named before `--help`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keeps the first word for the help."""
        ctx.meta["words"] = [word for word in args[:1] if not word.startswith("-")]
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the settings of the task, or which tasks there are."""
        named = [word for word in ctx.meta.get("words", []) if word in task_names()]
        if not named:
            formatter.write_paragraph()
            names = ", ".join(task_names())
            formatter.write_text(
                f"TASK is one of: {names}. `lstm-toolkit {self.name} TASK --help` lists the "
                "settings of a task."
            )
            return
        with formatter.section(f"Settings of {named[0]} (--set NAME=VALUE)"):
            formatter.write_dl(list(_settings_help(get_task(named[0]))))


def _settings_help(task: Task) -> Iterator[tuple[str, str]]:
    if task.presets:
        yield "preset", f"Start from named settings: {', '.join(task.presets)}."
    for field in setting_fields(task.settings):
        default = field.default
        shown = ",".join(map(str, default)) if isinstance(default, tuple) else default
        yield field.name, f"{field.text} ({field.needs}; default {shown})"


class OptionsCommand(click.Command):
    """Takes the options that some task has; `chosen_options` judges them."""

    kind = "options"
    """Which options of a task: the attribute that holds their dataclass."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Returns the command's own options and those of the tasks."""
        # Asked several times in one call; looking for tasks takes time.
        if "task_options" not in ctx.meta:
            ctx.meta["task_options"] = list(_task_options(self.kind))
        return [*super().get_params(ctx), *ctx.meta["task_options"]]


class InputOptionsCommand(OptionsCommand):
    """Takes the options that say how inputs are seen."""

    kind = "input_options"


def _task_options(kind: str) -> Iterator[click.Option]:
    seen: set[str] = set()
    for name in task_names():
        for field in setting_fields(getattr(get_task(name), kind)):
            if field.name not in seen:
                seen.add(field.name)
                flag = f"--{field.name.replace('_', '-')}"
                yield click.Option([flag], is_flag=field.kind is bool, help=field.text)


def reader_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--set` for how new data is read."""
    text = "How --data is read, such as encoding, text_column."
    option = click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help=text)
    return option(command)


def setting_texts(sets: Iterable[str]) -> dict[str, str]:
    """Divides the words of `--set` into names and values.

    Raises:
        SettingsError: If one is not NAME=VALUE.
    """
    return named_texts(sets, "--set must be NAME=VALUE")


def used_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the options that were given at all."""
    return {name: value for name, value in given.items() if value not in (None, False)}


def chosen_options(kind: type[Any], task: Task, given: Mapping[str, Any]) -> Any:
    """Returns options of a task as its dataclass `kind`.

    Raises:
        InputError: If one that was given is for other tasks.
    """
    known = {field.name for field in fields(kind)}
    used = used_options(given)
    for name in used:
        if name not in known:
            raise InputError(f"--{name.replace('_', '-')} is not for {task.name}")
    texts = {name: value for name, value in used.items() if isinstance(value, str)}
    return kind(**(used | parse(kind, texts)))
