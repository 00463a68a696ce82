"""What can go wrong, and with which exit code the command line says so."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class ToolkitError(Exception):
    """Something failed that is not the user's input; the command exits with 1."""

    exit_code = 1


class TrainingError(ToolkitError):
    """Training cannot go on: the loss is not a number any more."""


class SearchError(ToolkitError):
    """A search found nothing: no trial completed."""


class ExportError(ToolkitError):
    """An export did not answer as its Keras model does, and was withdrawn."""


class InputError(ToolkitError, ValueError):
    """The user's input is wrong; the command exits with 2."""

    exit_code = 2


class SettingsError(InputError):
    """One or more settings are unknown, malformed or out of range."""


class RunError(InputError):
    """A run folder is missing, unfinished, or not what was asked for."""


class DataError(InputError):
    """A data file is missing or does not hold what is needed.

    Args:
        message: What was needed and what was received.
        path: The file or folder.
        line: The line in it, counted from 1.
    """

    def __init__(self, message: str, *, path: Path | None = None, line: int | None = None):
        place = "" if path is None else f"{path}{'' if line is None else f', line {line}'}: "
        super().__init__(place + message)
        self.path = path
        self.line = line


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """Returns the end of an error message that names the nearest valid names.

    >>> did_you_mean("unit", ["units", "dropout"])
    'did you mean `units`?'
    >>> did_you_mean("xyz", ["units", "dropout"])
    'choose from: units, dropout'
    """
    names = list(valid)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else "choose from: " + ", ".join(names)
