"""N-grams with interpolated modified Kneser-Ney smoothing, and unigrams.

S. Chen and J. Goodman, "An empirical study of smoothing techniques for language modeling", 1999
(doi:10.1006/csla.1999.0128).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False)
class Tokens:
    """Tokens to be learnt from or scored, each with what stands before it.

    Attributes:
        histories: `int64[n, longest]`, the token itself last; what is before a document's first
            token is one number of its own.
    """

    histories: Ints

    @classmethod
    def of(cls, rows: Sequence[tuple[Ints, Ints]], *, longest: int, start: int) -> Tokens:
        """Returns the tokens of passages.

        Args:
            rows: For each passage what stands before it, which is not counted, and its tokens.
            longest: Tokens of an n-gram at most.
            start: The number that stands before the first token of a document.
        """
        parts = []
        for before, tokens in rows:
            head = np.concatenate([np.full(longest - 1, start, np.int64), before])[-(longest - 1) :]
            whole = np.concatenate([head, tokens]) if longest > 1 else tokens
            if len(tokens):
                parts.append(np.lib.stride_tricks.sliding_window_view(whole, longest))
        return cls(np.concatenate(parts) if parts else np.zeros((0, longest), np.int64))


@dataclasses.dataclass(frozen=True, eq=False)
class _Order:
    """N-grams of one length.

    Attributes:
        grams: Keys of the n-grams, sorted: their suffix and their first token.
        contexts: Keys of what stands before the last token, likewise.
        probability: Of each n-gram, without what shorter ones add.
        left: Of each context, by what shorter ones are multiplied.
    """

    grams: Ints
    contexts: Ints
    probability: Floats
    left: Floats


class KneserNey:
    """Interpolated n-grams, fitted on the tokens of a training split.

    Args:
        train: At least one token.
        order: Tokens of the longest n-grams; 1 for unigrams.
        vocabulary: How many different tokens can come next.
    """

    def __init__(self, train: Tokens, order: int, vocabulary: int):
        self.order, self.vocabulary = order, vocabulary
        self.radix = int(train.histories.max(initial=0)) + 2
        self._orders: list[_Order] = []
        suffixes = self._chain(train, order)
        for n in range(1, order + 1):
            # Shorter n-grams count by how many different tokens stand before them.
            longer = suffixes[n + 1] if n < order else None
            self._orders.append(self._fitted(train, suffixes, n, longer))

    def losses(self, tokens: Tokens) -> Floats:
        """Returns what each token costs, in nats, `float64[n]`."""
        histories = np.minimum(tokens.histories, self.radix - 1)
        probability = np.full(len(histories), 1 / self.vocabulary)
        suffix = np.zeros(len(histories), np.int64)
        context = np.zeros(len(histories), np.int64)
        for n, order in enumerate(self._orders, 1):
            first = histories[:, -n]
            suffix = _looked_up(order.grams, suffix * self.radix + first, suffix)
            if n > 1:
                context = _looked_up(order.contexts, context * self.radix + first, context)
            known = context >= 0
            of_context = np.where(known, context, 0)
            own = np.where(suffix >= 0, order.probability[np.maximum(suffix, 0)], 0.0)
            mixed = own + order.left[of_context] * probability
            probability = np.where(known, mixed, probability)
        return -np.log(probability)

    def _chain(self, train: Tokens, order: int) -> dict[int, tuple[Ints, Ints]]:
        """Returns for each length the sorted keys of n-grams, and which each token ends."""
        chain: dict[int, tuple[Ints, Ints]] = {}
        numbers = np.zeros(len(train.histories), np.int64)
        for n in range(1, order + 1):
            keys, numbers = np.unique(
                numbers * self.radix + train.histories[:, -n], return_inverse=True
            )
            chain[n] = keys, numbers
        return chain

    def _fitted(
        self,
        train: Tokens,
        suffixes: dict[int, tuple[Ints, Ints]],
        n: int,
        longer: tuple[Ints, Ints] | None,
    ) -> _Order:
        grams, which = suffixes[n]
        if longer is None:
            counts = np.bincount(which, minlength=len(grams))
        else:
            counts = np.bincount(longer[0] // self.radix, minlength=len(grams))
        contexts, context_of = self._contexts(train, n)
        gram_context = np.zeros(len(grams), np.int64)
        gram_context[which] = context_of
        size = len(contexts) if n > 1 else 1
        totals = np.bincount(gram_context, weights=counts, minlength=size)
        discounts = _discounts(counts)
        off = discounts[np.minimum(counts, 3)]
        taken = np.bincount(gram_context, weights=np.minimum(off, counts), minlength=size)
        kept = np.maximum(counts - off, 0.0)
        return _Order(grams, contexts, kept / totals[gram_context], taken / totals)

    def _contexts(self, train: Tokens, n: int) -> tuple[Ints, Ints]:
        """Returns sorted keys of contexts, and which stands before each token."""
        numbers = np.zeros(len(train.histories), np.int64)
        keys = np.zeros(1, np.int64)
        for place in range(2, n + 1):
            keys, numbers = np.unique(
                numbers * self.radix + train.histories[:, -place], return_inverse=True
            )
        return keys, numbers


def _discounts(counts: Ints) -> Floats:
    """Returns what is taken off counts of 0, 1, 2, and 3 or more."""
    seen = [float((counts == k).sum()) for k in range(1, 5)]
    if not seen[0] or not seen[1]:
        return np.array([0.0, 0.5, 0.5, 0.5])
    share = seen[0] / (seen[0] + 2 * seen[1])
    pairs = zip((1, 2, 3), seen, seen[1:], strict=False)
    taken = [k - (k + 1) * share * after / here if here else 0.5 * k for k, here, after in pairs]
    return np.array([0.0, *(min(max(off, 0.05), k) for k, off in enumerate(taken, 1))])


def _looked_up(keys: Ints, asked: Ints, parents: Ints) -> Ints:
    """Returns the places of keys, -1 where there is none or the shorter one was unknown."""
    places = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where((keys[places] == asked) & (parents >= 0), places, -1)


def fitted_order(
    train: Tokens, orders: Sequence[int], vocabulary: int, *, held_out: float = 0.1
) -> int:
    """Returns the order that costs least on the last tokens of a training split.

    Orders ascend, and are tried up to the first that costs no less than the one before it.
    """
    count = max(1, int(len(train.histories) * held_out))
    first, last = train.histories[:-count], train.histories[-count:]
    if len(orders) < 2 or not len(first):
        return orders[0]
    best, least = orders[0], float("inf")
    for n in orders:
        cost = float(KneserNey(Tokens(first), n, vocabulary).losses(Tokens(last)).mean())
        if cost >= least:
            break
        best, least = n, cost
    return best
