"""A language model run token by token from where it was left."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers import AdaptiveSoftmax


@dataclasses.dataclass(frozen=True, eq=False)
class LanguageModelSteps:
    """The layers of a network that `language_model` returned.

    Attributes:
        table: The vectors of tokens.
        recurrent: Each layer with what follows it: a normalisation, and whether its input is
            added.
        head: What scores; None takes the vectors.
        between: What makes vectors of the last layer's outputs; None if they are as wide.
    """

    table: keras.layers.Layer
    recurrent: Sequence[tuple[Any, keras.layers.Layer | None, bool]]
    head: keras.layers.Layer | None
    between: keras.layers.Layer | None

    @classmethod
    def of(cls, model: keras.Model) -> LanguageModelSteps:
        """Finds the layers by their names."""
        layers = {layer.name: layer for layer in model.layers}
        stack, depth = [], 1
        while layer := layers.get(f"lstm_{depth}", layers.get(f"gru_{depth}")):
            stack.append((layer, layers.get(f"norm_{depth}"), f"residual_{depth}" in layers))
            depth += 1
        head = layers.get("scores", layers.get("adaptive"))
        return cls(layers["token_vectors"], stack, head, layers.get("to_vectors"))

    @property
    def specs(self) -> tuple[tf.TensorSpec, ...]:
        """The state of each layer; zeros at first."""
        specs = []
        for depth, (layer, _, _) in enumerate(self.recurrent, 1):
            sizes = layer.cell.state_size
            for part, size in enumerate([sizes] if isinstance(sizes, int) else sizes, 1):
                specs.append(tf.TensorSpec([None, size], tf.float32, f"state_{depth}_{part}"))
        return tuple(specs)

    def zeros(self, rows: tf.Tensor) -> list[tf.Tensor]:
        """Returns the state before the first token."""
        return [tf.zeros([rows, spec.shape[1]]) for spec in self.specs]

    def __call__(
        self, tokens: tf.Tensor, state: Sequence[tf.Tensor]
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Reads one token of each row; in the graph.

        Args:
            tokens: `int32[batch]`.
            state: See `specs`.

        Returns:
            `float32[batch, vocabulary]` scores of the next token, and the state.
        """
        x = self.table(tokens)
        after: list[tf.Tensor] = []
        for layer, norm, adds in self.recurrent:
            sizes = layer.cell.state_size
            count = 1 if isinstance(sizes, int) else len(sizes)
            y, moved = layer.cell(x, list(state[:count]), training=False)
            state = state[count:]
            after += [moved] if isinstance(moved, tf.Tensor) else list(moved)
            y = y if norm is None else norm(y)
            x = x + y if adds else y
        if isinstance(self.head, AdaptiveSoftmax):
            return self.head.log_probabilities(x), after
        if self.head is not None:
            return self.head(x), after
        x = x if self.between is None else self.between(x)
        return self.table(x, scores=True), after
