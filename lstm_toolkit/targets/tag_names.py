"""The names of a network's tags, and how much it has to prefer being outside of entities."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.data.labels import Labels
from lstm_toolkit.data.tag_schemes import (
    OUTSIDE,
    entities,
    learns_ends,
    marks_entities,
    without_ends,
)
from lstm_toolkit.system.files import write_json

if TYPE_CHECKING:
    import tensorflow as tf

COSTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
"""What being outside may cost, in nats a token."""

FILE = "outside.json"


@dataclasses.dataclass(frozen=True)
class TagNames(Labels):
    """Tags in the order of the network's outputs.

    Attributes:
        outside_cost: What is taken from the potential of `O`. A network that learnt likelihood
            leaves out entities of which it is not sure, which F1 punishes where they are few.
            None before it was chosen, which is 0.
    """

    outside_cost: float | None = None

    @property
    def shown(self) -> list[str]:
        """The tags that people see: entities in IOB2."""
        names = list(self.names)
        return [without_ends(name) for name in names] if learns_ends(names) else names

    @property
    def costs(self) -> tuple[float, ...]:
        """Those that are tried, the one to be used first."""
        if self.outside_cost is not None:
            return (self.outside_cost,)
        return COSTS if OUTSIDE in self.names and marks_entities(self.names) else COSTS[:1]

    def save(self, folder: Path) -> None:
        """Writes `labels.txt`, and `outside.json` if the cost was chosen."""
        super().save(folder)
        if self.outside_cost is not None:
            write_json(folder / FILE, {"outside_cost": self.outside_cost})

    @classmethod
    def load(cls, folder: Path) -> TagNames:
        """Reads what `save` wrote."""
        names, path = Labels.load(folder).names, folder / FILE
        if not path.exists():
            return cls(names)
        return cls(names, float(json.loads(path.read_text(encoding="utf-8"))["outside_cost"]))

    def with_cost(self, outputs: tf.Tensor, cost: float) -> tf.Tensor:
        """Takes a cost from the potentials of `O`; in the graph.

        Args:
            outputs: What `layers.CRF` packed.
            cost: In nats.
        """
        import tensorflow as tf

        if not cost or OUTSIDE not in self.names:
            return outputs
        size = len(self.names)
        at_outside = tf.one_hot(self.names.index(OUTSIDE), size + 1, cost)
        return tf.concat([outputs[:, :-size] - at_outside, outputs[:, -size:]], axis=1)


def best_cost(
    truth: Sequence[Sequence[str]], given: Sequence[Sequence[Sequence[str]]]
) -> tuple[float, float]:
    """Returns which of `COSTS` gives the best F1 of entities, the least of equals, and that F1.

    Args:
        truth: Tags in IOB2, one list a sentence.
        given: As answered, one list of tags for each cost, of each sentence.

    >>> best_cost([["B-X", "O"]], [[["O", "O"], ["B-X", "O"], ["B-X", "B-X"]]])
    (0.5, 1.0)
    """
    wanted = [_marked(row) for row in truth]
    best = (0.0, -1.0)
    for place, cost in enumerate(COSTS[: len(given[0]) if given else 0]):
        answered = [_marked(rows[place]) for rows in given]
        hits = sum(len(a & b) for a, b in zip(wanted, answered, strict=True))
        count = sum(map(len, wanted)) + sum(map(len, answered))
        score = 2 * hits / count if count else 0.0
        if score > best[1]:
            best = (cost, score)
    return best


def _marked(tags: Sequence[str]) -> set[Any]:
    return set(entities(tags))
