"""Sessions that were scored: what each adds, and how network and neighbours are blended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.batches import Batches
from lstm_toolkit.layers.losses.token_scores import token_losses
from lstm_toolkit.metrics.ranks import score_names
from lstm_toolkit.targets.item_names import ItemNames
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.recommender import Recommender
from lstm_toolkit.targets.signature import Trained
from lstm_toolkit.targets.target import Predicted

Facts = NDArray[np.float64]
"""`float64[n, 3 + blends * names]`: of each session the nats of the network, the clicks that it was
asked for, all that are foretold, and for each blend the sums of `metrics.ranks.score_names`."""

FIRST_SUMS = 3

CHOOSING = 20_000
"""Clicks by which the share of the neighbours is chosen, about; of many more a part is enough."""


def judged(trained: Trained, batches: Batches, steps: NDArray[np.float64]) -> Facts:
    """Returns facts of sessions, in the order in which they were read.

    Args:
        trained: The network.
        batches: Of sessions.
        steps: `float64[n]`, clicks that are foretold; those on unknown items are misses, for which
            the network is not asked.
    """
    state = trained.states.target
    recommender = Recommender(trained.model, state)

    def judge(inputs: Mapping[str, Any], wanted: Any) -> tf.Tensor:
        scored = tf.range(tf.shape(wanted)[1]) >= state.least_clicks - 1
        wanted = tf.where(scored, wanted, 0)
        losses, real = token_losses(wanted, trained.model(inputs, training=False))
        nats = tf.reduce_sum(losses * real, axis=1, keepdims=True)
        return tf.concat([nats, recommender.judged(inputs["session"], wanted)], axis=1)

    dataset = batches.dataset()
    traced = tf.function(judge, dataset.element_spec, autograph=False)
    graph = traced.get_concrete_function()  # or TensorFlow warns of tracing too often
    # Batches are sorted by length, so that every other one is a fair choice.
    every = 1 if state.blend is not None else max(_clicks(batches) // CHOOSING, 1)
    rows = np.zeros((batches.size, FIRST_SUMS + len(state.blends) * len(score_names())))
    done = 0
    for number, (inputs, wanted) in enumerate(dataset):
        count = len(wanted)
        if number % every == 0:
            found = graph(inputs, wanted).numpy()
            rows[done : done + count] = np.insert(found, FIRST_SUMS - 1, 0, axis=1)
        done += count
    rows = batches.in_row_order(rows)
    rows[:, FIRST_SUMS - 1] = steps
    return rows


def _clicks(batches: Batches) -> int:
    return batches.size if batches.lengths is None else int(batches.lengths.sum())


def _of_blend(facts: Facts, place: int) -> Facts:
    count = len(score_names())
    return facts[:, FIRST_SUMS + place * count : FIRST_SUMS + (place + 1) * count]


def best_blend(facts: Facts, state: ItemNames) -> float:
    """Returns the share of neighbours with the best sum of recall and reciprocal rank at 20."""
    names = score_names()
    columns = [names.index("recall_at_20"), names.index("mrr_at_20")]
    sums = [_of_blend(facts, place)[:, columns].sum() for place in range(len(state.blends))]
    return state.blends[int(np.argmax(sums))]


def scores(facts: Facts, state: ItemNames) -> dict[str, Any]:
    """Returns the scores that `metrics.json` holds; before a blend is chosen, of the network."""
    asked, steps = facts[:, 1], facts[:, 2]
    total = max(steps.sum(), 1.0)
    own = _of_blend(facts, 0)
    means = dict(zip(score_names(), map(float, own.sum(axis=0) / total), strict=True))
    ranked = own[:, score_names().index("mrr_at_20")]
    # Of a quotient of sums: how sessions scatter around it.
    spread = float(np.sqrt(((ranked - means["mrr_at_20"] * steps) ** 2).sum()) / total)
    return {
        **means,
        "loss": float(facts[:, 0].sum() / max(asked.sum(), 1.0)),
        "standard_error": spread,
        "examples": len(facts),
        "steps": int(steps.sum()),
        "items": state.size - 2,
        "blend": state.blends[0],
    }


def judged_rows(predicted: Predicted, column: str) -> JudgedRows:
    """Returns the last item of each session, and what the session adds."""
    facts = predicted.outputs
    own = _of_blend(facts, 0)
    columns = dict(zip(score_names(), own.T, strict=True))
    kept = {name: columns[name] for name in ("recall_at_20", "mrr_at_20")}
    truth = list(map(str, predicted.rows.targets[column]))
    hits = columns["recall_at_20"]
    answers = [f"{hit:.0f} of {steps:.0f}" for hit, steps in zip(hits, facts[:, 2], strict=True)]
    return JudgedRows(truth, answers, {**kept, "steps": facts[:, 2].copy()})


def report(scores: Mapping[str, Any]) -> str:
    """Returns the scores in two lines."""
    return (
        f"next item among the first 20: {scores['recall_at_20']:.2%}, mean reciprocal rank "
        f"{scores['mrr_at_20']:.2%}   (first {scores['recall_at_1']:.2%}, among 5 "
        f"{scores['recall_at_5']:.2%}; {scores['steps']:,} clicks of {scores['examples']:,} "
        f"sessions, {scores['items']:,} items)\n"
        f"sessions that were alike count {scores['blend']:.0%} beside the network"
    )
