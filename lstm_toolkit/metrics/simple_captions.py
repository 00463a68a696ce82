"""The simplest ways to caption pictures, to compare a network with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from lstm_toolkit.metrics.translation_scores import as_judged, corpus_scores, has_four_words


def commonest(
    known: Sequence[Sequence[str]],
    references: Sequence[Sequence[str]],
    *,
    tokenizer: str,
    lowercase: bool,
) -> dict[str, float]:
    """Scores the caption that most training pictures have, for every picture.

    Args:
        known: Captions of training pictures.
        references: Those of test pictures.
        tokenizer: See `translation_scores`.
        lowercase: Likewise.
    """
    counts = Counter(text for captions in known for text in set(captions))
    ((text, _),) = counts.most_common(1)
    return _scored([text] * len(references), references, tokenizer, lowercase)


def nearest(
    model: Any,
    known: Any,
    captions: Sequence[Sequence[str]],
    pictures: Any,
    references: Sequence[Sequence[str]],
    *,
    tokenizer: str,
    lowercase: bool,
) -> dict[str, float]:
    """Scores the first caption of the training picture with the nearest colours.

    Args:
        model: A scikit-learn transformer from pictures to numbers.
        known: Training pictures.
        captions: Theirs.
        pictures: Test pictures.
        references: Their captions.
        tokenizer: See `translation_scores`.
        lowercase: Likewise.
    """
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=1).fit(model.fit_transform(known))
    _, neighbours = search.kneighbors(model.transform(pictures))
    given = [captions[place][0] for place in neighbours[:, 0]]
    return _scored(given, references, tokenizer, lowercase)


def _scored(
    given: Sequence[str], references: Sequence[Sequence[str]], tokenizer: str, lowercase: bool
) -> dict[str, float]:
    scores = judged_by(
        corpus_scores(given, references, tokenizer=tokenizer, lowercase=lowercase),
        references,
        tokenizer,
    )
    right = sum(
        as_judged(text, lowercase) in [as_judged(each, lowercase) for each in wanted]
        for text, wanted in zip(given, references, strict=True)
    )
    return {**scores, "sentence_error": round(100 * (1 - right / max(len(given), 1)), 4)}


def judged_by(
    scores: dict[str, Any], references: Sequence[Sequence[str]], tokenizer: str
) -> dict[str, Any]:
    """Returns scores without BLEU where no caption is long enough for it."""
    if has_four_words(references, tokenizer):
        return scores
    return {name: score for name, score in scores.items() if "bleu" not in name}
