"""Letters of DNA, RNA and proteins, as IUPAC names them, and what each may stand for.

A. Cornish-Bowden, "Nomenclature for incompletely specified bases in nucleic acid sequences", 1985
(doi:10.1093/nar/13.9.3021); IUPAC-IUB, 1984 (doi:10.1111/j.1432-1033.1984.tb07877.x).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import InputError

AlphabetName = Literal["dna", "protein"]

GAPS = "-.*"
"""Places where an alignment has no letter, or a translation stops; they are kept as places of
which nothing is known, so that every sign of a sequence is one step."""

SELDOM = "BJOUZ"
"""Codes that proteins hardly have, and written language has often."""

MOST_SELDOM = 0.03
"""Share of them up to which letters may be a protein's."""

LEAST_BASES = 0.85
"""Share of the letters that must be of DNA or RNA for an alphabet that is not told."""


@dataclasses.dataclass(frozen=True)
class Alphabet:
    """The letters of one kind of sequence.

    Numbers: 0 is padding, then the letters, then those that stand for several, then the gaps.

    Attributes:
        name: "dna", which reads RNA too, or "protein".
        letters: Those that stand for themselves.
        codes: What each further letter may stand for; U is T in DNA.
        complements: Of DNA, letters that pair, in the order of all letters.
    """

    name: str
    letters: str
    codes: Mapping[str, str]
    complements: str = ""

    @cached_property
    def signs(self) -> str:
        """All signs in the order of their numbers, the first of which is 1."""
        return self.letters + "".join(self.codes) + GAPS

    @property
    def size(self) -> int:
        """How many numbers there are, padding counted."""
        return len(self.signs) + 1

    @cached_property
    def table(self) -> NDArray[np.int32]:
        """`int32[128]`: of each ASCII character, small letters too, its number; -1 for others."""
        numbers = np.full(128, -1, np.int32)
        for number, sign in enumerate(self.signs, 1):
            numbers[[ord(sign), ord(sign.lower())]] = number
        if self.name == "dna":
            numbers[[ord("U"), ord("u")]] = numbers[ord("T")]
        return numbers

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """`float32[size, letters]`: a code is the mean of what it stands for, a gap is nothing.

        >>> DNA.vectors[DNA.table[ord("R")]].tolist()
        [0.5, 0.0, 0.5, 0.0]
        """
        rows = np.zeros((self.size, len(self.letters)), np.float32)
        for number, sign in enumerate(self.signs, 1):
            meant = sign if sign in self.letters else self.codes.get(sign, "")
            rows[number, [self.letters.index(letter) for letter in meant]] = 1 / max(len(meant), 1)
        return rows

    @cached_property
    def complement(self) -> NDArray[np.int32]:
        """`int32[size]`: the number of each number's partner on the other strand; empty without."""
        if not self.complements:
            return np.zeros(0, np.int32)
        partners = [self.table[ord(sign)] for sign in self.complements + GAPS]
        return np.array([0, *partners], np.int32)

    def outside(self, sequence: str) -> tuple[str, int] | None:
        """Returns the first sign that is no letter here, and its place from 1; None if all are.

        >>> DNA.outside("ACGT"), DNA.outside("ACLT")
        (None, ('L', 3))
        """
        match = self._others.search(sequence)
        return None if match is None else (match[0], match.start() + 1)

    @cached_property
    def _others(self) -> re.Pattern[str]:
        also = "U" if self.name == "dna" else ""
        return re.compile(f"[^{re.escape(self.signs)}{also}]", re.IGNORECASE | re.ASCII)

    def check_kmers(self, **lengths: int) -> None:
        """Refuses k-mers of which there are too many different ones.

        Args:
            lengths: Letters of a k-mer, by the setting that says so.

        Raises:
            InputError: With the greatest length that can be.
        """
        from lstm_toolkit.layers.letters.kmers import MOST

        size = len(self.letters)
        for name, value in lengths.items():
            if size**value > MOST:
                most = max(length for length in range(1, value) if size**length <= MOST)
                raise InputError(
                    f"{name} must be at most {most} for {self.name}, of which there are {size} "
                    f"letters. Received: {name}={value}"
                )

    @property
    def told(self) -> str:
        """The letters, for messages."""
        name = {"dna": "DNA or RNA"}.get(self.name, self.name)
        also = "U" if self.name == "dna" else ""
        return f"{name} ({self.letters}{also}, {''.join(self.codes)} for several, gaps {GAPS})"


_BASES = {
    **{"R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC"},
    **{"B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT", "X": "ACGT"},
}

DNA = Alphabet("dna", "ACGT", _BASES, complements="TGCAYRSWMKVHDBNX")

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"

PROTEIN = Alphabet(
    "protein",
    AMINO_ACIDS,
    {"B": "DN", "Z": "EQ", "J": "IL", "U": "C", "O": "K", "X": AMINO_ACIDS},
)
"""U and O are selenocysteine and pyrrolysine, read as what they stem from."""

ALPHABETS: Mapping[str, Alphabet] = {"dna": DNA, "protein": PROTEIN}


def alphabet_of(sequences: Iterable[str]) -> str:
    """Returns which alphabet the letters of sequences tell.

    >>> alphabet_of(["ACGUN-"]), alphabet_of(["MKTAYIAKQR"])
    ('dna', 'protein')
    """
    counts = np.zeros(128, np.int64)
    for sequence in sequences:
        signs = np.frombuffer(sequence.encode("ascii", "replace"), np.uint8)
        counts += np.bincount(signs, minlength=128)[:128]
    letters = np.array([chr(place).isalpha() for place in range(128)])
    bases = np.array([chr(place) in "ACGTUNacgtun" for place in range(128)])
    total = int(counts[letters].sum())
    return "dna" if counts[bases].sum() >= LEAST_BASES * max(total, 1) else "protein"
