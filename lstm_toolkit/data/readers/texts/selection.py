"""Which rows of a table are used, and for what reason others are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION
from lstm_toolkit.errors import DataError


class Selection:
    """Rows that are still in use, while one reason after the other leaves some out.

    Args:
        table: What a reader found.
        parts: The published split of each row: `train`, `validation`, `test`.

    Attributes:
        rows: Positions of the rows in use.
    """

    def __init__(self, table: Table, parts: Sequence[str]):
        self.table, self.parts = table, parts
        self.rows = list(range(len(table)))
        self._left_out: Counter[str] = Counter(dict(table.left_out))

    def leave_out(self, gone: Callable[[int], object], reason: str) -> list[int]:
        """Leaves out the rows for which `gone` is true, and returns them."""
        left = [row for row in self.rows if gone(row)]
        if left:
            known = set(left)
            self.rows = [row for row in self.rows if row not in known]
            self._left_out[reason] += len(left)
        return left

    def part(self, name: str) -> list[int]:
        """Returns the rows in use of a published split."""
        return [row for row in self.rows if self.parts[row] == name]

    def published(self) -> dict[str, list[int]]:
        """Returns the rows in use by split; rows to learn from are there in any case.

        Where no row is marked for training, as in a file to be scored, those for validation
        take their place.
        """
        parts = {name: self.part(name) for name in (TRAIN, VALIDATION, TEST)}
        if not parts[TRAIN]:
            parts[TRAIN] = parts.pop(VALIDATION)
        return {name: rows for name, rows in parts.items() if rows or name == TRAIN}

    def account(self) -> Account:
        """Returns what became of every row that was seen."""
        used = len(self.rows)
        seen = used + sum(self._left_out.values())
        return Account(seen, used, dict(self._left_out), self.table.unit)

    def check_classes_left(self, labels: Sequence[str]) -> None:
        """Refuses rows among which a class is gone wholly.

        Args:
            labels: The class of each row of the table, "" for none.

        Raises:
            DataError: If all rows of a class were left out.
        """
        used = {labels[row] for row in self.rows}
        gone = Counter(label for label in labels if label and label not in used)
        if gone:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in self._left_out.items())
            names = ", ".join(f"{name[:40]} ({count:,})" for name, count in gone.most_common(3))
            raise DataError(
                "needs at least one row of every class that can be used. "
                f"Received: none of {names}; left out: {reasons[:120]}",
                path=self.table.path,
            )
