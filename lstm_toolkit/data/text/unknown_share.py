"""How much of a text is unknown, and from which share on it is unlike the training texts.

Letters and pictures count, figures and punctuation do not: every text has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.text.lookups import TextGraph, in_parts

if TYPE_CHECKING:
    from lstm_toolkit.data.text.vocabulary import Vocabulary

LEAST_TEXTS = 30
"""Training texts from which a limit can be learnt."""

SAMPLE = 2_000
"""Training texts that it is learnt from."""

LEAST_LIMIT = 0.5
"""Of what more than half is known is never unlike."""

_FAMILIAR = 0.98
"""Share of the training texts that are within the limit."""

_TELLING = r"(?s).*[\pL\pM\p{So}].*"


def learn_limit(
    texts: NDArray[np.object_],
    split: Any,
    counts: Mapping[str, int],
    vocabulary: Vocabulary,
    least: int,
) -> float | None:
    """Returns the share of unknown tokens that all but a few training texts stay within.

    Each is judged as if it had not been among them: its own tokens do not count for it.

    Args:
        texts: `object[n]` of `str`.
        split: From `string[batch]` to tokens `string[batch, (tokens)]`.
        counts: Of each token in all of them.
        vocabulary: Tokens that have numbers.
        least: Occurrences that a token needs to have one.

    Returns:
        At least `LEAST_LIMIT`; None if texts are too few.
    """
    if len(texts) < LEAST_TEXTS:
        return None
    places = np.unique(np.linspace(0, len(texts) - 1, min(len(texts), SAMPLE)).astype(np.int64))
    known, shares = set(vocabulary.tokens), []
    for tokens in in_parts(texts[places], TextGraph(lambda part: _telling_alone(split(part)))):
        for row in tokens.to_list():
            own = Counter(token.decode("utf-8", "replace") for token in row)
            left = {token for token, n in own.items() if counts.get(token, 0) - n >= least}
            unknown = sum(n for token, n in own.items() if token not in left & known)
            shares.append(unknown / len(row) if row else 1.0)
    return round(max(LEAST_LIMIT, float(np.quantile(shares, _FAMILIAR))), 4)


def unlike(tokens: tf.RaggedTensor, numbers: tf.RaggedTensor, limit: float) -> tf.Tensor:
    """Tells which texts have no known token, or more unknown ones than the limit; in the graph.

    Args:
        tokens: `string[batch, (tokens)]`.
        numbers: `int32[batch, (tokens)]`, 1 where a token is unknown.
        limit: See `learn_limit`.

    Returns:
        `bool[batch]`.
    """
    unknown = numbers.with_flat_values(tf.equal(numbers.flat_values, 1))
    telling = tokens.with_flat_values(_tells(tokens.flat_values))
    count = _count(telling)
    lost = _count(telling.with_flat_values(telling.flat_values & unknown.flat_values))
    share = tf.where(count > 0, lost / tf.maximum(count, 1.0), 1.0)
    return (share > limit) | tf.reduce_all(unknown, axis=1)


def _tells(tokens: tf.Tensor) -> tf.Tensor:
    return tf.strings.regex_full_match(tokens, _TELLING)


def _telling_alone(tokens: tf.RaggedTensor) -> tf.RaggedTensor:
    return tf.ragged.boolean_mask(tokens, tokens.with_flat_values(_tells(tokens.flat_values)))


def _count(marks: tf.RaggedTensor) -> tf.Tensor:
    return tf.reduce_sum(tf.cast(marks, tf.float32), axis=1)
