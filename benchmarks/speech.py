"""Measures speech on spoken digits, beside the simplest methods.

Usage: python -m benchmarks.speech CASE --data FILE --out FOLDER [--parts N,…] [--set NAME=VALUE]...

- CASE: `speakers` leaves one speaker out after the other, `takes` tests the takes `TEST` and learns
  from the others, `digits` reads rows of three to seven digits, joined from recordings of one
  speaker (training, validation and test from different takes), with pauses and nearly without.
- `--data` is an `.npz` file with `audio`, `offsets`, `label`, `speaker`, `index` (the take) and
  `sample_rate`, such as the Free Spoken Digit Dataset; it is no part of this repository.
- `--out` holds one file of JSON a part; parts that are there already are not trained again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TEST, VALIDATION = range(5, 10), range(10, 15)
"""Takes that are held out."""

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

PAUSES, CLOSE, BOTH = (0.1, 0.4), (0.0, 0.02), (0.0, 0.4)
"""Seconds of quiet between two digits."""

ROWS = {"train": 3000, "validation": 200, "test": 500}


class Digits:
    """Recordings of digits by take and speaker."""

    def __init__(self, path: Path):
        with np.load(path) as file:
            self.audio, self.offsets = file["audio"], file["offsets"]
            self.label, self.take = file["label"].astype(int), file["index"].astype(int)
            self.speaker = file["speaker"].astype(str)
            self.rate = int(file["sample_rate"])

    def samples(self, row: int) -> NDArray[np.int16]:
        """Returns one recording."""
        own: NDArray[np.int16] = self.audio[self.offsets[row] : self.offsets[row + 1]]
        return own

    def arrays(self, parts: Mapping[str, NDArray[np.int64]]) -> dict[str, Any]:
        """Returns arrays of words by split, as `data.read_recordings` takes them."""
        arrays: dict[str, Any] = {"sample_rate": self.rate}
        for part, rows in parts.items():
            sounds = [self.samples(row) for row in rows]
            arrays |= _of_part(part, sounds, [WORDS[self.label[row]] for row in rows], "label")
            arrays[f"speaker_{part}"] = self.speaker[rows]
        return arrays

    def joined(self, takes: Any, count: int, gaps: tuple[float, float], seed: int) -> Any:
        """Returns rows of digits of one speaker each, and what is said in them."""
        rng = np.random.default_rng(seed)
        sounds, texts = [], []
        rows = np.flatnonzero(np.isin(self.take, list(takes)))
        for _ in range(count):
            who = rng.choice(np.unique(self.speaker))
            own = rows[self.speaker[rows] == who]
            chosen = rng.choice(own, rng.integers(3, 8))
            quiet = max(1.0, 0.003 * float(np.abs(self.samples(chosen[0])).max()))
            parts = []
            for row in chosen:
                gap = int(rng.uniform(*gaps) * self.rate)
                parts += [rng.normal(0, quiet, gap).astype(np.int16), self.samples(row)]
            sounds.append(np.concatenate(parts))
            texts.append(" ".join(WORDS[self.label[row]] for row in chosen))
        return sounds, texts


def _of_part(part: str, sounds: list[Any], words: list[str], said: str) -> dict[str, Any]:
    return {
        f"audio_{part}": np.concatenate(sounds),
        f"lengths_{part}": [len(sound) for sound in sounds],
        f"{said}_{part}": np.array(words),
    }


def cases(name: str, digits: Digits) -> dict[str, dict[str, Any]]:
    """Returns the arrays of each part of a case."""
    rows = np.arange(len(digits.label))
    if name == "takes":
        held = np.isin(digits.take, list(TEST))
        return {"takes": digits.arrays({"train": rows[~held], "test": rows[held]})}
    if name == "speakers":
        return {
            who: digits.arrays(
                {"train": rows[digits.speaker != who], "test": rows[digits.speaker == who]}
            )
            for who in np.unique(digits.speaker)
        }
    arrays: dict[str, Any] = {"sample_rate": digits.rate}
    others = set(digits.take.tolist()) - {*TEST, *VALIDATION}
    for part, takes in (("train", others), ("validation", VALIDATION)):
        sounds, texts = digits.joined(takes, ROWS[part], BOTH, len(part))
        arrays |= _of_part(part, sounds, texts, "transcript")
    tests = {}
    for kind, gaps in (("pauses", PAUSES), ("close", CLOSE)):
        tests[kind] = digits.joined(TEST, ROWS["test"], gaps, 7)
    arrays |= _of_part("test", *tests["pauses"], "transcript")
    return {"digits": arrays | {f"close {n}": each for n, each in enumerate(tests["close"])}}


def measure(name: str, arrays: dict[str, Any], sets: list[str], keep: Path) -> dict[str, Any]:
    """Trains on a part and returns its scores."""
    import lstm_toolkit as lt

    task = lt.get_task("transcription" if name == "digits" else "speech")
    texts = dict(each.split("=", 1) for each in sets)
    close = [arrays.pop(f"close {n}", None) for n in range(2)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "digits.npz"
        np.savez(path, **arrays)
        began = time.monotonic()
        run = lt.train(task, task.configure(texts), keep, data=path)
        told: dict[str, Any] = {"seconds": round(time.monotonic() - began), "settings": texts}
        told |= _scores(run.metrics["test"], task.target.main_score)
        if close[0] is not None:
            other = Path(folder) / "close.npz"
            own = {"sample_rate": arrays["sample_rate"]}
            np.savez(other, **own, **_renamed(_of_part("train", *close, "transcript")))
            told["close"] = _scores(lt.evaluate(run, data=other), task.target.main_score)
    return told


def _renamed(arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removesuffix("_train"): each for name, each in arrays.items()}


def _scores(scores: Mapping[str, Any], name: str) -> dict[str, Any]:
    simplest = {n: each[name] for n, each in scores.get("baselines", {}).items()}
    return {name: scores[name], "rows": scores["examples"], "simplest": simplest}


def main() -> None:
    """Runs the parts that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=["speakers", "takes", "digits"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--parts", default="", help="such as jackson,theo; empty takes all")
    parser.add_argument("--set", dest="sets", action="append", default=[])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = [part for part in options.parts.split(",") if part]
    done = []
    for part, arrays in cases(options.case, Digits(options.data)).items():
        if wanted and part not in wanted:
            continue
        path = options.out / f"{options.case}-{part}.json"
        if not path.exists():
            keep = options.out / f"{options.case}-{part}"
            path.write_text(json.dumps(measure(options.case, arrays, options.sets, keep)))
        done.append(json.loads(path.read_text()))
        print(part, json.dumps(done[-1]), flush=True)
    if options.case == "speakers":
        print("mean accuracy", np.mean([part["accuracy"] for part in done]), flush=True)


if __name__ == "__main__":
    main()
