"""Random numbers that differ between replicas, so that Dropout does."""

from __future__ import annotations

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
    """

    def __init__(self, strategy: tf.distribute.Strategy):
        super().__init__()
        self.strategy = strategy

    def on_train_begin(self, logs: Any = None) -> None:
        """Moves the seeds of all but the first."""
        states = seed_states(self.model)
        if not states:
            return

        def move() -> None:
            replica = tf.distribute.get_replica_context().replica_id_in_sync_group
            for state in states:
                distance = STRIDE * tf.cast(replica, state.dtype)
                state.assign(state.value + tf.stack([distance, tf.zeros_like(distance)]))

        tf.function(lambda: self.strategy.run(move))()


def seed_states(model: keras.Model) -> list[keras.Variable]:
    """Returns the states of a network's seed generators, `[seed, how many were drawn]` each."""
    name = "seed_generator_state"
    return [state for state in model.non_trainable_variables if state.path.endswith(name)]
