"""Inputs of tasks that have no reader of inputs: the rows of what they read for training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.inputs.rows import Inputs, Row


def source_inputs(source: Source, features: Mapping[str, Any]) -> Inputs:
    """Returns the rows of a source, those of published splits behind the others."""
    parts = [source.rows, *source.published]
    return Inputs(_rows(parts, list(features)), {"row": ()}, source.note)


def _rows(parts: list[Any], names: list[str]) -> Iterator[Row]:
    number = 0
    for part in parts:
        for place in range(len(part)):
            number += 1
            values = {name: _plain(part.columns[name][place]) for name in names}
            value = values if len(names) > 1 else values[names[0]]
            shown = value if isinstance(value, str) else f"row {number}"
            yield Row(shown, value, {"row": number})


def _plain(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
