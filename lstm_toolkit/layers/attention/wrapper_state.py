"""What an AttentionWrapper carries from step to step."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf


class AttentionWrapperState(NamedTuple):
    """State of an `AttentionWrapper`.

    With a list of mechanisms, the last three are tuples with one entry for each.
    """

    cell_state: Any
    """State of the wrapped cell."""

    attention: Any
    """`float32[batch, attention]` of the step before."""

    alignments: Any
    """`float32[batch, time]` over the memory, of the step before."""

    alignment_history: Any
    """A `tf.TensorArray` of alignments, one entry a step (`stack()` gives
    `float32[steps, batch, time]`), or `()`."""

    attention_state: Any
    """State of the mechanism."""

    @classmethod
    def of(cls, state: Any) -> AttentionWrapperState:
        """Returns a state from one, or from its parts in order.

        Raises:
            ValueError: If it does not have the parts of a state.
        """
        if isinstance(state, cls):
            return state
        if not isinstance(state, (list, tuple)) or len(state) != len(cls._fields):
            raise ValueError(
                f"state must be an AttentionWrapperState or its {len(cls._fields)} parts. "
                f"Received: state of type {type(state).__name__}"
            )
        return cls(*state)

    def clone(self, **kwargs: Any) -> AttentionWrapperState:
        """Returns a copy in which some parts are replaced by others of the same shape.

        Raises:
            ValueError: If a tensor differs in shape from the one it replaces, or there is no
                part of that name.

        Example:
            >>> one, two = tf.ones([2, 3]), tf.ones([2, 4])
            >>> state = AttentionWrapperState([one, one], two, two, (), two)
            >>> state.clone(cell_state=[0 * one, one]).cell_state[0].numpy().sum()
            np.float32(0.0)
        """
        return tf.nest.map_structure(_of_same_shape, self, self._replace(**kwargs))


def _of_same_shape(old: Any, new: Any) -> Any:
    if not (tf.is_tensor(old) and tf.is_tensor(new)):
        return new
    if not old.shape.is_compatible_with(new.shape):
        raise ValueError(
            "the parts of a state must keep their shapes. "
            f"Received: {new.shape} in place of {old.shape}"
        )
    if old.shape.is_fully_defined() and new.shape.is_fully_defined():
        return new
    same = tf.debugging.assert_equal(
        tf.shape(new), tf.shape(old), message="the parts of a state must keep their shapes."
    )
    with tf.control_dependencies([same]):
        return tf.identity(new)
