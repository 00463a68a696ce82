"""Networks that read a story with a question in mind."""

from __future__ import annotations

import keras
from keras import ops

from lstm_toolkit.layers.matching.regrouped import Regrouped

_FAR_BELOW = -1e4


def story_reader(
    vocabulary: int,
    *,
    words: int,
    classes: int,
    embedding: int,
    units: int,
    hops: int,
    dropout: float = 0.0,
) -> keras.Model:
    """Reads sentences by one LSTM and their order by another, and looks at them several times.

    Memory networks: S. Sukhbaatar et al., 2015 (arXiv:1503.08895). Each look weighs all sentences
    by what is known so far, begun with the question, and adds what they say to it.

    Args:
        vocabulary: Number of words, padding counted.
        words: Words of a sentence.
        classes: Number of answers.
        embedding: Width of a word's vector.
        units: Width of both LSTM layers.
        hops: How many times it looks.
        dropout: Share dropped of words' vectors and before the answer in training, in [0, 1).

    Returns:
        An uncompiled model from `int32[batch, sentences, words]`, the question first, to
        `float32[batch, classes + hops * (sentences - 1)]`: probabilities of answers, then weights
        of the other sentences at each look.

    Raises:
        ValueError: If a size is too small.

    Example:
        >>> story_reader(30, words=6, classes=4, embedding=8, units=8, hops=2).name
        'story_reader'
    """
    sizes = {"vocabulary": vocabulary, "words": words, "classes": classes, "hops": hops}
    for name, value in {**sizes, "embedding": embedding, "units": units}.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1. Received: {name}={value!r}")
    inputs = keras.Input((None, words), dtype="int32", name="story")
    real = ops.any(ops.not_equal(inputs, 0), axis=2)
    read = _sentences(inputs, real, vocabulary, words, embedding, units, dropout)
    question, story = read[:, 0], read[:, 1:]
    there = ops.expand_dims(real[:, 1:], -1)
    ordered = keras.layers.Bidirectional(
        keras.layers.LSTM(units, return_sequences=True, name="order"), name="orders"
    )(ops.where(there, story, ops.zeros_like(story)))
    memory = keras.layers.Dense(units, name="memory")(
        keras.layers.Concatenate(name="sentences_in_order")([story, ordered])
    )
    known, looks = question, []
    for hop in range(hops):
        weights, said = _look(memory, known, there, units, hop)
        looks.append(weights)
        both = keras.layers.Concatenate(name=f"known_and_said_{hop + 1}")([known, said])
        known = keras.layers.Dense(units, activation="tanh", name=f"known_{hop + 1}")(both)
    known = keras.layers.Concatenate(name="question_and_known")([question, known, said])
    hidden = keras.layers.Dense(2 * units, activation="relu", name="hidden")(known)
    hidden = keras.layers.Dropout(dropout, name="dropout")(hidden)
    scores = keras.layers.Dense(classes, dtype="float32", name="scores")(hidden)
    answers = keras.layers.Softmax(dtype="float32", name="probabilities")(scores)
    packed = ops.concatenate([answers, *(ops.cast(look, "float32") for look in looks)], axis=1)
    return keras.Model(inputs, packed, name="story_reader")


def _sentences(
    inputs: keras.KerasTensor,
    real: keras.KerasTensor,
    vocabulary: int,
    words: int,
    embedding: int,
    units: int,
    dropout: float,
) -> keras.KerasTensor:
    """Returns `float32[batch, sentences, units]`, what one LSTM makes of each sentence."""
    # cuDNN takes no row of padding alone, so what is no sentence is read as one unknown word.
    first = ops.where(real[..., None], inputs[..., :1], ops.ones_like(inputs[..., :1]))
    flat = ops.reshape(ops.concatenate([first, inputs[..., 1:]], axis=2), (-1, words))
    x = keras.layers.Embedding(vocabulary, embedding, mask_zero=True, name="embedding")(flat)
    x = keras.layers.Dropout(dropout, noise_shape=(None, 1, embedding), name="word_dropout")(x)
    vectors = keras.layers.LSTM(units, name="sentence")(x)
    return Regrouped(name="sentences")([vectors, inputs])


def _look(
    memory: keras.KerasTensor,
    known: keras.KerasTensor,
    there: keras.KerasTensor,
    units: int,
    hop: int,
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Returns weights `float32[batch, sentences]`, and the weighted sum of the memory."""
    query = ops.expand_dims(keras.layers.Dense(units, name=f"query_{hop + 1}")(known), 1)
    both = ops.concatenate([memory * query, memory + query], axis=-1)
    hidden = keras.layers.Dense(units, activation="tanh", name=f"look_{hop + 1}")(both)
    scores = keras.layers.Dense(1, dtype="float32", name=f"look_score_{hop + 1}")(hidden)
    weights = ops.softmax(ops.where(there, scores, _FAR_BELOW), axis=1)
    said = ops.sum(ops.cast(weights, memory.dtype) * memory, axis=1)
    return weights[..., 0], said
