"""What the commands share: quiet starts, progress on standard error, JSON on standard output."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lstm_toolkit.system.reporting import Reporter

if TYPE_CHECKING:
    from lstm_toolkit.training.devices.devices import OneDevice

LONGEST_NAME = 255
"""Bytes in the name of a file, on the file systems that there are."""


class PathName(click.Path):
    """A path that can be one; whether anything is there is judged later."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Returns a `Path`; what cannot be one is the user's mistake."""
        if value == "":
            self.fail("needs a path. Received: an empty text", param, ctx)
        longest = max(map(len, os.fsencode(value).split(b"/")))
        if longest > LONGEST_NAME:
            line = f"names of files have at most {LONGEST_NAME} bytes. Received: {longest:,}"
            self.fail(line, param, ctx)
        return super().convert(value, param, ctx)


PATH = PathName()
PRECISION = "[auto|float32|mixed_float16|mixed_bfloat16]"


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def examples(*commands: str) -> str:
    r"""Returns the end of a command's help: lines that can be copied.

    >>> examples("digits --epochs 2")
    '\x08\nExamples:\n  lstm-toolkit digits --epochs 2'
    """
    lines = (f"  lstm-toolkit {command}" for command in commands)
    return "\n".join(["\b", "Examples:", *lines])


def track_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--track`."""
    text = "Also follow it at this tracker."
    return click.option("--track", metavar="[mlflow|wandb|tensorboard]", help=text)(command)


def start_tensorflow() -> None:
    """Imports TensorFlow, quietly.

    What a process of the command line has imported stays to its end, so that it is never looked
    through for garbage: neither while graphs are traced nor at the end.
    """
    from lstm_toolkit.system.runtime import quiet_tensorflow
    from lstm_toolkit.system.tensorflow_start import without_collections

    if "tensorflow" in sys.modules:
        return
    with without_collections():
        quiet_tensorflow()
        gc.freeze()


def start_devices(count: int | None) -> OneDevice:
    """Imports TensorFlow, quietly, and opens the devices of a training; waits for machines.

    Raises:
        InputError: See `open_devices`.
    """
    from lstm_toolkit.system.cluster import Cluster, several

    if not several(count):
        start_tensorflow()
    elif cluster := Cluster.read():
        click.echo(f"{cluster}; waiting until all have begun", err=True)
    from lstm_toolkit.training.devices.opening import open_devices

    return open_devices(count)


@contextlib.contextmanager
def progress(epochs: int) -> Iterator[Reporter]:
    """Shows lines, and a bar where there is a terminal, on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (
        TextColumn("epoch {task.completed:.1f}/{task.total:.0f}"),
        BarColumn(),
        TextColumn("{task.fields[rate]:.3g} steps/s"),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=console, transient=True)
    job = bar.add_task("", total=epochs, rate=0.0)

    def show(done: float, rate: float) -> None:
        if console.is_terminal:
            bar.start()
            bar.update(job, completed=done, rate=rate)

    try:
        yield Reporter(lambda line: console.print(line, markup=False), show)
    finally:
        if bar.live.is_started:
            bar.stop()


def one_line(text: str, *, keep_tabs: bool = False) -> str:
    r"""Returns a text without what ends lines somewhere, or moves the cursor.

    >>> one_line("a\r\nb\u2028c\td"), one_line("a\tb", keep_tabs=True)
    ('a b c d', 'a\tb')
    """
    parts = text.split("\t") if keep_tabs else [text]
    return "\t".join(" ".join(part.split()) for part in parts)


def print_json(value: Any) -> None:
    """Prints one JSON object."""
    click.echo(json.dumps(value, ensure_ascii=False))
