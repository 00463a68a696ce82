"""Sequences that are relatives, so that no split tests what another one showed.

Two sequences are relatives if the shorter shares with the longer at least a share of its
different k-mers, of either strand of DNA (containment; D. Koslicki and H. Zabeti, 2019,
doi:10.1016/j.amc.2019.02.018). Relatives of relatives are in one group, too (single linkage, as
in W. Li and A. Godzik's CD-HIT, 2006, doi:10.1093/bioinformatics/btl158). This finds close
relatives; remote ones, of a third of equal letters, need a group column by a program for them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.alphabets import Alphabet

LETTERS = {"dna": 10, "protein": 4}
"""Length of the k-mers: so long that two unrelated sequences share few by chance."""

MOST_PLACES = 200
"""Sequences in which a k-mer may stand for all pairs of them to be compared. Of the more that hold
a more frequent one, each is compared with the first and with its neighbour, so that memory grows
with the sequences, not with their pairs, and large families hold together."""

MOST_KMERS = 1_000_000
"""K-mers of all sequences that are compared; of more, a share is drawn by a hash, the same of every
sequence (L. Irber and others, FracMinHash, 2022, doi:10.1101/2022.01.11.475838)."""

LEAST_KMERS = 32
"""K-mers of each sequence that are compared at least, if it has so many: those of the least hashes
(A. Broder, "On the resemblance and containment of documents", 1997)."""

LEAST_SHARED = 3
"""K-mers that two sequences share at least to be relatives, where a share of them was drawn."""

BLOCK = 500
"""Sequences that are compared with all others at a time."""

PAIRS = 20_000
"""Pairs that are compared at a time."""

_ODD = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio, by which numbers are mixed."""

Ints = NDArray[np.int64]


def related_groups(sequences: Sequence[str], alphabet: Alphabet, least: float) -> Ints:
    """Returns `int64[n]`, the group of each sequence.

    Equal sequences, and reverse complements of DNA, are in one group whatever `least` is.

    Args:
        sequences: Without white space.
        alphabet: Of their letters.
        least: Share of k-mers from which two are relatives; 0 looks for equal ones alone.

    >>> from lstm_toolkit.data.alphabets import DNA
    >>> related_groups(["AACC", "GGTT", "ACGT"], DNA, 0.0).tolist()
    [0, 0, 1]
    """
    rows = [_numbers(sequence, alphabet) for sequence in sequences]
    equal = np.unique([_either_strand(row, alphabet) for row in rows], return_inverse=True)[1]
    return _linked(rows, alphabet, least, equal) if least > 0 else equal.astype(np.int64)


def _numbers(sequence: str, alphabet: Alphabet) -> NDArray[np.int32]:
    signs = np.frombuffer(sequence.encode("ascii", "replace"), np.uint8)
    return np.maximum(alphabet.table[signs & 127], 0)


def _either_strand(row: NDArray[np.int32], alphabet: Alphabet) -> str:
    """Returns what is the same for a sequence and its reverse complement."""
    own = row.astype(np.uint8).tobytes()
    if not len(alphabet.complement):
        return own.hex()
    return min(own, alphabet.complement[row[::-1]].astype(np.uint8).tobytes()).hex()


def is_sketched(sequences: Sequence[str], alphabet: Alphabet) -> bool:
    """Tells whether `related_groups` compares a share of the k-mers, not all."""
    return _every(sequences, alphabet) > 1


def _every(rows: Sequence[Sequence[Any] | NDArray[np.int32]], alphabet: Alphabet) -> int:
    length = LETTERS[alphabet.name]
    return sum(max(len(row) - length + 1, 0) for row in rows) // MOST_KMERS + 1


def _linked(
    rows: Sequence[NDArray[np.int32]], alphabet: Alphabet, least: float, equal: Ints
) -> Ints:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    every = _every(rows, alphabet)
    first = np.unique(equal, return_index=True)[1]
    pairs = [(np.arange(len(rows)), first[equal])]
    pairs += _Sketches.of([np.unique(_kmers(row, alphabet)) for row in rows], every).near(least)
    ones, others = (np.concatenate(side) for side in zip(*pairs, strict=True))
    links = coo_matrix((np.ones(len(ones), np.int8), (ones, others)), shape=(len(rows),) * 2)
    return connected_components(links, directed=False)[1].astype(np.int64)


@dataclasses.dataclass(frozen=True)
class _Sketches:
    """What is compared of the k-mers of each sequence.

    Attributes:
        held: `int32[sequences, k-mers]`, 1 where a sequence has a k-mer; k-mers in the order of
            their hashes.
        sizes: `int64[sequences]`, all different k-mers of each.
        shares: `float64[sequences]`, the share of hashes up to which they are compared.
    """

    held: Any
    sizes: Ints
    shares: NDArray[np.float64]

    @classmethod
    def of(cls, codes: Sequence[Ints], every: int) -> _Sketches:
        """Draws one of `every` k-mers, or `LEAST_KMERS` of each sequence if those are more."""
        from scipy.sparse import csr_matrix

        sizes = np.array([len(each) for each in codes], np.int64)
        hashes, shares = [], np.ones(len(codes))
        for row, each in enumerate(codes):
            hashed = np.sort(each.astype(np.uint64) * _ODD)
            kept = max(int(np.searchsorted(hashed, np.uint64(2**64 // every - 1))), LEAST_KMERS)
            if every > 1 and kept < len(hashed):
                shares[row] = float(hashed[kept]) / 2.0**64
                hashed = hashed[:kept]
            hashes.append(hashed)
        ends = np.concatenate([[0], np.cumsum([len(each) for each in hashes])])
        names, columns = np.unique(np.concatenate(hashes), return_inverse=True)
        ones = np.ones(len(columns), np.int32)
        shape = (len(codes), len(names))
        return cls(csr_matrix((ones, columns, ends), shape=shape), sizes, shares)

    def near(self, least: float) -> Iterator[tuple[Ints, Ints]]:
        """Yields pairs of sequences that share at least that share of the smaller's k-mers."""
        holders = np.bincount(self.held.indices, minlength=self.held.shape[1])
        rare, frequent = self.held[:, holders <= MOST_PLACES], self.held[:, holders > MOST_PLACES]
        more = np.diff(frequent.indptr)
        across = rare.T.tocsr()
        for begin in range(0, len(self.sizes), BLOCK):
            shared = (rare[begin : begin + BLOCK] @ across).tocoo()
            some, others = shared.row + begin, shared.col
            at_most = shared.data + np.minimum(more[some], more[others])
            possible = (some < others) & (at_most >= self._needed(some, others, least))
            yield from self._compared(some[possible], others[possible], least)
        yield from self._compared(*_neighbours(frequent, self.held), least)

    def _needed(self, some: Ints, others: Ints, least: float) -> NDArray[np.float64]:
        shares = np.minimum(self.shares[some], self.shares[others])
        fewer = np.minimum(self.sizes[some], self.sizes[others])
        return np.maximum(least * fewer * shares, np.where(shares < 1, LEAST_SHARED, 1))

    def _compared(self, some: Ints, others: Ints, least: float) -> Iterator[tuple[Ints, Ints]]:
        for begin in range(0, len(some), PAIRS):
            ones, twos = some[begin : begin + PAIRS], others[begin : begin + PAIRS]
            shared = np.asarray(self.held[ones].multiply(self.held[twos]).sum(axis=1)).ravel()
            near = shared >= self._needed(ones, twos, least)
            yield ones[near], twos[near]


def _neighbours(frequent: Any, held: Any) -> tuple[Ints, Ints]:
    """Returns holders of each k-mer beside the first one, and beside the one before.

    They are in the order of their least hashes, in which near copies mostly follow each other.
    """
    count = frequent.shape[0]
    leasts = np.full(count, held.shape[1])
    full = np.diff(held.indptr) > 0
    leasts[full] = np.minimum.reduceat(held.indices, held.indptr[:-1][full]) if full.any() else 0
    order = np.argsort(leasts, kind="stable")
    sorted_holders = frequent[order].tocsc()
    sorted_holders.sort_indices()
    rows = order[sorted_holders.indices].astype(np.int64)
    starts = np.repeat(sorted_holders.indptr[:-1], np.diff(sorted_holders.indptr))
    before = np.maximum(np.arange(len(rows)) - 1, starts)
    codes = [
        np.minimum(rows, rows[of]) * count + np.maximum(rows, rows[of]) for of in (starts, before)
    ]
    pairs = np.unique(np.concatenate(codes))
    some, others = pairs // count, pairs % count
    return some[some < others], others[some < others]


def _kmers(row: NDArray[np.int32], alphabet: Alphabet) -> Ints:
    """Returns the k-mers of plain letters; of DNA, the lower of the numbers of both strands."""
    size, length = len(alphabet.letters), LETTERS[alphabet.name]
    if len(row) < length:
        return np.zeros(0, np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(row, length)
    windows = windows[(windows <= size).all(axis=1)]
    powers = size ** np.arange(length - 1, -1, -1, dtype=np.int64)
    numbers = (windows - 1) @ powers
    if not len(alphabet.complement):
        return numbers
    other = (alphabet.complement[windows[:, ::-1]] - 1) @ powers
    return np.minimum(numbers, other)
