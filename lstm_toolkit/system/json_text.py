"""JSON objects in which each name stands once: of two cells Python's reader would lose one."""

from __future__ import annotations

import json
from typing import Any


class RepeatedNameError(ValueError):
    """A name stands twice in one object, with two values."""


def unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Returns an object; for `object_pairs_hook`.

    >>> unique_names([("text", "fine"), ("label", "pos"), ("label", "pos")])
    {'text': 'fine', 'label': 'pos'}

    Raises:
        RepeatedNameError: If a name stands twice with different values.
    """
    values = dict(pairs)
    if len(values) < len(pairs):
        for name, value in pairs:
            if repr(values[name]) != repr(value):  # NaN is NaN, 1 is not True
                short = name if len(name) <= 40 else f"{name[:40]}…"
                raise RepeatedNameError(
                    f"needs each name once in an object. Received: {short!r} twice"
                )
    return values


def read_json(text: str) -> Any:
    """Returns what a text of JSON holds.

    >>> read_json('{"text": "fine"}')
    {'text': 'fine'}

    Raises:
        ValueError: If it is no JSON, or a name stands twice in an object.
        RecursionError: If it is nested too deeply.
    """
    return json.loads(text, object_pairs_hook=unique_names)
