"""The simplest ways to translate, to compare a network with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lstm_toolkit.metrics.translation_scores import corpus_scores, first_rows


def copies(
    sources: Sequence[str], references: Sequence[str], *, tokenizer: str, lowercase: bool
) -> dict[str, float]:
    """Scores answers that are the sentences themselves, as `translation_scores` does."""
    rows = first_rows(list(sources))
    given = [str(sources[row]) for row in rows]
    wanted = [str(references[row]) for row in rows]
    return corpus_scores(given, wanted, tokenizer=tokenizer, lowercase=lowercase)


def nearest(
    model: Any,
    known: Sequence[str],
    translations: Sequence[str],
    sources: Sequence[str],
    references: Sequence[str],
    *,
    tokenizer: str,
    lowercase: bool,
) -> dict[str, float]:
    """Scores the translation of the most similar training sentence (a translation memory).

    Args:
        model: A scikit-learn transformer from sentences to vectors of unit length.
        known: Training sentences.
        translations: Theirs.
        sources: Test sentences.
        references: Their translations.
        tokenizer: See `translation_scores`.
        lowercase: Likewise.
    """
    from sklearn.neighbors import NearestNeighbors

    rows = first_rows(list(sources))
    search = NearestNeighbors(n_neighbors=1, metric="cosine").fit(model.fit_transform(known))
    _, neighbours = search.kneighbors(model.transform([str(sources[row]) for row in rows]))
    given = [str(translations[place]) for place in neighbours[:, 0]]
    wanted = [str(references[row]) for row in rows]
    return corpus_scores(given, wanted, tokenizer=tokenizer, lowercase=lowercase)
