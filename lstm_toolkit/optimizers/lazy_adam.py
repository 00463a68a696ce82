"""Adam that leaves alone the rows of an embedding that a batch does not show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.optimizers.sparse_gradients import merged


@keras.saving.register_keras_serializable(package="lstm_toolkit")
class LazyAdam(keras.optimizers.Adam):
    """Adam whose moments and steps, for sparse gradients, concern their own rows alone.

    Adam itself, of D. P. Kingma and J. Ba, 2015 (arXiv:1412.6980), moves each row in each
    step, for its momentum lasts. Gradients of a row that a batch shows several times are
    added up first. Dense gradients are treated as Adam treats them. As in
    `tfa.optimizers.LazyAdam`, `epsilon` is the paper's "epsilon hat"::

        row -= learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)

    Clipping sees the added gradients. Weight decay, if any, concerns all rows.

    Args:
        learning_rate: A number or a schedule.
        beta_1: How much of the first moment is kept.
        beta_2: How much of the second moment is kept.
        epsilon: Added to the root of the second moment.
        amsgrad: Must be False.
        name: Of the optimizer.
        **kwargs: What else `keras.optimizers.Adam` takes.

    Raises:
        ValueError: If `amsgrad` is True.

    Example:
        >>> import keras, tensorflow as tf
        >>> table = keras.Variable([[1.0], [2.0], [3.0]])
        >>> gradient = tf.IndexedSlices(tf.constant([[3.0], [-2.0]]), tf.constant([1, 1]), [3, 1])
        >>> LazyAdam(0.5).apply([gradient], [table])
        >>> table.numpy().ravel().round(3).tolist()
        [1.0, 1.5, 3.0]
    """

    def __init__(
        self,
        learning_rate: float | keras.optimizers.schedules.LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        name: str = "LazyAdam",
        **kwargs: Any,
    ) -> None:
        if amsgrad:
            raise ValueError(f"amsgrad must be False. Received: amsgrad={amsgrad!r}")
        super().__init__(learning_rate, beta_1, beta_2, epsilon, name=name, **kwargs)

    def apply(self, grads: Sequence[Any], trainable_variables: Any = None) -> None:
        """Takes one step; repeated rows of sparse gradients are added up first."""
        super().apply([merged(gradient) for gradient in grads], trainable_variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Changes one variable, and of a sparse gradient its rows alone."""
        if not isinstance(gradient, tf.IndexedSlices):
            super().update_step(gradient, variable, learning_rate)
            return
        dtype, rows = variable.dtype, gradient.indices
        index = self._get_variable_index(variable)
        values = tf.cast(gradient.values, dtype)
        m = self._moved(self._momentums[index], rows, values, self.beta_1)
        v = self._moved(self._velocities[index], rows, tf.square(values), self.beta_2)
        step = self._rate(learning_rate, dtype) * m / (tf.sqrt(v) + self.epsilon)
        self.assign_sub(variable, tf.IndexedSlices(step, rows))

    def _moved(self, moment: Any, rows: Any, values: Any, beta: float) -> tf.Tensor:
        """Moves the rows of a moment towards `values`; returns those rows."""
        moved = beta * tf.gather(moment.value, rows) + (1 - beta) * values
        self.assign(moment, tf.IndexedSlices(moved, rows))
        return moved

    def _rate(self, learning_rate: Any, dtype: Any) -> tf.Tensor:
        step = tf.cast(self.iterations.value + 1, dtype)
        powers = [tf.pow(tf.cast(beta, dtype), step) for beta in (self.beta_1, self.beta_2)]
        return tf.cast(learning_rate, dtype) * tf.sqrt(1 - powers[1]) / (1 - powers[0])
