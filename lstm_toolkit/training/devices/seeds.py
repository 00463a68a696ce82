"""Random numbers that differ between replicas, so that Dropout does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

STRIDE = 1_000_003
"""Between the seeds of neighbouring replicas."""


class ReplicaSeeds(keras.callbacks.Callback):
    """Gives each replica seeds of its own when a training begins; the first keeps the model's.

    Put it behind what restores a backup, which holds the states of the first replica.

    Args:
        strategy: Of `tf.distribute`, in whose scope the network was built.
        replicas: The numbers of those of this process.
    """

    def __init__(self, strategy: tf.distribute.Strategy, replicas: Sequence[int]):
        super().__init__()
        self.strategy, self.replicas = strategy, replicas

    def on_train_begin(self, logs: Any = None) -> None:
        """Moves the seeds of all but the first."""
        for state in seed_states(self.model):
            own = self.strategy.experimental_local_results(state.value)
            for replica, value in zip(self.replicas, own, strict=True):
                value.assign_add(tf.constant([STRIDE * replica, 0], value.dtype))


def seed_states(model: keras.Model) -> list[keras.Variable]:
    """Returns the states of a network's seed generators, `[seed, how many were drawn]` each."""
    name = "seed_generator_state"
    return [state for state in model.non_trainable_variables if state.path.endswith(name)]
