"""K-mers and strands, against what Python says of the same letters."""

from __future__ import annotations

from collections import Counter
from itertools import product

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.alphabets import DNA
from lstm_toolkit.layers import BothStrands, KmerCounts, KmerNumbers

ROWS = st.lists(st.text("ACGTN", max_size=12), min_size=1, max_size=4)


def numbers_of(rows: list[str], width: int = 14) -> np.ndarray:
    numbers = np.zeros((len(rows), width), np.int32)
    for place, row in enumerate(rows):
        numbers[place, : len(row)] = [DNA.table[ord(letter)] for letter in row]
    return numbers


@given(ROWS, st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_counts_are_those_of_plain_k_mers(rows: list[str], kmer: int) -> None:
    shares = np.asarray(KmerCounts(kmer, 4)(numbers_of(rows)))
    names = ["".join(letters) for letters in product("ACGT", repeat=kmer)]
    for row, share in zip(rows, shares, strict=True):
        pieces = [row[at : at + kmer] for at in range(len(row) - kmer + 1)]
        counts = Counter(piece for piece in pieces if "N" not in piece)
        total = max(counts.total(), 1)
        assert np.allclose(share, [np.sqrt(counts[name] / total) for name in names], atol=1e-6)


@given(ROWS)
@settings(max_examples=20, deadline=None)
def test_the_other_strand_is_the_reverse_complement(rows: list[str]) -> None:
    both = np.asarray(BothStrands(DNA.complement.tolist())(numbers_of(rows)))
    turned = [row.translate(str.maketrans("ACGTN", "TGCAN"))[::-1] for row in rows]
    assert np.array_equal(both, numbers_of([*rows, *turned]))


def test_numbers_beyond_the_end_are_unknown() -> None:
    numbers = KmerNumbers(2, 4)(numbers_of(["ACN"], 4))
    assert np.asarray(numbers).tolist() == [[3, 1, 1, 0]]


def test_layers_come_back(tmp_path) -> None:
    inputs = keras.Input((None,), dtype="int32")
    model = keras.Model(inputs, KmerCounts(2, 4)(BothStrands(DNA.complement.tolist())(inputs)))
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    rows = numbers_of(["ACGTT"])
    assert np.array_equal(np.asarray(model(rows)), np.asarray(again(rows)))


def test_too_many_k_mers_are_refused() -> None:
    with pytest.raises(ValueError) as error:
        KmerCounts(8, 4)
    assert str(error.value) == "letters ** kmer must be at most 20000. Received: 4 ** 8"
