"""The models that are served, kept as their folders are.

One thread looks at the folders and changes what is loaded; requests read it from another one. So
what they read is never changed, only replaced. A new version is loaded before the one that
it follows is let go of, and one that cannot be loaded leaves the older one where it is.
"""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from lstm_toolkit.errors import InputError, did_you_mean, foreign_error
from lstm_toolkit.serving.server.folders import Root, Stamp, find_models, stamp
from lstm_toolkit.serving.server.refusals import UnavailableError, UnknownModelError
from lstm_toolkit.serving.server.versions import ServedVersion

AVAILABLE, LOADING, END = "AVAILABLE", "LOADING", "END"
"""States, as TensorFlow Serving calls them."""

Load = Callable[[Path, str, int], ServedVersion]
"""Loads what lies at a path as this version of the model of this name."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """What is known of one version in a folder.

    Attributes:
        stamp: Of the files that it was loaded from, or that could not be loaded.
        served: What answers, if anything does.
        loading: Whether it is being loaded.
        error: Why it could not be loaded.
    """

    stamp: Stamp
    served: ServedVersion | None = None
    loading: bool = False
    error: str = ""

    @property
    def state(self) -> str:
        """Returns its state as TensorFlow Serving calls it."""
        if self.served is not None:
            return AVAILABLE
        return LOADING if self.loading else END


Entries = Mapping[int, Entry]


class Repository:
    """Models by name, and their versions by number.

    Args:
        roots: Folders to look at.
        load: Loads a version.
        versions: How many of the newest of each model answer.
        log: Is given lines for people to read.
    """

    def __init__(
        self,
        roots: Iterable[Root],
        load: Load,
        *,
        versions: int,
        log: Callable[[str], None],
    ):
        self._roots = list(roots)
        self._load = load
        self._versions = versions
        self._log = log
        self._models: Mapping[str, Entries] = MappingProxyType({})
        self._before: dict[Path, Stamp] = {}
        self._trouble = ""
        self._dropped = False

    def names(self) -> list[str]:
        """Returns the names of the models."""
        return sorted(self._models)

    def entries(self, model: str) -> Entries:
        """Returns what is known of each version of a model.

        Raises:
            UnknownModelError: If there is no such model.
        """
        models = self._models
        if model not in models:
            raise UnknownModelError(f"no model `{model[:100]}`, {_near(model, models)}")
        return models[model]

    def serving(self, model: str) -> list[int]:
        """Returns the versions of a model that answer, ascending."""
        return sorted(number for number, each in self.entries(model).items() if each.served)

    def find(self, model: str, version: int | None = None) -> ServedVersion:
        """Returns what answers for a version, or for the newest one.

        Raises:
            UnknownModelError: If there is none.
            UnavailableError: If it is not loaded yet.
        """
        entries = self.entries(model)
        numbers = self.serving(model)
        number = version if version is not None else max(numbers, default=None)
        entry = entries.get(number) if number is not None else None
        if entry is not None and entry.served is not None:
            return entry.served
        if any(each.loading for each in entries.values()):
            raise UnavailableError(f"{model}: is being loaded. Come back soon")
        shown = ", ".join(map(str, numbers)) or "none"
        wanted = "any" if version is None else str(version)[:40]
        raise UnknownModelError(f"{model}: no version {wanted} answers; versions that do: {shown}")

    def ready(self) -> bool:
        """Tells whether every model has a version that answers."""
        models = self._models.values()
        return bool(models) and all(any(e.served for e in each.values()) for each in models)

    def sync(self, *, at_once: bool = False) -> None:
        """Loads what is new in the folders, and lets go of what is not there any more.

        Args:
            at_once: Loads what is seen for the first time. Otherwise that waits until a second
                look sees the same files, so that a version that is being copied is left alone.

        Raises:
            InputError: If two models have one name, the first time.
        """
        if self._dropped:  # requests held what was dropped the last time
            self._dropped = False
            gc.collect()
        try:
            models = find_models(self._roots)
            stamps = {path: stamp(path) for each in models.values() for path in each.values()}
        except (OSError, InputError) as error:
            if at_once:
                raise
            self._tell_trouble(f"what is served stays as it is. {foreign_error(error)}")
            return
        self._trouble = ""
        for name in [*models, *(each for each in self._models if each not in models)]:
            self._sync_model(name, models.get(name, {}), stamps, at_once=at_once)
        self._before = stamps

    def _sync_model(
        self,
        name: str,
        versions: Mapping[int, Path],
        stamps: Mapping[Path, Stamp],
        *,
        at_once: bool,
    ) -> None:
        answering: list[int] = []
        for number in sorted(versions, reverse=True):
            path = versions[number]
            entry = self._models.get(name, {}).get(number)
            if entry is None or entry.stamp != stamps[path]:
                if not at_once and self._before.get(path) != stamps[path]:
                    entry = entry or Entry(())  # perhaps it is being copied
                else:
                    entry = self._load_entry(name, number, path, stamps[path])
            answering += [number] if entry.served else []
            if len(answering) == self._versions:
                break
        self._drop(name, answering, versions)

    def _drop(self, name: str, answering: list[int], versions: Mapping[int, Path]) -> None:
        """Lets go of versions that are not to answer; why one cannot be loaded is kept."""
        entries = self._models.get(name, {})
        dropped = [n for n, each in entries.items() if each.served and n not in answering]
        for number in dropped:
            self._log(f"{name} {number}: answers no more")
        self._dropped |= bool(dropped)
        kept = {n: e for n, e in entries.items() if n in versions and n not in dropped}
        if kept != entries:
            self._replace(name, kept)

    def _load_entry(self, name: str, number: int, path: Path, files: Stamp) -> Entry:
        entries = self._models.get(name, {})
        old = entries.get(number, Entry(files))
        self._replace(name, {**entries, number: dataclasses.replace(old, loading=True)})
        try:
            entry = Entry(files, self._load(path, name, number))
            self._log(f"{name} {number}: answers")
            self._dropped |= old.served is not None
        except Exception as error:  # whatever strangers' files lead to, the others go on
            entry = Entry(files, old.served, error=foreign_error(error))
            self._log(f"{name} {number}: cannot be served. {error}")
        self._replace(name, {**self._models[name], number: entry})
        return entry

    def _replace(self, name: str, entries: Entries) -> None:
        models = {**self._models, name: MappingProxyType(dict(entries))}
        if not entries:
            del models[name]
        self._models = MappingProxyType(models)

    def _tell_trouble(self, line: str) -> None:
        if line != self._trouble:
            self._log(line)
        self._trouble = line


def _near(model: str, models: Iterable[str]) -> str:
    names = list(models)
    return did_you_mean(model[:100], names) if names else "none is loaded"
