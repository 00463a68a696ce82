"""How many tags of a conditional random field are right, as a metric of Keras."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from lstm_toolkit.layers.crf.layer import best_tags


@keras.saving.register_keras_serializable("lstm_toolkit")
class CRFAccuracy(keras.metrics.Metric):
    """The share of the tokens whose tag in the best sequence is right.

    Call arguments: `int[batch, time]` numbers of tags counted from 1, 0 for padding, and what
    `CRF` packed. Weights of rows count their tokens.
    """

    def __init__(self, name: str = "accuracy", **options: Any):
        super().__init__(name=name, **options)
        self.right = self.add_weight(name="right", initializer="zeros")
        self.tokens = self.add_weight(name="tokens", initializer="zeros")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Counts one batch."""
        tags, lengths = best_tags(y_pred)
        real = tf.sequence_mask(lengths, tf.shape(tags)[1], tf.float32)
        if sample_weight is not None:
            real *= tf.cast(sample_weight, tf.float32)[:, None]
        same = tf.cast(tf.equal(tags + 1, tf.cast(y_true, tf.int32)), tf.float32)
        self.right.assign_add(tf.reduce_sum(same * real))
        self.tokens.assign_add(tf.reduce_sum(real))

    def result(self) -> Any:
        """Returns a scalar."""
        return self.right / keras.ops.maximum(self.tokens, 1.0)
