"""Networks over sessions of items: which item comes next."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.builders.recurrent import recurrent_stack

VECTORS, STATES, TO_VECTORS, OWN = "item_vectors", "states", "to_vectors", "own_items"
"""Names of the layers by which sessions are read and items scored."""


def session_recommender(
    items: int,
    *,
    embedding: int,
    units: Sequence[int],
    negatives: int = 0,
    counts: NDArray[np.float32] | None = None,
    dropout: float = 0.0,
    input_dropout: float = 0.0,
    own_items: bool = True,
    seed: int | None = None,
    **stack: Any,
) -> keras.Model:
    """Stacks LSTM layers over vectors of items, by which the next one is scored too.

    At each step the outputs of the LSTM beside the vector of the newest item become a vector, of
    which cosines with all items are taken. B. Hidasi et al., "Session-based recommendations with
    recurrent neural networks", 2016 (arXiv:1511.06939).

    Args:
        items: Number of items, padding and the unknown counted.
        embedding: Width of an item's vector.
        units: Width of each recurrent layer, first to last.
        negatives: Of `layers.ItemVectors`: items drawn in training, 0 for all.
        counts: `float32[items]`, how often each is clicked, by which they are drawn; None takes 1.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        input_dropout: Share of the features of vectors dropped in training.
        own_items: Blends in the session's own items, see `layers.OwnItems`.
        seed: Of what is drawn.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `session` and `next`, each `int32[batch, time]`, 0 for padding on
        the right, to `float32[batch, time]`, the log-probabilities of `next`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> session_recommender(50, embedding=8, units=(16,)).output_shape
        (None, None)
    """
    from lstm_toolkit.layers import ItemVectors, OwnItems

    if stack.get("bidirectional"):
        raise ValueError(
            "bidirectional must be False: what comes next must not be read. "
            "Received: bidirectional=True"
        )
    session = keras.Input((None,), dtype="int32", name="session")
    wanted = keras.Input((None,), dtype="int32", name="next")
    table = ItemVectors(items, embedding, negatives, seed, name=VECTORS)
    newest = keras.layers.Dropout(input_dropout, name="input_dropout")(table(session))
    if counts is not None:
        table.counts.assign(counts)
    states = recurrent_stack(newest, units=units, dropout=dropout, return_sequences=True, **stack)
    states = keras.layers.Concatenate(name=STATES)([states, newest])
    vectors = keras.layers.Dense(embedding, use_bias=False, name=TO_VECTORS)(states)
    logs = table(vectors, wanted=wanted)
    if own_items:
        logs = OwnItems(embedding, name=OWN)(states, session, wanted, logs)
    name = f"{stack.get('cell', 'lstm')}_recommender"
    return keras.Model({"session": session, "next": wanted}, logs, name=name)


@dataclasses.dataclass(frozen=True, eq=False)
class RecommenderLayers:
    """The layers of a network that `session_recommender` returned.

    Attributes:
        table: The vectors of items.
        between: Those from vectors to states, in their order; each takes what the one before gives.
        to_vectors: Makes vectors of states.
        own: Blends in the session's own items; None if they are not.
    """

    table: Any
    between: Sequence[tuple[Any, bool]]
    to_vectors: Any
    own: Any

    @classmethod
    def of(cls, model: keras.Model) -> RecommenderLayers:
        """Finds the layers by their names."""
        layers = {layer.name: layer for layer in model.layers}
        stack, depth = [], 1
        while layer := layers.get(f"lstm_{depth}", layers.get(f"gru_{depth}")):
            norm = layers.get(f"norm_{depth}")
            steps = [layer] if norm is None else [layer, norm]
            stack.append((steps, f"residual_{depth}" in layers))
            depth += 1
        return cls(layers[VECTORS], stack, layers[TO_VECTORS], layers.get(OWN))

    def states(self, session: Any) -> Any:
        """Returns `float32[batch, time, features]` states of `int32[batch, time]` items."""
        newest = x = self.table(session)
        for steps, adds in self.between:
            y = x
            for layer in steps:
                y = layer(y, training=False)
            x = x + y if adds else y
        return keras.ops.concatenate([x, newest], axis=-1)
