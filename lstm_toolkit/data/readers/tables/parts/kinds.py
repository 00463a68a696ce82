"""What kinds of cells columns hold, of which a few tell the types of what is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lstm_toolkit.data.readers.tables.table import Table


def hold_objects(table: Table) -> bool:
    """Tells whether a cell holds an object, whose values may become columns."""
    return any(isinstance(cell, Mapping) for cells in table.columns.values() for cell in cells)


class Kinds:
    """A few cells that stand for all: of each type one, of numbers the greatest.

    Args:
        names: Of the columns.
    """

    def __init__(self, names: Sequence[str]):
        self._kept: dict[str, dict[Any, Any]] = {name: {} for name in names}

    def see(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Looks at cells."""
        for name, cells in columns.items():
            kept = self._kept[name]
            if all(type(cell) is str for cell in cells):
                kept.setdefault(str, cells[0])
                continue
            for cell in cells:
                _keep(kept, cell)

    def columns(self) -> dict[str, list[Any]]:
        """Returns the cells by column."""
        return {name: list(map(_plain, kept.values())) for name, kept in self._kept.items()}


def _keep(kept: dict[Any, Any], cell: Any) -> None:
    kind = type(cell)
    if isinstance(cell, list | tuple) or hasattr(cell, "tolist"):
        inner = kept.setdefault(kind, {})
        for each in cell if isinstance(inner, dict) and hasattr(cell, "__len__") else ():
            _keep(inner, each)
    elif kind not in kept or (
        isinstance(cell, int | float | Decimal) and abs(cell) > abs(kept[kind])
    ):
        kept[kind] = cell


def _plain(kept: Any) -> Any:
    return [_plain(each) for each in kept.values()] if isinstance(kept, dict) else kept
