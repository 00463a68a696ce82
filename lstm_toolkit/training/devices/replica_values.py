"""Variables that replicas have values of their own of, such as the sums of metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf


class ReplicaValues:
    """Reads and writes the values of all replicas, on all machines at once.

    Args:
        strategy: Of `tf.distribute`, in whose scope the variables were made.
        variables: Which.
    """

    def __init__(self, strategy: tf.distribute.Strategy, variables: Sequence[keras.Variable]):
        self.strategy, self.variables = strategy, variables
        # Traced once; called outside of graphs, TensorFlow would trace anew for each value.
        self.gather: Callable[[], list[tf.Tensor]] = tf.function(self._gather, autograph=False)
        self.assign: Callable[[list[tf.Tensor]], None] = tf.function(self._assign, autograph=False)

    def _gather(self) -> list[tf.Tensor]:
        """Returns `[replicas, ...]` of each variable."""

        def local() -> list[tf.Tensor]:
            context = tf.distribute.get_replica_context()
            own = (tf.identity(tf.convert_to_tensor(variable)) for variable in self.variables)
            return [context.all_gather(value[tf.newaxis], axis=0) for value in own]

        return [
            self.strategy.experimental_local_results(value)[0] for value in self.strategy.run(local)
        ]

    def _assign(self, values: list[Any]) -> None:
        """Gives each replica its own of `[replicas, ...]` values."""

        def own() -> None:
            replica = tf.distribute.get_replica_context().replica_id_in_sync_group
            for variable, value in zip(self.variables, values, strict=True):
                variable.assign(value[replica])

        self.strategy.run(own)
