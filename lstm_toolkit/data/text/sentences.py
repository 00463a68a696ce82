"""Where sentences of a story end, alike in Python and in the graph."""

from __future__ import annotations

import re

END = r"([.!?。！？])(\s+|$)"
"""A sign that ends a sentence, and the space behind it (RE2 and Python alike)."""

BREAK = "\n"

ITEM = "\x1e"
"""Between sentences that were given one by one: a text with it is divided there alone, so that an
abbreviation cuts neither a sentence nor a question. No cell holds it, see `cleaning.printable`."""

_CHINESE = r"([。！？])"
"""These end a sentence without a space behind them."""

STEPS = ((r"[\r\n]+", BREAK), (_CHINESE, r"\1 "), (END, rf"\1{BREAK}"))
"""What is replaced so that each sentence stands on a line."""


def sentences(text: str) -> list[str]:
    r"""Returns the sentences of a text.

    >>> sentences("Mary left. John stayed.\nWhere is Mary?")
    ['Mary left.', 'John stayed.', 'Where is Mary?']
    >>> sentences("他走了。她在哪里？")
    ['他走了。', '她在哪里？']
    >>> sentences(f"Dr. A left.{ITEM}Look. Where is Dr. A?")
    ['Dr. A left.', 'Look. Where is Dr. A?']
    """
    if ITEM in text:
        lines = re.sub(r"\s+", " ", text.replace(ITEM, "\0")).split("\0")
        return [line.strip() for line in lines if line.strip()]
    for pattern, by in STEPS:
        text = re.sub(pattern, by, text)
    return [line.strip() for line in text.split(BREAK) if line.strip()]
