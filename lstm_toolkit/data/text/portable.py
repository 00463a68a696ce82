r"""How texts become numbers, told to programs that have no TensorFlow.

What `TextEncoder` does in the graph is written down as plain facts for `tokenizer.json`: an order
of steps, patterns in the syntax that RE2, Java, Swift, JavaScript and Python's `regex` share, and
the names of the vocabularies, one token a line.
"""

from __future__ import annotations

import re
from typing import Any

from lstm_toolkit.data.text.subwords import INSIDE, LONGEST
from lstm_toolkit.data.text.text_encoder import AFFIX, AFFIXES, BIGRAMS, VOCABULARY, TextEncoder
from lstm_toolkit.data.text.tokens import BLANK, LOWERED_STEPS, SPACE, WORD_STEPS
from lstm_toolkit.data.text.vocabulary import START

_SPACES = "\\t\\n\\f\\r "
"""What RE2 means by `\\s`; other engines mean more."""

Steps = tuple[tuple[str, str], ...]


def tokenizer_facts(encoder: TextEncoder) -> dict[str, Any]:
    """Returns what `tokenizer.json` holds of texts that are divided into tokens."""
    return {
        "kind": encoder.kind,
        "fold": encoder.fold,
        "replace_then_lower": portable_steps(LOWERED_STEPS),
        "replace_to_words": portable_steps(WORD_STEPS),
        "blank": BLANK,
        "space": SPACE,
        "inside": INSIDE,
        "longest_word": LONGEST,
        "start": START,
        "vocabulary": VOCABULARY,
        "bigrams": None if encoder.bigrams is None else BIGRAMS,
        "affixes": list(AFFIXES) if encoder.affixes else [],
        "affix_letters": AFFIX,
        "length": encoder.max_tokens,
        "truncate": encoder.truncate,
    }


def portable_steps(steps: Steps) -> list[list[str]]:
    r"""Returns patterns and replacements as other engines read them.

    >>> portable_steps(((r"[\s\x{200c}]+\pL", r"\0"),))
    [['[\\t\\n\\f\\r \u200c]+\\p{L}', '\\0']]
    """
    return [[_portable(pattern), by] for pattern, by in steps]


def _portable(pattern: str) -> str:
    pattern = re.sub(r"\\x\{(\w+)\}", lambda match: chr(int(match[1], 16)), pattern)
    pattern = re.sub(r"\\([pP])([A-Z])", r"\\\1{\2}", pattern)
    inside = False
    parts = re.split(r"(\\s|\\.|\[|\])", pattern)
    for place, part in enumerate(parts):
        inside = part == "[" or (inside and part != "]")
        if part == r"\s":
            parts[place] = _SPACES if inside else f"[{_SPACES}]"
    return "".join(parts)
