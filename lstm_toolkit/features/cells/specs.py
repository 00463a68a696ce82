"""What the network is told of each column that was learnt."""

from __future__ import annotations

from typing import Any

from lstm_toolkit.builders.column_encoders import ColumnSpec
from lstm_toolkit.data.readers.mixed.names import kind_of
from lstm_toolkit.features.cells.steps import CHANNELS


def column_spec(name: str, state: Any) -> ColumnSpec:
    """Returns the kind and the size of a column.

    Args:
        name: Of its input.
        state: What the feature of its kind learnt.
    """
    kind = kind_of(name)
    if kind == "text":
        return ColumnSpec(kind, len(state.vocabulary))
    if kind == "number":
        return ColumnSpec(kind, len(state.edges) + 1)
    if kind == "category":
        return ColumnSpec(kind, len(state.names) + 2)
    if kind == "image":
        return ColumnSpec(kind, shape=(*state.frame.size, 3))
    return ColumnSpec(kind, CHANNELS)
