"""The gradient of one step of an LSTM, with and without TensorFlow's fused operation."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf


def plain_gradient(
    i: tf.Tensor,
    g: tf.Tensor,
    f: tf.Tensor,
    o: tf.Tensor,
    squashed: tf.Tensor,
    earlier: tf.Tensor,
    output: tf.Tensor,
    cell: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns gradients of what went into the gates, and of the cell one step before.

    Args:
        i: The input gate; like all others `float[batch, units]`.
        g: The candidate.
        f: The forget gate.
        o: The output gate.
        squashed: The hyperbolic tangent of the cell.
        earlier: The cell one step before.
        output: The gradient of the step's output.
        cell: The gradient of its cell that comes from later steps.

    Returns:
        `float[batch, 4 * units]`, in the order of the arguments, and `float[batch, units]`.
    """
    cell = cell + output * o * (1 - squashed * squashed)
    gates = [
        cell * g * i * (1 - i),
        cell * i * (1 - g * g),
        cell * earlier * f * (1 - f),
        output * squashed * o * (1 - o),
    ]
    return tf.concat(gates, axis=1), cell * f


def fused_gradient(kernel: tf.Tensor) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    """Returns `plain_gradient` as one operation of TensorFlow, for float32.

    Args:
        kernel: `float32[units, 4 * units]`, the recurrent kernel. The operation looks at the
            shapes of inputs, weights and bias, not at their values.
    """
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
        gradients = tf.raw_ops.LSTMBlockCellGrad(
            x=output[:, :0],
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
        return gradients.dicfo, gradients.cs_prev_grad

    return gradient
