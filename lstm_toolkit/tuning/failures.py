"""Why a training failed, in one line."""

from __future__ import annotations

import re

from lstm_toolkit.errors import ToolkitError

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_AROUND = (
    "[[", "Hint:", "[Op:", "Detected at", "Graph execution", "Exception encountered", "<stack",
)  # fmt: skip
"""How the lines begin that Keras and TensorFlow put around what happened."""


def error_summary(error: BaseException) -> str:
    r"""Returns what happened, out of all that Keras and TensorFlow say beside it.

    >>> error_summary(ValueError("Exception encountered when calling x.\n\nneeds 3 axes\n"))
    'ValueError: needs 3 axes'
    >>> error_summary(MemoryError())
    'out of memory'
    """
    if isinstance(error, ToolkitError):
        return " ".join(str(error).split())
    lines = _COLOUR.sub("", str(error)).splitlines()
    messages = [
        line for line in lines if line.strip() and not line.startswith((" ", "\t", *_AROUND))
    ]
    kind = type(error).__name__
    if kind in ("MemoryError", "ResourceExhaustedError"):
        kind = "out of memory"
    return f"{kind}: {messages[0].strip()}" if messages else kind
