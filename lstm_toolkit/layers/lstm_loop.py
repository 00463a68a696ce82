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

CHUNK = 4
"""Steps in one turn of a loop: fewer turns cost less, longer bodies take longer to trace."""

KEPT = 7
"""What the loop backwards needs of each step: output, cell, four gates, squashed cell."""


def run_lstm(
    projected: tf.Tensor,
    output: tf.Tensor,
    cell: tf.Tensor,
    kernel: tf.Tensor,
    valid: tf.Tensor | None = None,
    *,
    sequences: bool,
    training: bool,
) -> tuple[tf.Tensor | None, tf.Tensor, tf.Tensor]:
    """Runs an LSTM over inputs that were multiplied with their kernel already.

    Args:
        projected: `float[time, batch, 4 * units]`, inputs times kernel plus bias. Where
            `valid` is False: very negative for the input and output gates, very positive
            for the forget gate, so that the cell stays and the gates have no gradient.
        output: `float[batch, units]`, the output before the first step.
        cell: `float[batch, units]`, the cell before the first step.
        kernel: `float[units, 4 * units]`, the recurrent kernel.
        valid: `bool[time, batch, units]`; where it is False the state stays as it is.
        sequences: Whether the outputs of all steps are wanted.
        training: Whether to keep what the fast gradient needs. That gradient can be taken
            once, not twice. Without, TensorFlow finds the gradient, slowly, and the
            operations are ordinary ones, fit for a SavedModel.

    Returns:
        The outputs `float[time, batch, units]` or None, the last output, the last cell.
    """
    if not training:
        arrays, output, cell = _forward(projected, output, cell, kernel, valid, int(sequences))
        return arrays[0].stack()[1:] if sequences else None, output, cell

    @tf.custom_gradient
    def run(projected: tf.Tensor, output: tf.Tensor, cell: tf.Tensor, kernel: tf.Tensor) -> Any:
        kept, *last = _forward(projected, output, cell, kernel, valid, KEPT)
        outputs = kept[0].stack()

        def gradient(*upstream: tf.Tensor) -> tuple[tf.Tensor, ...]:
            *above, output, cell = upstream
            gates, output, cell = _backward(kept, above, output, cell, kernel, valid)
            earlier = tf.reshape(outputs[:-1], [-1, kernel.shape[0]])
            product = tf.matmul(earlier, _in_rows(gates), transpose_a=True)
            return gates, output, cell, product

        return (outputs[1:], *last) if sequences else tuple(last), gradient

    *outputs, output, cell = run(projected, output, cell, kernel)
    return outputs[0] if sequences else None, output, cell


def _forward(
    projected: tf.Tensor,
    output: tf.Tensor,
    cell: tf.Tensor,
    kernel: tf.Tensor,
    valid: tf.Tensor | None,
    keep: int,
) -> tuple[tuple[tf.TensorArray, ...], tf.Tensor, tf.Tensor]:
    """Returns the first `keep` of what `KEPT` lists, that of step t at t + 1, and the state."""
    steps = _length(projected)
    inputs, valid = _steps_of(projected), _steps_of(valid)

    def step(t: Any, kept: Any, output: tf.Tensor, cell: tf.Tensor) -> tuple[Any, ...]:
        gates = tf.split(inputs.read(t) + tf.matmul(output, kernel), 4, axis=1)
        gates[0], gates[1] = tf.sigmoid(gates[0]), tf.tanh(gates[1])
        gates[2], gates[3] = tf.sigmoid(gates[2]), tf.sigmoid(gates[3])
        cell = gates[2] * cell + gates[0] * gates[1]
        squashed = tf.tanh(cell)
        new = gates[3] * squashed
        output = tf.where(valid.read(t), new, output) if valid else new
        values = (output, cell, *gates, squashed)[:keep]
        kept = tuple(array.write(t + 1, value) for array, value in zip(kept, values, strict=True))
        return kept, output, cell

    arrays = (_array(projected, steps + 1, cell.shape) for _ in range(keep))
    firsts = (output, cell, *[None] * (KEPT - 2))[:keep]
    kept = tuple(
        array if first is None else array.write(0, first)
        for array, first in zip(arrays, firsts, strict=True)
    )
    return _repeat(step, (kept, output, cell), steps)


def _backward(
    kept: Sequence[tf.TensorArray],
    above: Sequence[tf.Tensor],
    output: tf.Tensor,
    cell: tf.Tensor,
    kernel: tf.Tensor,
    valid: tf.Tensor | None,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Returns gradients: `float[time, batch, 4 * units]` of the gates, and of the state.

    Args:
        kept: From `_forward`.
        above: The gradient of all outputs, `float[time, batch, units]`, or nothing.
        output: The gradient of the last output.
        cell: The gradient of the last cell.
        kernel: As in `run_lstm`.
        valid: As in `run_lstm`.
    """
    steps = kept[0].size() - 1
    outputs, valid = _steps_of(above[0] if above else None), _steps_of(valid)
    transposed = tf.transpose(kernel)
    cell_gradient = _fused_gradient(kernel) if kernel.dtype == tf.float32 else _plain_gradient

    def step(turn: Any, found: Any, output: tf.Tensor, cell: tf.Tensor) -> tuple[Any, ...]:
        t = steps - 1 - turn
        output = output + outputs.read(t) if outputs else output
        gates = tuple(array.read(t + 1) for array in kept[2:])
        new, cell = cell_gradient(*gates, kept[1].read(t), output, cell)
        earlier = tf.matmul(new, transposed)
        output = tf.where(valid.read(t), earlier, output) if valid else earlier
        return found.write(t, new), output, cell

    found = _array(kernel, steps, [cell.shape[0], kernel.shape[1]])
    found, output, cell = _repeat(step, (found, output, cell), steps)
    return found.stack(), output, cell


def _plain_gradient(
    i: tf.Tensor,
    g: tf.Tensor,
    f: tf.Tensor,
    o: tf.Tensor,
    squashed: tf.Tensor,
    earlier: tf.Tensor,
    output: tf.Tensor,
    cell: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the gradients of the four gates, side by side, and of the earlier cell.

    Args:
        i: The input gate.
        g: The candidate.
        f: The forget gate.
        o: The output gate.
        squashed: The hyperbolic tangent of the cell.
        earlier: The cell one step before.
        output: The gradient of the output.
        cell: The gradient of the cell that comes from later steps.
    """
    cell = cell + output * o * (1 - squashed * squashed)
    gates = [
        cell * g * i * (1 - i),
        cell * i * (1 - g * g),
        cell * earlier * f * (1 - f),
        output * squashed * o * (1 - o),
    ]
    return tf.concat(gates, axis=1), cell * f


def _fused_gradient(kernel: tf.Tensor) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    """Returns `_plain_gradient` as one operation of TensorFlow, for float32."""
    units = kernel.shape[0]
    peephole, bias = tf.zeros([units], kernel.dtype), tf.zeros([4 * units], kernel.dtype)

    def gradient(
        i: tf.Tensor,
        g: tf.Tensor,
        f: tf.Tensor,
        o: tf.Tensor,
        squashed: tf.Tensor,
        earlier: tf.Tensor,
        output: tf.Tensor,
        cell: tf.Tensor,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        found = tf.raw_ops.LSTMBlockCellGrad(
            x=output[:, :0],  # of inputs, weights and bias it looks at the shapes alone
            cs_prev=earlier,
            h_prev=output,
            w=kernel,
            wci=peephole,
            wcf=peephole,
            wco=peephole,
            b=bias,
            i=i,
            cs=earlier,
            f=f,
            o=o,
            ci=g,
            co=squashed,
            cs_grad=cell,
            h_grad=output,
            use_peephole=False,
        )
        return found.dicfo, found.cs_prev_grad

    return gradient


def _repeat(step: Callable[..., Any], state: tuple[Any, ...], steps: Any) -> tuple[Any, ...]:
    """Returns `state` after `state = step(t, *state)` for each t in turn, `CHUNK` in a turn."""

    def turn(size: int) -> Callable[..., tuple[Any, ...]]:
        def body(t: tf.Tensor, *state: Any) -> tuple[Any, ...]:
            for k in range(size):
                state = step(t + k, *state)
            return (t + size, *state)

        return body

    t = tf.constant(0)
    t, *state = tf.while_loop(lambda t, *_: t <= steps - CHUNK, turn(CHUNK), (t, *state))
    _, *state = tf.while_loop(lambda t, *_: t < steps, turn(1), (t, *state))
    return tuple(state)


def _length(steps: tf.Tensor) -> Any:
    return tf.shape(steps)[0] if steps.shape[0] is None else steps.shape[0]


def _steps_of(values: tf.Tensor | None) -> tf.TensorArray | None:
    if values is None:
        return None
    array = tf.TensorArray(values.dtype, _length(values), element_shape=values.shape[1:])
    return array.unstack(values)


def _array(like: tf.Tensor, size: Any, shape: Any) -> tf.TensorArray:
    return tf.TensorArray(like.dtype, size, element_shape=shape, clear_after_read=False)


def _in_rows(values: tf.Tensor) -> tf.Tensor:
    return tf.reshape(values, [-1, values.shape[-1]])
