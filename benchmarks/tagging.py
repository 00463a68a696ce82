"""Trains taggers on published sets, and scores each test split once.

Usage: python -m benchmarks.tagging SET FOLDER [--seed 0] [--validation] [--set NAME=VALUE ...]

SET is one of `SETS`; FOLDER holds its files, named train, dev (or valid) and test. With
`--validation` the test split is not read at all: so settings are chosen. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lstm_toolkit.data.splits.parts import part_of_file

SETS: Mapping[str, Mapping[str, str]] = {
    "resume": {},
    "weibo": {"epochs": "20"},
    "wnut17": {},
    "udc_words": {"preset": "segmentation"},
    "udc_pos": {"tag_column": "2"},
    "conll2000": {},
    "snips": {"preset": "slots"},
    "snips_intents": {},
}
"""Settings beside the defaults."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--validation", action="store_true")
    parser.add_argument("--set", dest="sets", action="append", default=[])
    options = parser.parse_args()
    texts = {**SETS[options.set], **dict(word.split("=", 1) for word in options.sets)}
    with tempfile.TemporaryDirectory() as place:
        data = prepared_folder(options.set, options.folder, Path(place), options.validation)
        print(json.dumps(scores(options.set, data, texts, options.seed, Path(place) / "run")))


def scores(name: str, data: Path, texts: dict[str, str], seed: int, out: Path) -> dict[str, Any]:
    """Trains once; returns scores, minutes and settings."""
    from lstm_toolkit.system.runtime import quiet_tensorflow

    quiet_tensorflow()
    import lstm_toolkit as lt

    task = lt.get_task("sentiment" if name == "snips_intents" else "tagging")
    settings = task.configure({**texts, "seed": str(seed), "test_share": "0.01"})
    began = time.perf_counter()
    run = lt.train(task, settings, out, data=data)
    metrics = json.loads((run.path / "metrics.json").read_text(encoding="utf-8"))
    return {
        "set": name,
        "seed": seed,
        "settings": texts,
        "minutes": round((time.perf_counter() - began) / 60, 1),
        **{part: metrics[part] for part in ("epochs", "validation", "test")},
    }


def prepared_folder(name: str, folder: Path, place: Path, validation: bool) -> Path:
    """Returns a folder with the files that are read, SNIPS in the forms that tasks read."""
    target = place / "data"
    target.mkdir()
    for path in sorted(folder.iterdir()):
        part = part_of_file(path)
        if not part or (validation and part == "test"):
            continue
        if name.startswith("snips"):
            _write_snips(path, target, part, intents=name == "snips_intents")
        else:
            shutil.copy(path, target / path.name)
    return target


def _write_snips(path: Path, target: Path, part: str, *, intents: bool) -> None:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    keys = {"text": "text", "label": "intent"} if intents else {"tokens": "text", "tags": "slots"}
    with (target / f"{part}.jsonl").open("w", encoding="utf-8") as out:
        for row in rows:
            record: dict[str, Any] = {key: row[column] for key, column in keys.items()}
            if not intents:
                record = {key: value.split() for key, value in record.items()}
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
