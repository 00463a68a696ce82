"""Several tables as one, a part at a time: shards of one set, or its published splits."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.joined import SPLIT, join_tables
from lstm_toolkit.data.readers.tables.parts import contract
from lstm_toolkit.data.readers.tables.parts.contract import IrregularError, Parts
from lstm_toolkit.data.readers.tables.table import Table


class JoinedParts:
    """What `join_tables` makes of whole tables.

    Args:
        tables: What each is called, its published split or "", and its rows; two at least.
        root: Where they are from.
        needed: See `join_tables`.

    Raises:
        IrregularError: If one of them would be left out.
        DataError: As `join_tables` does.
    """

    def __init__(
        self,
        tables: Sequence[tuple[str, str, Parts]],
        root: Path,
        needed: Callable[[Table], Collection[str]],
    ):
        self._tables, self._root = tables, root
        rows = contract.HEAD // len(tables) + 1
        for _, _, parts in tables:
            parts.head = _cut(parts.head, rows)
        heads = [(name, part, parts.head) for name, part, parts in tables]
        self.head = join_tables(heads, root, needed)
        if len(self.head) < sum(len(head) for _, _, head in heads):
            raise IrregularError
        self._several = len({part for _, part, _ in tables}) > 1

    @property
    def left_out(self) -> Mapping[str, int]:
        """Adds up what was left out of each."""
        total: Counter[str] = Counter()
        for _, _, parts in self._tables:
            total.update(parts.left_out)
        return total

    def tables(self) -> Iterator[Table]:
        """Yields the rows, those of one table after those of the one before."""
        for _, part, parts in self._tables:
            for table in parts.tables():
                columns: dict[str, list[Any]] = {
                    name: table.columns.get(name) or [None] * len(table)
                    for name in self.head.columns
                }
                if self._several:
                    columns[SPLIT] = [part] * len(table)
                yield Table(columns, (), self._root)


def _cut(table: Table, rows: int) -> Table:
    columns = {name: cells[:rows] for name, cells in table.columns.items()}
    return dataclasses.replace(table, columns=columns, lines=table.lines[:rows])
