"""Sequences that are relatives, so that no split tests what another one showed.

Two sequences are relatives if the shorter shares with the longer at least a share of its
different k-mers, of either strand of DNA (containment; D. Koslicki and H. Zabeti, 2019,
doi:10.1016/j.amc.2019.02.018). Relatives of relatives are in one group, too (single linkage, as
in W. Li and A. Godzik's CD-HIT, 2006, doi:10.1093/bioinformatics/btl158). This finds close
relatives; remote ones, of a third of equal letters, need a group column by a program for them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.alphabets import Alphabet

LETTERS = {"dna": 10, "protein": 4}
"""Length of the k-mers: so long that two unrelated sequences share few by chance."""

MOST_PLACES = 200
"""Sequences in which a k-mer may stand; more frequent ones, as of repeats, tell nothing."""

MOST_KMERS = 1_000_000
"""Different k-mers of all sequences that are compared; of more, a share is drawn by a hash, the
same of every sequence (L. Irber and others, FracMinHash, 2022, doi:10.1101/2022.01.11.475838)."""

BLOCK = 500
"""Sequences that are compared with all others at a time."""

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


def _linked(
    rows: Sequence[NDArray[np.int32]], alphabet: Alphabet, least: float, equal: Ints
) -> Ints:
    from scipy.sparse import coo_matrix, csr_matrix
    from scipy.sparse.csgraph import connected_components

    codes = _sketches([np.unique(_kmers(row, alphabet)) for row in rows])
    sizes = np.array([len(each) for each in codes])
    names, columns = np.unique(np.concatenate(codes), return_inverse=True)
    held = csr_matrix(
        (np.ones(len(columns), np.int32), columns, np.concatenate([[0], np.cumsum(sizes)])),
        shape=(len(rows), len(names)),
    )
    held = held[:, np.asarray(held.sum(axis=0)).ravel() <= MOST_PLACES]
    first = np.unique(equal, return_index=True)[1]
    pairs = [(np.arange(len(rows)), first[equal])]
    across = held.T.tocsr()
    for begin in range(0, len(rows), BLOCK):
        shared = (held[begin : begin + BLOCK] @ across).tocoo()
        some, others = shared.row + begin, shared.col
        near = shared.data >= least * np.maximum(np.minimum(sizes[some], sizes[others]), 1)
        pairs.append((some[near], others[near]))
    ones, others = (np.concatenate(side) for side in zip(*pairs, strict=True))
    links = coo_matrix((np.ones(len(ones), np.int8), (ones, others)), shape=(len(rows),) * 2)
    return connected_components(links, directed=False)[1].astype(np.int64)


def _sketches(codes: Sequence[Ints]) -> list[Ints]:
    """Returns what is compared of the k-mers of each sequence."""
    every = sum(map(len, codes)) // MOST_KMERS + 1
    if every == 1:
        return list(codes)
    mixed = [each.astype(np.uint64) * _ODD >> np.uint64(33) for each in codes]
    return [each[hashed % every == 0] for each, hashed in zip(codes, mixed, strict=True)]


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
