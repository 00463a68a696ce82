"""Which values of a task's settings a search tries: ranges and choices, written in words.

A space is a mapping from names of settings to a `Range` or `Choices`. Of a setting that is
a tuple, such as `units`, the range is that of each item, and `units.layers` how many there
are; the width of a layer is part of the space only where the layer exists.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from lstm_toolkit.errors import DataError, SettingsError, did_you_mean
from lstm_toolkit.settings.description import Field, check_names
from lstm_toolkit.settings.fields import NOT_SEARCHED, Settings, fields
from lstm_toolkit.settings.texts import named_texts
from lstm_toolkit.settings.values import fits, from_text, without_none

S = TypeVar("S", bound=Settings)

LAYERS = ".layers"
"""What is added to the name of a setting that is a tuple, to name its length."""


@dataclasses.dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included.

    Attributes:
        low: The least.
        high: The greatest.
        step: The distance between two; None takes any.
        log: Draw as many from 1 to 10 as from 10 to 100.

    Raises:
        SettingsError: If the bounds are in the wrong order, or on a logarithmic scale not
            above zero.
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise SettingsError(
                f"the lower bound must not exceed the upper. Received: {self.low:g}..{self.high:g}"
            )
        if self.step is not None and (self.step <= 0 or self.log):
            raise SettingsError(
                f"a step must be above 0, and not of a :log range. Received: {self}"
            )
        if self.log and self.low <= 0:
            raise SettingsError(f"a :log range must begin above 0. Received: {self}")

    def __contains__(self, value: Any) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high

    def __str__(self) -> str:
        step = "" if self.step is None else f"/{self.step:.12g}"
        return f"{self.low:.12g}..{self.high:.12g}{step}{':log' if self.log else ''}"


@dataclasses.dataclass(frozen=True)
class Choices:
    """One of some values."""

    values: tuple[Any, ...]

    def __contains__(self, value: Any) -> bool:
        return value in self.values

    def __str__(self) -> str:
        return ",".join(map(str, self.values)).replace("True", "true").replace("False", "false")


Span = Range | Choices
Space = Mapping[str, Span]


def parse_space(settings: type[Settings], texts: Mapping[str, str]) -> dict[str, Span]:
    """Turns texts such as `32..256/32`, `1e-4..1e-2:log` and `adam,adamw` into spans.

    Args:
        settings: The dataclass whose fields are searched.
        texts: By the names of fields.

    Raises:
        SettingsError: If a name is unknown or cannot be searched, or a text is malformed
            or out of the setting's bounds.

    Example:
        >>> from lstm_toolkit.tasks import get_task
        >>> parse_space(get_task("digits").settings, {"cell": "lstm,gru"})
        {'cell': Choices(values=('lstm', 'gru'))}
        >>> parse_space(get_task("digits").settings, {"units": "32..256/32"})
        {'units': Range(low=32, high=256, step=32, log=False)}
    """
    return {name: _span(_searched(settings, name), name, text) for name, text in texts.items()}


def _searched(settings: type[Settings], name: str) -> Field:
    every = {field.name: field for field in fields(settings)}
    known = {n: field for n, field in every.items() if NOT_SEARCHED not in field.marks}
    stacks = [f"{n}{LAYERS}" for n, field in known.items() if _is_stack(field)]
    if name in every and name not in known:
        raise SettingsError(
            f"{name} cannot be searched: trials could not be compared; set it with --set"
        )
    if any(field.formerly == name for field in every.values()):
        check_names(settings, {name: None})
    if name not in known and name not in stacks:
        raise SettingsError(
            f"unknown setting `{name}` to search, {did_you_mean(name, [*known, *stacks])}"
        )
    if name in stacks:
        return dataclasses.replace(known[name.removesuffix(LAYERS)], name=name, kind=int)
    return known[name]


def _is_stack(field: Field) -> bool:
    kind, _ = without_none(field.kind)
    return get_origin(kind) is tuple


def _span(field: Field, name: str, text: str) -> Span:
    kind, _ = without_none(field.kind)  # a search tries values, not their absence
    kind = get_args(kind)[0] if get_origin(kind) is tuple else kind
    try:
        span = _range(kind, text) if ".." in text else _choices(kind, text)
    except SettingsError as error:
        raise SettingsError(f"{name}: {error}") from None
    except ValueError:
        raise SettingsError(_needs(field, name, text, kind)) from None
    ends = (span.low, span.high) if isinstance(span, Range) else span.values
    if not all(fits(end, kind, field.bounds) for end in ends):
        raise SettingsError(_needs(field, name, text, kind))
    return span


def _needs(field: Field, name: str, text: str, kind: Any) -> str:
    form = "LOW..HIGH, LOW..HIGH/STEP, LOW..HIGH:log or " if kind in (int, float) else ""
    value = dataclasses.replace(field, kind=kind)
    return f"{name} must be searched in {form}A,B,C, each {value.needs}. Received: {name}={text}"


def _range(kind: Any, text: str) -> Range:
    if kind not in (int, float):
        raise ValueError(text)
    text, log = text.removesuffix(":log"), text.endswith(":log")
    text, _, step = text.partition("/")
    low, high = text.split("..")
    return Range(kind(low), kind(high), kind(step) if step else None, log)


def _choices(kind: Any, text: str) -> Choices:
    values = tuple(from_text(part.strip(), kind) for part in text.split(","))
    return Choices(tuple(dict.fromkeys(values)))


def space_texts(searches: Iterable[str]) -> dict[str, str]:
    """Divides the words of `--search` into names and spans.

    Raises:
        SettingsError: If one is not NAME=SPAN.
    """
    return named_texts(searches, "--search must be NAME=LOW..HIGH or NAME=A,B,C")


def read_space(path: Path) -> dict[str, str]:
    """Reads a TOML file of spans, such as `units = "32..256/32"` or `cell = ["lstm", "gru"]`.

    Raises:
        DataError: If it is missing or no such file.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("needs a TOML file of spans. Received: no such file", path=path) from None
    except IsADirectoryError:
        raise DataError("needs a TOML file of spans. Received: a folder", path=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"needs a TOML file of spans. {error}", path=path) from None
    texts = {}
    for name, value in _flat(table).items():
        values = value if isinstance(value, list) else [value]
        texts[name] = str(Choices(tuple(values)))
    return texts


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """TOML reads `units.layers = …` as a table in a table."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        nested = isinstance(value, dict)
        flat |= _flat(value, f"{before}{name}.") if nested else {before + name: value}
    return flat


def draw(hp: Any, settings: S, space: Space) -> S:
    """Returns settings with the values that a search chose.

    Args:
        hp: `keras_tuner.HyperParameters`; what is not chosen in it yet is registered, with the
            value of `settings` as default, or the next to it that the space holds.
        settings: What is not searched is taken from here.
        space: The spans.

    Raises:
        SettingsError: If the values do not go together.
    """
    values: dict[str, Any] = {}
    stacks = {field.name for field in fields(type(settings)) if _is_stack(field)}
    for name, span in space.items():
        if name.endswith(LAYERS):
            continue
        default = getattr(settings, name)
        if name in stacks:
            values[name] = _stack(hp, name, default or (None,), span, space.get(name + LAYERS))
        else:
            values[name] = _value(hp, name, span, default)
    for name in space:
        stack = name.removesuffix(LAYERS)
        if stack != name and stack not in space:
            values[stack] = _deepened(hp, name, getattr(settings, stack), space[name])
    return dataclasses.replace(settings, **values)


def _value(hp: Any, name: str, span: Span, default: Any) -> Any:
    if isinstance(span, Choices):
        if len(span.values) == 1:
            return hp.Fixed(name, span.values[0])
        if isinstance(span.values[0], bool):
            return hp.Boolean(name, default=bool(default))
        default = default if default in span else span.values[0]
        ordered = not isinstance(span.values[0], str)
        return hp.Choice(name, list(span.values), default=default, ordered=ordered)
    if span.low == span.high:
        return hp.Fixed(name, span.low)
    whole = isinstance(span.low, int) and isinstance(span.high, int)
    make = hp.Int if whole else hp.Float
    nearest = span.low if default is None else min(max(default, span.low), span.high)
    sampling, default = "log" if span.log else "linear", nearest
    return make(name, span.low, span.high, step=span.step, sampling=sampling, default=default)


def _stack(
    hp: Any, name: str, default: tuple[Any, ...], span: Span, depth: Span | None
) -> tuple[Any, ...]:
    """Returns the width of each layer, the deeper ones only where they are."""
    most, layers = len(default), len(default)
    if depth is not None:
        layers = _value(hp, name + LAYERS, depth, len(default))
        most = int(depth.high if isinstance(depth, Range) else max(depth.values))
    widths = []
    for place in range(most):
        width = default[min(place, len(default) - 1)]
        if depth is None or place < _least(depth):
            widths.append(_value(hp, f"{name}.{place + 1}", span, width))
            continue
        deeper = [n for n in _depths(depth) if n > place]
        with hp.conditional_scope(name + LAYERS, deeper):
            value = _value(hp, f"{name}.{place + 1}", span, width)
        widths += [value] if layers > place else []
    return tuple(widths[:layers])


def _deepened(hp: Any, name: str, default: tuple[Any, ...] | None, depth: Span) -> tuple[Any, ...]:
    if not default:
        stack = name.removesuffix(LAYERS)
        raise SettingsError(f"{name} needs widths: set {stack}, or search it too. Received: none")
    layers = _value(hp, name, depth, len(default))
    return tuple(default[min(place, len(default) - 1)] for place in range(layers))


def _depths(depth: Span) -> list[int]:
    if isinstance(depth, Choices):
        return list(depth.values)
    return list(range(int(depth.low), int(depth.high) + 1))


def _least(depth: Span) -> int:
    return min(_depths(depth))
