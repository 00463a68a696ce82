"""Measures forecasts on published sets, beside the simplest methods.

Usage: python -m benchmarks.forecasting CASE --data FOLDER [--seeds 3] [--set NAME=VALUE]...
           [--validation] [--out FOLDER]

- CASE: one of `CASES`, such as etth1-96; `all` runs one after the other.
- `--data` is a folder with the published tables, under the names that `CASES` reads; nothing of
  it is part of this repository.
- `--validation` tells the scores of the validation split alone, by which settings are chosen.

Each prints a line of JSON a seed: the scores of the test split, those of the simplest methods,
seconds, and the most memory of the process. ETTh1, ETTh2 and exchange are brought to mean 0 and
deviation 1 by their training rows, and scored there, over all columns and all windows of stride 1,
as is usual; of M4 the published test split is what follows each series, from one origin.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Case = tuple[pd.DataFrame, dict[str, Any]]


def scaled(path: Path, window: int, horizon: int, sizes: tuple[int, int, int]) -> Case:
    """Returns a wide table on the scale of its training rows, and the splits as shares."""
    train, validation, test = sizes
    table = pd.read_csv(path).iloc[: sum(sizes)]
    numbers = table.columns[1:]
    known = table[numbers].iloc[:train]
    table[numbers] = (table[numbers] - known.mean()) / known.std(ddof=0)
    windows = sum(sizes) - window - horizon + 1
    shares = {
        "validation_share": (validation - horizon + 1) / windows,
        "test_share": (test - horizon + 1) / windows,
    }
    return table, {
        "window": window,
        "horizon": horizon,
        "weigh": "none",
        "errors": "squared",
        "calendar": False,
        **shares,
    }


def ett(name: str, horizon: int) -> Callable[[Path], Case]:
    """ETT by the hour: 12 months, 4 and 4."""

    def read(data: Path) -> Case:
        table, chosen = scaled(data / name, 336, horizon, (8640, 2880, 2880))
        return table, {**chosen, "season": 24}

    return read


def exchange(horizon: int) -> Callable[[Path], Case]:
    """Eight exchange rates: 70 %, 10 % and 20 % of the days."""

    def read(data: Path) -> Case:
        path = data / "ltsf/exchange_rate.csv.gz"
        rows = len(pd.read_csv(path))
        train, test = int(0.7 * rows), int(0.2 * rows)
        return scaled(path, 96, horizon, (train, rows - train - test, test))

    return read


def m4(name: str, window: int, horizon: int, season: int) -> Callable[[Path], Case]:
    """One part of M4: the published test split follows each series."""

    def read(data: Path) -> Case:
        parts = [pd.read_csv(data / f"m4/{name}_{part}.csv.gz") for part in ("train", "test")]
        table = pd.concat(parts).sort_values(["unique_id", "ds"], kind="stable")
        chosen = {"window": window, "horizon": horizon, "season": season, "backtest": 1}
        return table.reset_index(drop=True), chosen

    return read


def taylor(data: Path) -> Case:
    """Load by the half hour, a day ahead: the last 14 days are the test."""
    table = pd.read_csv(data / "load/taylor.csv.gz")
    table.columns = ["ds", "y"] if len(table.columns) == 2 else table.columns
    window, horizon, test, validation = 672, 48, 14 * 48, 7 * 48
    windows = len(table) - window - horizon + 1
    return table, {
        "window": window,
        "horizon": horizon,
        "calendar": False,
        "errors": "squared",
        "season": 48,
        "test_share": (test - horizon + 1) / windows,
        "validation_share": (validation - horizon + 1) / windows,
    }


def stock(data: Path) -> Case:
    """The direction of the next day's price, of 80 stocks; days as StockNet has them."""
    table = pd.read_csv(data / "stock/prices.csv.gz")
    table = table[(table.ds >= "2013-06-01") & (table.ds < "2016-01-01")]
    days = table.ds[table.ds >= "2014-01-01"]
    shares = {
        "validation_share": float(((days >= "2015-08-01") & (days < "2015-10-01")).mean()),
        "test_share": float((days >= "2015-10-01").mean()),
    }
    return table[["unique_id", "ds", "adj_close"]], {"preset": "direction", **shares}


CASES: dict[str, Callable[[Path], Case]] = {
    **{f"etth1-{h}": ett("timeseries/ETTh1.csv.gz", h) for h in (96, 192, 336, 720)},
    "etth2-96": ett("ltsf/ETTh2.csv.gz", 96),
    "exchange-96": exchange(96),
    "m4-hourly": m4("hourly", 336, 48, 24),
    "m4-weekly": m4("weekly", 52, 13, 1),
    "taylor": taylor,
    "stock": stock,
}
"""Tables, and settings that the protocol or the validation split gave."""

COMMON = {"epochs": "4", "batch_size": "128"}
TUNED: dict[str, dict[str, str]] = {
    "taylor": {"epochs": "6"},
    "m4-weekly": {"epochs": "6"},
    "m4-hourly": {"batch_size": "256"},
}
"""Settings that were chosen on the validation split."""

SCORES = ("mse", "mae", "mase", "smape", "wql", "coverage", "mape", "accuracy", "mcc")


def measure(case: str, options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """Trains once and returns what is told of it."""
    import lstm_toolkit as lt

    table, chosen = CASES[case](options.data)
    texts = {name: str(value) for name, value in chosen.items()}
    texts |= COMMON | TUNED.get(case, {}) | dict(each.split("=", 1) for each in options.sets)
    task = lt.get_task("forecasting")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        table.to_csv(path, index=False)
        began = time.monotonic()
        settings = task.configure({**texts, "seed": str(seed)})
        run = lt.train(task, settings, options.out or Path(folder) / "run", data=path)
        seconds = time.monotonic() - began
        test, validation = run.metrics["test"], run.metrics["validation"]
        if case == "taylor":
            test |= mape(run)
        simplest = test.get("baselines", {})
        shown = {
            "case": case,
            "seed": seed,
            "validation": _few(validation),
            **({} if options.validation else {"test": _few(test), "simplest": {}}),
            "epochs": run.metrics["epochs"],
            "seconds": round(seconds, 1),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        if not options.validation:
            shown["simplest"] = {name: _few(scores) for name, scores in simplest.items()}
    return shown


def mape(run: Any) -> dict[str, float]:
    """Returns the mean absolute percentage error of the network, and of a week ago."""
    from lstm_toolkit.training.evaluation import predict_run

    _, predicted = predict_run(run)
    days = slice(None, None, 48)  # at midnight, so that each half hour is foretold once
    truth = np.asarray(predicted.rows.targets["forecast"])[days]
    week = np.asarray(predicted.rows.columns["values"])[days, -336 : -336 + truth.shape[1]]
    error = np.abs(predicted.outputs.mean(axis=-1)[days] / truth - 1).mean()
    return {
        "mape": float(100 * error),
        "mape_week_ago": float(100 * np.abs(week / truth - 1).mean()),
    }


def _few(scores: dict[str, Any]) -> dict[str, float]:
    names = [*SCORES, "mape_week_ago"]
    return {name: round(scores[name], 4) for name in names if name in scores}


def main() -> None:
    """Runs the cases that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=[*CASES, "all"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--set", dest="sets", action="append", default=[])
    parser.add_argument("--validation", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    for case in CASES if options.case == "all" else [options.case]:
        for seed in range(options.seeds):
            print(json.dumps(measure(case, options, seed)), flush=True)


if __name__ == "__main__":
    main()
