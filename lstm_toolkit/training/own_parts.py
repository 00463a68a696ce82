"""What callers of the Python interface bring themselves: callbacks, an optimizer, a network."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import keras

from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.errors import InputError
from lstm_toolkit.features.states import States
from lstm_toolkit.task import Task
from lstm_toolkit.training.preparation import Prepared

OPTIMIZER_SETTINGS = (
    "optimizer",
    "learning_rate",
    "schedule",
    "warmup",
    "weight_decay",
    "clipnorm",
    "ema_momentum",
)
"""Settings that an optimizer of the caller's own takes the place of."""


@dataclasses.dataclass(frozen=True, eq=False)
class OwnParts:
    """Keras objects that take the place of what a training makes itself.

    Attributes:
        callbacks: Further ones, beside those of the training.
        optimizer: In place of what the settings say; each training takes a copy.
        model: An uncompiled network in place of the task's; likewise.

    Raises:
        InputError: If one is of another kind, or the network is compiled, or cannot be saved.
    """

    callbacks: tuple[keras.callbacks.Callback, ...] = ()
    optimizer: keras.optimizers.Optimizer | None = None
    model: keras.Model | None = None

    def __post_init__(self) -> None:
        for each in self.callbacks:
            _check("callbacks", each, keras.callbacks.Callback, "keras.callbacks.Callback objects")
        if self.optimizer is not None:
            needed = "a name or a keras.optimizers.Optimizer"
            _check("optimizer", self.optimizer, keras.optimizers.Optimizer, needed)
        if self.model is not None:
            _check("model", self.model, keras.Model, "an uncompiled keras.Model")
            _check_plain(self.model)

    @cached_property
    def network(self) -> OwnNetwork | None:
        """What builds copies of the network, where there is one."""
        return None if self.model is None else OwnNetwork(self.model)

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return bool(self.callbacks) or self.optimizer is not None or self.model is not None

    def new_optimizer(self) -> keras.optimizers.Optimizer | None:
        """Returns a copy of the optimizer that has not stepped."""
        if self.optimizer is None:
            return None
        return type(self.optimizer).from_config(self.optimizer.get_config())

    def facts(self) -> dict[str, str]:
        """Returns what a training that goes on must be given again, by its kind."""
        return {} if self.optimizer is None else {"optimizer": _digest(self.optimizer, "name")}

    def remarks(self) -> Iterator[str]:
        """Yields a line on settings that have no effect."""
        if self.optimizer is not None:
            yield f"own optimizer; not used are the settings {', '.join(OPTIMIZER_SETTINGS)}"


def own_parts(settings: Any, callbacks: Any, optimizer: Any, model: Any) -> tuple[Any, OwnParts]:
    """Returns the parts that were given; an optimizer's name becomes a setting.

    Raises:
        InputError: See `OwnParts`; or if there is no optimizer of that name.
    """
    if isinstance(optimizer, str):
        settings, optimizer = dataclasses.replace(settings, optimizer=optimizer), None
    if isinstance(callbacks, keras.callbacks.Callback):
        callbacks = [callbacks]
    if callbacks is not None and not isinstance(callbacks, Iterable):
        received = type(callbacks).__name__
        raise InputError(
            f"callbacks must be keras.callbacks.Callback objects. Received: a {received}"
        )
    return settings, OwnParts(tuple(callbacks or ()), optimizer, model)


class OwnNetwork:
    """A network of the caller's own, copied for each training and left as it is.

    Args:
        model: Uncompiled, with known inputs.
    """

    def __init__(self, model: keras.Model):
        self.model = model

    known: States | None = None

    def facts(self) -> dict[str, str]:
        """Returns the network's class, with digits that change when it does."""
        return {"model": _digest(self.model)}

    def remarks(self) -> Iterator[str]:
        """Yields nothing: what was given is known."""
        yield from ()

    def learn(self, task: Task, train: Dataset, settings: Any) -> States:
        """Learns as for a network of the task's own."""
        return task.learn(train, settings)

    def build(self, prepared: Prepared) -> keras.Model:
        """Returns a copy, with the same weights.

        Raises:
            InputError: If Keras cannot load what it saves; a run would be lost.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            try:
                self.model.save(path)
                return keras.models.load_model(path, compile=False)
            except (TypeError, ValueError, NotImplementedError) as error:
                reason = " ".join(str(error).split())[:120]
                raise InputError(
                    "model must be one that Keras saves and loads, its own layers registered. "
                    f"Received: {self.model.name}: {reason}"
                ) from error

    def check(self, prepared: Prepared) -> None:
        """Compares the network with what the task builds for this data.

        Raises:
            InputError: If it takes or gives other shapes, lacks layers that the answers need, or
                cannot be saved.
        """
        wanted = prepared.task.build(prepared.settings, prepared.states, None)
        if not _fit(wanted.inputs, self.model.inputs, _names(wanted)) or not _fit(
            wanted.outputs, self.model.outputs
        ):
            raise InputError(
                f"model must be a network from {_shapes(wanted.inputs)} to "
                f"{_shapes(wanted.outputs)} for this data. Received: from "
                f"{_shapes(self.model.inputs)} to {_shapes(self.model.outputs)}"
            )
        missing = {layer.name for layer in wanted.layers} - {
            layer.name for layer in self.model.layers
        }
        if prepared.task.target.takes_apart and missing:
            raise InputError(
                f"model must have the layers of the builder of {prepared.task.name}, which its "
                f"answers need. Received: none named {min(missing)}"
            )
        self.build(prepared)


def _check(name: str, value: Any, kind: type, needed: str) -> None:
    if not isinstance(value, kind):
        raise InputError(f"{name} must be {needed}. Received: a {type(value).__name__}")


def _check_plain(model: keras.Model) -> None:
    if not getattr(model, "inputs", None) or not getattr(model, "outputs", None):
        raise InputError(
            "model must be a functional or sequential network with known inputs. "
            f"Received: a {type(model).__name__}"
        )
    if model.compiled:
        raise InputError(
            "model must be uncompiled; give its optimizer as optimizer=. "
            f"Received: {model.name}, compiled"
        )


def _names(model: keras.Model) -> list[str] | None:
    """Returns the names by which a network takes several inputs."""
    return [each.name for each in model.inputs] if len(model.inputs) > 1 else None


def _fit(wanted: list[Any], given: list[Any], names: list[str] | None = None) -> bool:
    if len(wanted) != len(given) or (names and sorted(names) != sorted(i.name for i in given)):
        return False
    if names:
        wanted, given = (sorted(side, key=lambda each: each.name) for side in (wanted, given))
    return all(
        len(one.shape) == len(other.shape)
        and all(size in (None, need) for need, size in zip(one.shape, other.shape, strict=True))
        for one, other in zip(wanted, given, strict=True)
    )


def _shapes(tensors: list[Any]) -> str:
    return " and ".join(str(tuple(tensor.shape)) for tensor in tensors)


def _digest(part: Any, *but: str) -> str:
    """Returns the name of a part's class, with digits that change when it does.

    Args:
        part: Of Keras.
        *but: What does not count, such as a name that Keras numbers.
    """
    facts = {name: value for name, value in part.get_config().items() if name not in but}
    config = json.dumps(facts, sort_keys=True, default=str)
    return f"{type(part).__name__}-{hashlib.sha256(config.encode()).hexdigest()[:8]}"
