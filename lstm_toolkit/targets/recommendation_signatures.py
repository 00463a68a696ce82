"""What an export that recommends can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from lstm_toolkit.data.text.item_lists import divide_items, one_form, split_items
from lstm_toolkit.targets.recommender import Recommender, without
from lstm_toolkit.targets.signature import Signature, Trained

USUAL = 20
"""Items that are recommended where a call does not say how many."""


class RecommendationGraphs:
    """Graph functions from raw sessions to final answers.

    Args:
        trained: With one feature, `features.Items`.
    """

    def __init__(self, trained: Trained):
        ((name, feature),) = trained.features.items()
        self.feature: Any = feature
        self.items = trained.states[name]
        self.state = trained.states.target
        self.recommender = Recommender(trained.model, self.state)
        with tf.init_scope():
            self.tokens = tf.Variable(tf.constant(self.items.vocabulary.tokens), trainable=False)
            named = self.state.shown_names if self.state.names else None
            self.names = None if named is None else tf.Variable(tf.constant(named), trainable=False)
        self.held = tf.Module()
        recommender = self.recommender
        self.held.parts = [self.tokens, self.names, recommender.known, recommender.inverse_lengths]

    def answer(
        self, rows: tf.RaggedTensor, unknown: tf.Tensor, k: Any, leave_out_seen: Any
    ) -> dict[str, tf.Tensor]:
        """Returns the best items behind sessions.

        Args:
            rows: `int32[batch, (clicks)]`, all known items, of which the last clicks are read.
            unknown: `int64[batch]`, clicks on unknown items.
            k: How many items; there may be fewer in all.
            leave_out_seen: Whether items of the session are not recommended, those before the
                clicks that are read neither.

        Returns:
            `items` and `scores`, the best first; "" and 0 where there are no more; `names` where
            they are known; `known_items`, clicks that were read, `unknown_items`, and `unlike`,
            whether none was known.
        """
        sessions = self.feature.collate(self.items.cut(rows), self.items)
        seen = self.feature.collate(rows, self.items)
        likely = without(self.recommender.last(sessions), seen, leave_out_seen)
        best = tf.math.top_k(likely, tf.clip_by_value(k, 1, self.state.size - 2))
        there = best.values > 0
        known = tf.math.count_nonzero(sessions, axis=1, dtype=tf.int32)
        answers = {
            "items": tf.where(there, tf.gather(self.tokens, best.indices), ""),
            "scores": best.values,
            "known_items": known,
            "unknown_items": tf.cast(unknown, tf.int32),
            "unlike": tf.equal(known, 0),
        }
        if self.names is not None:
            answers["names"] = tf.where(there, tf.gather(self.names, best.indices), "")
        return answers

    def of_texts(self, texts: tf.Tensor, k: Any, leave_out_seen: Any) -> dict[str, tf.Tensor]:
        """Returns answers to `string[batch]`, items of a session between spaces."""
        rows, unknown = self.items.known(divide_items(texts))
        return self.answer(rows, unknown, k, leave_out_seen)

    def of_lists(self, lists: tf.Tensor, k: Any, leave_out_seen: Any) -> dict[str, tf.Tensor]:
        """Returns answers to `string[batch, clicks]`, an item a click, "" for none."""
        names = one_form(lists)
        items = tf.RaggedTensor.from_tensor(names)
        rows, unknown = self.items.known(tf.ragged.boolean_mask(items, tf.not_equal(items, "")))
        return self.answer(rows, unknown, k, leave_out_seen)

    def of_clicks(
        self, texts: tf.Tensor, k: Any, leave_out_seen: Any, recent: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Returns answers behind further clicks of sessions, and what is to be given next time.

        Args:
            texts: `string[batch]`, the new items between spaces; "" for none.
            k: See `answer`.
            leave_out_seen: Likewise; of earlier calls `recent` alone is known.
            recent: `int32[batch, max_clicks]` of the last call, 0 for none; zeros at first.
        """
        new, unknown = self.items.known(divide_items(texts))
        lengths = tf.math.count_nonzero(recent, axis=1)
        rows = tf.concat([tf.RaggedTensor.from_tensor(recent, lengths), new], axis=1)
        rows = self.items.once(rows)
        answers = self.answer(rows, unknown, k, leave_out_seen)
        padded = self.items.cut(rows).to_tensor(shape=[None, self.items.max_clicks])
        return {**answers, "recent": padded}


def recommendation_signatures(trained: Trained) -> dict[str, Signature]:
    """Returns `serving_default`, `recommend`, `lists` and `stream`."""
    graphs = RecommendationGraphs(trained)
    (spec,) = trained.specs
    chosen = (tf.TensorSpec([], tf.int32, "k"), tf.TensorSpec([], tf.bool, "leave_out_seen"))
    examples = {"k": 3, "leave_out_seen": True}
    recent = tf.TensorSpec([None, graphs.items.max_clicks], tf.int32, "recent")
    lists = tf.TensorSpec([None, None], tf.string, spec.name)

    def usual(texts: tf.Tensor) -> dict[str, tf.Tensor]:
        return graphs.of_texts(texts, USUAL, tf.constant(False))

    def as_lists(raw: Mapping[str, Any]) -> dict[str, Any]:
        rows = [split_items(str(text)) for text in raw[spec.name]]
        longest = max(map(len, rows), default=1)
        padded = [row + [""] * (longest - len(row)) for row in rows]
        return {**raw, spec.name: np.array(padded, np.str_).reshape(len(rows), longest)}

    held = (graphs.held,)
    told = partial(Signature, parameters=chosen, examples=examples, resources=held)
    return {
        "serving_default": Signature(usual, (spec,), resources=held),
        "recommend": told(graphs.of_texts, (spec,)),
        "lists": told(graphs.of_lists, (lists,), samples=as_lists),
        "stream": told(graphs.of_clicks, (spec,), state=(recent,)),
    }
