"""What a tracker is: where runs are followed beside their folders.

A tracker of your own is a `Tracker` whose `begin` returns a `TrackedRun`; give it to `train` as
`track=`. Whatever it raises is told, and never ends a training.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

Kind = Literal["run", "search", "trial"]


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is tracked.

    Attributes:
        name: Of the run, for people.
        kind: A training, a search, or one of its trials.
        task: What is trained.
        folder: Of the run or the search.
        settings: Values by name.
        tags: Further facts in words: the data, its fingerprint, versions.
    """

    name: str
    kind: Kind
    task: str
    folder: Path
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)


class TrackedRun:
    """One run at a tracker. Every method may raise whatever the tracker does.

    Attributes:
        id: By which the tracker finds it again.
    """

    id: str

    def log_scores(self, scores: Mapping[str, float], epoch: int | None) -> None:
        """Adds scores of an epoch, counted from 1; with None those of the finished run."""
        raise NotImplementedError

    def log_files(self, files: Mapping[str, Path]) -> None:
        """Adds files, by their paths in the run folder; figures are those in `plots/`."""
        raise NotImplementedError

    def end(self, *, completed: bool) -> None:
        """Closes the run, which may be begun again under its `id`."""
        raise NotImplementedError


class Tracker:
    """Where runs are followed.

    Attributes:
        name: As `--track` has it.
        parent: The `id` of the search that runs belong to; None outside of searches.
        parent_name: What that search is called.
    """

    name: ClassVar[str]
    parent: str | None = None
    parent_name: str = ""

    def check(self) -> None:
        """Raises what is wrong with the tracker before anything else is done."""

    def begin(self, facts: Facts, id: str | None) -> TrackedRun:
        """Begins a run, or goes on with the one of that `id`."""
        raise NotImplementedError

    def within(self, id: str, name: str) -> Self:
        """Returns the same tracker, whose runs belong to a search."""
        nested = copy.copy(self)
        nested.parent, nested.parent_name = id, name
        return nested


def plain(value: Any) -> bool | int | float | str:
    """Returns a setting as trackers take it: tuples and what else there is as text.

    >>> plain((64, 32)), plain(0.5), plain(None)
    ('64,32', 0.5, 'none')
    """
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return "none" if value is None else str(value)
