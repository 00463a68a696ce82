"""How anomalies are scored and told: settings, options of `predict`, and what is learnt of them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from lstm_toolkit.settings.fields import (
    ANSWERS,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    SHARE,
    SettingsGroup,
    settings,
)
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.system.files import write_json

FILE = "anomalies.json"


@settings()
class AnomaliesSettings(SettingsGroup):
    """How scores are made, and from when on an alarm is given."""

    smooth: Annotated[int, POSITIVE, ANSWERS, NOT_SEARCHED] = 3
    """Steps of which a score is the mean, so that single noise does not count; at most horizon."""
    average: Annotated[int, POSITIVE, ANSWERS, NOT_SEARCHED] = 1
    """Steps over which the scores of files and streams are averaged too, each foretold anew: for
    faults that last and show little at each step."""
    join: Annotated[Literal["strangest", "mean"], ANSWERS, NOT_SEARCHED] = "strangest"
    """The score of a step: that of its strangest channel, or the mean of all of them, for faults
    that show a little everywhere."""
    alarm_share: Annotated[float, SHARE, ANSWERS, NOT_SEARCHED] = 0.001
    """Share of usual steps that may give an alarm; from the validation split."""
    threshold: Annotated[Literal["peaks", "quantile"], ANSWERS, NOT_SEARCHED] = "peaks"
    """How it follows: from the tail of the highest scores, taken on beyond what was seen, or as a
    quantile of the scores."""


@dataclasses.dataclass(frozen=True)
class AnomalyOptions(PredictOptions):
    """What `predict` can be told about anomalies."""

    writes: ClassVar[tuple[str, ...]] = ("events", "plot")

    events: Annotated[str, ANSWERS] = ""
    """Write the events to this file, .csv or .json: start, end, peak, channel."""
    plot: Annotated[str, ANSWERS] = ""
    """Draw scores with the events as bands to this file, .png, .pdf or .svg."""
    memory: Annotated[int, NOT_NEGATIVE, ANSWERS] = 0
    """Judge scores by those of about so many steps before, for series whose habits change; 0 judges
    them by the training alone."""
    merge: Annotated[int, NOT_NEGATIVE, ANSWERS] = 5
    """Steps without an alarm up to which alarms before and after them are one event."""
    quiet: Annotated[int, NOT_NEGATIVE, ANSWERS] = 0
    """Steps after an event; another that is over within them is not told of."""

    def __post_init__(self) -> None:
        """Refuses files of other kinds before anything is computed."""
        super().__post_init__()
        from lstm_toolkit.targets.event_files import check_forms

        check_forms(self.events, self.plot)


@dataclasses.dataclass(frozen=True)
class AnomaliesState:
    """What is known of scores, besides the weights.

    Attributes:
        names: Of the channels.
        horizon: Steps that are foretold.
        smooth: The last of them, of which a score is the mean.
        average: See `AnomaliesSettings`.
        join: Likewise.
        factors: Of the deviations that are foretold, by channel, so that they are right on the
            validation split.
        threshold: Score from which on there is an alarm.
        threshold_once: Likewise of steps alone, whose scores are not averaged.
        usual: Mean and deviation of the scores on the validation split.
        scale: See `ChannelsSettings`; the simplest methods are given the same numbers.
    """

    names: tuple[str, ...]
    horizon: int
    smooth: int
    average: int
    join: str
    factors: tuple[float, ...]
    threshold: float = 5.0
    threshold_once: float = 5.0
    usual: tuple[float, float] = (1.0, 1.0)
    scale: str = "training"

    def save(self, folder: Path) -> None:
        """Writes `anomalies.json`."""
        write_json(folder / FILE, dataclasses.asdict(self))

    @classmethod
    def load(cls, folder: Path) -> AnomaliesState:
        """Reads what `save` wrote."""
        facts = json.loads((folder / FILE).read_text(encoding="utf-8"))
        several = {name: tuple(facts[name]) for name in ("names", "factors", "usual")}
        several["threshold_once"] = facts.get("threshold_once", facts["threshold"])
        return cls(**(facts | several))
