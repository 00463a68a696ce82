"""What the command line takes from the tasks: their settings, and options of `predict`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args, get_origin

import click

from lstm_toolkit.cli.completion import SettingWord, WordsCommand, words_of
from lstm_toolkit.errors import InputError
from lstm_toolkit.settings.description import Field
from lstm_toolkit.settings.fields import READER
from lstm_toolkit.settings.fields import fields as setting_fields
from lstm_toolkit.settings.texts import named_texts, parse
from lstm_toolkit.settings.values import kind_words, without_none
from lstm_toolkit.tasks import get_task, task_names

if TYPE_CHECKING:
    from lstm_toolkit.task import Task


class TaskCommand(WordsCommand):
    """A command whose help lists the settings of the task named before `--help`."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the settings of the task, or which tasks there are."""
        named = [word for word in words_of(ctx)[:1] if word in task_names()]
        if not named:
            formatter.write_paragraph()
            names = ", ".join(task_names())
            formatter.write_text(
                f"TASK is one of: {names}. `lstm-toolkit {self.name} TASK --help` lists the "
                "settings of a task."
            )
        else:
            with formatter.section(f"Settings of {named[0]} (--set NAME=VALUE)"):
                formatter.write_dl(list(_settings_help(get_task(named[0]))))
        super().format_epilog(ctx, formatter)


def _settings_help(task: Task) -> Iterator[tuple[str, str]]:
    if task.presets:
        yield "preset", f"Start from named settings: {', '.join(task.presets)}."
    for field in setting_fields(task.settings):
        default = field.default
        shown = ",".join(map(str, default)) if isinstance(default, tuple) else default
        yield field.name, f"{field.text} ({field.needs}; default {shown})"


class OptionsCommand(WordsCommand):
    """Takes the options that some task has; `chosen_options` judges them."""

    kind = "options"
    """Which options of a task: the attribute that holds their dataclass."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Returns the command's own options and those of the tasks."""
        # Asked several times in one call; looking for tasks takes time.
        if "task_options" not in ctx.meta:
            ctx.meta["task_options"] = list(_task_options(self.kind))
        return [*super().get_params(ctx), *ctx.meta["task_options"]]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the command's own options, then those of the tasks that take them."""
        groups: dict[str, list[tuple[str, str]]] = {"Options": []}
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx) if isinstance(option, click.Option) else None
            if record is not None:
                title = option.title if isinstance(option, TaskOption) else "Options"
                groups.setdefault(title, []).append(record)
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records)


class InputOptionsCommand(OptionsCommand):
    """Takes the options that say how inputs are seen."""

    kind = "input_options"


class ExportOptionsCommand(OptionsCommand):
    """Takes the options that say what an export holds."""

    kind = "export_options"


class TaskOption(click.Option):
    """An option that some tasks have.

    Attributes:
        title: Under which the help lists it.
    """

    def __init__(self, field: Field, tasks: Sequence[str]) -> None:
        """Makes a flag of what is true or false, an option with a value of what else.

        One of several texts is given once for each, since a comma may belong to it.
        """
        given: dict[str, Any] = {"is_flag": True}
        if field.kind == tuple[str, ...]:
            given = {"metavar": "TEXT", "multiple": True}
        elif field.kind is not bool:
            given = {"metavar": metavar(field)}
        super().__init__([f"--{field.name.replace('_', '-')}"], help=field.text, **given)
        self.title = f"Options of {', '.join(tasks)}"


def metavar(field: Field) -> str:
    """Returns what stands for the value of a field in a help, such as INTEGER."""
    kind, _ = without_none(field.kind)
    if get_origin(kind) is tuple:
        one = kind_words(get_args(kind)[0]).split()[-1].upper()
        return f"{one}[,{one}...]"
    return kind_words(kind).split()[-1].upper()


def _task_options(kind: str) -> Iterator[TaskOption]:
    options: dict[str, tuple[Field, list[str]]] = {}
    for name in task_names():
        for field in setting_fields(getattr(get_task(name), kind)):
            options.setdefault(field.name, (field, []))[1].append(name)
    for field, tasks in options.values():
        yield TaskOption(field, tasks)


def reader_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--set` for how new data is read."""
    text = "How --data is read, such as encoding, text_column."
    option = click.option("--set", "sets", multiple=True, type=SettingWord(READER), help=text)
    return option(command)


def setting_texts(sets: Iterable[str]) -> dict[str, str]:
    """Divides the words of `--set` into names and values.

    Raises:
        SettingsError: If one is not NAME=VALUE.
    """
    return named_texts(sets, "--set must be NAME=VALUE")


def used_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the options that were given at all."""
    return {name: value for name, value in given.items() if value not in (None, False, ())}


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
