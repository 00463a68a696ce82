"""What is told of pairs that may be no translations."""

from __future__ import annotations

from collections.abc import Sequence

from lstm_toolkit.data.readers.pairs.plausibility import copied, other_numbers, shifted, swapped
from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.texts.labels import LIKE_MISSING

FEWEST, MOST_OTHER_NUMBERS = 5, 0.2
"""How many pairs with other numbers on each side, and which share of those with numbers, are told:
amounts and times may be written in other units."""

MOST_UNLIKELY = 0.05
"""Share of the pairs that may look swapped or copied before the note warns of it."""


def find_doubts(
    table: Table, pairs: Sequence[tuple[str, str]], rows: Sequence[int]
) -> tuple[list[str], list[str]]:
    """Returns warnings of pairs that are no translations, and remarks if they are few."""
    whole = [pairs[row] for row in rows]
    exchanged, how = swapped(whole)
    same = copied(whole)
    kinds = (
        (exchanged, _looks_swapped(how)),
        (same, ("have the same words on both sides", "with the same words on both sides")),
    )
    warnings, remarks = [], []
    for found, (many, few) in kinds:
        where = _where(table, [rows[row] for row in found[:1]])
        if len(found) > MOST_UNLIKELY * len(rows):
            warnings.append(f"warning: {len(found):,} of {len(rows):,} pairs {many}{where}")
        else:
            remarks += count_note(len(found), "pair", f"{few}{where}")
    if not warnings and (slip := shifted(whole)):
        by, begin, length = slip
        where = _where(table, [rows[begin]])
        warnings.append(
            f"warning: {length:,} of {len(rows):,} pairs look shifted: by their lengths, the "
            f"translation stands {abs(by)} row{'s' if abs(by) > 1 else ''} "
            f"{'below' if by > 0 else 'above'}{where}"
        )
    if not warnings:
        warnings += _unlike_in_numbers(table, whole, rows)
    return warnings, [*remarks, *_like_missing(whole)]


def _unlike_in_numbers(
    table: Table, whole: Sequence[tuple[str, str]], rows: Sequence[int]
) -> list[str]:
    found, total = other_numbers(whole)
    if len(found) < FEWEST or len(found) <= MOST_OTHER_NUMBERS * total:
        return []
    where = _where(table, [rows[found[0]]])
    return [
        f"warning: {len(found):,} of {total:,} pairs with numbers have none in common, so their "
        f"lines may have slipped{where}"
    ]


def _like_missing(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Tells of sentences that are what programs write where nothing is."""
    sides = (side.strip() for pair in pairs for side in pair)
    found = [side for side in sides if side.casefold() in LIKE_MISSING]
    if len(found) < FEWEST:  # a few may be meant
        return []
    names = ", ".join(sorted(set(found))[:3])
    return [f"{len(found):,} sentences are {names}; only empty cells are missing"]


def _looks_swapped(how: str) -> tuple[str, str]:
    told = (
        f"swapped {how}" if how.startswith("by") else f"swapped or not in the usual scripts ({how})"
    )
    return f"look {told}", f"perhaps {told}"


def _where(table: Table, rows: Sequence[int]) -> str:
    line = table.line(rows[0]) if rows else None
    return "" if line is None else f", the first on line {line:,}"
