"""What is kept of a training text, to tell what is copied from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_toolkit.data.splits.passages import DOCUMENT
from lstm_toolkit.targets.text_writer import BORDER, MOST_KEPT

if TYPE_CHECKING:
    from lstm_toolkit.data.dataset import Dataset


def kept_text(rows: Dataset, column: str) -> str:
    """Returns the passages of a split as one text, documents apart, its beginning if it is long."""
    numbers = rows.meta.get(DOCUMENT, range(len(rows)))
    parts: list[str] = []
    size, before = 0, None
    for text, number in zip(rows.columns[column], numbers, strict=True):
        if before is not None and number != before:
            parts.append(BORDER)
        parts.append(str(text))
        size, before = size + len(parts[-1]), number
        if size >= MOST_KEPT:
            break
    return "".join(parts)[:MOST_KEPT]


def behind(known: str, new: str) -> str:
    """Returns two kept texts as one, from each its beginning where both are too long together.

    >>> behind("old", "new").split(BORDER)
    ['old', 'new']
    """
    if not known or known == new:
        return new
    room = MOST_KEPT - len(BORDER)
    first = known[: max(room // 2, room - len(new))]
    return f"{first}{BORDER}{new[: room - len(first)]}"
