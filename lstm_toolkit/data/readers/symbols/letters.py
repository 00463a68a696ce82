"""Whether sequences are written in the letters of an alphabet, and what of them is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from lstm_toolkit.data.alphabets import (
    ALPHABETS,
    GAPS,
    MOST_SELDOM,
    SELDOM,
    Alphabet,
    alphabet_of,
)
from lstm_toolkit.errors import DataError


def without_blanks(sequence: str) -> str:
    """Returns a sequence without the white space that files break it by."""
    return "".join(sequence.split())


def chosen_alphabet(name: str, sequences: Sequence[str]) -> Alphabet:
    """Returns the alphabet of that name; of "auto", the one that the letters tell."""
    return ALPHABETS[alphabet_of(sequences) if name == "auto" else name]


def check_sequence(sequence: str, alphabet: Alphabet, name: str) -> None:
    """Raises `DataError` if a sequence is empty or has a sign that is no letter.

    Args:
        sequence: Without white space.
        alphabet: Of the letters.
        name: Of the record, for the message.
    """
    if not sequence:
        raise DataError(f"needs letters of {alphabet.told}. Received: none in {name[:60]}")
    outside = alphabet.outside(sequence)
    if outside is not None:
        sign, place = outside
        raise DataError(
            f"needs letters of {alphabet.told}. Received: {sign} as letter {place:,} of {name[:60]}"
        )


def check_sequences(
    sequences: Sequence[str],
    alphabet: Alphabet,
    names: Sequence[str],
    path: Path | None,
    line: Callable[[int], int | None],
    *,
    rows: Sequence[int],
) -> None:
    """Raises `DataError`, with file and line, for the first of these rows that is not fit."""
    for row in rows:
        try:
            check_sequence(sequences[row], alphabet, names[row])
        except DataError as error:
            message = f"{error}; --set alphabet= says which letters there are"
            raise DataError(message, path=path, line=line(row)) from None
    if alphabet.name == "protein":
        _check_proteins([sequences[row] for row in rows], path)


def _check_proteins(sequences: Sequence[str], path: Path | None) -> None:
    """Refuses written language, whose letters are those of proteins, too."""
    counts = _counts([sequence.upper() for sequence in sequences])
    share = counts[[ord(letter) for letter in SELDOM]].sum() / max(int(counts.sum()), 1)
    if share > MOST_SELDOM:
        raise DataError(
            f"needs proteins, which hardly have the letters {', '.join(SELDOM)}. "
            f"Received: {share:.0%} of them, as in {sequences[0][:40]}",
            path=path,
        )


def letter_remarks(sequences: Sequence[str], alphabet: Alphabet, *, chosen: bool) -> Iterator[str]:
    """Yields what is told of letters: the alphabet, U, small letters, codes, gaps.

    Args:
        sequences: In use.
        alphabet: Of theirs.
        chosen: Whether it was found by the letters.
    """
    counts = _counts(sequences)
    upper = counts + np.concatenate([counts[32:], np.zeros(32, np.int64)])
    total = max(int(counts.sum()), 1)
    small = int(counts[ord("a") : ord("z") + 1].sum())
    codes = int(upper[[ord(code) for code in alphabet.codes]].sum())
    gaps = int(counts[[ord(gap) for gap in GAPS]].sum())
    if chosen:
        name = alphabet.told.partition(" (")[0]
        yield f"letters are those of {name} (alphabet={alphabet.name})"
    if alphabet.name == "dna" and (uracil := int(upper[ord("U")])):
        yield f"{uracil:,} U are read as T"
    if small:
        yield f"{small:,} small letters ({small / total:.1%}), as of masks, are read alike"
    if codes:
        yield f"{codes:,} letters ({codes / total:.2%}) stand for several; their mean is read"
    if gaps:
        yield f"{gaps:,} gaps or stops ({GAPS}) are read as places of which nothing is known"


def _counts(sequences: Sequence[str]) -> np.ndarray:
    counts = np.zeros(128, np.int64)
    for sequence in sequences:
        signs = np.frombuffer(sequence.encode("ascii", "replace"), np.uint8)
        counts += np.bincount(signs, minlength=128)[:128]
    return counts
