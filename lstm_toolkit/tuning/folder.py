"""The folder of a search: what it was begun with, its trials, its report and the best run."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import Any

from lstm_toolkit.errors import InputError, RunError
from lstm_toolkit.runs import BEST, CONFIG, FORMAT, JOINED, SEARCH, Run
from lstm_toolkit.settings.fields import Settings
from lstm_toolkit.system.files import check_writable, is_draft, write_json
from lstm_toolkit.system.versions import versions
from lstm_toolkit.tuning.plan import Plan


@dataclasses.dataclass(frozen=True)
class SearchFolder:
    """Where a search is kept.

    Attributes:
        path: The folder; the best run lies in `best/` in it.
    """

    path: Path

    @property
    def best(self) -> Path:
        """The run folder of the best settings."""
        return self.path / BEST

    def check(self, *, resume: bool) -> None:
        """Raises `InputError` if the folder cannot be written to, or without being asked."""
        path = self.path
        check_writable(path)
        if (path / SEARCH).exists() and not resume:
            raise InputError(
                f"{path}: there is a search already; add --resume or choose another --out"
            )
        foreign = path.is_dir() and any(not is_draft(entry) for entry in path.iterdir())
        if foreign and not (path / SEARCH).exists():
            raise InputError(f"{path}: is not empty; choose another --out")

    def make_way(self, settings: Settings, names: Iterable[str]) -> None:
        """Renames a best run of other settings, which a longer search has bettered."""
        if not (self.best / CONFIG).exists():
            return
        before = Run.open_unfinished(self.best).settings
        if any(getattr(before, name) != getattr(settings, name) for name in names):
            number = 1 + sum(1 for _ in self.path.glob(f"{BEST}-*"))
            self.best.rename(self.path / f"{BEST}-{number}")

    def begin(self, plan: Plan, data: dict[str, str] | None = None) -> None:
        """Writes what the search is, or compares it with what it was begun as.

        Args:
            plan: What is searched.
            data: `note` and `fingerprint` of what is trained on, where it was read already.

        Raises:
            InputError: With what differs.
        """
        facts = plan.facts() | {"data": data}
        if (self.path / SEARCH).exists():
            for before, now in differences(self.read(), facts):
                raise InputError(f"{self.path}: was begun with {before}. Received: {now}")
            return
        named = {"format": FORMAT, "id": uuid.uuid4().hex, **facts, "versions": versions()}
        write_json(self.path / SEARCH, named)

    def join(self, facts: dict[str, Any]) -> None:
        """Makes this the folder of a worker; that of the chief is one already.

        Args:
            facts: What `read` tells of the chief's folder.

        Raises:
            InputError: If it holds trials of another search, whose scores would be taken.
        """
        known = next((n for n in (SEARCH, JOINED) if (self.path / n).exists()), None)
        if known is None:
            self.path.mkdir(parents=True, exist_ok=True)
            write_json(self.path / JOINED, facts)
        elif self._facts(known).get("id") != facts.get("id"):
            raise InputError(f"{self.path}: holds trials of another search; choose another --out")

    def read(self) -> dict[str, Any]:
        """Returns the content of `search.json`.

        Raises:
            RunError: If there is none, or it is damaged or of a newer version.
        """
        return self._facts(SEARCH)

    def _facts(self, name: str) -> dict[str, Any]:
        path = self.path / name
        try:
            facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise RunError(
                f"{self.path}: needs a search folder with {SEARCH}. Received: none"
            ) from None
        except ValueError as error:
            raise RunError(f"{path}: is damaged. {error}") from error
        if facts.get("format", FORMAT + 1) > FORMAT:
            raise RunError(
                f"{path}: was made by a newer version; needs format {FORMAT} or lower. "
                f"Received: format={facts.get('format')}"
            )
        return facts


def differences(
    begun: dict[str, Any], wanted: dict[str, Any], *, but: Set[str] = frozenset()
) -> Iterator[tuple[str, str]]:
    """Yields what differs between two searches, in the words of each.

    Args:
        begun: `Plan.facts` with `data`.
        wanted: Of the other.
        but: Facts that may differ.
    """
    begun, wanted = json.loads(json.dumps([begun, wanted]))  # one may have been a file
    for name in ("task", "tuner", "max_epochs"):
        if name not in but and begun.get(name) != wanted[name]:
            yield f"{name}={begun.get(name)}", f"{name}={wanted[name]}"
    before, now = begun.get("data"), wanted["data"]
    if before and now and before["fingerprint"] != now["fingerprint"]:
        yield f"other data: {before['note']}", now["note"]
    for name in dict.fromkeys([*begun["space"], *wanted["space"]]):
        spans = [_searched(name, facts["space"]) for facts in (begun, wanted)]
        if spans[0] != spans[1]:
            yield spans[0], spans[1]
    for name in dict.fromkeys([*begun["settings"], *wanted["settings"]]):
        values = [f"{name}={facts['settings'].get(name)}" for facts in (begun, wanted)]
        if values[0] != values[1]:
            yield values[0], values[1]


def _searched(name: str, space: dict[str, str]) -> str:
    return f"a search of {name}={space[name]}" if name in space else f"no search of {name}"
