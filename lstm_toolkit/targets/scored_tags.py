"""Tags that were given to rows with right ones: how they are judged and scored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.tag_schemes import marks_entities
from lstm_toolkit.layers.crf.layer import best_tags, tag_losses
from lstm_toolkit.metrics.tag_scores import tag_counts, tag_scores
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.tag_names import TagNames, best_cost

if TYPE_CHECKING:
    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.targets.signature import Trained
    from lstm_toolkit.targets.target import Predicted

JUDGED = np.dtype([("tags", object), ("others", object), ("loss", "f8")])
"""What is scored of each sentence: the best tags, and those of other costs of being outside."""


def judged(trained: Trained, batches: Batches) -> NDArray[Any]:
    """Finds the best tags of rows, and what the right ones lose.

    Before the cost of being outside is chosen, the tags of each one are there, too.

    Returns:
        Rows of `JUDGED`, in the order in which they were read.
    """
    state: TagNames = trained.states.target

    def judge(inputs: Any, targets: Any) -> tuple[tf.Tensor, ...]:
        outputs = trained.model(inputs, training=False)
        every = [best_tags(state.with_cost(outputs, cost)) for cost in state.costs]
        tags = tf.stack([tags for tags, _ in every], axis=1)
        return tags, every[0][1], tag_losses(targets, outputs)[0]

    dataset = batches.dataset()
    traced = tf.function(judge, dataset.element_spec, autograph=False)
    graph = traced.get_concrete_function()  # or TensorFlow warns of tracing too often
    rows = np.empty(batches.size, JUDGED)
    done = 0
    for inputs, targets in dataset:
        for taken, length, loss in zip(*map(np.asarray, graph(inputs, targets)), strict=True):
            rows[done] = (taken[0, :length], taken[:, :length], loss)
            done += 1
    return batches.in_row_order(rows)


def chosen_cost(predicted: Predicted, column: str) -> float:
    """Returns what being outside of entities is to cost, as F1 has it; 0 where there are none."""
    state: TagNames = predicted.states.target
    if not marks_entities(state.names):
        return 0.0
    names = np.array(state.shown, object)
    given = [[names[row].tolist() for row in rows] for rows in predicted.outputs["others"]]
    cost, _ = best_cost(predicted.rows.targets[column].to_list(), given)
    return cost


def scores(predicted: Predicted, column: str) -> dict[str, Any]:
    """Returns F1 of entities where tags begin and continue them, and accuracy of tokens."""
    truth = predicted.rows.targets[column]
    loss = predicted.outputs["loss"].sum() / max(len(truth.values), 1)
    of_entities = marks_entities(predicted.states.target.names)
    told = tag_scores(truth.to_list(), _given(predicted), of_entities=of_entities)
    return {**told, "loss": round(float(loss), 6)}


def judged_rows(predicted: Predicted, column: str) -> JudgedRows:
    """Returns the tags, how many are right, and the loss of each sentence."""
    given = _given(predicted)
    truth = predicted.rows.targets[column].to_list()
    of_entities = marks_entities(predicted.states.target.names)
    counts = tag_counts(truth, given, of_entities=of_entities)
    columns = {**counts, "loss": predicted.outputs["loss"].astype(np.float64)}
    wanted, answers = ([" ".join(map(str, row)) for row in side] for side in (truth, given))
    return JudgedRows(wanted, answers, columns)


def _given(predicted: Predicted) -> list[list[str]]:
    names = np.array(predicted.states.target.shown, object)
    return [names[row].tolist() for row in predicted.outputs["tags"]]
