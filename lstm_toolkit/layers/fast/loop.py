"""The recurrence of an LSTM as a TensorFlow function with a gradient of its own.

TensorFlow's gradient of a loop adds up the gradient of the recurrent kernel step by step.
Here the loop backwards finds the gradients of the gates alone; that of the kernel is one
matrix product over all steps behind it. The formulas are those of S. Hochreiter and
J. Schmidhuber, 1997 (doi:10.1162/neco.1997.9.8.1735), with the forget gate of F. Gers et
al., 2000 (doi:10.1162/089976600300015015).

Gates stand in the order input, candidate, forget, output: that of TensorFlow's
`LSTMBlockCellGrad`, not that of Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from lstm_toolkit.layers.fast.gates import fused_gradient, plain_gradient

CHUNK = 4
"""Steps in one turn of a loop: fewer turns cost less, longer bodies take longer to trace."""

KEPT = 7
"""What the loop backwards needs of a step: output, cell, four gates, squashed cell."""


def run_lstm(
    projected: tf.Tensor,
    output: tf.Tensor,
    cell: tf.Tensor,
    kernel: tf.Tensor,
    valid: tf.Tensor | None = None,
    *,
    sequences: bool,
) -> tuple[tf.Tensor | None, tf.Tensor, tf.Tensor]:
    """Runs an LSTM over inputs that were multiplied with their kernel already.

    Its gradient can be taken once; a gradient of the gradient raises LookupError.

    Args:
        projected: `float[time, batch, 4 * units]`, inputs times kernel plus bias. Where
            `valid` is False: very negative for the input and output gates, very positive
            for the forget gate, so that the cell stays and the gates have no gradient.
        output: `float[batch, units]`, the output before the first step.
        cell: `float[batch, units]`, the cell before the first step.
        kernel: `float[units, 4 * units]`, the recurrent kernel.
        valid: `bool[time, batch, units]`; where it is False the state stays as it is.
        sequences: Whether the outputs of all steps are wanted.

    Returns:
        The outputs `float[time, batch, units]` or None, the last output, the last cell.
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def run(projected: tf.Tensor, output: tf.Tensor, cell: tf.Tensor, kernel: tf.Tensor) -> Any:
        kept, output, cell = _forward(projected, output, cell, kernel, valid)
        outputs = kept[0].stack()

        def gradient(*above: tf.Tensor) -> tuple[tf.Tensor, ...]:
            all_above = above[0] if sequences else None
            gates, *first = _backward(kept, all_above, above[-2], above[-1], kernel, valid)
            before, after = _rows(outputs[:-1]), _rows(gates)
            return gates, *first, tf.matmul(before, after, transpose_a=True)

        return ((outputs[1:], output, cell) if sequences else (output, cell)), gradient

    *outputs, output, cell = run(projected, output, cell, kernel)
    return outputs[0] if sequences else None, output, cell


def _forward(
    projected: tf.Tensor,
    output: tf.Tensor,
    cell: tf.Tensor,
    kernel: tf.Tensor,
    valid: tf.Tensor | None,
) -> tuple[tuple[tf.TensorArray, ...], tf.Tensor, tf.Tensor]:
    """Returns what `KEPT` says, that of step t at t + 1, and the last state."""
    steps = _length(projected)
    inputs, kept_steps = _steps_of(projected), _steps_of(valid)

    def step(t: Any, kept: Any, output: tf.Tensor, cell: tf.Tensor) -> tuple[Any, ...]:
        i, g, f, o = tf.split(inputs.read(t) + tf.matmul(output, kernel), 4, axis=1)
        i, g, f, o = tf.sigmoid(i), tf.tanh(g), tf.sigmoid(f), tf.sigmoid(o)
        cell = f * cell + i * g
        squashed = tf.tanh(cell)
        new = o * squashed
        output = new if kept_steps is None else tf.where(kept_steps.read(t), new, output)
        values = (output, cell, i, g, f, o, squashed)
        kept = tuple(array.write(t + 1, value) for array, value in zip(kept, values, strict=True))
        return kept, output, cell

    outputs, cells, *others = (_array(projected, steps + 1, cell.shape) for _ in range(KEPT))
    kept = (outputs.write(0, output), cells.write(0, cell), *others)
    return _repeat(step, (kept, output, cell), steps)


def _backward(
    kept: Sequence[tf.TensorArray],
    above: tf.Tensor | None,
    output: tf.Tensor,
    cell: tf.Tensor,
    kernel: tf.Tensor,
    valid: tf.Tensor | None,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Returns gradients: `float[time, batch, 4 * units]` of the gates, and of the first state.

    Args:
        kept: From `_forward`.
        above: The gradient of all outputs, `float[time, batch, units]`, if there is one.
        output: The gradient of the last output.
        cell: The gradient of the last cell.
        kernel: As in `run_lstm`.
        valid: As in `run_lstm`.
    """
    steps = kept[0].size() - 1
    outputs, kept_steps = _steps_of(above), _steps_of(valid)
    transposed = tf.transpose(kernel)
    fused = kernel.dtype == tf.float32
    gradient: Callable[..., Any] = fused_gradient(kernel) if fused else plain_gradient

    def step(turn: Any, gradients: Any, output: tf.Tensor, cell: tf.Tensor) -> tuple[Any, ...]:
        t = steps - 1 - turn
        output = output if outputs is None else output + outputs.read(t)
        parts = [array.read(t + 1) for array in kept[2:]]
        gates, cell = gradient(*parts, kept[1].read(t), output, cell)
        earlier = tf.matmul(gates, transposed)
        output = earlier if kept_steps is None else tf.where(kept_steps.read(t), earlier, output)
        return gradients.write(t, gates), output, cell

    gradients = _array(kernel, steps, [cell.shape[0], kernel.shape[1]])
    gradients, output, cell = _repeat(step, (gradients, output, cell), steps)
    return gradients.stack(), output, cell


def _repeat(step: Callable[..., Any], state: tuple[Any, ...], steps: Any) -> tuple[Any, ...]:
    """Returns what becomes of `state = step(t, *state)` for each t, `CHUNK` steps in a turn."""

    def turn(size: int) -> Callable[..., tuple[Any, ...]]:
        def body(t: tf.Tensor, *state: Any) -> tuple[Any, ...]:
            for k in range(size):
                state = step(t + k, *state)
            return (t + size, *state)

        return body

    t = tf.constant(0)
    t, *state = tf.while_loop(lambda t, *_: t <= steps - CHUNK, turn(CHUNK), (t, *state))
    if not isinstance(steps, int) or steps % CHUNK:
        _, *state = tf.while_loop(lambda t, *_: t < steps, turn(1), (t, *state))
    return tuple(state)


def _length(steps: tf.Tensor) -> Any:
    return tf.shape(steps)[0] if steps.shape[0] is None else steps.shape[0]


def _steps_of(values: tf.Tensor | None) -> Any:
    if values is None:
        return None
    array = tf.TensorArray(values.dtype, _length(values), element_shape=values.shape[1:])
    return array.unstack(values)


def _array(like: tf.Tensor, size: Any, shape: Any) -> tf.TensorArray:
    return tf.TensorArray(like.dtype, size, element_shape=shape, clear_after_read=False)


def _rows(values: tf.Tensor) -> tf.Tensor:
    return tf.reshape(values, [-1, values.shape[-1]])
