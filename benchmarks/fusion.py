"""Measures fusion on the sample offers: all columns, and each alone.

Usage: python -m benchmarks.fusion [--kinds classes,numbers] [--seeds 3] [--first N] [--alone]
           [--set NAME=VALUE]...

- `--kinds` says what comes out: classes, numbers, or both one after the other.
- `--alone` trains a network on each column alone too, by the same settings.

Each training prints a line of JSON: the scores of the test split, what each column adds, those of
the simplest methods, all fitted on the same rows, and seconds. The rows are made anew by a
generator of the toolkit, so nothing has to be at hand; the seed divides them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

COLUMNS = ("description", "photo", "price", "usual_price", "brand", "weekly_views")
SCORES = ("accuracy", "macro_f1", "loss", "mae", "rmse", "standard_error")


def measure(kind: str, columns: tuple[str, ...], seed: int, sets: list[str]) -> dict[str, Any]:
    """Trains once on some of the columns, and returns what is told of it."""
    import lstm_toolkit as lt
    from lstm_toolkit.training.evaluation import baselines
    from lstm_toolkit.training.preparation import prepare

    task = lt.get_task("fusion")
    unused = ",".join(name for name in COLUMNS if name not in columns)
    texts = dict(each.split("=", 1) for each in sets)
    texts |= {"label_kind": kind, "unused_columns": unused, "baselines": "false"}
    settings = task.configure({**texts, "seed": str(seed)})
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        run = lt.train(task, settings, Path(folder) / "run")
        seconds = time.monotonic() - began
        test = run.metrics["test"]
        whole = len(columns) == len(COLUMNS)
        simplest = baselines(prepare(task, settings), seconds=600) if whole else {}
        return {
            "kind": kind,
            "columns": "all" if whole else columns[0],
            "seed": seed,
            "test": _few(test),
            "without": {name: _short(each["without"]) for name, each in test["columns"].items()},
            "validation": _few(run.metrics["validation"]),
            "simplest": {name: _few(scores) for name, scores in simplest.items()},
            "seconds": round(seconds, 1),
        }


def _few(scores: dict[str, Any]) -> dict[str, float]:
    return {name: _short(scores[name]) for name in SCORES if name in scores}


def _short(number: float) -> float:
    return round(float(number), 4)


def main() -> None:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", default="classes,numbers")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--set", dest="sets", action="append", default=[])
    options = parser.parse_args()
    for kind in options.kinds.split(","):
        for seed in range(options.first, options.first + options.seeds):
            print(json.dumps(measure(kind, COLUMNS, seed, options.sets)), flush=True)
        for name in COLUMNS if options.alone else ():
            print(json.dumps(measure(kind, (name,), options.first, options.sets)), flush=True)


if __name__ == "__main__":
    main()
