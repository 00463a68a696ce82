"""Measures sensors on published sets, beside the simplest methods.

Usage: python -m benchmarks.sensors CASE --data FOLDER [--seeds 3] [--first N] [--set NAME=VALUE]...
           [--validation]

- CASE: one of `CASES`, such as natops; `all` runs one after the other.
- `--data` is a folder with the published arrays, under the names that `CASES` reads; nothing of
  it is part of this repository.
- `--validation` leaves the published test split alone: a fifth of the training windows is tested,
  by which settings are chosen.

Each prints a line of JSON a seed: the scores of the test split, those of the simplest methods,
seconds, and the most memory of the process.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

CASES = {
    "har": "har/uci_har_subset.npz",
    "natops": "uea/NATOPS.npz",
    "japanese-vowels": "uea/JapaneseVowels.npz",
    "basic-motions": "uea/BasicMotions.npz",
}
"""Files with `x_train`, `y_train`, `x_test`, `y_test`, some with `len_train`."""

COMMON = {"filters": "64"}
"""With which the scores in `RESULTS.md` were measured; the default is none."""

STRONG = {"jitter": "0.1", "scale": "0.2", "time_mask": "0.2"}
"""Changes training windows more than by default."""

SETTINGS: dict[str, dict[str, str]] = {
    "har": {"batch_size": "64", "epochs": "8", "patch": "8", "dropout": "0.4", **STRONG},
    "natops": {"preset": "few", "patch": "3", "epochs": "40"},
    "japanese-vowels": {"preset": "few", "patch": "1", "epochs": "40"},
    "basic-motions": {
        **{"preset": "few", "batch_size": "8", "epochs": "100", "learning_rate": "0.001"},
        **STRONG,
    },
}
"""Settings that were chosen on parts of the training windows."""

SCORES = ("accuracy", "macro_f1", "loss", "standard_error")


def read(path: Path, *, validation: bool) -> dict[str, Any]:
    """Returns the arrays of a case, those of the test split only where they are scored."""
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    kept = {name: a for name, a in arrays.items() if not (validation and name.endswith("_test"))}
    return {name: a.astype(np.float32) if a.dtype == np.float16 else a for name, a in kept.items()}


def measure(case: str, options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """Trains once and returns what is told of it."""
    import lstm_toolkit as lt

    texts = COMMON | SETTINGS[case] | dict(each.split("=", 1) for each in options.sets)
    task = lt.get_task("sensors")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "windows.npz"
        np.savez(path, **read(options.data / CASES[case], validation=options.validation))
        began = time.monotonic()
        settings = task.configure({**texts, "seed": str(seed)})
        run = lt.train(task, settings, Path(folder) / "run", data=path)
        seconds = time.monotonic() - began
        test = run.metrics["test"]
        return {
            "case": case,
            "seed": seed,
            "test": _few(test),
            "simplest": {name: _few(scores) for name, scores in test.get("baselines", {}).items()},
            "validation": _few(run.metrics["validation"]),
            "epochs": run.metrics["epochs"],
            "seconds": round(seconds, 1),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }


def _few(scores: dict[str, Any]) -> dict[str, float]:
    return {name: round(scores[name], 4) for name in SCORES if name in scores}


def main() -> None:
    """Runs the cases that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=[*CASES, "all"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--set", dest="sets", action="append", default=[])
    parser.add_argument("--validation", action="store_true")
    options = parser.parse_args()
    for case in CASES if options.case == "all" else [options.case]:
        for seed in range(options.first, options.first + options.seeds):
            print(json.dumps(measure(case, options, seed)), flush=True)


if __name__ == "__main__":
    main()
