"""What is known of each setting, read from the class that declares it."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, cast, get_args, get_origin, get_type_hints

from lstm_toolkit.errors import SettingsError, did_you_mean
from lstm_toolkit.settings.roles import Formerly, Mark, Role
from lstm_toolkit.settings.values import Bounds, fits, kind_words, setting_text


@dataclasses.dataclass(frozen=True)
class Field:
    """What is known of one setting."""

    name: str
    kind: Any
    bounds: Bounds | None
    default: Any
    text: str
    role: Role = Role.DATA
    marks: frozenset[Mark] = frozenset()
    formerly: str = ""

    @property
    def needs(self) -> str:
        """What a value must be, in words."""
        words = kind_words(self.kind)
        return f"{words}, {self.bounds}" if self.bounds else words


def type_hints(cls: type[Any]) -> dict[str, Any]:
    """Returns the annotations of a class's fields, those that it inherits too."""
    return get_type_hints(cls, include_extras=True)


def fields(settings: type[Any]) -> tuple[Field, ...]:
    """Returns the fields of a settings dataclass, with the docstring under each."""
    return _fields(cast(Hashable, settings))


@cache
def _fields(settings: Any) -> tuple[Field, ...]:
    hints = type_hints(settings)
    texts = {k: v for base in reversed(settings.__mro__) for k, v in _docstrings(base).items()}
    return tuple(
        _field(field.name, hints[field.name], field.default, texts.get(field.name, ""))
        for field in dataclasses.fields(settings)
    )


def _field(name: str, kind: Any, default: Any, text: str) -> Field:
    kind, *notes = get_args(kind) if get_origin(kind) is Annotated else (kind,)
    return Field(
        name,
        kind,
        next((note for note in notes if isinstance(note, Bounds)), None),
        default,
        text,
        next((note for note in notes if isinstance(note, Role)), Role.DATA),
        frozenset(note for note in notes if isinstance(note, Mark)),
        next((note.name for note in notes if isinstance(note, Formerly)), ""),
    )


def _docstrings(cls: type[Any]) -> dict[str, str]:
    if not dataclasses.is_dataclass(cls):
        return {}
    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    except OSError:  # defined where there is no source file
        return {}
    assert isinstance(body, ast.ClassDef)
    texts = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            texts[field.target.id] = " ".join(str(text.value.value).split())
    return texts


def changed(one: Any, other: Any) -> list[Field]:
    """Returns the fields in which two settings of the same class differ."""
    return [
        field
        for field in fields(type(one))
        if getattr(one, field.name) != getattr(other, field.name)
    ]


def wrong_values(settings: Any) -> Iterator[str]:
    """Yields a line for each field of a settings dataclass that holds what it must not."""
    for field in fields(type(settings)):
        value = getattr(settings, field.name)
        if not fits(value, field.kind, field.bounds):
            text = setting_text(value)
            yield f"{field.name} must be {field.needs}. Received: {field.name}={text}"


def check_names(settings: type[Any], names: Mapping[str, Any]) -> None:
    """Raises `SettingsError` with the nearest valid name for each unknown one."""
    formerly = {field.formerly: field.name for field in fields(settings) if field.formerly}
    check_known(names, [field.name for field in fields(settings)], formerly)


def check_known(
    names: Iterable[str], known: Collection[str], formerly: Mapping[str, str] | None = None
) -> None:
    """Raises `SettingsError` for each name that is not known; `formerly` gives new for old."""
    new = formerly or {}
    hints = [
        f"the setting `{name}` is now called `{new[name]}`"
        if name in new
        else f"unknown setting `{name}`, {did_you_mean(name, known)}"
        for name in names
        if name not in known
    ]
    if hints:
        raise SettingsError("; ".join(hints))
