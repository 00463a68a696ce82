"""Additive attention that only moves forward."""

from __future__ import annotations

from typing import Any

import keras

from lstm_toolkit.layers.attention.bahdanau_attention import BahdanauAttention
from lstm_toolkit.layers.attention.mechanism import AttentionMechanism
from lstm_toolkit.layers.attention.monotonic import MovesForward, check_mode


@keras.saving.register_keras_serializable(package="lstm_toolkit")
class BahdanauMonotonicAttention(MovesForward, BahdanauAttention):
    """`BahdanauAttention` whose alignments never move back in the memory.

    That of C. Raffel et al., 2017 (arXiv:1704.00784), see `monotonic_attention`; a weight
    shifts the scores. Weights come in the order v, the shift, g, b (these two with
    `normalize`), Q, W, as in `tfa.seq2seq.BahdanauMonotonicAttention`.

    Args:
        units: See `BahdanauAttention`.
        memory: `float32[batch, time, depth]`, or see `setup_memory`.
        memory_sequence_length: `int32[batch]`, at least 1.
        normalize: Learns length and direction of v apart, and a shift.
        sigmoid_noise: Standard deviation of noise on the scores, in training and inference
            alike; drives alignments towards 0 and 1.
        sigmoid_noise_seed: Of that noise.
        score_bias_init: First value of the shift; below 0 for long memories.
        mode: "parallel", "recursive" or "hard", see `monotonic_attention`.
        kernel_initializer: Of v.
        dtype: Of this layer and its projections, a name or a policy.
        name: Of the layer.
        **kwargs: See `BahdanauAttention`.

    Raises:
        ValueError: If `units` or `mode` is not one of the above.

    Example:
        >>> import numpy as np
        >>> attention = BahdanauMonotonicAttention(2, memory=np.ones((1, 3, 4), "float32"))
        >>> attention.initial_state(1, "float32").numpy().tolist()
        [[1.0, 0.0, 0.0]]
    """

    def __init__(
        self,
        units: int,
        memory: Any = None,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        kernel_initializer: Any = "glorot_uniform",
        dtype: Any = None,
        name: str = "BahdanauMonotonicAttention",
        **kwargs: Any,
    ) -> None:
        check_mode(mode)
        super().__init__(
            units,
            memory,
            memory_sequence_length,
            normalize=normalize,
            kernel_initializer=kernel_initializer,
            dtype=dtype,
            name=name,
            **kwargs,
        )
        self._move_forward(
            sigmoid_noise=sigmoid_noise,
            sigmoid_noise_seed=sigmoid_noise_seed,
            score_bias_init=score_bias_init,
            mode=mode,
        )

    def build(self, input_shape: Any) -> None:
        """Makes the weights for a query and a state."""
        # In this order old lists of weights fit.
        AttentionMechanism.build(self, input_shape)
        self._build_v()
        self._build_score_bias()
        self._build_normalization()
