"""What a search is: all that has to be the same for it to go on."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal, get_args, get_origin

from lstm_toolkit.errors import InputError, did_you_mean
from lstm_toolkit.settings.fields import CHANGES_LOSS, MODEL, Settings, fields
from lstm_toolkit.settings.search_space import LAYERS, Range, Space
from lstm_toolkit.task import Task
from lstm_toolkit.training.own_parts import OPTIMIZER_SETTINGS, OwnParts

Algorithm = Literal["random", "hyperband", "bayesian", "grid"]
ALGORITHMS: tuple[str, ...] = get_args(Algorithm)

TRIALS = 20
"""Of random and Bayesian searches, by default."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """A search over the settings of a task.

    Attributes:
        task: What is trained.
        settings: What is not searched; the first trial, as far as the space holds it.
        space: What is searched; those of `task.search` that were not set.
        data: As in `train`.
        algorithm: Random values, Hyperband, a Gaussian process, or all combinations.
        trials: How many are begun at most; None takes `TRIALS`, or all that a grid or one
            sweep of Hyperband has.
        max_epochs: Of a trial; None takes the settings'.
        keep: How many checkpoints stay on the disk at most, beside those of running trials.
        own: Keras objects of the caller's own, of which each trial takes copies.

    Raises:
        InputError: If something is out of range or does not exist.
    """

    task: Task
    settings: Any
    space: Space
    data: Any = None
    algorithm: str = "random"
    trials: int | None = None
    max_epochs: int | None = None
    keep: int = 10
    own: OwnParts = dataclasses.field(default_factory=OwnParts)

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            raise InputError(
                f"unknown tuner `{self.algorithm}`, {did_you_mean(self.algorithm, ALGORITHMS)}"
            )
        for name in ("trials", "max_epochs", "keep"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} must be at least 1. Received: {name}={value}")
        if not self.space:
            raise InputError("a search needs at least one setting to search. Received: none")
        idle = sorted(set(self.searched) & set(without_effect(self.task, self.own)))
        if idle:
            raise InputError(
                f"{idle[0]} cannot be searched beside an optimizer or a model of your own, which "
                "it does not change"
            )
        changing = {f.name for f in fields(self.task.settings) if CHANGES_LOSS in f.marks}
        unlike = sorted(changing & set(self.space)) if self.objective == "val_loss" else []
        if unlike:
            raise InputError(
                f"{unlike[0]} cannot be searched by val_loss, which it changes; choose another "
                "objective, such as val_accuracy"
            )
        if self.trials is None and self.algorithm in ("random", "bayesian"):
            object.__setattr__(self, "trials", TRIALS)
        if self.max_epochs is None:
            object.__setattr__(self, "max_epochs", self.settings.epochs)

    @property
    def objective(self) -> str:
        """The score by which weights and trials are chosen."""
        return str(self.settings.monitor)

    @property
    def maximise(self) -> bool:
        """Whether more of it is better."""
        return self.task.direction(self.objective) == "max"

    @property
    def searched(self) -> list[str]:
        """The settings that are searched, as columns of a table."""
        return list(dict.fromkeys(name.removesuffix(LAYERS) for name in self.space))

    @property
    def logarithmic(self) -> set[str]:
        """Those on a logarithmic scale."""
        return {n for n, span in self.space.items() if isinstance(span, Range) and span.log}

    def settings_of(self, hp: Any) -> Settings:
        """Returns the settings of a trial from its `keras_tuner.HyperParameters`."""
        chosen = self.task.space(hp, self.settings, self.space)
        found: Settings = dataclasses.replace(chosen, epochs=self.max_epochs)
        return found

    def registered(self) -> Any:
        """Returns `keras_tuner.HyperParameters` with the whole space in them."""
        import keras_tuner

        hp = keras_tuner.HyperParameters()
        self.settings_of(hp)
        return hp

    def facts(self) -> dict[str, Any]:
        """Returns what `search.json` holds, and what must not change in it."""
        return {
            "task": self.task.name,
            "tuner": self.algorithm,
            "max_epochs": self.max_epochs,
            "space": {name: str(span) for name, span in self.space.items()},
            "settings": self.settings.values(),
        }


def without_effect(task: Task, own: OwnParts) -> list[str]:
    """Returns the settings that an optimizer or a network of the caller's own stands for."""
    names = list(OPTIMIZER_SETTINGS) if own.optimizer is not None else []
    if own.model is not None:
        names += [field.name for field in fields(task.settings) if field.role is MODEL]
    return names


def with_objective(task: Task, settings: Any, objective: Any) -> Any:
    """Returns settings that choose by `objective`.

    Args:
        task: Has the scores.
        settings: What is changed.
        objective: The name of a score, or a `keras_tuner.Objective`; None changes nothing.

    Raises:
        InputError: If it is not a score on the validation split that the task has, or its
            direction is not that of the score.
    """
    if objective is None:
        return settings
    direction = getattr(objective, "direction", None)
    objective = str(getattr(objective, "name", objective))
    valid = objectives(task, settings)
    if objective not in valid:
        raise InputError(f"unknown objective `{objective}`, {did_you_mean(objective, valid)}")
    known = task.direction(objective)
    if direction not in (None, known):
        raise InputError(
            f"the direction of {objective} must be {known}. Received: direction={direction}"
        )
    return dataclasses.replace(settings, monitor=objective)


def objectives(task: Task, settings: Any) -> list[str]:
    """Returns the names of the scores by which weights can be chosen."""
    metrics = task.target.metrics(settings)
    names = ["val_loss", *(f"val_{metric.name}" for metric in metrics)]
    kind = next(field.kind for field in fields(task.settings) if field.name == "monitor")
    allowed = get_args(kind) if get_origin(kind) is Literal else names
    return [name for name in names if name in allowed]
