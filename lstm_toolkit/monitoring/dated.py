"""Texts with the day that they are of, and whom they are about."""

from __future__ import annotations

import dataclasses
import datetime
import email.utils
import functools
import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.data.readers.series.times import AUTO, ORDERS, read_times
from lstm_toolkit.data.readers.tables.columns import listed
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError, did_you_mean

_TELLS_YEAR = re.compile(r"\d{4}|\d{1,2}[/.]\d{1,2}[/.]\d{2}")
"""A time of day or a month alone is none of a day."""

DATE_NAMES = (
    *("date", "day", "time", "timestamp", "datetime", "ds"),
    *("published", "published_at", "publishedat", "created_at", "pubdate"),
)
ENTITY_NAMES = ("entity", "entities", "ticker", "symbol", "company", "brand", "product")

EVERYTHING = ""
"""The entity of all texts together."""

EPOCH = datetime.date(1970, 1, 1).toordinal()
EARLIEST = datetime.date(1800, 1, 1).toordinal() - EPOCH
"""The first day that a text can be of."""
AHEAD = 1
"""Days that a clock east of Greenwich may be ahead of UTC."""


@dataclasses.dataclass(frozen=True)
class DatedColumns:
    """Names of columns.

    Attributes:
        date: Of the day.
        entity: Of whom a text is about, "" if there is none.
        key: Of what tells rows apart, "" for all their cells.
        date_order: One of `ORDERS`, or "auto".
    """

    date: str = ""
    entity: str = ""
    key: str = ""
    date_order: str = AUTO

    def among(self, names: Collection[str]) -> DatedColumns:
        """Returns the columns of a table, those that were not named by what they are called.

        Raises:
            DataError: If one is not there, or none is one of dates.
        """
        for option, name in (("date", self.date), ("entity", self.entity), ("id", self.key)):
            if name and name not in names:
                raise DataError(f"no column `{name}` for --{option}, {did_you_mean(name, names)}")
        date = self.date or _by_name(names, DATE_NAMES)
        if not date:
            raise DataError(
                f"needs a column of dates; name it by --date. Received: {listed(list(names))}"
            )
        return dataclasses.replace(
            self, date=date, entity=self.entity or _by_name(names, ENTITY_NAMES)
        )


def _by_name(names: Collection[str], known: Collection[str]) -> str:
    folded = {fold(name): name for name in names}
    return next((folded[name] for name in known if name in folded), "")


@dataclasses.dataclass(frozen=True)
class DatedText:
    """A text of a day.

    Attributes:
        row: What is to be answered.
        day: Since 1970-01-01.
        entities: Whom it is about, `EVERYTHING` first.
        key: 16 bytes that tell it from others.
    """

    row: Row
    day: int
    entities: tuple[str, ...]
    key: bytes


def dated_text(row: Row, columns: DatedColumns, today: int) -> DatedText:
    """Reads the date and the entities of a row.

    Args:
        row: With its cells.
        columns: Those of its table, see `DatedColumns.among`.
        today: The last day that a text can be of.

    Raises:
        DataError: If the row cannot be answered, or its cell is no date up to today.
    """
    if isinstance(row.value, DataError):
        raise row.value
    written = as_text(row.cells.get(columns.date)).strip()
    day = day_of(written, columns.date_order)
    if not EARLIEST <= day <= today + AHEAD:
        raise DataError(f"needs a date up to today. Received: {written[:40]}")
    entities = split_entities(row.cells.get(columns.entity)) if columns.entity else ()
    return DatedText(row, day, (EVERYTHING, *entities), _key(row.cells, columns.key))


def _key(cells: Mapping[str, Any], column: str) -> bytes:
    """Returns what tells a row from others, however it was read: empty cells do not count."""
    if column and not as_text(cells.get(column)).strip():
        raise DataError(f"needs a cell in {column}, by which rows are told apart. Received: none")
    named = {column: cells[column]} if column else cells
    filled = sorted((name, text) for name, text in _flat(named) if text)
    written = json.dumps(filled).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(written, digest_size=16).digest()


def _flat(cells: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Yields cells as texts, those of objects within objects by `outer.inner`, as tables do."""
    for name, cell in cells.items():
        if isinstance(cell, Mapping):
            yield from _flat(cell, f"{above}{name}.")
        else:
            yield f"{above}{name}", as_text(cell).strip()


def split_entities(cell: Any) -> tuple[str, ...]:
    """Returns the names in a cell, each once: a list, or a text with `;` or `|` between them.

    >>> split_entities("ACME; Globex;ACME"), split_entities(None)
    (('ACME', 'Globex'), ())
    """
    text = as_text(cell).strip()
    if isinstance(cell, list | tuple):
        names = [as_text(each) for each in cell]
    elif text.startswith("["):
        try:
            names = [as_text(each) for each in json.loads(text)]
        except (ValueError, TypeError, RecursionError):
            names = [text]
    else:
        names = re.split(r"[;|]", text)
    plain = (name.strip().encode("utf-8", "replace").decode() for name in names)
    return tuple(dict.fromkeys(name for name in plain if name))


@functools.lru_cache(65_536)
def day_of(text: str, order: str = AUTO) -> int:
    """Returns the day of a date, in UTC where its zone is told, since 1970-01-01.

    Args:
        text: In any common form.
        order: In which days and months stand: one of `ORDERS`, or "auto".

    Raises:
        DataError: If it is no date, or either of two.

    >>> day_of("2024-01-31T23:30:00-05:00") - day_of("31 Jan 2024")
    1
    """
    try:
        moment = _moment(text)
    except ValueError:
        return _any_form(text, order)
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC)
    return moment.toordinal() - EPOCH


def _moment(text: str) -> datetime.datetime:
    """Reads the forms that are common and can be read fast: ISO 8601, and that of mails and RSS.

    Raises:
        ValueError: If it is in another form.
    """
    if text[:3].isalpha():
        return email.utils.parsedate_to_datetime(text)
    if text.isdecimal() and len(text) != len("20240131"):  # seconds, say, since 1970
        raise ValueError(text)
    return datetime.datetime.fromisoformat(text)


def _any_form(text: str, order: str) -> int:
    days = []
    if not _TELLS_YEAR.search(text):
        raise DataError(f"needs a date. Received: {text[:40] or 'an empty cell'}")
    for each in ORDERS if order == AUTO else (order,):
        try:
            read = read_times(Table({"date": [text]}, (), None), ["date"], lambda _: "", each)
        except DataError:
            continue
        days += [int(read.times[0] // (86_400 * 10**9))] if read.dated else []
    if not days:
        raise DataError(f"needs a date. Received: {text[:40] or 'an empty cell'}")
    if days[0] != days[-1]:
        raise DataError(
            f"needs a date. Received: {text[:40]}, which may be either of two days; "
            "give --date-order day/month or month/day"
        )
    return days[0]


def date_text(day: int) -> str:
    """Returns a day as it is written.

    >>> date_text(19_753)
    '2024-01-31'
    """
    return datetime.date.fromordinal(day + EPOCH).isoformat()
