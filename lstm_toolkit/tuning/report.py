"""What a search found: a line a trial, a table, a CSV file and figures."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from keras_tuner.engine.trial import Trial, TrialStatus

from lstm_toolkit.figures import plots
from lstm_toolkit.figures import search as search_plots
from lstm_toolkit.runs import TRIALS
from lstm_toolkit.settings.search_space import LAYERS
from lstm_toolkit.system.files import write_text
from lstm_toolkit.tuning.oracles import DurableOracle
from lstm_toolkit.tuning.plan import Plan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 10
"""Trials in the table of the best."""


def values_of(trial: Trial, plan: Plan) -> dict[str, Any]:
    """Returns the searched settings of a trial, as `--search` names them.

    The width of the n-th layer of `units` is `units.n`, the number of layers `units.layers`.
    """
    values = trial.hyperparameters.values
    return {name: values[name] for name in columns(plan) if name in values}


def columns(plan: Plan) -> list[str]:
    """Returns the names of all that may have a value in a trial, in the order of the space."""
    return [each.name for each in plan.registered().space]


def shown(values: Mapping[str, Any]) -> str:
    """Returns values in one line; the layers of a stack are put together.

    >>> shown({"units.layers": 2, "units.1": 64, "units.2": 32, "dropout": 0.30000001})
    'units=64,32 dropout=0.3'
    """
    stacks: dict[str, list[str]] = {}
    for name, value in values.items():
        stack, _, place = name.rpartition(".")
        if place.isdecimal():
            stacks.setdefault(stack, []).append(_short(value))
        elif not name.endswith(LAYERS) or f"{stack}.1" not in values:
            stacks[name] = [_short(value)]
    return " ".join(f"{name}={','.join(parts)}" for name, parts in stacks.items())


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def reason(trial: Trial) -> str:
    """Returns in one line why a trial failed."""
    return (trial.message or "no reason was given").splitlines()[-1]


def line(oracle: DurableOracle, trial: Trial) -> str:
    """Returns how a trial ended, beside the best, and how long the rest may take."""
    plan, done = oracle.plan, len(oracle.end_order)
    of = f" of {plan.trials}" if plan.trials else ""
    values, left = shown(values_of(trial, plan)), _left(oracle)
    if trial.status != TrialStatus.COMPLETED:
        return f"{done}{of}: trial {trial.trial_id} failed: {reason(trial)}  ({values}){left}"
    best = oracle.best()[0]
    than = "the best" if best is trial else f"best {best.score:.4f}"
    epochs = int(trial.metrics.get_last_value("epochs"))
    seconds = trial.metrics.get_last_value("seconds")
    return (
        f"{done}{of}: trial {trial.trial_id}  {plan.objective} {trial.score:.4f} ({than})  "
        f"{values}  "
        f"{epochs} epochs, {seconds:.1f} s{left}"
    )


def _left(oracle: DurableOracle) -> str:
    """Returns how long the search may go on: by its trials so far, at most to its deadline."""
    trials, done = oracle.plan.trials, len(oracle.end_order)
    budget = oracle.deadline - oracle.clock()
    seconds = min(budget, oracle.seconds / done * (trials - done)) if trials else budget
    if seconds <= 0 or math.isinf(seconds):
        return ""
    return f", {'about' if trials else 'at most'} {_duration(seconds)} left"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def frame(oracle: DurableOracle) -> pd.DataFrame:
    """Returns a row a trial, in the order of their end.

    Returns:
        Columns `trial`, `status`, `score`, `epochs`, `seconds` (of training), `ended` (seconds
        after the search began), a column for each name of `columns`, and `reason`.
    """
    order = [*oracle.end_order, *(n for n in oracle.start_order if n not in oracle.end_order)]
    rows = [_row(oracle, oracle.trials[name]) for name in order]
    names = ["trial", "status", "score", "epochs", "seconds", "ended"]
    trials = pd.DataFrame(rows, columns=[*names, *columns(oracle.plan), "reason"])
    whole = ["epochs", *columns(oracle.plan)]  # which pandas makes fractions where one is missing
    return trials.assign(**{name: trials[name].convert_dtypes() for name in whole})


def _row(oracle: DurableOracle, trial: Trial) -> dict[str, Any]:
    row: dict[str, Any] = {"trial": trial.trial_id, "status": trial.status}
    row |= {"score": trial.score, "ended": oracle.ended.get(trial.trial_id)}
    for name in ("epochs", "seconds"):
        known = trial.metrics.exists(name)
        row[name] = trial.metrics.get_last_value(name) if known else None
    row["reason"] = reason(trial) if trial.status == TrialStatus.FAILED else ""
    return row | values_of(trial, oracle.plan)


def table(oracle: DurableOracle) -> str:
    """Returns the best trials for people to read."""
    rows = []
    for trial in oracle.best()[:SHOWN]:
        epochs = int(trial.metrics.get_last_value("epochs"))
        values = shown(values_of(trial, oracle.plan))
        rows.append((trial.trial_id, f"{trial.score:.4f}", str(epochs), values))
    head = ("trial", oracle.objective.name, "epochs", "settings")
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )


def write(oracle: DurableOracle, folder: Path) -> None:
    """Writes `trials.csv` and the figures."""
    text = io.StringIO()
    frame(oracle).to_csv(text, index=False, lineterminator="\n")
    write_text(folder / TRIALS, text.getvalue())
    for name, figure in figures(oracle).items():
        plots.save(figure, folder / "plots" / f"{name}.png")


def figures(oracle: DurableOracle) -> dict[str, Figure]:
    """Returns the figures of a search by the names of their files."""
    plan, trials, settings = oracle.plan, frame(oracle), columns(oracle.plan)
    options: dict[str, Any] = {
        "settings": settings,
        "objective": plan.objective,
        "maximise": plan.maximise,
        "log": {n for n in settings if {n, n.rpartition(".")[0]} & plan.logarithmic},
        "default": _default(oracle),
    }
    return {
        "objective": search_plots.objective_over_time(trials, **options),
        "parallel": search_plots.parallel_coordinates(trials, **options),
        "effects": search_plots.effects(trials, **options),
    }


def _default(oracle: DurableOracle) -> str | None:
    """Returns the trial that trained the hand-set settings to the end, if one did."""
    plan = oracle.plan
    if not oracle.start_order or plan.algorithm == "hyperband":
        return None
    first = oracle.trials[oracle.start_order[0]]
    chosen = plan.task.space(first.hyperparameters, plan.settings, plan.space)
    return first.trial_id if chosen == plan.settings else None
