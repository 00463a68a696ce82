"""How much of a text is copied from another: the longest span that both have."""

from __future__ import annotations


def longest_shared_span(text: str, source: str) -> str:
    """Returns the longest run of characters of `text` that `source` holds too, the first such.

    >>> longest_shared_span("the cat sat", "a cat sang")
    ' cat sa'
    """
    best = ""
    for start in range(len(text)):
        end = start + len(best) + 1
        while end <= len(text) and text[start:end] in source:
            best = text[start:end]
            end += 1
    return best
