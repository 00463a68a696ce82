"""Stacked recurrent classifiers of token sequences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from lstm_toolkit.builders.adversarial import train_adversarially
from lstm_toolkit.builders.pooling import Pooling, pool
from lstm_toolkit.builders.recurrent import recurrent_stack

Head = Literal["softmax", "sigmoid", "linear"]

WEIGHTS = "weights_of_both"
"""The layer that holds how much a wide path that was fitted beforehand counts, and the LSTM."""
FIRST_WEIGHTS = (0.75, 0.25)
SPREAD = 0.25
"""By how much weights are expected to differ from the first ones; it counts where rows are few."""
WIDE_DROPOUT = 0.5
"""Share of the steps, and of the rows, that the wide path loses in training."""


def text_classifier(
    vocabulary: int,
    *,
    classes: int,
    embedding: int,
    units: Sequence[int],
    dropout: float = 0.0,
    spatial_dropout: float = 0.0,
    pooling: Pooling = "max",
    vectors: NDArray[np.float32] | None = None,
    bigrams: int = 0,
    bigram_vectors: NDArray[np.float32] | None = None,
    affixes: Sequence[int] = (),
    wide: bool = False,
    wide_vectors: Sequence[NDArray[np.float32]] = (),
    wide_bias: NDArray[np.float32] | None = None,
    adversarial: float = 0.0,
    head: Head = "softmax",
    **stack: Any,
) -> keras.Model:
    """Puts stacked LSTM layers with Dropout on an embedding, and a head on them.

    Token number 0 is padding, on the right. It is masked throughout: more of it changes no
    answer. Each row needs one other token at least, or cuDNN fails.

    A wide path beside the LSTM adds up, for each class, a weight of every token, bigram and
    affix, divided by the root of the number of steps; H.-T. Cheng et al., "Wide & Deep
    Learning", 2016 (arXiv:1606.07792). In training it is dropped for half of the rows, so
    that the LSTM learns what it can by itself. With `wide_bias` the path is a model that was
    fitted beforehand: the LSTM is trained without it, and answers follow from the sum of both
    scores, weighted, see `weigh_both`. So the LSTM never sees a path that knows the training rows
    by heart.

    Args:
        vocabulary: Number of tokens, padding counted.
        classes: Number of labels, at least 2; of numbers with a linear head, at least 1.
        embedding: Width of a token's vector.
        units: Width of each recurrent layer, first to last.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        spatial_dropout: Share of the features of the embedding dropped in training, each
            over the whole sequence (arXiv:1411.4280).
        pooling: What the last layer's outputs become: its "last" state, their "max" or
            "mean" over the steps, their mean weighted by "attention", or maximum beside
            mean ("max_mean").
        vectors: `float32[vocabulary, embedding]` to start the embedding from.
        bigrams: Number of pairs of neighbouring tokens; 0 takes tokens alone.
        bigram_vectors: `float32[bigrams, width]` to start vectors of bigrams from, which stand
            beside those of the tokens; None gives the LSTM none.
        affixes: Numbers of beginnings and of ends of words, which the wide path alone reads;
            none without.
        wide: Adds the wide path.
        wide_vectors: `float32[size, classes]` of the tokens, then of bigrams and affixes, to start
            its weights from; zeros without.
        wide_bias: `float32[classes]` of a path that was fitted beforehand and is trained no more;
            None trains it.
        head: What scores become: probabilities of classes by "softmax", of labels that each
            stand for themselves by "sigmoid", or numbers as they are, "linear".
        adversarial: `amount` of `train_adversarially`, at least 0; 0 trains without.
        **stack: Further arguments of `recurrent_stack`: `cell`, `bidirectional`,
            `recurrent_dropout`, `layer_norm`, `residual`, `l2`.

    Returns:
        An uncompiled model from `int32[batch, time]` tokens, or `int32[batch, time, views]` tokens
        with bigrams and affixes, to `float32[batch, classes]` probabilities or numbers, in float32
        under every dtype policy.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> model = text_classifier(1000, classes=2, embedding=16, units=(8,))
        >>> model.output_shape
        (None, 2)
    """
    least = 1 if head == "linear" else 2
    _check(vocabulary, classes, least, embedding, bigrams, spatial_dropout, pooling, adversarial)
    _check_vectors("vectors", vectors, (vocabulary, embedding))
    sizes = {"tokens": vocabulary} | ({"bigrams": bigrams} if bigrams else {})
    sizes |= dict(zip(("beginnings", "ends"), affixes, strict=False))
    several = len(sizes) > 1
    inputs = keras.Input((None, len(sizes)) if several else (None,), dtype="int32", name="tokens")
    ids = [inputs[..., place] for place in range(len(sizes))] if several else [inputs]
    x = _table("embedding", vocabulary, embedding, vectors)(ids[0])
    if bigram_vectors is not None:
        _check_vectors("bigram_vectors", bigram_vectors, (bigrams, bigram_vectors.shape[-1]))
        table = _table("bigram_embedding", bigrams, bigram_vectors.shape[-1], bigram_vectors)
        x = keras.layers.Concatenate(name="tokens_and_bigrams")([x, table(ids[1])])
    entrance = keras.layers.SpatialDropout1D(spatial_dropout, name="spatial_dropout")
    x = entrance(x)
    x = recurrent_stack(
        x,
        units=units,
        dropout=dropout,
        return_sequences=pooling != "last",
        **stack,
    )
    real = _real_steps(inputs)
    if pooling != "last":
        x = pool(x, real, pooling)
    # Softmax in 16 bits loses small probabilities, so the head keeps 32.
    scores = keras.layers.Dense(classes, dtype="float32", name="scores")(x)
    if wide:
        starts = _wide_starts(sizes, classes, wide_vectors)
        wide_scores = _wide(ids, real, starts, wide_bias)
        if wide_bias is None:
            scores = keras.layers.Add(name="deep_and_wide")([scores, wide_scores])
        else:
            scores = _both_when_answering(scores, wide_scores)
    name = "numbers" if head == "linear" else "probabilities"
    last = (
        keras.layers.Softmax(dtype="float32", name=name)
        if head == "softmax"
        else keras.layers.Activation(head, dtype="float32", name=name)
    )
    outputs = last(scores)
    model = keras.Model(inputs, outputs, name=f"{stack.get('cell', 'lstm')}_text_classifier")
    if adversarial:
        train_adversarially(model, entrance, real=_real_steps, amount=adversarial)
    return model


def _real_steps(inputs: keras.KerasTensor) -> keras.KerasTensor:
    return ops.not_equal(inputs[..., 0] if len(inputs.shape) == 3 else inputs, 0)


def _table(
    name: str, size: int, width: int, start: NDArray[np.float32] | None, dtype: str | None = None
) -> keras.layers.Embedding:
    initializer = "uniform" if start is None else "zeros"
    table = keras.layers.Embedding(
        size, width, mask_zero=True, embeddings_initializer=initializer, dtype=dtype, name=name
    )
    table.build()
    if start is not None:
        table.set_weights([start])
    return table


def _wide_starts(
    sizes: Mapping[str, int], classes: int, vectors: Sequence[NDArray[np.float32]]
) -> dict[str, NDArray[np.float32]]:
    """Returns what each table of the wide path begins with."""
    starts = list(vectors) or [np.zeros((size, classes), np.float32) for size in sizes.values()]
    if len(starts) != len(sizes):
        raise ValueError(
            f"wide_vectors must be {len(sizes)}, of {' and '.join(sizes)}. Received: {len(starts)}"
        )
    for size, start in zip(sizes.values(), starts, strict=True):
        _check_vectors("wide_vectors", start, (size, classes))
    return dict(zip(sizes, starts, strict=True))


def _wide(
    ids: Sequence[keras.KerasTensor],
    real: keras.KerasTensor,
    starts: Mapping[str, NDArray[np.float32]],
    bias: NDArray[np.float32] | None,
) -> keras.KerasTensor:
    """Returns `float32[batch, classes]` scores of the bag of tokens, bigrams and affixes."""
    steps = ops.expand_dims(ops.cast(real, "float32"), -1)
    total = None
    for (name, start), number in zip(starts.items(), ids, strict=True):
        table = _table(f"wide_{name}", start.shape[0], start.shape[1], start, dtype="float32")
        table.trainable = bias is None
        vectors = table(number)
        if bias is None:
            vectors = keras.layers.Dropout(
                WIDE_DROPOUT,
                noise_shape=(None, None, 1),
                dtype="float32",
                name=f"wide_{name}_dropout",
            )(vectors)
        scores = ops.sum(vectors * steps, axis=1)
        total = scores if total is None else total + scores
    total = total / ops.sqrt(ops.sum(steps, axis=1))
    if bias is None:
        dropout = {"noise_shape": (None, 1), "dtype": "float32", "name": "wide_dropout"}
        return keras.layers.Dropout(WIDE_DROPOUT, **dropout)(total)
    # A row for one constant, not an identity beside a bias: classes that a network grows by keep
    # what was fitted for them.
    constant = keras.layers.Dense(
        bias.shape[0], use_bias=False, trainable=False, dtype="float32", name="wide"
    )
    scores = total + constant(ops.ones_like(steps[:, 0]))
    constant.set_weights([bias[np.newaxis]])
    return scores


def _both_when_answering(deep: keras.KerasTensor, fitted: keras.KerasTensor) -> keras.KerasTensor:
    """Returns weighted sums of scores; in training those of the LSTM, which learns alone."""
    ones = ops.ones_like(deep[:, :1])
    # In training ones become 0 or 2, of which both give 0; otherwise they stay.
    halves = keras.layers.Dropout(0.5, dtype="float32", name="answering")(ones)
    answering = halves * (2.0 - halves)
    weights = keras.layers.Dense(2, use_bias=False, trainable=False, dtype="float32", name=WEIGHTS)
    both = weights(ones)
    weights.set_weights([np.array([FIRST_WEIGHTS], np.float32)])
    together = both[:, :1] * fitted + both[:, 1:] * deep
    return answering * together + (1.0 - answering) * deep


def weigh_both(
    model: keras.Model, answer: Callable[[], NDArray[np.float32]], truth: NDArray[Any]
) -> None:
    """Chooses how much the LSTM counts, and a wide path that was fitted beforehand.

    The weights are those, at least 0, with which the answers are likeliest, given that they are
    near `FIRST_WEIGHTS`: a few rows that are all answered rightly are no reason to be very sure. A
    side that is of no use counts nothing, and one that is too sure of itself counts less.

    Args:
        model: Of `text_classifier`; one without such a path is left as it is.
        answer: Returns its probabilities for rows that it was not trained on,
            `float32[n, classes]`.
        truth: The classes of these rows, `int32[n]`, or one-hot.
    """
    from scipy.optimize import minimize

    if WEIGHTS not in {layer.name for layer in model.layers} or not len(truth):
        return
    layer = model.get_layer(WEIGHTS)
    classes = truth if truth.ndim == 1 else truth.argmax(axis=1)
    sides = []
    for alone in ((1.0, 0.0), (0.0, 1.0)):
        layer.set_weights([np.array([alone], np.float32)])
        sides.append(np.log(np.maximum(answer(), 1e-30, dtype=np.float64)))
    scores = np.stack(sides)
    right = scores[:, np.arange(len(classes)), classes]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total = np.tensordot(weights, scores, 1)
        normal = np.logaddexp.reduce(total, axis=1, keepdims=True)
        expected = (np.exp(total - normal) * scores).sum(axis=2)
        apart = (weights - FIRST_WEIGHTS) / SPREAD
        value = (normal[:, 0] - weights @ right).sum() + 0.5 * np.square(apart).sum()
        return float(value), (expected - right).sum(axis=1) + apart / SPREAD

    best = minimize(loss, FIRST_WEIGHTS, jac=True, method="L-BFGS-B", bounds=[(0.0, 2.0)] * 2)
    layer.set_weights([best.x[np.newaxis].astype(np.float32)])


def _check(
    vocabulary: int,
    classes: int,
    least_classes: int,
    embedding: int,
    bigrams: int,
    spatial_dropout: float,
    pooling: str,
    adversarial: float,
) -> None:
    for name, value, least in (
        ("vocabulary", vocabulary, 2),
        ("classes", classes, least_classes),
        ("embedding", embedding, 1),
        ("bigrams", bigrams, 0),
        ("adversarial", adversarial, 0),
    ):
        if value < least:
            raise ValueError(f"{name} must be at least {least}. Received: {name}={value!r}")
    if not 0 <= spatial_dropout < 1:
        raise ValueError(
            f"spatial_dropout must be in [0, 1). Received: spatial_dropout={spatial_dropout!r}"
        )
    if pooling not in ("last", "max", "mean", "attention", "max_mean"):
        raise ValueError(
            "pooling must be one of last, max, mean, attention, max_mean. "
            f"Received: pooling={pooling!r}"
        )


def _check_vectors(name: str, vectors: NDArray[np.float32] | None, needed: tuple[int, int]) -> None:
    if vectors is not None and vectors.shape != needed:
        raise ValueError(f"{name} must be of shape {needed}. Received: {name} of {vectors.shape}")
