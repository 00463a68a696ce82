"""What can go wrong, and with which exit code the command line says so."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

LONGEST = 380
"""Characters of a message; with what the command line writes before it, it stays below 400."""

_TAIL = 110


def bounded(message: str, most: int = LONGEST) -> str:
    """Returns a message without its middle if it is too long: what to do stands at both ends.

    >>> len(bounded("a long list, " * 5_000)), bounded("a short message")
    (379, 'a short message')
    """
    if len(message) <= most:
        return message
    return f"{message[: most - _TAIL - 3].rstrip()} … {message[-_TAIL:].lstrip()}"


def foreign_error(error: Exception, most: int = 200) -> str:
    r"""Returns in one line what another library raised.

    >>> foreign_error(ValueError("needs\n3 axes"))
    'ValueError: needs 3 axes'
    """
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said if len(said) <= most else f'{said[:most]}…'}"


class ToolkitError(Exception):
    """Something failed that is not the user's input; the command exits with 1.

    Its text has at most `LONGEST` characters, whatever names and lists stand in it.
    """

    exit_code = 1

    def __init__(self, message: str = ""):
        super().__init__(bounded(message))


class TrainingError(ToolkitError):
    """Training cannot go on: the loss is not a number any more."""


class SearchError(ToolkitError):
    """A search found nothing: no trial completed."""


class ExportError(ToolkitError):
    """An export did not answer as its Keras model does, and was withdrawn."""


class InputError(ToolkitError, ValueError):
    """The user's input is wrong; the command exits with 2."""

    exit_code = 2


class ArgumentError(InputError, TypeError):
    """A function was called with an argument that it does not have."""


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
        place = "" if path is None else bounded(str(path), 180)
        place += "" if path is None or line is None else f", line {line}"
        super().__init__(f"{place}: {message}" if place else message)
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
    near = nearest(name, names)
    return f"did you mean `{near}`?" if near else "choose from: " + ", ".join(names)


def nearest(name: str, valid: Iterable[str]) -> str:
    """Returns the nearest valid name, "" if none is near.

    >>> nearest("unit", ["units", "dropout"])
    'units'
    """
    near = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.6)
    return near[0] if near else ""
