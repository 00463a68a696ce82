"""How much each token of a text speaks for the answer of a network."""

from __future__ import annotations

import keras
import tensorflow as tf

STEPS = 24
"""Points on the path from no text to the text."""


def integrated_gradients(model: keras.Model, tokens: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Divides the probability of the likeliest label among the tokens.

    The embedding is scaled from zero to its full size, and the gradients on the way are
    added up: M. Sundararajan, A. Taly and Q. Yan, "Axiomatic Attribution for Deep Networks",
    2017 (arXiv:1703.01365). The weights of a row add up, nearly, to the probability of its
    label less that for embeddings of zero.

    Args:
        model: From `int32[batch, time]` tokens, with one `Embedding`, to
            `float32[batch, classes]` probabilities.
        tokens: `int32[batch, time]`, 0 where padded.

    Returns:
        Probabilities `float32[batch, classes]` and weights `float32[batch, time]`, those
        of padded steps zero.
    """
    (embedding,) = (
        layer
        for layer in model._flatten_layers(include_self=False)
        if isinstance(layer, keras.layers.Embedding)
    )
    table = tf.convert_to_tensor(embedding.embeddings)
    probabilities = model(tokens, training=False)
    label = tf.argmax(probabilities, axis=-1)

    def add(step: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        share = (tf.cast(step, table.dtype) + 0.5) / STEPS
        return step + 1, total + _gradient(model, embedding, tokens, label, table * share)

    shape = tf.concat([tf.shape(tokens), [table.shape[1]]], axis=0)
    _, total = tf.while_loop(lambda step, _: step < STEPS, add, (0, tf.zeros(shape, table.dtype)))
    weights = tf.reduce_sum(tf.gather(table, tokens) * total / STEPS, axis=-1)
    return probabilities, tf.where(tokens == 0, 0.0, tf.cast(weights, tf.float32))


def _gradient(
    model: keras.Model,
    embedding: keras.layers.Embedding,
    tokens: tf.Tensor,
    label: tf.Tensor,
    table: tf.Tensor,
) -> tf.Tensor:
    """Returns what each step's vector in `table` does to the probability of the label."""
    with tf.GradientTape() as tape:
        tape.watch(table)
        with keras.StatelessScope(state_mapping=[(embedding.embeddings, table)]):
            outputs = model(tokens, training=False)
        wanted = tf.reduce_sum(tf.gather(outputs, label, batch_dims=1))
    gradient = tape.gradient(wanted, table)
    # The gradient of a lookup is sparse and holds one row for each step, in their order.
    shape = tf.concat([tf.shape(tokens), [table.shape[1]]], axis=0)
    return tf.reshape(gradient.values, shape)
