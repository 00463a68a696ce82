"""On which devices a training runs, and what that changes for `fit`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.batches import Batches
from lstm_toolkit.optimizers.catalogue import build_once
from lstm_toolkit.system.cluster import Cluster
from lstm_toolkit.task import Task
from lstm_toolkit.training.devices.machines import Machines, watching
from lstm_toolkit.training.devices.replica_values import ReplicaValues
from lstm_toolkit.training.devices.seeds import ReplicaSeeds
from lstm_toolkit.training.devices.shared_loss import check_task
from lstm_toolkit.training.devices.steps import ReplicaSteps


class OneDevice:
    """A training as Keras does it, on the device that TensorFlow chooses.

    Attributes:
        chief: Whether this process writes the run's folder.
        machines: What it exchanges with other machines; None where there are none.
        here: How many devices of this machine it runs on.
    """

    chief = True
    here = 1
    machines: Machines | None = None

    def __str__(self) -> str:
        return "one device"

    def scope(self) -> contextlib.AbstractContextManager[Any]:
        """Returns the block in which network and optimizer are made."""
        return contextlib.nullcontext()

    def check(self, task: Task, settings: Any) -> None:
        """Refuses what cannot be trained on them, before anything is read or written.

        Raises:
            InputError: If the task cannot.
        """

    def watching(self) -> contextlib.AbstractContextManager[Any]:
        """Returns the block in which other machines may be lost."""
        return contextlib.nullcontext()

    def fit(
        self,
        model: keras.Model,
        train: Batches,
        validation: Batches,
        *,
        class_weight: Mapping[int, float] | None,
        callbacks: Sequence[keras.callbacks.Callback],
        **options: Any,
    ) -> None:
        """Trains a compiled network by its own `fit`.

        Args:
            model: Made in `scope`.
            train: What it is trained on.
            validation: What it is scored on after each epoch.
            class_weight: How much each class counts in the loss.
            callbacks: Of Keras.
            **options: Further ones of `fit`.
        """
        model.fit(
            train.dataset(),
            validation_data=validation.dataset(),
            class_weight=class_weight,
            callbacks=list(callbacks),
            **options,
        )

    def trained(self, model: keras.Model, build: Callable[[], keras.Model]) -> keras.Model:
        """Returns a trained network as one that is bound to no devices."""
        return model

    def read(self, variables: Sequence[keras.Variable]) -> list[NDArray[Any]]:
        """Returns the values of metrics' variables, with which an epoch can go on."""
        return [keras.ops.convert_to_numpy(variable) for variable in variables]

    def write(self, variables: Sequence[keras.Variable], values: Sequence[NDArray[Any]]) -> None:
        """Puts back what `read` returned."""
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value if value.shape == variable.shape else value.sum(axis=0))


ONE_DEVICE = OneDevice()


class SeveralDevices(OneDevice):
    """Devices that each take a share of every batch, and so the step that one would take.

    Weights are those of one device up to rounding, without Dropout: of that, each replica draws
    its own.

    Args:
        strategy: Of `tf.distribute`, mirrored.
        cluster: The machines, if there are several.
    """

    def __init__(self, strategy: tf.distribute.Strategy, cluster: Cluster | None = None):
        self.strategy, self.cluster = strategy, cluster
        self.replicas: int = strategy.num_replicas_in_sync
        self.here = len(strategy.extended.worker_devices)
        # Machines of unlike numbers are refused before rows are dealt out by these.
        self.first = 0 if cluster is None else cluster.index * self.here
        self.own = range(self.first, self.first + self.here)
        self.chief = cluster is None or cluster.chief
        self.machines = None if cluster is None else Machines(strategy, cluster, self.first)
        self._values: ReplicaValues | None = None

    def __str__(self) -> str:
        kinds = {device.split(":")[-2] for device in self.strategy.extended.worker_devices}
        text = f"{self.replicas} devices ({', '.join(sorted(kinds))})"
        return text if self.cluster is None else f"{text}, {self.cluster}"

    def scope(self) -> contextlib.AbstractContextManager[Any]:
        """Returns the scope of the strategy."""
        scope: contextlib.AbstractContextManager[Any] = self.strategy.scope()
        return scope

    def check(self, task: Task, settings: Any) -> None:
        """Refuses a loss that compares rows.

        Raises:
            InputError: If the task has one.
        """
        check_task(task, settings)

    def watching(self) -> contextlib.AbstractContextManager[Any]:
        """Tells of a lost machine in one line."""
        return contextlib.nullcontext() if self.cluster is None else watching(self.cluster)

    def fit(
        self,
        model: keras.Model,
        train: Batches,
        validation: Batches,
        *,
        class_weight: Mapping[int, float] | None,
        callbacks: Sequence[keras.callbacks.Callback],
        **options: Any,
    ) -> None:
        """Trains with the rows of each batch dealt out to the replicas.

        Raises:
            InputError: If the network's loss or its own steps cannot be shared.
            TrainingError: If another machine is lost.
        """
        weigh = None if class_weight is None else _class_weights(class_weight)
        shares = train.shares(self.own, self.replicas, weigh)
        steps = ReplicaSteps(model, self.strategy, self.first)
        steps.attach(shares.element_spec)
        model.fit(
            shares,
            validation_data=validation.shares(self.own, self.replicas),
            callbacks=[*callbacks, ReplicaSeeds(self.strategy, self.own)],
            **options,
        )

    def trained(self, model: keras.Model, build: Callable[[], keras.Model]) -> keras.Model:
        """Returns a new network with the weights, and with what its optimizer has come to."""
        plain = build()
        plain.set_weights(model.get_weights())
        build_once(plain)
        pairs = zip(plain.optimizer.variables, model.optimizer.variables, strict=True)
        for variable, trained in pairs:
            variable.assign(keras.ops.convert_to_numpy(trained))
        return plain

    def read(self, variables: Sequence[keras.Variable]) -> list[NDArray[Any]]:
        """Returns the values of all replicas, `[replicas, ...]` each."""
        return [value.numpy() for value in self._exchange(variables).gather()]

    def write(self, variables: Sequence[keras.Variable], values: Sequence[NDArray[Any]]) -> None:
        """Puts them back; the sum goes to the first replica where there were more or fewer."""
        pairs = zip(variables, values, strict=True)
        self._exchange(variables).assign(
            [self._for_replicas(variable, value) for variable, value in pairs]
        )

    def _exchange(self, variables: Sequence[keras.Variable]) -> ReplicaValues:
        known = self._values
        if known is None or known.variables != list(variables):
            known = self._values = ReplicaValues(self.strategy, list(variables))
        return known

    def _for_replicas(self, variable: keras.Variable, value: NDArray[Any]) -> tf.Tensor:
        if value.shape == (self.replicas, *variable.shape):
            return tf.constant(value)
        total = value if value.shape == variable.shape else value.sum(axis=0)
        rest = np.zeros((self.replicas - 1, *total.shape), total.dtype)
        return tf.constant(np.concatenate([total[None], rest]))


def _class_weights(weights: Mapping[int, float]) -> Callable[[tf.Tensor], tf.Tensor]:
    """Returns what gives each row the weight of its class, be it a number or one-hot."""
    table = [weights.get(number, 1.0) for number in range(max(weights) + 1)]

    def weigh(targets: tf.Tensor) -> tf.Tensor:
        one_hot = len(targets.shape) > 1
        numbers = tf.argmax(targets, axis=-1) if one_hot else tf.cast(targets, tf.int64)
        return tf.gather(tf.constant(table, tf.float32), numbers)

    return weigh
