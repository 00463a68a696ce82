"""Signatures of taggers: the best tags, and several candidates, with where each token stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.tag_answers import answers, candidates
from lstm_toolkit.targets.tag_names import TagNames
from lstm_toolkit.targets.tag_options import CANDIDATES

if TYPE_CHECKING:
    from lstm_toolkit.data.text.division import Divided


def tag_signatures(trained: Trained, name: str) -> dict[str, Signature]:
    """Returns `serving_default`, and `nbest`, which takes how many candidates are wanted.

    Args:
        trained: Of one feature that divides texts, such as `features.Words`.
        name: Of that feature.
    """
    feature: Any = trained.features[name]
    state = trained.states[name]
    tags: TagNames = trained.states.target
    names = list(tags.names)

    def network(text: tf.Tensor) -> tuple[tf.Tensor, Divided, dict[str, tf.Tensor]]:
        brought, unlike = trained.brought(text)
        outputs = tags.with_cost(trained.outputs(*brought), tags.costs[0])
        divided = feature.divide(text, state)
        told = answers(outputs, names, divided, text)
        return outputs, divided, told if unlike is None else told | {"unlike": unlike}

    def tag(text: tf.Tensor) -> dict[str, tf.Tensor]:
        return network(text)[2]

    def nbest(text: tf.Tensor, count: tf.Tensor) -> dict[str, tf.Tensor]:
        outputs, divided, told = network(text)
        return told | candidates(outputs, names, divided, count)

    count = tf.TensorSpec([], tf.int32, CANDIDATES)
    return {
        "serving_default": Signature(tag, trained.specs),
        "nbest": Signature(nbest, trained.specs, (count,), {CANDIDATES: 3}),
    }
