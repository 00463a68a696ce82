"""Sphinx directives that show what the command line tells: help, and tables of settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from lstm_toolkit.cli.commands import cli
from lstm_toolkit.settings.description import Field, fields
from lstm_toolkit.tasks import get_task


class Help(Directive):
    """`.. help:: train` shows what `lstm-toolkit train --help` prints."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Returns a literal block."""
        (name,) = self.arguments
        first, *rest = name.split()
        command = cli.commands[first]
        for word in rest:
            command = command.inner[word]
        context = click.Context(command, info_name=f"lstm-toolkit {name}", terminal_width=88)
        block = nodes.literal_block(text := context.get_help(), text)
        block["language"] = "text"
        return [block]


class Settings(Directive):
    """`.. settings:: digits` shows name, default, range and meaning of each setting."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Returns a table."""
        (name,) = self.arguments
        task = get_task(name)
        rows = [_row(field) for field in fields(task.settings)]
        found: list[nodes.Node] = [_table(["setting", "default", "must be", "what it does"], rows)]
        presets = [_preset(*preset) for preset in task.presets.items()]
        return [*found, _table(["preset", "sets"], presets)] if presets else found


def _preset(name: str, values: Mapping[str, Any]) -> list[nodes.Node]:
    words = " ".join(f"{setting}={_shown(value)}" for setting, value in values.items())
    return [_code(name), _code(words)]


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _row(field: Field) -> list[nodes.Node]:
    shown = _shown(field.default)
    code = _code(shown) if shown else nodes.inline("", "empty")
    return [
        _code(field.name),
        code,
        nodes.inline("", field.needs),
        _prose(field.text),
    ]


def _prose(text: str) -> nodes.inline:
    """Returns a text in which every second part between backticks is code."""
    parts = enumerate(text.split("`"))
    return nodes.inline("", "", *((nodes.Text, _code)[n % 2](part) for n, part in parts))


def _code(text: str) -> nodes.literal:
    return nodes.literal(text, text)


def _table(heads: list[str], rows: list[list[nodes.Node]]) -> nodes.table:
    group = nodes.tgroup(cols=len(heads))
    group += [nodes.colspec(colwidth=1) for _ in heads]
    group += nodes.thead("", _line([nodes.inline("", head) for head in heads]))
    group += nodes.tbody("", *(_line(row) for row in rows))
    return nodes.table("", group)


def _line(cells: list[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def setup(app: Sphinx) -> dict[str, Any]:
    """Makes the directives known."""
    app.add_directive("help", Help)
    app.add_directive("settings", Settings)
    return {"parallel_read_safe": True}
