"""Beginning with the weights of a finished run: for new data, with new tokens and classes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.errors import InputError
from lstm_toolkit.features.states import States, trained_with
from lstm_toolkit.runs import Run
from lstm_toolkit.settings.description import check_names
from lstm_toolkit.settings.fields import MODEL, changed
from lstm_toolkit.task import Task
from lstm_toolkit.training.growth import take_over

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.training.preparation import Prepared


class ContinuedRun:
    """A finished run with whose weights and states another training begins.

    Tokens and classes that are new get rows of their own behind the old ones, which keep their
    numbers and their weights.

    Args:
        run: Of the same task.
    """

    def __init__(self, run: Run):
        self.run = run
        self.additions: list[str] = []

    @cached_property
    def known(self) -> States:
        """What the run learnt from its own training split."""
        return self.run.states

    def learn(self, task: Task, train: Dataset, settings: Any) -> States:
        """Adds what is new in the training split to what the run knows.

        Raises:
            InputError: If a setting asks for what the run's network was not made for, or the
                data has other features.
        """
        before, now = (", ".join(each) for each in (self.known.features, task.features))
        if before != now:
            raise InputError(
                f"{self.run.path}: was trained with {before}; needs data with the same. "
                f"Received: {now}"
            )
        states, self.additions = task.extend(self.known, train, settings)
        return states

    def check(self, prepared: Prepared) -> None:
        """Raises `InputError` if the settings ask for a network of other shapes."""
        if "model" in self.run.config.get("begun_with", {}):
            if self.additions:
                raise InputError(
                    f"{self.run.path}: a network of your own cannot grow. "
                    f"Received: {', '.join(self.additions)}"
                )
            return
        wanted = prepared.task.build(prepared.settings, self.known, None)
        if _shapes(wanted) == _shapes(self.run.model()):
            return
        before: Any = self.run.settings
        differing = [f for f in changed(before, prepared.settings) if f.role is MODEL]
        needed, received = (
            ", ".join(f"{field.name}={getattr(each, field.name)}" for field in differing)
            for each in (before, prepared.settings)
        )
        if not differing:
            raise InputError(
                f"{self.run.path}: needs a run of this version to begin with, whose network has "
                "the same layers; train anew, without init. Received: a network of other layers"
            )
        raise InputError(f"{self.run.path}: its weights need {needed}. Received: {received}")

    def build(self, prepared: Prepared) -> keras.Model:
        """Returns a network with the run's weights, what is new in it as it begins anew."""
        trained = self.run.model()
        if "model" in self.run.config.get("begun_with", {}):
            return trained
        model = prepared.build_new()
        take_over(trained, model)
        return model

    def facts(self) -> dict[str, str]:
        """Returns the run's folder."""
        return {"init": str(self.run.path.resolve())}

    def remarks(self) -> Iterator[str]:
        """Yields a line on what is new."""
        yield f"begins with {self.run.path}: {', '.join(self.additions) or 'nothing new to it'}"


def continued(task: Task, init: Run | str | Path) -> ContinuedRun:
    """Opens the run with which a training is to begin.

    Raises:
        InputError: If there is none, it is unfinished, or it is of another task.
    """
    run = init if isinstance(init, Run) else Run.open(Path(init))
    run.check_task(task.name)
    known_task = task.having(trained_with(run.path))
    return ContinuedRun(dataclasses.replace(run, known_task=known_task))


def continued_settings(task: Task, run: Run, settings: Any) -> Any:
    """Returns the run's settings with those changed that are given by name.

    Args:
        task: That of the run.
        run: The one to begin with.
        settings: Values by name; an instance is taken as it is, None changes nothing.

    Raises:
        InputError: If a name or a value is wrong.
    """
    if settings is not None and not isinstance(settings, Mapping):
        return task.settings_of(settings)
    values = dict(settings or {})
    check_names(task.settings, values)
    return task.settings.from_values(run.settings.values() | values)


def _shapes(model: keras.Model) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in model.weights]
