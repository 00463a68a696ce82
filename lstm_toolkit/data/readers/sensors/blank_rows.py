"""Rows of a table in which every cell is empty: steps of which nothing is known, or none."""

from __future__ import annotations

import dataclasses

from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.data.readers.tables.table import Table, as_text


def without_blank_rows(table: Table, *, timed: bool) -> Table:
    """Leaves out rows that are no steps, and tells how many.

    Where rows are counted a blank one is a step without values, or all behind it would move up.

    Args:
        table: A step a row.
        timed: Whether times tell which steps are missing; without them only the blank rows at
            the end are none, which programs write behind a table.
    """
    rows = zip(*table.columns.values(), strict=True)
    filled = [any(as_text(cell).strip() for cell in row) for row in rows]
    last = max((row for row, there in enumerate(filled) if there), default=-1)
    kept = [row for row, there in enumerate(filled) if there or (row < last and not timed)]
    if len(kept) == len(filled):
        return table
    note = count_note(len(filled) - len(kept), "row", "of empty cells left out")
    return dataclasses.replace(
        table,
        columns={name: [cells[row] for row in kept] for name, cells in table.columns.items()},
        lines=[table.lines[row] for row in kept] if table.lines else table.lines,
        remarks=(*table.remarks, *note),
    )
