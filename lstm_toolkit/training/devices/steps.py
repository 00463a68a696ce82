"""Steps of training and validation in replicas, for Keras's own `fit`.

Keras 3.15 cannot do them itself: it clips and merges gradients before it adds them up, weighs
replicas alike however many rows each has, and fails with several machines, where it takes means of
scores over an axis that they do not have. So the network is compiled as on one device, and these
take the place of the functions that `fit` calls for each batch; `fit` itself sees one device.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.data.batches import Share
from lstm_toolkit.errors import InputError
from lstm_toolkit.optimizers.catalogue import build_once
from lstm_toolkit.training.devices.shared_loss import (
    check_loss,
    part_of_loss,
    portion,
    real_rows,
)

SUM = tf.distribute.ReduceOp.SUM


class ReplicaSteps:
    """What each replica does with its share of a batch.

    Args:
        model: Compiled in the strategy's scope. Changed in place by `attach`.
        strategy: Of `tf.distribute`.
        first: The number of the first replica of this process.

    Raises:
        InputError: If the network's loss or its own steps cannot be shared.
    """

    def __init__(self, model: keras.Model, strategy: tf.distribute.Strategy, first: int):
        check_steps(model)
        check_loss(model)
        self.model, self.strategy, self.first = model, strategy, first
        self._gradients = getattr(model.train_step, "gradients", self._plain_gradients)

    def attach(self, spec: tuple[Share, ...]) -> None:
        """Lets `fit` and `evaluate` of the network call these steps.

        Args:
            spec: Of what the network will be fed with, one for each replica of this process.
        """
        model = self.model
        with self.strategy.scope():
            _build(model, spec[0])
        # `fit` then hands on what it is fed with, and does not build anything for itself.
        model._distribute_strategy = None
        _inner(model.optimizer)._all_reduce_sum_gradients = list  # `train` has done that
        model.make_train_function = self._maker("train_function", self.train)
        model.make_test_function = self._maker("test_function", self.test)

    def train(self, share: Share) -> dict[str, tf.Tensor]:
        """Takes one step together with the other replicas; returns the scores so far."""
        model, part = self.model, portion(self.model.loss, share)
        outputs, loss, gradients = self._gradients(
            share.inputs, lambda outputs: part_of_loss(model, outputs, share, part)
        )
        pairs = list(zip(gradients, model.trainable_weights, strict=True))
        pairs = [(gradient, weight) for gradient, weight in pairs if gradient is not None]
        *added, loss = tf.distribute.get_replica_context().all_reduce(
            SUM, [*(gradient for gradient, _ in pairs), loss]
        )
        weights = (weight for _, weight in pairs)
        model.optimizer.apply_gradients(zip(added, weights, strict=True))
        return self._record(share, outputs, loss)

    def test(self, share: Share) -> dict[str, tf.Tensor]:
        """Scores one share."""
        model, part = self.model, portion(self.model.loss, share)
        outputs = model(share.inputs, training=False)
        loss = part_of_loss(model, outputs, share, part)
        loss = tf.distribute.get_replica_context().all_reduce(SUM, loss)
        return self._record(share, outputs, loss)

    def _plain_gradients(
        self, inputs: Any, loss_of: Callable[[Any], tf.Tensor]
    ) -> tuple[Any, tf.Tensor, list[Any]]:
        model = self.model
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            loss = loss_of(outputs)
            scaled = model.optimizer.scale_loss(loss)
        return outputs, loss, tape.gradient(scaled, model.trainable_weights)

    def _record(self, share: Share, outputs: Any, loss: tf.Tensor) -> dict[str, tf.Tensor]:
        """Counts a batch's loss by its rows, as Keras does, and the metrics of this share."""
        real = real_rows(share, outputs)
        self.model._loss_tracker.update_state(loss, sample_weight=share.real)
        return dict(
            self.model.compute_metrics(None, real.targets, real.inputs, sample_weight=real.weights)
        )

    def _maker(
        self, name: str, step: Callable[[Share], dict[str, tf.Tensor]]
    ) -> Callable[..., None]:
        """Returns what takes the place of Keras's method that makes the function `name`."""

        def in_replica(shares: tuple[Share, ...]) -> dict[str, tf.Tensor]:
            number = tf.distribute.get_replica_context().replica_id_in_sync_group
            return step(shares[int(tf.get_static_value(number)) - self.first])

        def in_all(iterator: Any) -> dict[str, tf.Tensor]:
            scores = self.strategy.run(in_replica, args=(next(iterator),))
            local = self.strategy.experimental_local_results
            return {score: local(value)[0] for score, value in scores.items()}

        function = tf.function(in_all, autograph=False, reduce_retracing=True)

        def make(force: bool = False) -> None:
            setattr(self.model, name, function)

        return make


def check_steps(model: keras.Model) -> None:
    """Refuses a network with steps of its own, which these would pass over.

    Raises:
        InputError: If it has some, other than a `train_step` with `gradients` (see
            `builders.train_adversarially`).
    """
    own = [name for name in ("train_step", "test_step", "compute_loss") if _is_own(model, name)]
    if hasattr(model.train_step, "gradients"):
        own.remove("train_step")
    if own:
        raise InputError(
            f"several devices take Keras's own {own[0]}; train on one device. "
            f"Received: that of {type(model).__name__} {model.name}"
        )


def _is_own(model: keras.Model, name: str) -> bool:
    return name in vars(model) or getattr(type(model), name) is not getattr(keras.Model, name)


def _build(model: keras.Model, spec: Share) -> None:
    """Makes the variables of metrics and optimizer, which cannot be made inside a replica."""

    def symbol(of: tf.TensorSpec) -> keras.KerasTensor:
        return keras.KerasTensor(tuple(of.shape), of.dtype.name)

    batch = (spec.inputs, spec.targets, spec.weights)
    model._symbolic_build(
        data_batch=keras.tree.map_structure(
            lambda of: symbol(of) if isinstance(of, tf.TensorSpec) else None, batch
        )
    )
    build_once(model)


def _inner(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    return getattr(optimizer, "inner_optimizer", optimizer)  # of loss scaling
