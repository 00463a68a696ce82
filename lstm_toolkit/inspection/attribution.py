"""How much each token of a text speaks for the answer of a network."""

from __future__ import annotations

import keras
import tensorflow as tf

STEPS = 24
"""Points on the path from no text to the text."""


def integrated_gradients(model: keras.Model, tokens: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Divides the probability of the likeliest label among the tokens.

    All embeddings are scaled from zero to their full size, and the gradients on the way are
    added up: M. Sundararajan, A. Taly and Q. Yan, "Axiomatic Attribution for Deep Networks",
    2017 (arXiv:1703.01365). The weights of a row add up, nearly, to the probability of its
    label less that for embeddings of zero. A pair counts for its second token; beginnings and ends
    of words count for their word, and a fitted linear path counts as the embedding that it is.

    Args:
        model: From tokens to `float32[batch, classes]` probabilities, by way of embeddings.
        tokens: `int32[batch, time]`, or `int32[batch, time, views]` with pairs and
            affixes; 0 where padded.

    Returns:
        Probabilities `float32[batch, classes]` and weights `float32[batch, time]`, those
        of padded steps zero.
    """
    variables = embeddings(model)
    numbers = tokens if len(tokens.shape) == 2 else tokens[..., 0]
    probabilities = model(tokens, training=False)
    label = tf.argmax(probabilities, axis=-1)

    def add(step: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        share = (tf.cast(step, tf.float32) + 0.5) / STEPS
        weights = _weights_at(model, variables, tokens, label, share)
        return step + 1, total + tf.reshape(weights, tf.shape(numbers))

    nothing = tf.zeros(tf.shape(numbers))
    _, total = tf.while_loop(lambda step, _: step < STEPS, add, (0, nothing))
    return probabilities, tf.where(numbers == 0, 0.0, total / STEPS)


def embeddings(model: keras.Model) -> list[keras.Variable]:
    """Returns the tables of vectors of a network."""
    return [
        layer.embeddings
        for layer in model._flatten_layers(include_self=False)
        if isinstance(layer, keras.layers.Embedding)
    ]


def _weights_at(
    model: keras.Model,
    variables: list[keras.Variable],
    tokens: tf.Tensor,
    label: tf.Tensor,
    share: tf.Tensor,
) -> tf.Tensor:
    """Returns each step's vector times its gradient where embeddings have `share` of their size."""
    tables = [tf.convert_to_tensor(variable) for variable in variables]
    scaled = [table * tf.cast(share, table.dtype) for table in tables]
    with tf.GradientTape() as tape:
        tape.watch(scaled)
        with keras.StatelessScope(state_mapping=list(zip(variables, scaled, strict=True))):
            outputs = model(tokens, training=False)
        wanted = tf.reduce_sum(tf.gather(outputs, label, batch_dims=1))
    # The gradient of a lookup is sparse and holds one row for each step, in their order.
    return tf.add_n(
        [
            tf.cast(tf.reduce_sum(tf.gather(table, g.indices) * g.values, axis=-1), tf.float32)
            for table, g in zip(tables, tape.gradient(wanted, scaled), strict=True)
        ]
    )
