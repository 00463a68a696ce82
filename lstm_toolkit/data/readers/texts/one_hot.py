"""Labels in columns of their own: a column a label, with 1 where a row has it."""

from __future__ import annotations

import dataclasses

from lstm_toolkit.data.readers.tables.columns import (
    LABEL_NAMES,
    TEXT_NAMES,
    few_valued,
    is_split,
    listed,
)
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.data.readers.texts.label_kinds import LabelKind
from lstm_toolkit.data.splits.parts import SPLIT_NAMES, fold
from lstm_toolkit.errors import DataError

LABEL = "label"
"""The column into which they are put."""

_GIVEN = {"1": True, "0": False, "1.0": True, "0.0": False, "true": True, "false": False}


def with_label_column(table: Table, label_column: str, kind: LabelKind) -> Table:
    """Puts columns of 0 and 1 into one of labels, where no other column is named for labels.

    Args:
        table: What a reader found.
        label_column: What is stated; "label" is what this found in a training.
        kind: What labels are. Of classes each row must have one.

    Returns:
        The table, with a column `label` in place of those if there are such; its remarks name
        them.

    Raises:
        DataError: If some rows have none or several, and no other column may hold labels.
    """
    named = any(fold(name) in LABEL_NAMES for name in table.columns)
    if named or label_column not in ("", LABEL) or kind == "numbers":
        return table
    flags = {name: given for name in table.columns if (given := _given(table, name))}
    if len(flags) < 2:
        return table
    rows = [[name for name in flags if flags[name][row]] for row in range(len(table))]
    others = {name: cells for name, cells in table.columns.items() if name not in flags}
    if any(_may_be_labels(table, name) for name in others):
        return table
    wrong = [row for row, labels in enumerate(rows) if len(labels) != 1]
    if wrong and kind != "several":
        raise DataError(
            "needs one 1 a row in columns of 0 and 1, or the setting label_column; train "
            f"labelling gives several labels a row. Received: {len(wrong):,} rows with none or "
            f"several, in columns {listed(list(flags))[:100]}",
            path=table.path,
            line=table.line(wrong[0]),
        )
    labels = rows if kind == "several" else [labels[0] for labels in rows]
    told = f"labels by columns of 0 and 1: {listed(list(flags))}"
    return dataclasses.replace(
        table, columns={**others, LABEL: labels}, remarks=(*table.remarks, told)
    )


def _may_be_labels(table: Table, name: str) -> bool:
    if is_split(table, name, partly=True):
        return False
    cells = table.columns[name]
    plain = all(cell is None or isinstance(cell, str | int | float) for cell in cells)
    return not plain or few_valued(table.texts(name))


def _given(table: Table, name: str) -> list[bool] | None:
    """Returns whether each row has a label, None of a column of other cells."""
    if fold(name) in {*SPLIT_NAMES, *TEXT_NAMES}:
        return None
    cells = table.columns[name]
    if any(hasattr(cell, "__len__") and not isinstance(cell, str) for cell in cells[:100]):
        return None
    given = []
    for cell in cells:
        known = None if isinstance(cell, list | dict) else _GIVEN.get(as_text(cell).strip().lower())
        if known is None:
            return None
        given.append(known)
    return given if any(given) else None
