"""An LSTM cell whose gates see the carry."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from lstm_toolkit.layers.cells.checks import check_cell


@keras.saving.register_keras_serializable(package="lstm_toolkit")
class PeepholeLSTMCell(keras.layers.LSTMCell):
    """LSTM cell with peephole connections.

    Peepholes let the gates see the carry, which helps to learn exact timing: F. A. Gers,
    N. N. Schraudolph and J. Schmidhuber, 2002 (doi:10.1162/153244303768966139). They are
    diagonal, as in H. Sak, A. Senior and F. Beaufays, 2014 (arXiv:1402.1128): input and
    forget gate see the carry of the step before, the output gate sees the new one. Weights
    come in the order kernel, recurrent kernel, bias, then the peepholes of the input, forget
    and output gate, as in `tfa.rnn.PeepholeLSTMCell`.

    Args:
        units: Width of the state and of the output.
        dropout: Share of the inputs dropped in training, in [0, 1).
        recurrent_dropout: Share of the state dropped in training, in [0, 1).
        *args: Further arguments of `keras.layers.LSTMCell`, in its order.
        **kwargs: The same by name; `kernel_initializer` is that of the peepholes too.

    Raises:
        ValueError: If `units` or a dropout is out of its range.

    Example:
        >>> import keras, numpy as np
        >>> rnn = keras.layers.RNN(PeepholeLSTMCell(4), return_state=True)
        >>> [tuple(x.shape) for x in rnn(np.zeros((2, 5, 3), "float32"))]
        [(2, 4), (2, 4), (2, 4)]
    """

    def __init__(
        self,
        units: int,
        *args: Any,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        check_cell(units, dropout, recurrent_dropout)
        super().__init__(
            units, *args, dropout=dropout, recurrent_dropout=recurrent_dropout, **kwargs
        )

    def build(self, input_shape: Any) -> None:
        """Makes the weights for inputs of `[batch, features]`."""
        super().build(input_shape)
        self.input_gate_peephole_weights = self._peephole("input")
        self.forget_gate_peephole_weights = self._peephole("forget")
        self.output_gate_peephole_weights = self._peephole("output")

    def _peephole(self, gate: str) -> keras.Variable:
        return self.add_weight(
            shape=(self.units,),
            name=f"{gate}_gate_peephole_weights",
            initializer=self.kernel_initializer,
        )

    # Keras's cell calls one of these two; with `recurrent_dropout`, the first, where each
    # gate has a mask of its own.

    def _compute_carry_and_output(self, x: Any, h_tm1: Any, c_tm1: Any) -> tuple[Any, Any]:
        kernels = ops.split(self.recurrent_kernel, 4, axis=1)
        z = [
            part + ops.matmul(h, kernel) for part, h, kernel in zip(x, h_tm1, kernels, strict=True)
        ]
        return self._compute_carry_and_output_fused(z, c_tm1)

    def _compute_carry_and_output_fused(self, z: Any, c_tm1: Any) -> tuple[Any, Any]:
        z_i, z_f, z_c, z_o = z
        i = self.recurrent_activation(z_i + self.input_gate_peephole_weights * c_tm1)
        f = self.recurrent_activation(z_f + self.forget_gate_peephole_weights * c_tm1)
        c = f * c_tm1 + i * self.activation(z_c)
        o = self.recurrent_activation(z_o + self.output_gate_peephole_weights * c)
        return c, o
