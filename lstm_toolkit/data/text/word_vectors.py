"""Word vectors that others trained, from the text files of GloVe, word2vec or fastText."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.text.vocabulary import Vocabulary
from lstm_toolkit.errors import DataError

_MARKS = {
    b"PK": "a zip archive",
    b"\x1f\x8b": "gzipped data",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1b]")
"""Stands in word vectors that word2vec or fastText wrote as `.bin`, never in words."""


def read_vectors(
    path: Path, vocabulary: Vocabulary, *, seed: int = 0
) -> tuple[NDArray[np.float32], int]:
    """Reads the vectors of the tokens that a vocabulary knows.

    A line holds a word and its numbers, divided by spaces; the first line may hold counts,
    as word2vec and fastText write it. A word that stands there only in other case is taken
    where the lower-cased one is missing, the first of several. The rest start as random
    numbers of the same mean and spread.

    Args:
        path: The file, plain or gzipped, with a byte-order mark or without.
        vocabulary: Its tokens.
        seed: Of the random vectors.

    Returns:
        `float32[vocabulary, width]`, zeros for padding, and how many tokens were found.

    Raises:
        DataError: With the line, if it does not hold as many numbers as the first; if no
            token is found; or if the file is damaged, binary or a zip archive.
    """
    if not path.is_file():
        raise DataError("no such file; needs word vectors as text", path=path)
    wanted = {token: number for number, token in enumerate(vocabulary.tokens) if number}
    found: dict[int, NDArray[np.float32]] = {}
    exact: set[int] = set()
    width = 0
    for line, text in _lines(path):
        word, _, numbers = text.rstrip().partition(" ")
        if not width:
            width = len(numbers.split())
            if line == width == 1:
                width = 0
                continue  # counts
        number = wanted.get(word, wanted.get(word.lower()))
        if number is None or number in exact or (number in found and word not in wanted):
            continue
        found[number] = _vector(numbers.split(), width, path, line)
        if word in wanted:
            exact.add(number)
    if not found:
        raise DataError("needs a vector for one token at least. Received: none", path=path)
    known = np.stack(list(found.values()))
    rng = np.random.default_rng(seed)
    vectors = rng.normal(known.mean(), known.std(), (len(vocabulary), width)).astype(np.float32)
    vectors[list(found)] = known
    vectors[0] = 0
    return vectors, len(found)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rb") as start:
            _check_text(start.read(4096), path)
        with opener(path, "rt", encoding="utf-8-sig", errors="replace", newline="\n") as file:
            yield from enumerate(file, start=1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"is truncated or damaged. {error}", path=path) from error
    except OSError as error:
        raise DataError(f"cannot be read. {error.strerror}", path=path) from error


def _check_text(start: bytes, path: Path) -> None:
    received = next((kind for mark, kind in _MARKS.items() if start.startswith(mark)), "")
    if received or _BINARY.search(start):
        raise DataError(
            "needs word vectors as text in UTF-8, plain or gzipped (.gz). "
            f"Received: {received or 'binary data'}",
            path=path,
        )


def _vector(numbers: list[str], width: int, path: Path, line: int) -> NDArray[np.float32]:
    try:
        with np.errstate(over="ignore"):  # infinity is refused below
            vector = np.array(numbers, np.float32)
    except ValueError:
        vector = np.empty(0, np.float32)
    if not numbers or len(vector) != width or not np.isfinite(vector).all():
        received = f"{' '.join(numbers[:3])} …" if numbers else "none"
        raise DataError(
            f"needs a word and {width or 'its'} numbers. Received: {received}",
            path=path,
            line=line,
        )
    return vector
