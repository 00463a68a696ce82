"""Word vectors that others trained, from the files of GloVe, word2vec or fastText."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.text.vector_files import Entry, VectorFile
from lstm_toolkit.data.text.vocabulary import Vocabulary
from lstm_toolkit.errors import DataError


def read_vectors(
    path: Path, vocabulary: Vocabulary, *, seed: int = 0
) -> tuple[NDArray[np.float32], int]:
    """Reads the vectors of the tokens that a vocabulary knows.

    A line holds a word and its numbers, divided by spaces or tabs; the first line may hold counts,
    as word2vec and fastText write it. The `.bin` of word2vec is read too. A word that stands
    there only in other case is taken where the lower-cased one is missing, the first of several.
    The rest start as random numbers of the same mean and spread.

    Args:
        path: The file, plain or gzipped, with a byte-order mark or without.
        vocabulary: Its tokens.
        seed: Of the random vectors.

    Returns:
        `float32[vocabulary, width]`, zeros for padding, and how many tokens were found.

    Raises:
        DataError: With the line, if it does not hold as many numbers as the first; if no
            token is found; or if the file is damaged or of another form, such as a pickle.
    """
    read = load_vectors(path, vocabulary, seed=seed)
    return read.vectors, read.tokens


@dataclasses.dataclass(frozen=True)
class LoadedVectors:
    """What `load_vectors` reads.

    Attributes:
        vectors: `float32[vocabulary, width]`.
        tokens: How many tokens were in the file.
        remarks: What is to be told of the file.
    """

    vectors: NDArray[np.float32]
    tokens: int
    remarks: tuple[str, ...]


def load_vectors(path: Path, vocabulary: Vocabulary, *, seed: int = 0) -> LoadedVectors:
    """Reads vectors as `read_vectors` does, and what is to be told of their file."""
    if not path.is_file():
        raise DataError("no such file; needs word vectors", path=path)
    file = VectorFile(path)
    wanted = {token: number for number, token in enumerate(vocabulary.tokens) if number}
    found: dict[int, NDArray[np.float32]] = {}
    exact: set[int] = set()
    width = 0
    others: list[str] = []
    for entry in file.entries():
        word, width = entry.word, entry.width
        number = wanted.get(word, wanted.get(word.lower()))
        if number is None or number in exact or (number in found and word not in wanted):
            others += [word] if len(others) < 3 else []
            continue
        found[number] = _vector(entry, path)
        if word in wanted:
            exact.add(number)
    if not found:
        known = ", ".join([token for token in wanted if token[0].isalpha()][:3])
        raise DataError(
            f"needs a vector for one token at least, such as {known[:60]}. "
            f"Received: {', '.join(others)[:60] or 'none'}",
            path=path,
        )
    read = np.stack(list(found.values()))
    rng = np.random.default_rng(seed)
    vectors = rng.normal(read.mean(), read.std(), (len(vocabulary), width)).astype(np.float32)
    vectors[list(found)] = read
    vectors[0] = 0
    return LoadedVectors(vectors, len(found), tuple(file.remarks()))


def _vector(entry: Entry, path: Path) -> NDArray[np.float32]:
    numbers, width = entry.numbers, entry.width
    try:
        with np.errstate(over="ignore"):  # infinity is refused below
            vector = np.array(numbers, np.float32)
    except ValueError:
        vector = np.empty(0, np.float32)
    if not len(vector) or len(vector) != width or not np.isfinite(vector).all():
        received = f"{' '.join(map(str, numbers[:3]))} …" if len(numbers) else "none"
        raise DataError(
            f"needs a word and {width or 'its'} numbers. Received: {received}",
            path=path,
            line=entry.line,
        )
    return vector
