"""Which trackers there are, and what each needs."""

from __future__ import annotations

import importlib
import importlib.util

from lstm_toolkit.errors import InputError, ToolkitError, did_you_mean, foreign_error
from lstm_toolkit.tracking.tracker import Tracker

TRACKERS = {
    "mlflow": ("mlflow_runs", "MlflowTracker"),
    "wandb": ("wandb_runs", "WandbTracker"),
    "tensorboard": ("tensorboard_runs", "TensorBoardTracker"),
}
"""The module and the class of each; its library has the tracker's name, and so has the extra."""


def check_tracker(track: str | Tracker) -> None:
    """Raises `InputError` if there is no such tracker, or its library is not installed."""
    if isinstance(track, Tracker):
        return
    if not isinstance(track, str):
        raise InputError(
            f"track must be {', '.join(TRACKERS)}, or a Tracker. Received: a {type(track).__name__}"
        )
    if track not in TRACKERS:
        raise InputError(f"unknown tracker `{track}`, {did_you_mean(track, TRACKERS)}")
    spec = importlib.util.find_spec(track)
    if spec is None or spec.origin is None:  # W&B leaves a folder of its own name, without code
        raise InputError(
            f"track={track} needs a library of its own; pip install 'lstm_toolkit[{track}]'. "
            f"Received: no {track}"
        )


def open_tracker(track: str | Tracker | None) -> Tracker | None:
    """Returns a tracker that answers; None for None.

    Raises:
        InputError: If there is no such tracker, its library is not installed, or it cannot be
            reached.
    """
    if track is None:
        return None
    check_tracker(track)
    tracker = track if isinstance(track, Tracker) else _make(track)
    try:
        tracker.check()
    except ToolkitError:
        raise
    except Exception as error:  # whatever libraries and servers of others raise
        raise InputError(
            f"track={tracker.name} cannot be reached: {foreign_error(error, 150)}; start it, or "
            "leave it out"
        ) from error
    return tracker


def _make(name: str) -> Tracker:
    module, kind = TRACKERS[name]
    tracker: Tracker = getattr(importlib.import_module(f"{__package__}.{module}"), kind)()
    return tracker
