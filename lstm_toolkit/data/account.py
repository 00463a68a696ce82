"""What became of everything that a reader saw: nothing is left out without a word."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

MOST_LETTERS = 280
"""Of the reasons that a remark names; of others it says how many there are."""


@dataclasses.dataclass(frozen=True)
class Account:
    """Counts of what a reader saw: seen = used + left out.

    Attributes:
        seen: Rows, files or images that were there.
        used: Those that became rows of a split.
        left_out: How many were not, by the reason.
        unit: What is counted, in the plural.

    Raises:
        ValueError: If the counts do not add up, which is a fault of the reader.

    Example:
        >>> Account(5, 3, {"empty text": 1, "without a label": 1}).remarks()
        ['5 rows = 3 used + 2 left out (1 empty text, 1 without a label)']
    """

    seen: int
    used: int
    left_out: Mapping[str, int] = dataclasses.field(default_factory=dict)
    unit: str = "rows"

    def __post_init__(self) -> None:
        if self.seen != self.used + sum(self.left_out.values()) or self.used < 0:
            raise ValueError(f"what was seen must be what was used and left out. Received: {self}")

    def remarks(self) -> list[str]:
        """Returns one line if anything was left out, else none."""
        reasons = [f"{count:,} {reason}" for reason, count in self.left_out.items() if count]
        if not reasons:
            return []
        left = self.seen - self.used
        listed = ", ".join(_first(reasons))
        return [f"{self.seen:,} {self.unit} = {self.used:,} used + {left:,} left out ({listed})"]


def _first(reasons: list[str]) -> list[str]:
    """Returns the first reasons that a line holds, and how many others there are."""
    shown, length = 0, 0
    while shown < len(reasons) and (not shown or length + len(reasons[shown]) <= MOST_LETTERS):
        length += len(reasons[shown]) + 2
        shown += 1
    others = len(reasons) - shown
    more = [f"and for {others:,} more reason{'' if others == 1 else 's'}"] if others else []
    return [*reasons[:shown], *more]
