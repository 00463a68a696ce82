"""What a target of next items knows: items, names, sessions, and how both ways are blended."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.features.items import KnownItems
from lstm_toolkit.system.files import write_json, write_text

BLENDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
"""Shares of the neighbours from which one is chosen on the validation split."""

_SESSIONS, _NAMES, _FACTS = "sessions.txt", "names.jsonl", "next_items.json"


@dataclasses.dataclass(frozen=True)
class ItemNames:
    """Items, and the sessions of the training split.

    Attributes:
        items: As the feature knows them.
        sessions: Numbers of the items of sessions, in the order of their times; none where only the
            network recommends.
        names: How people call items, by item; empty where that is not known.
        least_clicks: Clicks that must stand before one that is scored.
        blend: Share of the neighbours in what is recommended; None until it is chosen.
    """

    items: KnownItems
    sessions: Sequence[Sequence[int]] = ()
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    least_clicks: int = 1
    blend: float | None = None

    @property
    def blends(self) -> tuple[float, ...]:
        """The shares that are scored: the one that was chosen, or all there are to choose from."""
        if not self.sessions:
            return (0.0,)
        return BLENDS if self.blend is None else (self.blend,)

    @cached_property
    def rows(self) -> Ragged:
        """The sessions."""
        return Ragged.of(self.sessions, np.int32)

    @property
    def size(self) -> int:
        """Number of items, padding and the unknown counted."""
        return len(self.items.vocabulary)

    @property
    def shown_names(self) -> list[str]:
        """Names by number, "" where there is none."""
        return [self.names.get(item, "") for item in self.items.vocabulary.tokens]

    def save(self, folder: Path) -> None:
        """Writes the items, `sessions.txt`, a session a line, `names.jsonl`, `next_items.json`."""
        self.items.save(folder)
        lines = (" ".join(map(str, session)) + "\n" for session in self.sessions)
        write_text(folder / _SESSIONS, "".join(lines))
        pairs = (
            json.dumps({"item": item, "name": name}, ensure_ascii=False) + "\n"
            for item, name in self.names.items()
        )
        write_text(folder / _NAMES, "".join(pairs))
        write_json(folder / _FACTS, {"least_clicks": self.least_clicks, "blend": self.blend})

    @classmethod
    def load(cls, folder: Path) -> ItemNames:
        """Reads what `save` wrote."""
        lines = (folder / _SESSIONS).read_text(encoding="utf-8").split("\n")
        sessions = tuple(tuple(map(int, line.split())) for line in lines if line)
        named = (folder / _NAMES).read_text(encoding="utf-8").split("\n")
        pairs = [json.loads(line) for line in named if line]
        facts: dict[str, Any] = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        blend = facts["blend"]
        return cls(
            KnownItems.load(folder),
            sessions,
            {str(pair["item"]): str(pair["name"]) for pair in pairs},
            int(facts["least_clicks"]),
            None if blend is None else float(blend),
        )
