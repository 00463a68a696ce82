"""Letters of DNA and proteins: numbers, vectors, partners."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.alphabets import ALPHABETS, DNA, GAPS, PROTEIN, alphabet_of


@pytest.mark.parametrize("name", ALPHABETS)
def test_numbers_are_each_signs_own_in_both_cases(name: str) -> None:
    alphabet = ALPHABETS[name]
    numbers = [int(alphabet.table[ord(sign)]) for sign in alphabet.signs]
    assert numbers == list(range(1, alphabet.size))
    lower = [int(alphabet.table[ord(sign.lower())]) for sign in alphabet.signs]
    assert lower == numbers


@pytest.mark.parametrize("name", ALPHABETS)
def test_vectors_are_shares_of_letters(name: str) -> None:
    alphabet = ALPHABETS[name]
    plain = len(alphabet.letters)
    assert np.array_equal(alphabet.vectors[1 : plain + 1], np.eye(plain))
    sums = alphabet.vectors.sum(axis=1)
    gaps = len(GAPS)
    assert np.allclose(sums[1:-gaps], 1)
    assert not sums[0] and not sums[-gaps:].any()


def test_partners_are_each_others_and_stand_for_partners() -> None:
    assert np.array_equal(DNA.complement[DNA.complement], np.arange(DNA.size))
    partners = DNA.complement[1:5] - 1
    assert np.allclose(DNA.vectors[DNA.complement], DNA.vectors[:, partners])
    assert not len(PROTEIN.complement)


@given(st.text("ACGTUN", min_size=1), st.text("DEFHIKLMPQRSVWY", min_size=1))
@settings(max_examples=50, deadline=None)
def test_letters_tell_the_alphabet(bases: str, residues: str) -> None:
    assert alphabet_of([bases.lower()]) == "dna"
    assert alphabet_of([residues]) == "protein"


@given(
    st.text("ACGTUNRYacgtun-.*"),
    st.characters(blacklist_characters="".join(c + c.lower() for c in DNA.signs + "U")),
    st.text("ACGT"),
)
@settings(max_examples=100, deadline=None)
def test_the_first_sign_outside_is_found(before: str, sign: str, behind: str) -> None:
    assert DNA.outside(before + sign + behind) == (sign, len(before) + 1)
