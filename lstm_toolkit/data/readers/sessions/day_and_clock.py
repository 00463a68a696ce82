"""Times of day, which are times beside a column of days alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError

_CLOCK = re.compile(r"\s*\d{1,2}:\d\d(:\d\d([.,]\d+)?)?(\s?[AaPp][Mm])?\s*")
"""A time of day and nothing else; pandas would read it as today's."""
_COUNTED = re.compile(r"\s*(?!\d{8}\s*$)[+-]?[\d.]+([eE][+-]?\d+)?\s*")
"""Numbers, but for days in eight digits."""


def day_and_clock(table: Table, time: str, others: Sequence[str]) -> tuple[str, str]:
    """Returns the column of days or whole times, and that of the times of day, "" if none is.

    Args:
        table: With these columns.
        time: The one that was chosen, "" for none.
        others: Columns that may hold times too, the best first.
    """
    if not time:
        return "", ""
    others = [name for name in others if name != time]
    if _is_clock(table, time):
        day = next((name for name in others if _is_day(table, name)), "")
        return (day, time) if day else (time, "")
    if not _is_day(table, time):
        return time, ""
    return time, next((name for name in others if _is_clock(table, name)), "")


def joined_times(table: Table, day: str, clock: str) -> list[str]:
    """Returns days with their times of day, "" where either is missing."""
    pairs = zip(table.texts(day), table.texts(clock), strict=True)
    return [f"{a.strip()} {b.strip()}" if a.strip() and b.strip() else "" for a, b in pairs]


def check_days(table: Table, column: str, texts: Sequence[str]) -> None:
    """Refuses times of day without a day.

    Raises:
        DataError: If there is one.
    """
    for row, text in enumerate(texts):
        if _CLOCK.fullmatch(text):
            raise DataError(
                f"needs days beside the times of day in column {column}, in a column `date`, or "
                f"another column by the setting time_column. Received: {text.strip()}",
                path=table.path,
                line=table.line(row),
            )


def _is_clock(table: Table, column: str) -> bool:
    texts = [text for text in table.texts(column) if text.strip()]
    return bool(texts) and all(map(_CLOCK.fullmatch, texts))


def _is_day(table: Table, column: str) -> bool:
    """Tells whether a column has texts, none of them with a time of day, or another number."""
    texts = [text for text in table.texts(column) if text.strip()]
    return bool(texts) and not any(":" in text or _COUNTED.fullmatch(text) for text in texts)
