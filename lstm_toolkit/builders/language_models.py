"""Language models: networks that tell which token comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from lstm_toolkit.builders.recurrent import recurrent_stack


def language_model(
    vocabulary: int,
    *,
    embedding: int,
    units: Sequence[int],
    dropout: float = 0.0,
    input_dropout: float = 0.0,
    token_dropout: float = 0.0,
    tied: bool = True,
    cutoffs: Sequence[int] = (),
    **stack: Any,
) -> keras.Model:
    """Stacks LSTM layers with Dropout between vectors of tokens and scores of the next one.

    Dropout is locked: what is dropped of a row is dropped at all of its steps (arXiv:1512.05287);
    S. Merity et al., "Regularizing and optimizing LSTM language models", 2018
    (arXiv:1708.02182). Number 0 is padding, on the right; it reaches no step before it.

    Args:
        vocabulary: Number of tokens, padding counted.
        embedding: Width of a token's vector.
        units: Width of each recurrent layer, first to last.
        dropout: Share of each layer's outputs dropped in training, in [0, 1).
        input_dropout: Share of the features of the vectors dropped in training.
        token_dropout: Share of the tokens whose vectors are left out in training.
        tied: Scores tokens by the vectors that read them (arXiv:1608.05859); a layer of its own
            goes between where the last recurrent one is of another width.
        cutoffs: Of `layers.AdaptiveSoftmax`, which then scores, untied; none takes a plain softmax.
        **stack: Further arguments of `recurrent_stack`.

    Returns:
        An uncompiled model from `int32[batch, time]` tokens to `float32[batch, time,
        vocabulary]` scores of what comes next; their softmax is the probability. With `cutoffs` it
        takes `tokens` and `next`, both `int32[batch, time]`, and returns `float32[batch, time]`
        log-probabilities of `next`, so that those of all tokens need not be computed.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> language_model(50, embedding=8, units=(16,)).output_shape
        (None, None, 50)
    """
    from lstm_toolkit.layers import AdaptiveSoftmax, TokenVectors

    if stack.get("bidirectional"):
        raise ValueError(
            "bidirectional must be False: what comes next must not be read. "
            "Received: bidirectional=True"
        )
    for name, share in (("input_dropout", input_dropout), ("token_dropout", token_dropout)):
        if not 0 <= share < 1:
            raise ValueError(f"{name} must be in [0, 1). Received: {name}={share!r}")
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    # Only scores have a bias.
    kind = TokenVectors if tied and not cutoffs else keras.layers.Embedding
    table = kind(vocabulary, embedding, name="token_vectors")
    x = table(tokens)
    if token_dropout:
        whole = keras.layers.Dropout(
            token_dropout, noise_shape=(None, None, 1), name="token_dropout"
        )
        x = whole(x)
    x = keras.layers.SpatialDropout1D(input_dropout, name="input_dropout")(x)
    x = recurrent_stack(
        x, units=units, dropout=dropout, locked=True, return_sequences=True, **stack
    )
    if cutoffs:
        wanted = keras.Input((None,), dtype="int32", name="next")
        logs = AdaptiveSoftmax(vocabulary, cutoffs, name="adaptive")(x, wanted)
        return keras.Model({"tokens": tokens, "next": wanted}, logs, name="adaptive_language_model")
    if not tied:
        scores = keras.layers.Dense(vocabulary, dtype="float32", name="scores")(x)
    else:
        if x.shape[-1] != embedding:
            x = keras.layers.Dense(embedding, name="to_vectors")(x)
        scores = table(x, scores=True)
    return keras.Model(tokens, scores, name=f"{stack.get('cell', 'lstm')}_language_model")
