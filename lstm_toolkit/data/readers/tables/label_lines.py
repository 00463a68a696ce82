"""Lines of labels and a text, as fastText takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.table import Table

PREFIX = "__label__"


def is_label_lines(text: str) -> bool:
    """Tells whether nine of ten lines begin with `__label__`."""
    lines = [line for line in text.split("\n") if line.strip()]
    labelled = sum(line.lstrip().startswith(PREFIX) for line in lines)
    return 0 < labelled >= 0.9 * len(lines)


def read_label_lines(text: str, path: Path) -> Table:
    r"""Reads a label or several, and the text behind them, from each line.

    Returns:
        Columns `text` and `label`; a cell of several labels is a list, one of none is None.

    >>> table = read_label_lines("__label__a fine\n__label__b __label__c so so\n", Path("a.txt"))
    >>> table.columns["text"], table.columns["label"]
    (['fine', 'so so'], ['a', ['b', 'c']])
    """
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    rows = [divide(line) for _, line in lines]
    columns: dict[str, list[Any]] = {
        "text": [words for words, _ in rows],
        "label": [labels for _, labels in rows],
    }
    return Table(columns, [number for number, _ in lines], path)


def divide(line: str) -> tuple[str, str | list[str] | None]:
    """Returns the text of a line, and its label, its labels, or None.

    >>> divide("__label__a, __label__b so so"), divide("plain")
    (('so so', ['a', 'b']), ('plain', None))
    """
    labels: list[str] = []
    rest = line.strip()
    while rest.startswith(PREFIX):
        label, _, rest = rest.partition(" ") if " " in rest else (rest, "", "")
        labels.append(label.removeprefix(PREFIX).rstrip(","))
        rest = rest.lstrip()
    if len(labels) > 1:
        return rest, labels
    return rest, labels[0] if labels else None
