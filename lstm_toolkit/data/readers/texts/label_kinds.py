"""What stands in a column of labels: one class a row, several, or a number."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from lstm_toolkit.data.labels import label_text

LabelKind = Literal["auto", "classes", "several", "numbers"]

SEPARATORS = (";", "|", ",", "/", "；", "，", "、", "+", "&", "#")
"""What stands between several labels of a cell, the likeliest first."""

_UNIT = re.compile(r"([$€£¥]?) ?([+-]?[0-9]+(?:[.,][0-9]+)?) ?([%€£¥$]?)")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")

FEW_NUMBERS = 10
"""Numbers with fractions are classes where there are no more different ones than these."""


def as_lists(cells: Sequence[Any]) -> list[list[str] | None] | None:
    """Returns the labels of each cell where some cells hold lists, else None.

    Lists are those of JSON, Parquet or Python, also as text (`["a", "b"]`), and what Label
    Studio calls choices.

    Args:
        cells: As a reader found them; None where there is nothing.

    >>> as_lists([["a", "b"], None, '["c"]'])
    [['a', 'b'], None, ['c']]
    >>> as_lists(["a", "[b"]) is None
    True
    """
    lists = {id(cell): found for cell in cells if (found := _as_list(cell)) is not None}
    if not lists:
        return None
    return [lists.get(id(cell), [text] if (text := label_text(cell)) else None) for cell in cells]


def _as_list(cell: Any) -> list[str] | None:
    if isinstance(cell, Mapping) and set(cell) == {"choices"}:
        cell = cell["choices"]
    if isinstance(cell, str) and cell[:1] == "[" and cell[-1:] == "]":
        try:
            cell = json.loads(cell if '"' in cell else cell.replace("'", '"'))
        except (ValueError, RecursionError):
            return None
    if isinstance(cell, list | tuple | set | frozenset | np.ndarray):
        items = sorted(cell, key=str) if isinstance(cell, set | frozenset) else list(cell)
        if not any(isinstance(item, list | tuple | Mapping | np.ndarray) for item in items):
            return [text for item in items if (text := label_text(item))]
    return None


def find_separator(labels: Iterable[str]) -> str:
    """Returns what stands between several labels in a cell, "" if cells seem to hold one each.

    Cells hold several if their pieces come again in other cells, and there are no more
    different pieces than different cells.

    >>> find_separator(["food;staff", "staff", "price;food", ""])
    ';'
    >>> find_separator(["Food, Drink", "Arts, Crafts"])
    ''
    """
    different = {label for label in labels if label}
    return next((each for each in SEPARATORS if _divides(each, different)), "")


def _divides(separator: str, labels: set[str]) -> bool:
    pieces = [set(split_labels(label, separator)) for label in labels if separator in label]
    if not any(len(each) > 1 for each in pieces):  # as of A+ and B+
        return False
    single = {label for label in labels if separator not in label}
    counts = Counter(piece for each in pieces for piece in each)
    again = sum(count > 1 or piece in single for piece, count in counts.items())
    return 2 * again > len(counts) and len(counts.keys() | single) <= len(labels)


def split_labels(text: str, separator: str) -> list[str]:
    """Returns the labels of a cell, each once, in their order.

    >>> split_labels("a; b;a;", ";")
    ['a', 'b']
    """
    return list(dict.fromkeys(piece for part in text.split(separator) if (piece := part.strip())))


def plain_numbers(labels: Sequence[str]) -> list[str]:
    """Writes numbers with points where all labels have one comma among digits, as in `3,7`.

    A unit that all have, such as `%`, is left out.

    >>> plain_numbers(["3,7", "4,0", ""]), plain_numbers(["2,15", "14"])
    (['3.7', '4.0', ''], ['2,15', '14'])
    >>> plain_numbers(["10 %", "7%"]), plain_numbers(["10%", "7"])
    (['10', '7'], ['10%', '7'])
    """
    matches = {label: _UNIT.fullmatch(label.strip()) for label in set(labels) if label.strip()}
    units = {match and (match[1], match[3]) for match in matches.values()}
    if len(units) == 1 and None not in units:
        numbers = {label: match[2] for label, match in matches.items() if match}
        labels = [numbers.get(label, label) for label in labels]
    commas = all(_COMMA.fullmatch(label.strip()) for label in set(labels) if label.strip())
    return [label.replace(",", ".") for label in labels] if commas else list(labels)


def number(text: str) -> float | None:
    """Returns a label as a finite number, None if it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def look_like_numbers(labels: Iterable[str]) -> bool:
    """Tells whether labels measure rather than name: many different numbers.

    Numbers with fractions do if there are more than ten different ones; whole ones if
    there are more than twenty, each in fewer than twenty rows on average.

    Args:
        labels: One a row, "" for none.

    >>> look_like_numbers(f"{n / 7:.3f}" for n in range(50))
    True
    >>> look_like_numbers(["1", "2", "5"] * 9), look_like_numbers(["2.5", "3.5"] * 9)
    (False, False)
    """
    counts = Counter(label for label in labels if label)
    values = [number(label) for label in counts]
    if not counts or any(value is None for value in values):
        return False
    whole = all(value is not None and value.is_integer() for value in values)
    if whole:
        return len(counts) > 20 and sum(counts.values()) < 20 * len(counts)
    return len(counts) > FEW_NUMBERS


def are_ordered(labels: Iterable[str]) -> bool:
    """Tells whether classes are numbers in a row, such as stars from 1 to 5.

    >>> are_ordered(["1", "2", "3"]), are_ordered(["0", "1"]), are_ordered(["1", "x"])
    (True, False, False)
    """
    values = [number(label) for label in set(labels) if label]
    return 2 < len(values) <= 2 * FEW_NUMBERS and all(value is not None for value in values)
