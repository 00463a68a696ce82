"""One frozen dataclass of settings a task: declared, documented and checked in one place.

A field's type says how text becomes its value, `Bounds` in its annotation what range it may
take, a `Role` what it concerns, and the docstring under it is the help that the command line
prints.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, Self, TypeVar, cast, dataclass_transform

from lstm_toolkit.errors import SettingsError
from lstm_toolkit.settings.description import (
    changed,
    check_known,
    check_names,
    fields,
    type_hints,
    wrong_values,
)
from lstm_toolkit.settings.roles import (
    ANSWERS,
    CHANGES_LOSS,
    DATA,
    MODEL,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    READER,
    SHARE,
    TRAINING,
    Formerly,
    Mark,
    Role,
)
from lstm_toolkit.settings.values import Bounds

__all__ = [
    "ANSWERS",
    "CHANGES_LOSS",
    "DATA",
    "MODEL",
    "NOT_NEGATIVE",
    "NOT_SEARCHED",
    "POSITIVE",
    "READER",
    "SHARE",
    "TRAINING",
    "Bounds",
    "Formerly",
    "Mark",
    "Role",
    "Settings",
    "SettingsGroup",
    "changed",
    "fields",
    "settings",
]

Optimizer = Literal[
    "adam", "adamw", "nadam", "rmsprop", "sgd", "adagrad", "adamax", "lamb", "lion", "lazy_adam"
]

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
        hints = {k: v for base in cls.__bases__[::-1] for k, v in type_hints(base).items()}
        check_known(defaults, hints)
        own = inspect.get_annotations(cls)
        for name, value in defaults.items():
            own[name] = hints[name]
            setattr(cls, name, value)
        cls.__annotations__ = own
        return cast(C, dataclasses.dataclass(frozen=True, kw_only=True)(cls))

    return make


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
