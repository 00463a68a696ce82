"""What a watch remembers, in one SQLite file: rows that were seen, days, alerts."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.errors import InputError
from lstm_toolkit.monitoring.changes import Days
from lstm_toolkit.monitoring.dated import DatedText, date_text

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS seen (key BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS days (
  entity TEXT, day INTEGER, count INTEGER, total REAL, squares REAL, PRIMARY KEY (entity, day));
CREATE TABLE IF NOT EXISTS texts (entity TEXT, day INTEGER, tone REAL, text TEXT);
CREATE INDEX IF NOT EXISTS texts_of_days ON texts (entity, day);
CREATE INDEX IF NOT EXISTS days_by_day ON days (day);
CREATE TABLE IF NOT EXISTS alerts (
  number INTEGER PRIMARY KEY, entity TEXT, day INTEGER, alert TEXT NOT NULL,
  told INTEGER NOT NULL DEFAULT 0, UNIQUE (entity, day));
"""

HEADLINES = 5
"""Texts that are kept of each day and entity, at either end of the tone."""

LONGEST_TEXT = 300
"""Signs of a text that are kept."""

NOT_ONE = -(10**9)
"""The day before which nothing was judged, where nothing was."""

APPLICATION = 0x6C73746D
"""By which SQLite knows a journal (`PRAGMA application_id`): "lstm" in ASCII."""


@dataclasses.dataclass(frozen=True)
class Toned:
    """A text and what it says, from -1 to 1, or from 0 to 1 where one class is watched."""

    text: DatedText
    tone: float


class Journal:
    """An open journal. One process writes to it at a time.

    Args:
        path: Of the file; made if there is none.
        facts: What it was begun with, and must be asked with again: model, classes, rules.

    Raises:
        InputError: If another process has it open, it is no journal, or was begun otherwise.
    """

    def __init__(self, path: Path, facts: Mapping[str, str]):
        self.path = path
        try:
            self._base = sqlite3.connect(path, timeout=1.0, isolation_level=None)
        except sqlite3.Error as error:
            raise InputError(f"{path}: cannot be opened for watching. {error}") from error
        try:
            self._begin(facts)
        except BaseException:
            self.close()
            raise

    def _begin(self, facts: Mapping[str, str]) -> None:
        try:
            self._base.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._base.execute("PRAGMA synchronous=FULL")
            with self.writing():
                self._check_kind()
                for statement in SCHEMA.split(";"):
                    self._base.execute(statement)
                self._check_facts(facts)
        except sqlite3.OperationalError as error:
            raise InputError(f"{self.path}: cannot be opened for watching. {error}") from error
        except sqlite3.DatabaseError as error:
            raise InputError(f"{self.path}: is no journal of `monitor`. {error}") from error

    def _check_kind(self) -> None:
        """Refuses a database of another program, and marks a new one."""
        (kind,) = self._base.execute("PRAGMA application_id").fetchone()
        (tables,) = self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if kind != APPLICATION and tables:
            raise InputError(
                f"{self.path}: is no journal of `monitor`. It is a database of something else"
            )
        if not tables:
            self._base.execute(f"PRAGMA application_id = {APPLICATION}")

    def _check_facts(self, facts: Mapping[str, str]) -> None:
        self._base.execute(
            "INSERT OR IGNORE INTO facts VALUES ('watch', ?)", (secrets.token_hex(8),)
        )
        for name, value in facts.items():
            (before,) = self._base.execute(
                "SELECT max(value) FROM facts WHERE name = ?", (name,)
            ).fetchone()
            if before is None:
                self._base.execute("INSERT INTO facts VALUES (?, ?)", (name, value))
            elif before != value:
                raise InputError(
                    f"{self.path}: was begun with another {name}; give another --state. "
                    f"Received: {value[:80]}, where it was {before[:80]}"
                )

    def close(self) -> None:
        """Closes the file."""
        self._base.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Keeps all that the block writes, or nothing of it."""
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._base.execute("COMMIT")
        except BaseException:
            if self._base.in_transaction:  # SQLite itself may have gone back, on a full disk
                self._base.execute("ROLLBACK")
            raise

    def unseen(self, texts: Iterable[DatedText]) -> list[DatedText]:
        """Returns the texts that are new, each once."""
        new: dict[bytes, DatedText] = {}
        for text in texts:
            row = self._base.execute("SELECT 1 FROM seen WHERE key = ?", (text.key,)).fetchone()
            if row is None:
                new.setdefault(text.key, text)
        return list(new.values())

    def add(self, texts: Iterable[Toned]) -> None:
        """Adds texts to their days; only inside `writing`."""
        touched = set()
        for each in texts:
            text, tone = each.text, each.tone
            name = text.row.name[:LONGEST_TEXT].encode("utf-8", "replace").decode()
            self._base.execute("INSERT INTO seen VALUES (?)", (text.key,))
            for entity in text.entities:
                self._base.execute(
                    "INSERT INTO days VALUES (?, ?, 1, ?, ?) ON CONFLICT (entity, day) DO UPDATE "
                    "SET count = count + 1, total = total + excluded.total, "
                    "squares = squares + excluded.squares",
                    (entity, text.day, tone, tone * tone),
                )
                self._base.execute(
                    "INSERT INTO texts VALUES (?, ?, ?, ?)",
                    (entity, text.day, tone, name),
                )
                touched.add((entity, text.day))
        for entity, day in touched:
            self._keep_ends(entity, day)

    def _keep_ends(self, entity: str, day: int) -> None:
        """Forgets the texts of a day that are neither among the lowest nor the highest."""
        ends = " UNION ".join(
            "SELECT * FROM (SELECT rowid FROM texts WHERE entity = :entity AND day = :day "
            f"ORDER BY tone {way}, rowid LIMIT {HEADLINES})"
            for way in ("ASC", "DESC")
        )
        self._base.execute(
            f"DELETE FROM texts WHERE entity = :entity AND day = :day AND rowid NOT IN ({ends})",
            {"entity": entity, "day": day},
        )

    @property
    def judged(self) -> int:
        """The last day that was judged, `NOT_ONE` if none was."""
        row = self._base.execute("SELECT value FROM facts WHERE name = 'judged'").fetchone()
        return int(row[0]) if row else NOT_ONE

    @judged.setter
    def judged(self, day: int) -> None:
        self._base.execute("INSERT OR REPLACE INTO facts VALUES ('judged', ?)", (str(day),))

    def last_day(self) -> int:
        """Returns the last day with a text, `NOT_ONE` if there is none."""
        (day,) = self._base.execute("SELECT max(day) FROM days").fetchone()
        return NOT_ONE if day is None else int(day)

    def entities(self, after: int = NOT_ONE) -> list[str]:
        """Returns the names of all with a text of a day after another."""
        rows = self._base.execute(
            "SELECT DISTINCT entity FROM days WHERE day > ? ORDER BY entity", (after,)
        )
        return [row[0] for row in rows]

    def days(self, entity: str, before: int = NOT_ONE, most: int = -1) -> Days:
        """Returns what the texts of an entity said, day by day.

        Args:
            entity: Its name.
            before: A day up to which not all are wanted.
            most: Days up to that one, the latest; all of them if negative.
        """
        rows = self._base.execute(
            "SELECT * FROM (SELECT day, count, total, squares FROM days "
            "WHERE entity = :entity AND day <= :before ORDER BY day DESC LIMIT :most) "
            "UNION ALL SELECT day, count, total, squares FROM days "
            "WHERE entity = :entity AND day > :before ORDER BY day",
            {"entity": entity, "before": before, "most": most},
        ).fetchall()
        day, count, total, squares = zip(*rows, strict=True) if rows else ((), (), (), ())
        return Days(
            np.array(day, np.int64), np.array(count, np.int64), np.array(total), np.array(squares)
        )

    def headlines(self, entity: str, since: int, day: int, direction: str) -> list[dict[str, Any]]:
        """Returns the texts of some days that went furthest in a direction, the furthest first."""
        way = "ASC" if direction == "down" else "DESC"
        rows = self._base.execute(
            "SELECT day, tone, text FROM texts WHERE entity = ? AND day BETWEEN ? AND ? "
            f"ORDER BY tone {way}, rowid LIMIT {HEADLINES}",
            (entity, since, day),
        )
        return [
            {"date": date_text(each), "tone": round(tone, 4), "text": text}
            for each, tone, text in rows
        ]

    def alerted(self, entity: str) -> int:
        """Returns the day of the last alert of an entity, `NOT_ONE` if it had none."""
        row = self._base.execute(
            "SELECT max(day) FROM alerts WHERE entity = ?", (entity,)
        ).fetchone()
        return NOT_ONE if row[0] is None else int(row[0])

    def alert(self, entity: str, day: int, alert: Mapping[str, Any]) -> None:
        """Adds an alert; only inside `writing`."""
        self._base.execute(
            "INSERT OR IGNORE INTO alerts (entity, day, alert) VALUES (?, ?, ?)",
            (entity, day, json.dumps(alert, ensure_ascii=False)),
        )

    def alerts(self, *, untold: bool = False) -> list[dict[str, Any]]:
        """Returns alerts in the order in which they were found, each with its `number`."""
        where = "WHERE told = 0" if untold else ""
        rows = self._base.execute(f"SELECT number, alert FROM alerts {where} ORDER BY number")
        (watch,) = self._base.execute("SELECT value FROM facts WHERE name = 'watch'").fetchone()
        return [{"number": number, "watch": watch, **json.loads(alert)} for number, alert in rows]

    def tell(self, number: int) -> None:
        """Notes that an alert was told."""
        self._base.execute("UPDATE alerts SET told = 1 WHERE number = ?", (number,))
