"""Relatives are found, strangers are not, whatever their order."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.alphabets import DNA, PROTEIN
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
