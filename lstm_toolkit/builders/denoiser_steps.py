"""A causal denoiser run from where it was left: the layers of `denoiser`, with their states."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.builders.denoisers import (
    AROUND,
    CONTEXT,
    ahead,
    medians_within,
    mixed,
    seen,
    tokens_of_delay,
)


@dataclasses.dataclass(frozen=True, eq=False)
class DenoiserSteps:
    """The layers of a causal network that `denoiser` returned.

    Attributes:
        tokens: From samples to segments.
        recurrent: Each layer with what follows it: a normalisation, and whether its input is
            added.
        heads: Gates and values.
        delay: Samples by which what comes out is later than what goes in.
    """

    tokens: keras.layers.Layer
    recurrent: Sequence[tuple[Any, keras.layers.Layer | None, bool]]
    heads: keras.layers.Layer
    delay: int

    @classmethod
    def of(cls, model: keras.Model, delay: int) -> DenoiserSteps:
        """Finds the layers by their names.

        Args:
            model: What `denoiser` returned with `causal`.
            delay: As it was asked for there.
        """
        layers = {layer.name: layer for layer in model.layers}
        tokens = layers["tokens"]
        stack, depth = [], 1
        while layer := layers.get(f"lstm_{depth}", layers.get(f"gru_{depth}")):
            stack.append((layer, layers.get(f"norm_{depth}"), f"residual_{depth}" in layers))
            depth += 1
        (segment,) = tokens.strides
        later = tokens_of_delay(delay, segment) * segment
        return cls(tokens, stack, layers["gates_and_values"], later)

    @property
    def segment(self) -> int:
        """Samples that are read as one step."""
        (segment,) = self.tokens.strides
        return int(segment)

    @property
    def specs(self) -> tuple[tf.TensorSpec, ...]:
        """The state: samples that are still needed, and that of each layer; zeros at first."""
        recent = max(CONTEXT * self.segment, self.delay) + AROUND
        specs = [tf.TensorSpec([None, recent, 4], tf.float32, "recent")]
        for depth, (layer, _, _) in enumerate(self.recurrent, 1):
            sizes = layer.cell.state_size
            for part, size in enumerate([sizes] if isinstance(sizes, int) else sizes):
                specs.append(tf.TensorSpec([None, size], tf.float32, f"state_{depth}_{part + 1}"))
        return tuple(specs)

    def __call__(
        self, inputs: tf.Tensor, state: Sequence[tf.Tensor]
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Cleans the next samples; in the graph.

        Args:
            inputs: `float32[batch, time, 4]` as `denoiser` takes them; time is a multiple of
                `segment`.
            state: See `specs`.

        Returns:
            `float32[batch, time]`, the samples from `delay` before these on, and the state.
        """
        recent, *states = state
        kept, time = recent.shape[1], tf.shape(inputs)[1]
        joined = tf.concat([recent, inputs], axis=1)
        begin = kept - CONTEXT * self.segment
        past = medians_within(joined[:, begin - AROUND :, 0])
        x = self.tokens(seen(joined[:, begin:], past))
        after: list[tf.Tensor] = []
        for layer, norm, adds in self.recurrent:
            sizes = layer.cell.state_size
            count = 1 if isinstance(sizes, int) else len(sizes)
            y, moved = _over_time(layer.cell, x, states[:count])
            states, after = states[count:], [*after, *moved]
            y = y if norm is None else norm(y)
            x = x + y if adds else y
        begin, after_each = kept - self.delay, ahead(self.delay)
        late = joined[:, begin : begin + time]
        near = joined[:, begin - AROUND + after_each : begin + time + after_each, 0]
        cleaned = mixed(self.heads(x), late, medians_within(near), self.segment)
        return cleaned, [joined[:, time:], *after]


def _over_time(
    cell: Any, inputs: tf.Tensor, state: Sequence[tf.Tensor]
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """Runs a cell over `float32[batch, time, width]`; the first state is what comes out."""

    def step(before: Any, x: tf.Tensor) -> Any:
        return tuple(cell(x, list(before), training=False)[1])

    steps = tf.scan(step, tf.transpose(inputs, [1, 0, 2]), tuple(state))
    return tf.transpose(steps[0], [1, 0, 2]), [each[-1] for each in steps]
