"""Relatives are found, strangers are not, whatever their order."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.alphabets import DNA, PROTEIN
from lstm_toolkit.data.readers.symbols import relatives
from lstm_toolkit.data.readers.symbols.relatives import related_groups

_OTHER = str.maketrans("ACGT", "TGCA")


def made(rng: np.random.Generator, length: int = 200) -> str:
    return "".join(rng.choice(list("ACGT"), length))


def changed(piece: str, share: float, rng: np.random.Generator) -> str:
    return "".join(str(rng.choice(list("ACGT"))) if rng.random() < share else c for c in piece)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_relatives_of_either_strand_are_together_and_strangers_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    families = [made(rng) for _ in range(4)]
    rows = [(family, n) for n, family in enumerate(families)]
    rows += [(changed(family, 0.03, rng), n) for n, family in enumerate(families)]
    rows += [(family.translate(_OTHER)[::-1], n) for n, family in enumerate(families)]
    order = rng.permutation(len(rows))
    groups = related_groups([rows[row][0] for row in order], DNA, 0.3)
    numbers = np.array([rows[row][1] for row in order])
    assert np.array_equal(groups[:, None] == groups, numbers[:, None] == numbers)


def test_equal_ones_alone_without_a_threshold() -> None:
    pieces = ["AACC", "GGTT", "AACG", "aacc"]
    assert related_groups(pieces, DNA, 0.0).tolist() == [0, 0, 1, 0]
    assert len(set(related_groups(["MKV", "VKM", "MKV"], PROTEIN, 0.0).tolist())) == 2


def test_short_ones_have_no_k_mers_and_are_compared_whole() -> None:
    assert related_groups(["ACG", "ACG", "TTA"], DNA, 0.5).tolist() == [0, 0, 1]


def test_a_family_of_a_thousand_near_copies_is_one_group_beside_strangers() -> None:
    rng = np.random.default_rng(1)
    letters = np.array(list("ACGT"))
    rows = rng.integers(0, 4, (3, 100))[np.arange(2000) % 2]
    rows[1000::2] = rng.integers(0, 4, (500, 100))
    copies = np.where(rng.random(rows.shape) < 0.02, rng.integers(0, 4, rows.shape), rows)
    shared = rng.integers(0, 4, 15)  # as an adapter: too little to make strangers relatives
    groups = related_groups(["".join(letters[[*shared, *row]]) for row in copies], DNA, 0.3)
    families = np.where(np.arange(2000) % 2, -1, np.where(np.arange(2000) < 1000, -2, 0))
    families[1000::2] = np.arange(500)
    assert len(np.unique(groups)) == 502
    assert np.array_equal(groups[:40, None] == groups, families[:40, None] == families)


def test_relatives_among_many_short_ones_are_found_in_a_sketch(monkeypatch: Any) -> None:
    rng = np.random.default_rng(2)
    first = [made(rng, 80) for _ in range(200)]
    pieces = first + [changed(piece, 0.02, rng) for piece in first]
    monkeypatch.setattr(relatives, "MOST_KMERS", 300)
    assert relatives.is_sketched(pieces, DNA)
    groups = related_groups(pieces, DNA, 0.3)
    assert (groups[:200] == groups[200:]).sum() >= 190
    assert np.bincount(groups).max() == 2
