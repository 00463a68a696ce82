"""An LSTM cell with layer normalisation."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from lstm_toolkit.layers.cells.checks import check_cell


@keras.saving.register_keras_serializable(package="lstm_toolkit")
class LayerNormLSTMCell(keras.layers.LSTMCell):
    """LSTM cell that normalises its projected input, its projected state and its carry.

    Layer normalisation is that of J. L. Ba, J. R. Kiros and G. E. Hinton, 2016
    (arXiv:1607.06450), applied before the activations::

        z = norm(x W) + norm(h R) + b
        c = norm(f * c + i * tanh(z_c)),   h = o * tanh(c)

    The carry goes on to the next step as it is after its normalisation. Weights come in the
    order kernel, recurrent kernel, bias, then gamma and beta of the norms of kernel,
    recurrent kernel and carry, as in `tfa.rnn.LayerNormLSTMCell`.

    Args:
        units: Width of the state and of the output.
        activation: Of the candidate and of the output.
        recurrent_activation: Of the gates.
        dropout: Share of the inputs dropped in training, in [0, 1); one mask for all gates
            and all steps.
        recurrent_dropout: Share of the state dropped in training before its projection, in
            [0, 1); one mask for all gates and all steps (arXiv:1512.05287).
        norm_gamma_initializer: Of the gains of the norms.
        norm_beta_initializer: Of the shifts of the norms.
        norm_epsilon: Added to the variance.
        **kwargs: What else `keras.layers.LSTMCell` takes (`use_bias`, `unit_forget_bias`,
            initializers, regularizers, constraints, `seed`, `dtype`, `name`).

    Raises:
        ValueError: If `units`, a dropout or `norm_epsilon` is out of its range.

    Example:
        >>> import keras, numpy as np
        >>> rnn = keras.layers.RNN(LayerNormLSTMCell(4), return_sequences=True)
        >>> tuple(rnn(np.zeros((2, 5, 3), "float32")).shape)
        (2, 5, 4)
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        norm_gamma_initializer: Any = "ones",
        norm_beta_initializer: Any = "zeros",
        norm_epsilon: float = 1e-3,
        **kwargs: Any,
    ) -> None:
        check_cell(units, dropout, recurrent_dropout)
        if norm_epsilon <= 0:
            raise ValueError(
                f"norm_epsilon must be above 0. Received: norm_epsilon={norm_epsilon!r}"
            )
        super().__init__(
            units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            **kwargs,
        )
        # The norms span all four gates, so a mask for each gate has no place here.
        self.implementation = 2
        self.dropout_mask_count = None
        self.norm_gamma_initializer = keras.initializers.get(norm_gamma_initializer)
        self.norm_beta_initializer = keras.initializers.get(norm_beta_initializer)
        self.norm_epsilon = norm_epsilon
        self.kernel_norm = self._norm("kernel_norm")
        self.recurrent_norm = self._norm("recurrent_norm")
        self.state_norm = self._norm("state_norm")

    def _norm(self, name: str) -> keras.layers.LayerNormalization:
        return keras.layers.LayerNormalization(
            epsilon=self.norm_epsilon,
            gamma_initializer=keras.initializers.get(self.norm_gamma_initializer),
            beta_initializer=keras.initializers.get(self.norm_beta_initializer),
            name=name,
            dtype=self.dtype_policy,
        )

    def build(self, input_shape: Any) -> None:
        """Makes the weights for inputs of `[batch, features]`."""
        super().build(input_shape)
        self.kernel_norm.build((input_shape[0], 4 * self.units))
        self.recurrent_norm.build((input_shape[0], 4 * self.units))
        self.state_norm.build((input_shape[0], self.units))

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """Takes one step.

        Args:
            inputs: `float32[batch, features]`.
            states: Hidden state and carry, `float32[batch, units]` each.
            training: Whether dropout applies.

        Returns:
            The output `float32[batch, units]`, and the new states.
        """
        h, c = states
        if training and self.dropout:
            inputs = inputs * self.get_dropout_mask(inputs)
        if training and self.recurrent_dropout:
            h = h * self.get_recurrent_dropout_mask(h)
        z = self.kernel_norm(ops.matmul(inputs, self.kernel))
        z = z + self.recurrent_norm(ops.matmul(h, self.recurrent_kernel))
        if self.use_bias:
            z = z + self.bias
        c, o = self._compute_carry_and_output_fused(ops.split(z, 4, axis=1), c)
        c = self.state_norm(c)
        h = o * self.activation(c)
        return h, [h, c]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {
            **super().get_config(),
            "norm_gamma_initializer": keras.initializers.serialize(self.norm_gamma_initializer),
            "norm_beta_initializer": keras.initializers.serialize(self.norm_beta_initializer),
            "norm_epsilon": self.norm_epsilon,
        }
