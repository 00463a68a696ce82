"""Names of arguments that are checked as names of settings are: with the nearest valid one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

from lstm_toolkit.errors import ArgumentError, InputError, did_you_mean, nearest
from lstm_toolkit.settings.fields import fields

P = ParamSpec("P")
R = TypeVar("R")


def checked_names(
    settings_of: Callable[[Any], type[Any]] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorates a public function, which then answers to an unknown name with the nearest one.

    Its signature and types stay as they are.

    Args:
        settings_of: Returns the settings of the function's first argument, the names of which
            people write in the place of arguments; None where there are none.

    >>> @checked_names()
    ... def train(task: str, *, resume: bool = False) -> str:
    ...     return task
    >>> train("digits", resum=True)
    Traceback (most recent call last):
    lstm_toolkit.errors.ArgumentError: train has no argument `resum`, did you mean `resume`?
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        parameters = inspect.signature(function).parameters.values()
        known = [each.name for each in parameters if each.kind is not each.VAR_KEYWORD]

        @functools.wraps(function)
        def checked(*args: P.args, **named: P.kwargs) -> R:
            wrong = [name for name in named if name not in known]
            if wrong:
                first = args[0] if args else named.get(known[0] if known else "")
                names = _setting_names(settings_of, first)
                raise ArgumentError(_message(function.__name__, wrong[0], known, names))
            return function(*args, **named)

        return checked

    return decorate


def _message(function: str, wrong: str, known: list[str], settings: list[str]) -> str:
    if not nearest(wrong, known) and (near := nearest(wrong, settings)):
        hint = f'did you mean the setting `{near}`, as in settings={{"{near}": …}}?'
    else:
        hint = did_you_mean(wrong, known) if known else "it takes none"
    return f"{function} has no argument `{wrong}`, {hint}"


def _setting_names(settings_of: Callable[[Any], type[Any]] | None, task: Any) -> list[str]:
    try:
        return [] if settings_of is None else [field.name for field in fields(settings_of(task))]
    except InputError:  # of a task that is unknown, too
        return []


def check_option(name: str, known: Iterable[str], what: str) -> None:
    """Raises `ArgumentError` with the nearest name if an option is unknown.

    Args:
        name: What was given.
        known: What there is.
        what: What it is not for.
    """
    names = list(known)
    if name not in names:
        hint = did_you_mean(name, names) if names else "which takes none"
        raise ArgumentError(f"{name} is not for {what}, {hint}")
