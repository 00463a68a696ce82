"""Which tasks answer standard input line by line, each line with what came before it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from lstm_toolkit.errors import InputError
from lstm_toolkit.targets.target import Answered

if TYPE_CHECKING:
    from lstm_toolkit.serving.prediction import Model

LineStream = Callable[["Model", BinaryIO, Any, Callable[[str], None], str], Answered]
"""Answers lines as they come.

Takes the model, the lines as bytes, options of `predict`, what is told lines for people, and the
encoding. Raises `DataError` if the lines are not text.
"""


def line_stream(model: Model, words: Sequence[str]) -> LineStream | None:
    """Returns what answers standard input line by line, None if it is no stream.

    Args:
        model: What answers.
        words: Those after `predict`.

    Raises:
        InputError: If other words stand beside `-`.
    """
    name = model.task.target.line_stream(model.states.target) if "-" in words else ""
    if not name:
        return None
    if list(words) != ["-"]:
        raise InputError("needs - alone, since what comes before belongs to a step. Received: more")
    module, function = name.split(".")
    found: LineStream = getattr(importlib.import_module(f"lstm_toolkit.serving.{module}"), function)
    return found
