"""What vectors of tokens and bigrams begin with: random, counted, or read from a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from lstm_toolkit.data.labels import Labels
    from lstm_toolkit.data.text.text_encoder import TextEncoder
    from lstm_toolkit.data.text.vocabulary import Vocabulary
    from lstm_toolkit.data.text.word_vectors import LoadedVectors
    from lstm_toolkit.features.feature import Encoded


def class_ratios(
    encoder: TextEncoder, labels: Labels, train: Encoded | None, *, scale: float
) -> list[NDArray[np.float32]]:
    """Counts for which class tokens, then bigrams, speak, see `data.log_ratios`.

    Args:
        encoder: Of the texts.
        labels: The classes.
        train: The encoded training rows; zeros without.
        scale: Of the result.

    Returns:
        `float32[vocabulary, classes]` of each vocabulary.
    """
    from lstm_toolkit import data

    sizes = [len(vocabulary) for vocabulary in lstm_vocabularies(encoder)]
    if train is None:
        return [np.zeros((size, len(labels.names)), np.float32) for size in sizes]
    (encoded,) = train.inputs.values()
    numbers: Any = encoded.rows
    columns = numbers.values.reshape(-1, len(encoder.vocabularies)).T[: len(sizes)]
    places = np.repeat(np.arange(len(numbers), dtype=np.int32), numbers.lengths)
    targets: Any = train.targets.rows
    classes = targets if targets.ndim == 1 else targets.argmax(axis=1).astype(np.int32)
    return [
        scale * data.log_ratios(column, places, classes, vocabulary=size, names=len(labels.names))
        for column, size in zip(columns, sizes, strict=True)
    ]


def lstm_vocabularies(encoder: TextEncoder) -> list[Vocabulary]:
    """Returns the vocabularies of which the LSTM reads vectors: all but those of affixes."""
    return [encoder.vocabulary, *([] if encoder.bigrams is None else [encoder.bigrams])]


FEW = 0.2
"""Share of the tokens of which a file of vectors must know more."""


def vector_remarks(settings: Any, vocabulary: Vocabulary) -> Iterator[str]:
    """Yields a line on how many tokens `pretrained_vectors` knows, a warning where few are.

    Raises:
        DataError: As `data.read_vectors` does.
    """
    if not getattr(settings, "pretrained_vectors", ""):
        return
    read, tokens = _pretrained(settings, vocabulary), len(vocabulary) - 2
    line = f"{read.tokens:,} of {tokens:,} tokens have vectors in {settings.pretrained_vectors}"
    few = read.tokens < FEW * tokens
    yield f"warning: {line}; is it of another language, or of other tokens?" if few else line
    yield from read.remarks


def pretrained(settings: Any, vocabulary: Vocabulary) -> NDArray[np.float32] | None:
    """Returns the vectors of `pretrained_vectors`, see `data.read_vectors`; None without a file."""
    if not settings.pretrained_vectors:
        return None
    return _pretrained(settings, vocabulary).vectors


def _pretrained(settings: Any, vocabulary: Vocabulary) -> LoadedVectors:
    path = Path(settings.pretrained_vectors)
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return _read_once(path, changed, vocabulary, settings.seed)


@lru_cache(maxsize=1)
def _read_once(path: Path, changed: int, vocabulary: Vocabulary, seed: int) -> LoadedVectors:
    """Reads vectors; large files take minutes, and are asked for by remarks and the builder."""
    from lstm_toolkit.data.text.word_vectors import load_vectors

    return load_vectors(path, vocabulary, seed=seed)


def first_vectors(
    settings: Any, encoder: TextEncoder, ratios: Sequence[NDArray[np.float32]]
) -> list[NDArray[np.float32]]:
    """Returns what the vectors of tokens, then those of bigrams, begin with.

    Args:
        settings: `embedding`, `bigram_embedding`, `pretrained_vectors`, `naive_bayes`, `seed`.
        encoder: Of the texts.
        ratios: See `class_ratios`; they stand beside the vectors unless naive_bayes is 0.
    """
    rng = np.random.default_rng(settings.seed)
    widths = (settings.embedding, settings.bigram_embedding)
    # Within Keras's range of 0.05 the embedding learns late.
    starts = [
        rng.uniform(-0.2, 0.2, (len(vocabulary), width)).astype(np.float32)
        for vocabulary, width in zip(lstm_vocabularies(encoder), widths, strict=False)
    ]
    if settings.pretrained_vectors:
        starts[0] = _pretrained(settings, encoder.vocabulary).vectors
    if not settings.naive_bayes:
        return starts
    return [np.concatenate(pair, axis=1) for pair in zip(starts, ratios, strict=True)]
