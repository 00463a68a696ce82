"""Measures the task video on its made clips, beside the simplest methods.

Usage: python -m benchmarks.video [motion|digit]... [--seeds 0,1,2] [--made SEED] --out FOLDER
           [--set NAME=VALUE]...

- What is to be told: how digits move, which digits they are, or both one after the other.
- `--made` makes other clips than those of the sample, which is 0: other ways, places and noise.
- `--out` holds a run for each; those that are finished are not trained again.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

import lstm_toolkit as lt
from lstm_toolkit.data.readers.clips.made_clips import made_clips
from lstm_toolkit.runs import Run

LABELS = ("motion", "digit")


def measured(label: str, seed: int, made: int, folder: Path, settings: dict[str, str]) -> Run:
    """Returns the run of a seed, trained if it is not there."""
    path = folder / f"{label}-{made}-{seed}"
    if (path / "metrics.json").exists():
        return Run.open(path)
    task = lt.get_task("video")
    texts = {"seed": str(seed), **settings}
    if not made:
        return lt.train(task, task.configure({**texts, "label": label}), path)
    clips, labels = made_clips(made)
    data: Any = (clips, np.array(labels[label]))
    return lt.train(task, task.configure(texts), path, data=data)


def line(run: Run) -> str:
    """Returns the scores of a run's test split in a line."""
    test = run.metrics["test"]
    methods = ", ".join(f"{n} {s['accuracy']:.4f}" for n, s in test["baselines"].items())
    error = test["standard_error"]
    accuracy = f"accuracy {test['accuracy']:.4f} ± {error:.4f}"
    minutes = run.metrics["train_seconds"] / 60
    return f"{run.path.name}  {accuracy}  ({methods})  {minutes:.1f} min"


def main() -> None:
    """Trains and prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("labels", nargs="*", choices=[*LABELS, []], default=list(LABELS))
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--made", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--set", action="append", default=[], dest="settings")
    given = parser.parse_args()
    settings = dict(each.split("=", 1) for each in given.settings)
    for label in given.labels or LABELS:
        for seed in map(int, given.seeds.split(",")):
            print(line(measured(label, seed, given.made, given.out, settings)), flush=True)


if __name__ == "__main__":
    main()
