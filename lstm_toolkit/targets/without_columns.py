"""What a network answers to rows without one of their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.targets.signature import Trained


def hidden_inputs(inputs: Any, names: Sequence[str]) -> list[Any]:
    """Returns a network's inputs without each of their columns, for which zeros stand."""
    import tensorflow as tf

    if not isinstance(inputs, Mapping):
        return [tf.zeros_like(inputs)]
    return [{**inputs, name: tf.zeros_like(inputs[name])} for name in names]


def outputs_without_columns(trained: Trained, batches: Batches) -> NDArray[np.float32]:
    """Returns `float32[n, 1 + columns, outputs]`: of whole rows, then without each column."""
    dataset = batches.dataset()
    network, names = trained.network(dataset.element_spec[0]), list(trained.features)
    parts = [
        np.stack([network(each) for each in (inputs, *hidden_inputs(inputs, names))], axis=1)
        for inputs, _ in dataset
    ]
    return batches.in_row_order(np.concatenate(parts))


def outputs_without(network: Any, inputs: Any, names: Sequence[str]) -> list[tf.Tensor]:
    """Returns outputs of whole rows, then without each of these columns; in the graph."""
    import tensorflow as tf

    if not names:
        return [network(inputs)]
    every = [inputs, *hidden_inputs(inputs, names)]
    # As one batch, since tracing a network takes longer than all else.
    together = tf.nest.map_structure(lambda *parts: tf.concat(parts, axis=0), *every)
    return tf.split(network(together), len(every), axis=0)


def lacking(trained: Trained, inputs: Any, *, unknown: bool = False) -> tf.Tensor:
    """Returns `bool[batch, columns]`: which columns are not there; in the graph.

    Args:
        trained: The network with its features.
        inputs: As the network takes them.
        unknown: Whether texts of unknown tokens alone are as good as none.
    """
    import tensorflow as tf

    named = inputs if isinstance(inputs, Mapping) else dict.fromkeys(trained.features, inputs)
    flat = [
        tf.reduce_all(tf.equal(_told(name, value, unknown), 0), axis=1)
        for name, value in ((name, named[name]) for name in trained.features)
    ]
    return tf.stack(flat, axis=1)


def _told(name: str, value: Any, unknown: bool) -> Any:
    """Returns numbers that are all 0 where a column is not there, `[batch, any]`."""
    import tensorflow as tf

    if unknown and name.startswith("text_"):
        value = tf.where(value > 1, value, 0)  # unknown tokens alone say nothing
    if name.startswith("series_"):
        value = value[..., -2]
    return tf.reshape(value, [tf.shape(value)[0], -1])


def headings_of(trained: Trained) -> list[str]:
    """Returns what people call the columns, in the order of the features."""
    return [each.heading(name, trained.states[name]) for name, each in trained.features.items()]


def column_scores(
    whole: Mapping[str, Any], without: Mapping[str, Mapping[str, Any]], score: str, sign: float
) -> dict[str, dict[str, float]]:
    """Returns the score without each column, and how much worse that is; the worst first."""
    parts = {
        name: {"without": scores[score], "lost": sign * (whole[score] - scores[score])}
        for name, scores in without.items()
    }
    return dict(sorted(parts.items(), key=lambda pair: -pair[1]["lost"]))


def column_report(scores: Mapping[str, Any], score: str) -> str:
    """Returns a line on what each column adds to a score; "" of a single one."""
    columns = scores.get("columns", {})
    if len(columns) < 2:
        return ""
    parts = [f"{name} {each['without']:.4f}" for name, each in columns.items()]
    more = f" and {len(parts) - 12} more" if len(parts) > 12 else ""
    return f"{score} without one column, of the whole {scores[score]:.4f}: " + (
        ", ".join(parts[:12]) + more
    )
