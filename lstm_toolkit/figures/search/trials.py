"""What a search has found so far, sorted for figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("trial", "status", "score", "epochs", "ended")


@dataclasses.dataclass(frozen=True)
class Found:
    """Trials that have ended.

    Attributes:
        done: Those that completed with a finite `score`, in the order of their end.
        failed: The others; their `score` is NaN.
        maximise: Whether a higher score is a better one.
        best: Row of `done` with the best score, the first of equal ones.
        default: Row of `done` that holds the trial to beat, if it is there.
        edge: Where scores are drawn that are far worse than the rest, if there are any.
    """

    done: pd.DataFrame
    failed: pd.DataFrame
    maximise: bool
    best: int
    default: int | None
    edge: float | None

    @property
    def scores(self) -> NDArray[np.float64]:
        """`float64[done]`."""
        return self.done["score"].to_numpy(dtype=float)

    @property
    def shown(self) -> NDArray[np.float64]:
        """The scores, those far worse than the rest moved to `edge`."""
        return self.to_edge(self.scores)

    def to_edge(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Moves what is far worse than the rest."""
        if self.edge is None:
            return scores
        return (np.maximum if self.maximise else np.minimum)(scores, self.edge)

    @property
    def beyond(self) -> NDArray[np.bool_]:
        """`bool[done]`: which scores were moved."""
        return self.shown != self.scores


def found(
    trials: pd.DataFrame, *, settings: Sequence[str], maximise: bool, default: str | None = None
) -> Found:
    """Sorts the trials of a search, which may still go on.

    A score is far worse than the rest if it is further below the median than eight times what
    the best is above it.

    Args:
        trials: One a row, see `search_plots`.
        settings: Columns of the settings.
        maximise: Whether a higher score is a better one.
        default: Name of the trial to beat.

    Raises:
        ValueError: If a column is missing.
    """
    missing = [name for name in (*_COLUMNS, *settings) if name not in trials.columns]
    if missing:
        raise ValueError(f"trials must have the columns {missing}. Received: {[*trials.columns]}")
    finite = np.isfinite(trials["score"].to_numpy(dtype=float, na_value=np.nan))
    completed = (trials["status"] == "COMPLETED") & finite
    done = trials[completed].reset_index(drop=True)
    failed = trials[~completed & (trials["status"] != "RUNNING")].reset_index(drop=True)
    gains = done["score"].to_numpy(dtype=float) * (1 if maximise else -1)
    named = np.flatnonzero(done["trial"] == default)
    row = int(named[0]) if len(named) else None
    edge = _edge(gains, row)
    return Found(
        done=done,
        failed=failed.assign(score=np.nan),
        maximise=maximise,
        best=int(gains.argmax()) if len(gains) else 0,
        default=row,
        edge=edge if edge is None or maximise else -edge,
    )


def _edge(gains: NDArray[np.float64], default: int | None) -> float | None:
    """Finds a place below all gains but those that are far worse than the rest."""
    if not len(gains):
        return None
    best, middle = gains.max(), np.median(gains)
    far = gains < middle - 8 * (best - middle)
    if default is not None:
        far &= gains < gains[default]
    if best == middle or not far.any():
        return None
    worst = gains[~far].min()
    return float(worst - 0.12 * (best - worst))
