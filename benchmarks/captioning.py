"""Captions drawings that were held back, beside the nearest drawing's caption.

Usage: python -m benchmarks.captioning CASE --data FOLDER --out FOLDER [--seed N] [--epochs N]
           [--set NAME=VALUE]... [--validation]

- CASE: one of `CASES`: names of emoji in English (`en`) or Chinese (`zh`), or their category,
  written as a caption of one word or two (`category`).
- `--data` is a folder with `emoji.npz` (pictures of two vendors) and `emoji.tsv.gz` (a row for each
  picture of a vendor); nothing of it is part of this repository.
- `--out` holds the table of pictures, the run, and `score-CASE-SEED.json`.
- `--validation` tells the scores of the validation split alone, by which settings are chosen.

Protocol: drawings of both vendors are rows; an emoji and its skin tones, of both vendors, are one
group. A tenth of the groups, drawn with seed 19, is the test, another tenth the validation. Rows
with a skin tone are left out of all splits: they repeat a name and a drawing but for the tone.
Training drawings that look exactly like one of another split are left out, with their groups.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

CASES = {"en": "en", "zh": "zh", "category": "category"}
VENDORS = ("google", "twitter")
SPLIT_SEED = 19
TONE = "skin tone"

SETTINGS: dict[str, Any] = {
    "filters": (32, 64, 96),
    "depth": 1,
    "units": (160,),
    "dropout": 0.4,
    "embedding_dropout": 0.3,
    "token_dropout": 0.1,
    "label_smoothing": 0.1,
    "shift": 0.1,
    "rotation": 8.0,
    "zoom": 0.12,
    "colour": 0.15,
    "batch_size": 32,
    "epochs": 40,
    "group_column": "group",
}
"""Chosen by what two cores give in a quarter of an hour."""

MIRRORED = ("category",)
"""Cases whose captions a mirror leaves true; names tell left from right."""


def write_table(data: Path, out: Path) -> Path:
    """Writes one `.npz` of pictures, names, groups and splits, and returns its path."""
    with gzip.open(data / "emoji.tsv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    pictures = np.load(data / "emoji.npz")
    groups = sorted({row["group"] for row in rows})
    order = np.random.default_rng(SPLIT_SEED).permutation(len(groups))
    tenth = len(groups) / 10
    part = {groups[g]: _part(place, tenth) for place, g in enumerate(order)}
    kept = np.array([TONE not in row["en"] for row in rows])
    columns = {name: [row[name] for row in rows] for name in ("en", "zh", "category", "group")}
    columns["split"] = [part[row["group"]] for row in rows]
    path = out / "emoji.npz"
    np.savez(
        path,
        picture=np.concatenate([pictures[vendor][kept] for vendor in VENDORS]),
        **{name: np.tile(np.array(cells)[kept], len(VENDORS)) for name, cells in columns.items()},
    )
    return path


def _part(place: int, tenth: float) -> str:
    return "test" if place < tenth else "validation" if place < 2 * tenth else "train"


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Trains, and returns the scores that are to be told."""
    import lstm_toolkit as lt

    options.out.mkdir(parents=True, exist_ok=True)
    table = write_table(options.data, options.out)
    task = lt.get_task("captioning")
    chosen = {**SETTINGS, "caption_column": CASES[options.case], "seed": options.seed}
    chosen["flip"] = options.case in MIRRORED
    chosen["epochs"] = options.epochs or SETTINGS["epochs"]
    settings = task.configure(
        dict(each.split("=", 1) for each in options.set), task.settings_of(chosen)
    )
    folder = options.out / f"{options.case}-{options.seed}"
    run = lt.train("captioning", settings, folder, data=table)
    part = run.metrics["validation" if options.validation else "test"]
    told = {
        name: part[name] for name in ("chrf", "bleu", "standard_error", "sentences") if name in part
    }
    told["exact"] = round(100 - part["sentence_error"], 2)
    nearest = part.get("baselines", {}).get("nearest")
    if nearest:
        told["nearest"] = {
            "chrf": nearest["chrf"],
            "exact": round(100 - nearest["sentence_error"], 2),
        }
    return {"case": options.case, "seed": options.seed, **told, "minutes": _minutes(run.metrics)}


def _minutes(metrics: dict[str, Any]) -> float:
    return round(metrics["train_seconds"] / 60, 1)


def main() -> None:
    """Measures one case with one seed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--validation", action="store_true")
    options = parser.parse_args()
    scores = measure(options)
    part = "validation" if options.validation else "test"
    path = options.out / f"{part}-{options.case}-{options.seed}.json"
    path.write_text(json.dumps(scores, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(scores))


if __name__ == "__main__":
    main()
