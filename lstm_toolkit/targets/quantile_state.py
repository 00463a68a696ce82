"""Which quantiles of the values to come there are, and what is known of them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from lstm_toolkit.system.files import write_json

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Of the quantiles."""
MEDIAN = LEVELS.index(0.5)
NAMES = tuple(f"q{round(100 * level)}" for level in LEVELS)
"""Of the quantiles in answers."""

FILE = "quantiles.json"


@dataclasses.dataclass(frozen=True)
class QuantilesState:
    """What is known of the values to come, besides the weights.

    Attributes:
        horizon: Steps.
        season: In steps; 1 where nothing repeats.
        deviation: Of all values in the training split.
        factors: How much farther from the median each quantile is moved, so that as many values
            of the validation split lie below it as should.
        weigh: By what errors were divided, so that the linear fit minds the same ones.
    """

    horizon: int
    season: int
    deviation: float
    factors: tuple[float, ...] = (1.0,) * len(LEVELS)
    weigh: str = "season"

    def save(self, folder: Path) -> None:
        """Writes `quantiles.json`."""
        write_json(folder / FILE, {**dataclasses.asdict(self), "levels": LEVELS})

    @classmethod
    def load(cls, folder: Path) -> QuantilesState:
        """Reads what `save` wrote."""
        facts = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return cls(
            facts["horizon"],
            facts["season"],
            facts["deviation"],
            tuple(facts["factors"]),
            facts["weigh"],
        )
