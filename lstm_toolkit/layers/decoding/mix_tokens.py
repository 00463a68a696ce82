"""Scheduled sampling: a decoder that is told some of its own guesses in training."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("lstm_toolkit")
class MixTokens(keras.layers.Layer):
    """Replaces a share of the tokens told to a decoder by what it guessed for their places.

    The guesses come from a first pass over the right tokens, so that all steps can still be
    computed at once; D. Duckworth et al., "Parallel Scheduled Sampling", 2019
    (arXiv:1906.04331). In inference the tokens stay as they are.

    Args:
        rate: Share of the tokens that are replaced, in [0, 1).
        seed: Of the choice.
        **kwargs: Of every layer.

    Call arguments: `int32[batch, time]` tokens, the first of them START, 0 for padding, and
    `float[batch, time, vocabulary]` logits of the tokens that follow. Returns
    `int32[batch, time]`.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be in [0, 1). Received: rate={rate!r}")
        self.rate, self.seed = rate, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, tokens: Any, logits: Any, training: bool = False) -> Any:
        """Mixes, see the class."""
        if not training:
            return tokens
        guesses = ops.cast(ops.argmax(logits, axis=-1), tokens.dtype)
        guesses = ops.concatenate([tokens[:, :1], guesses[:, :-1]], axis=1)
        drawn = keras.random.uniform(ops.shape(tokens), seed=self.seed_generator)
        chosen = ops.logical_and(drawn < self.rate, ops.not_equal(tokens, 0))
        return ops.where(chosen, guesses, tokens)

    def compute_output_shape(self, tokens_shape: Any, logits_shape: Any) -> Any:
        """Returns the shape of the tokens."""
        return tokens_shape

    def compute_output_spec(self, tokens: Any, logits: Any, training: bool = False) -> Any:
        """Returns a tensor like the tokens."""
        return keras.KerasTensor(tokens.shape, dtype=tokens.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return super().get_config() | {"rate": self.rate, "seed": self.seed}
