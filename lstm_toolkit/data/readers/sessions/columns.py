"""Which columns of a table hold sessions, items and times."""

from __future__ import annotations

import dataclasses

from lstm_toolkit.data.readers.sessions.day_and_clock import day_and_clock
from lstm_toolkit.data.readers.tables.columns import is_split, listed
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError, did_you_mean

SESSION_NAMES = (
    *("session", "sessionid", "sid", "visit", "visitid", "basket", "basketid", "order", "orderid"),
    *("visitorid", "visitor", "user", "userid", "customer", "customerid", "会话", "用户"),
)
ITEM_NAMES = (
    *("item", "itemid", "product", "productid", "article", "articleid", "sku", "asin"),
    *("track", "trackid", "song", "movie", "movieid", "page", "url", "商品", "物品"),
)
TIME_NAMES = (
    *("time", "timestamp", "datetime", "date", "eventdate", "eventtime", "ts", "when"),
    *("createdat", "clickedat", "时间", "日期"),
)
LIST_NAMES = ("items", "products", "sequence", "history", "clicks", "sessions", "session")
"""Names of columns, best first; case, spaces and signs do not count. The last ones are of a table
with a session a row."""

NAMES = frozenset((*SESSION_NAMES, *ITEM_NAMES, *TIME_NAMES, *LIST_NAMES))


@dataclasses.dataclass(frozen=True)
class SessionColumns:
    """The columns that were chosen.

    Attributes:
        session: "" of a table with a session a row.
        item: A click's item, or the items of a whole session.
        time: "" where the order of the rows is that of time.
        split: The published split of each row; "" if there is none.
        clock: A column of times of day, which belong to the days in `time`; "" if there is none.
    """

    session: str
    item: str
    time: str
    split: str
    clock: str = ""

    @property
    def used(self) -> set[str]:
        """Those there are."""
        return {self.session, self.item, self.time, self.split, self.clock} - {""}

    @property
    def times_in(self) -> str:
        """Where times stand, in words; "" if nowhere."""
        return f"{self.time} and {self.clock}" if self.clock else self.time


def choose_session_columns(
    table: Table, session_column: str = "", item_column: str = "", time_column: str = ""
) -> SessionColumns:
    """Chooses columns as told, or else by their names.

    Args:
        table: What a reader found.
        session_column: The column that tells sessions apart; "" finds it.
        item_column: The column of items, one a row, or those of a whole session; "" finds it.
        time_column: The column of times; "" finds it.

    Raises:
        DataError: If there is no such column, or none of items.
    """
    asked = {
        "session_column": session_column,
        "item_column": item_column,
        "time_column": time_column,
    }
    for option, name in asked.items():
        if name and name not in table.columns:
            hint = did_you_mean(name, table.columns)
            raise DataError(f"no column `{name}` for {option}, {hint}", path=table.path)
    split = next((name for name in table.columns if is_split(table, name, partly=True)), "")
    taken = {*asked.values(), split} - {""}
    time = time_column or _named(table, TIME_NAMES, taken)
    item = item_column or _named(table, ITEM_NAMES, {*taken, time})
    session = session_column or _named(table, SESSION_NAMES, {*taken, time, item})
    time, clock = day_and_clock(table, time, _all_named(table, TIME_NAMES, {*taken, item, session}))
    if not item:
        lists = _named(table, LIST_NAMES, {*taken, time} - {session})
        if not lists or (session_column and lists == session):
            raise DataError(
                "needs a column of items, named `item` or by the setting item_column; or one of "
                f"whole sessions, named `items`. Received: {listed(list(table.columns))}",
                path=table.path,
            )
        return SessionColumns("", lists, time, split, clock)
    if not session and not item_column:
        raise DataError(
            "needs a column of sessions, named `session` or by the setting session_column. "
            f"Received: {listed(list(table.columns))}",
            path=table.path,
        )
    return SessionColumns(session, item, time, split, clock)


def _named(table: Table, known: tuple[str, ...], taken: set[str]) -> str:
    return next(iter(_all_named(table, known, taken)), "")


def _all_named(table: Table, known: tuple[str, ...], taken: set[str]) -> list[str]:
    """Returns the columns of known names, the best first."""
    here = {fold(name): name for name in reversed(list(table.columns)) if name not in taken}
    return [here[name] for name in known if name in here]
