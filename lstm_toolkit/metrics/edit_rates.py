"""How many edits apart sentences are from what people wrote, such as pronunciations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def edit_rates(
    sources: Sequence[str], references: Sequence[str], given: Iterable[str], *, spaced: bool = True
) -> dict[str, float]:
    """Scores what was written by its edits, against the nearest reference of each source.

    Of pronunciations these are the phoneme error rate and the word error rate. Rows of one source
    are one sentence with several references; what was written for the first of them counts.

    Args:
        sources: One a row.
        references: What people wrote for them.
        given: What was written.
        spaced: Whether spaces divide tokens; if not, each character is one.

    Returns:
        `token_error`: insertions, deletions and substitutions of tokens in percent of the tokens of
        the references; `sentence_error`: sentences that are no reference of theirs, in percent.

    >>> edit_rates(["tear", "tear", "a"], ["T IH R", "T EH R", "AH"], ["T EH R", "", "EY"])
    {'token_error': 25.0, 'sentence_error': 50.0}
    """
    from rapidfuzz.distance import Levenshtein

    divided = str.split if spaced else list
    known: dict[str, list[list[str]]] = {}
    written: dict[str, list[str]] = {}
    for source, reference, text in zip(sources, references, given, strict=True):
        known.setdefault(str(source), []).append(divided(str(reference)))
        written.setdefault(str(source), divided(str(text)))
    edits = tokens = wrong = 0
    for source, answer in written.items():
        distances = [(Levenshtein.distance(answer, each), len(each)) for each in known[source]]
        distance, length = min(distances, key=lambda pair: pair[0])
        edits, tokens, wrong = edits + distance, tokens + length, wrong + (distance > 0)
    return {
        "token_error": round(100 * edits / max(tokens, 1), 4),
        "sentence_error": round(100 * wrong / max(len(written), 1), 4),
    }
