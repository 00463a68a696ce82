"""Scores of tags, through seqeval where they mark entities."""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tags = Sequence[Sequence[str]]
Tokens = Sequence[Sequence[str]]


def tag_scores(truth: Tags, given: Tags, *, of_entities: bool) -> dict[str, Any]:
    """Scores tags of sentences.

    Entities, marked by tags such as B-PER and I-PER, count as right if begin, end and kind are
    (strict IOB2, as seqeval has it). Tags such as parts of speech count each by itself.

    Args:
        truth: One list a sentence, one tag a token.
        given: Likewise, as answered.
        of_entities: Whether entities are what is answered. The model's tags say so: a file may
            hold none. Other tags of the file are outside of entities.

    Returns:
        `f1`, `precision`, `recall`, the `standard_error` of `f1` as if it were a share of the
        entities, `accuracy` of tokens, `examples`.
    """
    pairs = [pair for rows in zip(truth, given, strict=True) for pair in zip(*rows, strict=True)]
    accuracy = sum(a == b for a, b in pairs) / max(len(pairs), 1)
    scores = {"precision": accuracy, "recall": accuracy, "f1": accuracy}
    count = len(pairs)
    if of_entities:
        scores = _entity_scores(truth, given)
        count = sum(tag.startswith("B-") for row in truth for tag in row)
    error = float(np.sqrt(scores["f1"] * (1 - scores["f1"]) / max(count, 1)))
    return {**scores, "standard_error": error, "accuracy": accuracy, "examples": len(truth)}


def _entity_scores(truth: Tags, given: Tags) -> dict[str, float]:
    from seqeval import metrics
    from seqeval.scheme import IOB2

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of kinds that were never answered
        scores = {
            name: getattr(metrics, f"{name}_score")(
                _in_iob2(truth), _in_iob2(given), mode="strict", scheme=IOB2
            )
            for name in ("precision", "recall", "f1")
        }
    return {name: float(score) for name, score in scores.items()}


def _in_iob2(tags: Tags) -> list[list[str]]:
    return [[tag if tag[:2] in ("B-", "I-") else "O" for tag in row] for row in tags]


def tag_counts(truth: Tags, given: Tags, *, of_entities: bool) -> dict[str, NDArray[np.float64]]:
    """Counts of each sentence what F1 and accuracy add up.

    Args:
        truth: As in `tag_scores`.
        given: Likewise.
        of_entities: Likewise.

    Returns:
        `float64[sentences]`: `hits`, `given` and `wanted`, in entities or in tokens; `right` and
        `tokens`.
    """
    right = [
        sum(a == b for a, b in zip(*rows, strict=True)) for rows in zip(truth, given, strict=True)
    ]
    tokens = [len(row) for row in truth]
    counts = {"hits": right, "given": tokens, "wanted": tokens}
    if of_entities:
        wanted, answered = _entities(truth), _entities(given)
        counts = {
            "hits": [len(a & b) for a, b in zip(wanted, answered, strict=True)],
            "given": [len(row) for row in answered],
            "wanted": [len(row) for row in wanted],
        }
    columns = {**counts, "right": right, "tokens": tokens}
    return {name: np.array(column, np.float64) for name, column in columns.items()}


def _entities(tags: Tags) -> list[set[tuple[Any, ...]]]:
    """Returns kind, begin and end of the entities of each sentence."""
    from seqeval.scheme import IOB2, Entities

    rows = Entities(_in_iob2(tags), IOB2).entities
    return [{(one.tag, one.start, one.end) for one in row} for row in rows]


def commonest_tags(
    texts: Tokens, tags: Tags, test_texts: Tokens, truth: Tags, *, of_entities: bool
) -> dict[str, float]:
    """Scores the tag that each word has most often in training; of unknown words, of all."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for tokens, row in zip(texts, tags, strict=True):
        for word, tag in zip(tokens, row, strict=True):
            counts[word][tag] += 1
            counts[""][tag] += 1
    best = {word: count.most_common(1)[0][0] for word, count in counts.items()}
    given = [[best.get(word, best[""]) for word in tokens] for tokens in test_texts]
    return tag_scores(truth, given, of_entities=of_entities)
