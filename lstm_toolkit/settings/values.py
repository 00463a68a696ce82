"""Values of settings: kinds and ranges, from text and into words."""

from __future__ import annotations

import dataclasses
import json
import math
import types
from typing import Any, Literal, Union, get_args, get_origin


@dataclasses.dataclass(frozen=True)
class Bounds:
    """The range of a number: at least `low`, at most `high` (below it if `open`)."""

    low: float
    high: float = math.inf
    open: bool = False

    def __contains__(self, value: float) -> bool:
        return self.low <= value and (value < self.high if self.open else value <= self.high)

    def __str__(self) -> str:
        if math.isinf(self.high):
            return f"at least {self.low:g}"
        high = int(self.high) if self.high == int(self.high) else self.high
        return f"in [{self.low:g}, {high}{')' if self.open else ']'}"


def without_none(kind: Any) -> tuple[Any, bool]:
    """Returns the kind of an optional value, and whether None is allowed.

    >>> without_none(int | None), without_none(str)
    ((<class 'int'>, True), (<class 'str'>, False))
    """
    if get_origin(kind) not in (Union, types.UnionType):
        return kind, False
    (inner,) = (each for each in get_args(kind) if each is not type(None))
    return inner, True


def kind_words(kind: Any) -> str:
    """Returns what a value of this kind is called in messages."""
    kind, optional = without_none(kind)
    if optional:
        return f"{kind_words(kind)}, or none"
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(map(str, get_args(kind)))
    if get_origin(kind) is tuple and get_origin(get_args(kind)[0]) is Literal:
        return "some of " + ", ".join(get_args(get_args(kind)[0])) + ", separated by commas"
    if get_origin(kind) is tuple:
        return f"{kind_words(get_args(kind)[0])}s, separated by commas".replace("an ", "", 1)
    return {int: "an integer", float: "a number", bool: "true or false", str: "text"}[kind]


def _is_kind(value: Any, kind: Any) -> bool:
    kind, optional = without_none(kind)
    if value is None:
        return optional
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return isinstance(value, tuple) and all(_is_kind(item, inner) for item in value)
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    if kind is float:
        return isinstance(value, int | float) and math.isfinite(value)
    return isinstance(value, kind)


def fits(value: Any, kind: Any, bounds: Bounds | None) -> bool:
    """Tells whether a value is of this kind and within the bounds."""
    return _is_kind(value, kind) and _within(value, bounds)


def _within(value: Any, bounds: Bounds | None) -> bool:
    if bounds is None or value is None:
        return True
    if isinstance(value, tuple):
        return bool(value) and all(item in bounds for item in value)
    return value in bounds


def from_text(text: str, kind: Any) -> Any:
    """Returns what a text stands for; itself where it is none of a kind's few values.

    Raises:
        ValueError: If it is no number where one is needed.
    """
    kind, optional = without_none(kind)
    if optional and text.lower() == "none":
        return None
    if get_origin(kind) is Literal:
        return next((choice for choice in get_args(kind) if str(choice) == text), text)
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return tuple(from_text(item.strip(), inner) for item in text.strip("()[]").split(","))
    if kind is bool:
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
    return kind(text)


def setting_text(value: Any) -> str:
    """Returns a value as it is written after `--set NAME=`.

    >>> setting_text([64, 32]), setting_text(None), setting_text(True)
    ('64,32', 'none', 'true')
    """
    if value is None:
        return "none"
    if isinstance(value, tuple | list):
        return ",".join(map(setting_text, value))
    return value if isinstance(value, str) else json.dumps(value, default=str)
