"""The command line in processes of their own that begin without importing TensorFlow again."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

_SERVER = multiprocessing.get_context("forkserver")
# It imports these once, runs nothing, and is copied for each process.
_SERVER.set_forkserver_preload(
    ["keras", "lstm_toolkit.cli.commands", "lstm_toolkit.tasks.digits", "lstm_toolkit.training"]
)


def start(
    words: list[str], log: Path, environment: Mapping[str, str] | None = None
) -> ForkServerProcess:
    """Begins a command; what it says is written to `log`. Kill it as you would any process."""
    process = _SERVER.Process(target=_run, args=(words, log, dict(environment or {})))
    process.start()
    return process


def _run(words: list[str], log: Path, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    # Line by line, or a kill would lose what was said.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    from lstm_toolkit.cli.commands import main

    main(words)


def run(function: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """Begins a function of a module in a process in which TensorFlow has computed nothing."""
    process = _SERVER.Process(target=function, args=arguments)
    process.start()
    return process
