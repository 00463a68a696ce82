"""Which words of two languages stand for each other, by how often they come together."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

Tokens = tuple[str, ...]

LEAST = 4
"""Sentences in which a word has to stand."""
LOOKED_AT = 40
"""Sentences of a word in which its translation is looked for."""
MOST_WORDS = 4_000
"""The most frequent words are looked at."""
LIKELY = 0.6
"""Share of those in which it has to stand to be looked at further."""
DICE = 0.75
"""Least coefficient of a word and its translation, 2·together / (one + other)."""
CLOSE = 0.1
"""Another word whose coefficient is as close leaves open which one it is."""
LONGEST = 4
"""Tokens of the longest translation of one word."""


def aligned_words(
    words: Sequence[Sequence[str]], others: Sequence[Sequence[str]]
) -> dict[str, Tokens]:
    """Finds words that nearly always come with the same tokens on the other side.

    Of equally good translations the longest is taken; where two words share one, as those that
    always stand together do, neither has it.

    Args:
        words: The tokens of each sentence, in one language.
        others: Those of their translations.

    Returns:
        Tokens of the other side that follow each other, by words.

    >>> one = [["a", "cat"], ["a", "dog"]] * 4
    >>> other = [["eine", "Katze"], ["ein", "Hund"]] * 4
    >>> dict(sorted(aligned_words(one, other).items()))
    {'cat': ('eine', 'Katze'), 'dog': ('ein', 'Hund')}
    """
    rows = _rows_of(words)
    candidates = {word: list(_likely(others, places)) for word, places in rows.items()}
    places = _places({tokens for each in candidates.values() for tokens in each}, others)
    scores: dict[Tokens, dict[str, float]] = defaultdict(dict)
    for word, likely in candidates.items():
        for tokens in likely:
            together = len(places[tokens].intersection(rows[word]))
            dice = 2 * together / (len(rows[word]) + len(places[tokens]))
            if dice >= DICE:
                scores[tokens][word] = dice
    return dict(_chosen(scores))


def _chosen(scores: dict[Tokens, dict[str, float]]) -> Iterator[tuple[str, Tokens]]:
    """Yields the best translation of each word, where no other word comes close to it."""
    best: dict[str, tuple[float, int, Tokens]] = {}
    for tokens, by_word in sorted(scores.items()):
        for word, dice in by_word.items():
            rank = (round(dice, 3), len(tokens), tokens)
            best[word] = max(best.get(word, rank), rank)
    single = {tokens[0]: word for word, (_, size, tokens) in best.items() if size == 1}
    for word, (_, _, tokens) in best.items():
        own = _without_others(tokens, word, single)
        dice = scores.get(own, {}).get(word, 0.0)
        if dice and sum(other > dice - CLOSE for other in scores[own].values()) == 1:
            yield word, own


def _without_others(tokens: Tokens, word: str, single: dict[str, str]) -> Tokens:
    """Cuts off at both ends what is the translation of another word."""
    foreign = [single.get(token, word) != word for token in tokens]
    start = next((i for i, other in enumerate(foreign) if not other), len(tokens))
    stop = next((i for i, other in enumerate(foreign[::-1]) if not other), len(tokens))
    return tokens[start : len(tokens) - stop]


def _rows_of(words: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    """Returns in which sentences each of the most frequent words stands."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, tokens in enumerate(words):
        for token in set(tokens):
            if any(map(str.isalnum, token)):
                rows[token].append(row)
    frequent = sorted(rows, key=lambda word: (-len(rows[word]), word))[:MOST_WORDS]
    return {word: rows[word] for word in frequent if len(rows[word]) >= LEAST}


def _likely(others: Sequence[Sequence[str]], rows: Sequence[int]) -> Iterator[Tokens]:
    """Yields what stands in most of some sentences."""
    some = random.Random(len(rows)).sample(rows, min(len(rows), LOOKED_AT))
    counts = Counter(tokens for row in some for tokens in _runs(others[row], LONGEST))
    for tokens, count in counts.items():
        if count >= LIKELY * len(some) and all(any(map(str.isalnum, each)) for each in tokens):
            yield tokens


def _places(wanted: set[Tokens], others: Sequence[Sequence[str]]) -> dict[Tokens, set[int]]:
    """Returns in which sentences tokens stand."""
    longest = max(map(len, wanted), default=0)
    places: dict[Tokens, set[int]] = {tokens: set() for tokens in wanted}
    for row, other in enumerate(others):
        for tokens in _runs(other, longest) & wanted:
            places[tokens].add(row)
    return places


def _runs(tokens: Sequence[str], longest: int) -> set[Tokens]:
    """Returns all tokens that follow each other, up to some length."""
    return {
        tuple(tokens[start : start + size])
        for size in range(1, longest + 1)
        for start in range(len(tokens) - size + 1)
    }
