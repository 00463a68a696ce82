"""Groups that share an input become one, so that it stands on one side."""

from __future__ import annotations

import dataclasses

import numpy as np

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.splits.at_random import row_keys
from lstm_toolkit.data.splits.connected import connected
from lstm_toolkit.data.splits.splitter import published_parts


def joined_groups(source: Source, column: str) -> tuple[Source, int]:
    """Joins groups that share an input, also by way of others.

    Args:
        source: With groups in `Dataset.meta[column]`, `str[n]`.
        column: Of the groups; where it is not there, what is alike is a group.

    Returns:
        The source with joined groups, without rows of groups that a published split has too; and
        how many rows these are.
    """
    parts = [source.rows, *published_parts(source).values()]
    pairs = [pair for part in parts for pair in _members(part, column)]
    names = np.empty(len(pairs), np.int64)
    for name, positions in enumerate(connected(pairs)):
        names[positions] = name
    own, others = np.split(names, [len(source.rows)])
    left = np.flatnonzero(~np.isin(own, others))
    rows = source.rows.take(left)
    meta = {**rows.meta, column: own[left].astype(np.str_)}
    joined = dataclasses.replace(source, rows=dataclasses.replace(rows, meta=meta))
    return joined, len(own) - len(left)


def _members(rows: Dataset, column: str) -> list[tuple[object, object]]:
    """Returns what ties each row to others: its group and its input."""
    inputs = [("input", key) for key in row_keys(rows)]
    groups = [("group", name) for name in rows.meta[column]] if column in rows.meta else inputs
    return list(zip(groups, inputs, strict=True))
