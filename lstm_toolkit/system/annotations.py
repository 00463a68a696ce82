"""Whether what was read from a file is of the types that a dataclass states."""

from __future__ import annotations

import builtins
import dataclasses
import numbers
import sys
import types
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin


def wrong_field(instance: Any) -> str:
    """Returns what is wrong with the first field whose value is not as it is annotated, else "".

    Lists pass for tuples, since JSON knows none, and whole numbers for fractions. What is no
    dataclass is not looked at.
    """
    if not dataclasses.is_dataclass(instance):
        return ""
    names = _Names(vars(sys.modules[type(instance).__module__]))
    for field in dataclasses.fields(instance):
        hint = eval(field.type, {}, names) if isinstance(field.type, str) else field.type
        value = getattr(instance, field.name)
        if not fits(value, hint):
            return f"needs another `{field.name}`. Received: {str(value)[:40]!r}"
    return ""


def fits(value: Any, hint: Any) -> bool:
    """Tells whether a value is of an annotated type.

    >>> fits([1, 2], tuple[int, ...]), fits("tall", Literal["head", "tail"]), fits(True, int)
    (True, False, False)
    """
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return fits(value, args[0])
    if origin in (Union, types.UnionType):
        return any(fits(value, each) for each in args)
    if origin is tuple:
        return isinstance(value, tuple | list) and _fit_all(value, args)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(_fit_all(each, args) for each in value.items())
    return _fits_plain(value, hint)


def _fits_plain(value: Any, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return any(type(value) is type(each) and value == each for each in get_args(hint))
    if hint in (int, float):
        kind = numbers.Integral if hint is int else numbers.Real
        return isinstance(value, kind) and not isinstance(value, bool)
    if hint in (None, types.NoneType):
        return value is None
    return isinstance(value, hint) if hint in (str, bool, bytes) else True


def _fit_all(values: tuple[Any, ...] | list[Any], hints: tuple[Any, ...]) -> bool:
    if hints[-1:] == (Ellipsis,):
        return all(fits(value, hints[0]) for value in values)
    return len(values) == len(hints) and all(map(fits, values, hints))


class _Names(dict[str, Any]):
    """Names of a module; those that it imports for type checkers alone stand for anything."""

    def __init__(self, names: Iterable[tuple[str, Any]] | Mapping[str, Any]):
        super().__init__(names)

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, _ANYTHING)


class _Anything:
    """Stands for a module or a class; what hangs on it is anything too."""

    def __getattr__(self, name: str) -> Any:
        return self

    def __getitem__(self, item: Any) -> Any:
        return Any

    def __or__(self, other: Any) -> Any:
        return Any

    __ror__ = __or__


_ANYTHING = _Anything()
