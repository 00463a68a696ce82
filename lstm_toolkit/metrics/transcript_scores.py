"""How far transcripts are from what was said: word and character error rates.

The edits are those of rapidfuzz, on which jiwer stands too; a test holds both to the same rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def transcript_edits(said: Sequence[str], given: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Returns what each row adds to the rates.

    Args:
        said: What people wrote.
        given: What was recognised.

    Returns:
        `float64[n]` by name: `word_edits` of `words`, `character_edits` of `characters`, and
        whether the row is `right`.

    >>> edits = transcript_edits(["one two"], ["one to"])
    >>> {name: each.tolist() for name, each in edits.items()}["word_edits"]
    [1.0]
    """
    from rapidfuzz.distance import Levenshtein

    pairs = [(" ".join(s.split()), " ".join(g.split())) for s, g in zip(said, given, strict=True)]
    columns = {
        "word_edits": [Levenshtein.distance(s.split(), g.split()) for s, g in pairs],
        "words": [len(s.split()) for s, _ in pairs],
        "character_edits": [Levenshtein.distance(s, g) for s, g in pairs],
        "characters": [len(s) for s, _ in pairs],
        "right": [s == g for s, g in pairs],
    }
    return {name: np.array(column, np.float64) for name, column in columns.items()}


def transcript_scores(said: Sequence[str], given: Sequence[str]) -> dict[str, Any]:
    """Returns the rates in percent, and the `standard_error` of `word_error`.

    >>> transcript_scores(["one two", "six"], ["one to", "six"])["word_error"]
    33.3333
    """
    edits = transcript_edits(said, given)
    words, wrong = edits["words"], edits["word_edits"]
    total = max(float(words.sum()), 1.0)
    rate = float(wrong.sum()) / total
    spread = float(np.sqrt(np.square(wrong - rate * words).sum())) / total
    characters = max(float(edits["characters"].sum()), 1.0)
    return {
        "word_error": round(100 * rate, 4),
        "character_error": round(100 * float(edits["character_edits"].sum()) / characters, 4),
        "row_error": round(100 * (1 - float(edits["right"].mean())), 4),
        "standard_error": round(100 * spread, 4),
        "examples": len(said),
    }
