"""Settings that do not go with the letters are refused in one line."""

from __future__ import annotations

import pytest

import lstm_toolkit as lt
from lstm_toolkit.data.alphabets import ALPHABETS
from lstm_toolkit.errors import InputError


@pytest.mark.parametrize(("alphabet", "most"), [("dna", 7), ("protein", 3)])
def test_the_largest_k_mers_are_named(alphabet: str, most: int) -> None:
    letters = ALPHABETS[alphabet]
    for length in range(most + 1):
        letters.check_kmers(wide=length)
    with pytest.raises(InputError) as error:
        letters.check_kmers(kmer=most + 1)
    assert str(error.value) == (
        f"kmer must be at most {most} for {alphabet}, of which there are {len(letters.letters)} "
        f"letters. Received: kmer={most + 1}"
    )


def test_residues_are_not_cut() -> None:
    with pytest.raises(InputError) as error:
        lt.get_task("residues").settings(max_letters=10)
    assert str(error.value).endswith(
        "max_letters must be 0, since every letter gets a tag; cut sequences and their tags in the "
        "file. Received: max_letters=10"
    )
