"""One application a file; the folder is the registry, beside what other packages offer."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from lstm_toolkit.errors import InputError, did_you_mean
from lstm_toolkit.settings.arguments import checked_names
from lstm_toolkit.task import Task

ENTRY_POINTS = "lstm_toolkit.tasks"
"""The group of entry points under which other packages offer tasks."""


@checked_names()
def task_names() -> list[str]:
    """Returns the names of the modules in `tasks/` and of entry points, in alphabetical order."""
    return _names(_entry_points())


def _names(points: Iterable[str]) -> list[str]:
    return sorted({*(module.name for module in pkgutil.iter_modules(__path__)), *points})


def _entry_points() -> dict[str, metadata.EntryPoint]:
    """Returns what other packages offer by name."""
    return _offered(tuple((place, _changed_at(place)) for place in sys.path))


@lru_cache(maxsize=1)
def _offered(places: tuple[tuple[str, float], ...]) -> dict[str, metadata.EntryPoint]:
    """Looks into every package in these places, which takes time, until one of them changes."""
    return {point.name: point for point in metadata.entry_points(group=ENTRY_POINTS)}


def _changed_at(place: str) -> float:
    try:
        return Path(place).stat().st_mtime
    except OSError:
        return 0.0


@checked_names()
def get_task(name: str | Task) -> Task:
    """Returns the task of that name; a task itself is returned as it is.

    Raises:
        InputError: With the nearest name, if there is none, or what an entry point offers
            is no task of its name.
    """
    if isinstance(name, Task):
        return name
    points = _entry_points()
    names = _names(points)
    if name not in names:
        raise InputError(f"unknown task `{name}`, {did_you_mean(str(name), names)}")
    if name in points:
        task = points[name].load()
    else:
        task = importlib.import_module(f"lstm_toolkit.tasks.{name}").TASK
    if not isinstance(task, Task) or task.name != name:
        got = f"a Task named {task.name}" if isinstance(task, Task) else type(task).__name__
        raise InputError(f"{name}: needs a Task of that name. Received: {got}")
    return task
