"""One frozen dataclass of settings a task: declared, documented and checked in one place.

A field's type says how text becomes its value, `Bounds` in its annotation what range it may
take, a `Role` what it concerns, and the docstring under it is the help that the command line
prints.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import json
import math
import textwrap
import types
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from functools import cache
from typing import (
    Annotated,
    Any,
    Literal,
    Self,
    TypeVar,
    Union,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from lstm_toolkit.errors import SettingsError, did_you_mean


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


class Role(enum.Enum):
    """What a setting concerns; another value of it leaves the rest as it is."""

    DATA = "data"
    """Reading, splitting, and what is learnt from the training split; where nothing is said."""
    MODEL = "model"
    """The network: an argument of the task's builder."""
    TRAINING = "training"
    """The loss, and how long, how fast and how exactly is trained."""
    ANSWERS = "answers"
    """How answers are made from outputs, and how they are scored."""
    READER = "reader"
    """How files are read: encodings, columns, sheets; of new data `evaluate` and `predict` can be
    told other ones."""


class Mark(enum.Enum):
    """What else is to be known of a setting."""

    NOT_SEARCHED = "not searched"
    """It changes what a score is, or how it is found, not how good the network is."""
    CHANGES_LOSS = "changes loss"
    """It changes what a loss is, so that losses of trials could not be compared."""


@dataclasses.dataclass(frozen=True)
class Formerly:
    """Annotates a setting that had another name, which then answers with the new one."""

    name: str


DATA, MODEL, TRAINING, ANSWERS, READER = Role
NOT_SEARCHED, CHANGES_LOSS = Mark

Optimizer = Literal[
    "adam", "adamw", "nadam", "rmsprop", "sgd", "adagrad", "adamax", "lamb", "lion", "lazy_adam"
]

POSITIVE = Bounds(1)
SHARE = Bounds(0, 1, open=True)
NOT_NEGATIVE = Bounds(0)


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
        words = _kind_words(self.kind)
        return f"{words}, {self.bounds}" if self.bounds else words


C = TypeVar("C", bound=type[Any])


@dataclass_transform(kw_only_default=True, frozen_default=True)
def settings(**defaults: Any) -> Callable[[C], C]:
    """Makes a class one of settings, with other defaults for fields that it inherits.

    Their types, roles and docstrings stay where the fields are declared.

    Args:
        **defaults: By the names of inherited fields.

    Raises:
        SettingsError: If none is inherited under one of the names.

    >>> @settings(epochs=3)
    ... class Short(Settings):
    ...     pass
    >>> Short().epochs
    3
    """

    def make(cls: C) -> C:
        # From the parents, since names of the class's own module may not be defined yet.
        hints = {k: v for base in cls.__bases__[::-1] for k, v in _hints(base).items()}
        check_known(defaults, hints)
        own = inspect.get_annotations(cls)
        for name, value in defaults.items():
            own[name] = hints[name]
            setattr(cls, name, value)
        cls.__annotations__ = own
        return cast(C, dataclasses.dataclass(frozen=True, kw_only=True)(cls))

    return make


def _hints(cls: type[Any]) -> dict[str, Any]:
    return get_type_hints(cls, include_extras=True)


@dataclasses.dataclass(frozen=True, kw_only=True)
class SettingsGroup:
    """Settings that belong together; those of a task inherit from several, `Settings` last."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(SettingsGroup):
    """What every task has in common: how long, how fast and how exactly it trains."""

    epochs: Annotated[int, POSITIVE, TRAINING, NOT_SEARCHED] = 40
    """Passes over the training split, at most."""
    batch_size: Annotated[int, POSITIVE, TRAINING] = 64
    """Examples in one training step."""
    optimizer: Annotated[Optimizer, TRAINING] = "adam"
    """Keras optimizer; lazy_adam is Adam that leaves alone the rows of an embedding that a batch
    does not show, faster with large vocabularies."""
    learning_rate: Annotated[float, NOT_NEGATIVE, TRAINING] = 0.001
    """Learning rate, at its highest where a schedule changes it."""
    schedule: Annotated[Literal["constant", "cosine", "exponential"], TRAINING] = "constant"
    """How the learning rate falls over the epochs: not at all, along a cosine to zero, or
    exponentially to a hundredth."""
    warmup: Annotated[float, SHARE, TRAINING] = 0.0
    """Share of all steps in which the learning rate first rises from zero (schedule=cosine)."""
    weight_decay: Annotated[float, NOT_NEGATIVE, TRAINING] = 0.0
    """Decoupled weight decay, as the optimizer defines it."""
    clipnorm: Annotated[float, NOT_NEGATIVE, TRAINING] = 1.0
    """Norm to which the gradient of each weight is clipped; 0 leaves it alone."""
    ema_momentum: Annotated[float, SHARE, TRAINING, Formerly("average")] = 0.0
    """Momentum of a running average of the weights, such as 0.99, that is judged and kept in
    place of the last ones; it lags in trainings of a few hundred steps. 0 keeps the last."""
    patience: Annotated[int, NOT_NEGATIVE, TRAINING] = 0
    """Stop after this many epochs without a better `monitor`; 0 trains to the end."""
    monitor: Annotated[str, TRAINING, NOT_SEARCHED] = "val_loss"
    """Which score on the validation split chooses the best weights."""
    save_every: Annotated[int, NOT_NEGATIVE, TRAINING, NOT_SEARCHED] = 0
    """Steps between backups inside an epoch; 0 keeps one after each epoch."""
    validation_share: Annotated[float, Bounds(0.01, 0.5), DATA, NOT_SEARCHED] = 0.1
    """Share of the rows held out to choose the best weights."""
    test_share: Annotated[float, Bounds(0.01, 0.5), DATA, NOT_SEARCHED] = 0.2
    """Share of the rows held out for the final score, where the data has no test split."""
    precision: Annotated[
        Literal["auto", "float32", "mixed_float16", "mixed_bfloat16"], TRAINING, NOT_SEARCHED
    ] = "auto"
    """Arithmetic: float32, mixed with 16 bits, or what the device does well."""
    row_store: Annotated[Literal["memory", "disk"], TRAINING, NOT_SEARCHED] = "memory"
    """Where encoded rows lie in training: in memory, or in a file of the run's folder."""
    baselines: Annotated[bool, ANSWERS, NOT_SEARCHED] = True
    """Score the simplest methods on the test split too."""
    seed: Annotated[int, Bounds(0, 2**32 - 1), DATA, NOT_SEARCHED] = 0
    """Fixes the splits, the first weights, the order of examples and the dropout."""

    def __new__(cls, **values: Any) -> Self:
        """Checks names first: a dataclass would raise a TypeError without a hint."""
        check_names(cls, values)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        wrong = list(wrong_values(self)) or list(self.mistakes())
        if wrong:
            raise SettingsError("; ".join(wrong))

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.validation_share + self.test_share > 0.75:
            yield (
                "validation_share and test_share must leave at least a quarter of the rows. "
                f"Received: {self.validation_share:g} and {self.test_share:g}"
            )
        if self.warmup and self.schedule != "cosine":
            yield (
                "warmup needs schedule=cosine. "
                f"Received: warmup={self.warmup:g}, schedule={self.schedule}"
            )

    def model_settings(self, *, but: Iterable[str] = ()) -> dict[str, Any]:
        """Returns the settings of the network by name, as its builder takes them.

        Args:
            but: Names that are left out.
        """
        left_out = set(but)
        return {
            field.name: getattr(self, field.name)
            for field in fields(type(self))
            if field.role is MODEL and field.name not in left_out
        }

    @property
    def split_sizes(self) -> tuple[float, float]:
        """How much of the rows validation and test get, as a `Splitter` takes it."""
        return self.validation_share, self.test_share

    def values(self) -> dict[str, Any]:
        """Returns the settings as they are written to `config.json`."""
        return dataclasses.asdict(self)

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """Builds settings from what `values` gave, after JSON made tuples lists.

        Raises:
            SettingsError: If a name is unknown or a value wrong.
        """
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
        return cls(**known)


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


def parse(settings: type[Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """Turns `NAME=VALUE` texts into values of the fields' types.

    Raises:
        SettingsError: With every mistake in one line.
    """
    check_names(settings, texts)
    known = {field.name: field for field in fields(settings)}
    values, wrong = {}, []
    for name, text in texts.items():
        try:
            values[name] = from_text(text, known[name].kind)
        except ValueError:
            wrong.append(f"{name} must be {known[name].needs}. Received: {name}={text}")
    if wrong:
        raise SettingsError("; ".join(wrong))
    return values


def named_texts(words: Iterable[str], needs: str) -> dict[str, str]:
    """Divides words such as `NAME=VALUE` into names and texts.

    Args:
        words: As they stand on the command line.
        needs: What to say that each must be.

    Raises:
        SettingsError: If one has no equals sign.
    """
    parts = [(word, *word.partition("=")) for word in words]
    wrong = [word for word, _, equals, _ in parts if not equals]
    if wrong:
        raise SettingsError(f"{needs}. Received: {wrong[0]}")
    return {name.strip(): text.strip() for _, name, _, text in parts}


def fields(settings: type[Any]) -> tuple[Field, ...]:
    """Returns the fields of a settings dataclass, with the docstring under each."""
    return _fields(cast(Hashable, settings))


@cache
def _fields(settings: Any) -> tuple[Field, ...]:
    hints = _hints(settings)
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


def changed(one: Settings, other: Settings) -> list[Field]:
    """Returns the fields in which two settings of the same class differ."""
    return [
        field
        for field in fields(type(one))
        if getattr(one, field.name) != getattr(other, field.name)
    ]


def without_none(kind: Any) -> tuple[Any, bool]:
    """Returns the kind of an optional value, and whether None is allowed.

    >>> without_none(int | None), without_none(str)
    ((<class 'int'>, True), (<class 'str'>, False))
    """
    if get_origin(kind) not in (Union, types.UnionType):
        return kind, False
    (inner,) = (each for each in get_args(kind) if each is not type(None))
    return inner, True


def _kind_words(kind: Any) -> str:
    kind, optional = without_none(kind)
    if optional:
        return f"{_kind_words(kind)}, or none"
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(map(str, get_args(kind)))
    if get_origin(kind) is tuple:
        return f"{_kind_words(get_args(kind)[0])}s, separated by commas".replace("an ", "", 1)
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
    """Returns a value as it is written after `--set`.

    >>> setting_text([64, 32]), setting_text(None), setting_text(True)
    ('64,32', 'none', 'true')
    """
    if value is None:
        return "none"
    if isinstance(value, tuple | list):
        return ",".join(map(setting_text, value))
    return value if isinstance(value, str) else json.dumps(value, default=str)
