"""What machines that train together tell each other besides gradients."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.errors import InputError, TrainingError, foreign_error
from lstm_toolkit.system.cluster import Cluster

PART = 2**24
"""Numbers that are sent at once."""


class Machines:
    """The machines of one training. Each method has to be called on all of them, in one order.

    Args:
        strategy: `tf.distribute.MultiWorkerMirroredStrategy`.
        cluster: Which machine this is.
        first: The number of this machine's first replica.
    """

    def __init__(self, strategy: tf.distribute.Strategy, cluster: Cluster, first: int):
        self.strategy, self.cluster, self.first = strategy, cluster, first
        self._everywhere = self._adder()

    def from_chief(self, data: bytes) -> bytes:
        """Returns the chief's `data` on all machines."""
        chief = self.cluster.chief
        numbers = np.frombuffer(data + bytes(-len(data) % 4), np.int32)
        size, length = self._sum([numbers.size, len(data)] if chief else [0, 0]).tolist()
        if not chief:
            numbers = np.zeros(size, np.int32)
        parts = [self._sum(numbers[i : i + PART]) for i in range(0, size, PART)]
        return b"".join(part.tobytes() for part in parts)[:length]

    def wait(self) -> None:
        """Waits until all machines have come here."""
        self._sum([1])

    def check_same(self, facts: Mapping[str, str]) -> None:
        """Compares what machines were begun with.

        Raises:
            InputError: On all machines, if one differs from the chief.
        """
        of_chief = json.loads(self.from_chief(json.dumps(dict(facts)).encode()))
        names = [name for name in of_chief if facts.get(name) != of_chief[name]]
        differing = int(self._sum([len(names)])[0])
        if names:
            name = names[0]
            raise InputError(
                f"{self.cluster.addresses[self.cluster.index]}: must be begun as the chief was, "
                f"with {name}={of_chief[name]}. Received: {name}={facts.get(name)}"
            )
        if differing:
            raise InputError("another machine was begun with something else; it says with what")

    def _sum(self, values: Sequence[int] | NDArray[np.int32]) -> NDArray[np.int32]:
        """Returns the sum of what machines have, `int32[n]`."""
        total: NDArray[np.int32] = self._everywhere(tf.constant(values, tf.int32)).numpy()
        return total

    def _adder(self) -> Callable[[tf.Tensor], tf.Tensor]:
        def add(values: tf.Tensor) -> tf.Tensor:
            context = tf.distribute.get_replica_context()
            number = int(tf.get_static_value(context.replica_id_in_sync_group))
            mine = tf.identity(values) if number == self.first else tf.zeros_like(values)
            return context.all_reduce(tf.distribute.ReduceOp.SUM, mine)

        def everywhere(values: tf.Tensor) -> tf.Tensor:
            sums = self.strategy.run(add, args=(values,))
            return self.strategy.experimental_local_results(sums)[0]

        any_length = [tf.TensorSpec([None], tf.int32)]
        traced: Callable[[tf.Tensor], tf.Tensor] = tf.function(
            everywhere, autograph=False, input_signature=any_length
        )
        return traced


@contextlib.contextmanager
def watching(cluster: Cluster) -> Iterator[None]:
    """Tells in one line that another machine is gone, where TensorFlow notices it in the block.

    It raises the same where something fails on this machine, so what it said is told as well.

    Raises:
        TrainingError: If one is.
    """
    try:
        yield
    except (
        tf.errors.UnavailableError,
        tf.errors.AbortedError,
        tf.errors.InternalError,
        tf.errors.CancelledError,
        tf.errors.DeadlineExceededError,
        tf.errors.FailedPreconditionError,
        tf.errors.UnknownError,
    ) as error:
        raise TrainingError(
            f"{cluster}: another machine of the training is gone, or does not answer; look at what "
            "it said, and begin all of them again with --resume. "
            f"Received: {foreign_error(error, 120)}"
        ) from error
