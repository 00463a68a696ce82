"""Measures searches for settings: what they find, what they cost, and what memory they keep.

Usage: python -m benchmarks.tuning quality TASK [--data PATH] [--rows N] [--set NAME=VALUE]...
           [--seconds 240] [--seeds 3] [--trials 12] [--out FOLDER]
       python -m benchmarks.tuning overhead [--rounds 3]
       python -m benchmarks.tuning memory
       python -m benchmarks.tuning workers

- quality: random, Bayesian and Hyperband searches of equal time of the CPU, with the same seeds.
  Each begins with the hand-set default; the default's score is that of the first trial of the
  random search, which trains it to the end. Told is the best validation score each found.
  `--rows` takes that many lines of a table, at random but always the same.
- overhead: a search of six trials against six plain trainings of the same settings in the same
  process, in turn, without the last training and the figures of a search.
- memory: resident memory after each of thirty trials, which must stay within 1.3 times that
  after the third.
- workers: trials a minute with one worker and with two, on the same cores.

Each prints JSON; `quality` adds a line to OUT/quality.jsonl after each search, and leaves out
what is there already.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

ALGORITHMS = ("random", "bayesian", "hyperband")
SMALL = {"units": "16", "bidirectional": "false", "epochs": "8"}
"""A network whose training takes a few seconds."""
SPACE = {"dropout": "0..0.5", "learning_rate": "0.001..0.02:log", "units": "8..32/4"}
LIMITS = {"overhead": 1.10, "memory": 1.3}


def quality(options: argparse.Namespace) -> dict[str, Any]:
    from lstm_toolkit.cli.task_options import setting_texts

    done = options.out / "quality.jsonl"
    options.out.mkdir(parents=True, exist_ok=True)
    lines = done.read_text(encoding="utf-8").splitlines() if done.exists() else []
    known = [json.loads(line) for line in lines]
    name = options.name or options.task
    data = some_rows(options.data, options.rows, options.out) if options.rows else options.data
    texts = setting_texts(options.sets)
    for seed in range(options.seeds):
        for algorithm in ALGORITHMS:
            place = {"data": name, "rows": options.rows, "seed": seed, "tuner": algorithm}
            if any(place.items() <= each.items() for each in known):
                continue
            found = place | search(options, data, texts | {"seed": str(seed)}, algorithm)
            known.append(found)
            with done.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found) + "\n")
    return summary([each for each in known if each["data"] == name])


def some_rows(table: Path, rows: int, folder: Path) -> Path:
    """Writes the first line, often a header, and some others of a gzipped table to a file."""
    first, *lines = gzip.decompress(table.read_bytes()).decode("utf-8").rstrip("\n").split("\n")
    chosen = random.Random(0).sample(lines, rows)
    part = folder / f"{rows}_of_{table.stem}"
    part.write_text("\n".join([first, *chosen]) + "\n", encoding="utf-8")
    return part


def search(
    options: argparse.Namespace, data: Path | None, texts: dict[str, str], algorithm: str
) -> dict[str, Any]:
    import contextlib

    from lstm_toolkit import get_task
    from lstm_toolkit.tuning import tuner
    from lstm_toolkit.tuning.task_tuner import OutOfTime

    task = get_task(options.task)
    # Hyperband goes round until the time is up; its trials are many and short.
    trials = {"random": 999, "bayesian": options.trials, "hyperband": 999}[algorithm]
    with tempfile.TemporaryDirectory() as folder:
        found = tuner(
            task,
            Path(folder),
            settings=task.configure(texts),
            fixed=texts,
            data=data,
            algorithm=algorithm,
            trials=trials,
            keep=3,
        )
        found.limit(options.seconds, time.process_time)
        with contextlib.suppress(OutOfTime):
            found.search()
        oracle = found.oracle
        first, best = oracle.trials[oracle.start_order[0]], oracle.best()[0]
        return {
            "objective": found.plan.objective,
            "first": first.score,
            "best": best.score,
            "best_values": {k: v for k, v in best.hyperparameters.values.items() if "/" not in k},
            "trials": len(oracle.best()),
            "failed": len(oracle.end_order) - len(oracle.best()),
            "epochs": sum(t.metrics.get_last_value("epochs") for t in oracle.best()),
            "cpu_seconds": options.seconds,
        }


def summary(found: list[dict[str, Any]]) -> dict[str, Any]:
    scores = {a: [each["best"] for each in found if each["tuner"] == a] for a in ALGORITHMS}
    scores["default"] = [each["first"] for each in found if each["tuner"] == "random"]
    return {
        name: {"mean": statistics.mean(each), "scores": each}
        for name, each in scores.items()
        if each
    }


def overhead(options: argparse.Namespace) -> dict[str, Any]:
    import gc

    import keras

    from lstm_toolkit import get_task, prepare
    from lstm_toolkit.training.fitting import fit
    from lstm_toolkit.tuning import tuner

    task = get_task("digits")
    settings = task.configure(SMALL)
    ratios, seconds = [], []
    for turn in range(options.rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            found = tuner(task, Path(folder), settings=settings, space=SPACE, fixed=SMALL, trials=6)
            began = time.process_time()
            found.search()
            searched = time.process_time() - began
            tried = [found.plan.settings_of(t.hyperparameters) for t in found.oracle.best()]
            began = time.process_time()
            for place, each in enumerate(tried):
                (Path(folder) / f"plain{place}").mkdir()
                fit(prepare(task, each), Path(folder) / f"plain{place}")
                keras.backend.clear_session()
                gc.collect()
            plain = time.process_time() - began
        if turn:  # the first round warms up
            ratios.append(searched / plain)
            seconds.append((round(searched, 2), round(plain, 2)))
    ratio = round(statistics.median(ratios), 3)
    return {
        "cpu_seconds": seconds,
        "ratio": ratio,
        "range": [round(min(ratios), 3), round(max(ratios), 3)],
        "limit": LIMITS["overhead"],
        "met": ratio <= LIMITS["overhead"],
    }


def memory(_: argparse.Namespace) -> dict[str, Any]:
    import psutil

    from lstm_toolkit import get_task
    from lstm_toolkit.tuning import tuner

    task, process, resident = get_task("digits"), psutil.Process(), []
    space = SPACE | {"units": "8..128/8", "units.layers": "1..3"}
    with tempfile.TemporaryDirectory() as folder:
        settings = task.configure(SMALL | {"epochs": "2"})
        found = tuner(task, Path(folder), settings=settings, space=space, trials=30, keep=3)
        tell = found.oracle.tell

        def told(trial: Any) -> None:
            tell(trial)
            resident.append(process.memory_info().rss / 2**20)

        found.oracle.tell = told
        found.search()
    ratio = round(resident[-1] / resident[2], 3)
    return {
        "mib": [round(each) for each in resident],
        "ratio": ratio,
        "limit": LIMITS["memory"],
        "met": ratio <= LIMITS["memory"],
    }


def workers(options: argparse.Namespace) -> dict[str, Any]:
    from lstm_toolkit import get_task
    from lstm_toolkit.system.reporting import PRINTING
    from lstm_toolkit.tuning import make_plan
    from lstm_toolkit.tuning.folder import SearchFolder
    from lstm_toolkit.tuning.oracles import make_oracle
    from lstm_toolkit.tuning.workers import run_workers

    rates: dict[int, list[float]] = {1: [], 2: []}
    task = get_task("digits")
    settings = task.configure({"epochs": "15"})
    for _ in range(options.rounds):
        for count, found in rates.items():
            plan = make_plan(task, settings, trials=12, fixed={"batch_size": 128})
            with tempfile.TemporaryDirectory() as folder:
                oracle = make_oracle(plan)
                oracle._set_project_dir(folder, "trials")
                SearchFolder(Path(folder)).begin(plan)
                run_workers(oracle, plan, Path(folder), count, PRINTING)
                ends = sorted(oracle.ended.values())
                # The start of the workers is left out: from the first end to the last.
                found.append(60 * (len(ends) - 1) / (ends[-1] - ends[0]))
    return {
        "trials_per_minute": {n: [round(each, 2) for each in found] for n, found in rates.items()},
        "two_against_one": round(statistics.median(rates[2]) / statistics.median(rates[1]), 2),
    }


PARTS = {"quality": quality, "overhead": overhead, "memory": memory, "workers": workers}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("task", nargs="?", default="digits")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rows", type=int, help="of a gzipped table, to train on")
    parser.add_argument("--name", help="of the data, in quality.jsonl")
    parser.add_argument("--set", dest="sets", action="append", default=[])
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--trials", type=int, default=12, help="of a Bayesian search, to plan with")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("runs/benchmarks"))
    options = parser.parse_args()
    if options.rows and not options.data:
        parser.error("--rows needs --data")
    from lstm_toolkit.system.runtime import quiet_tensorflow

    quiet_tensorflow()
    load = [round(each, 1) for each in os.getloadavg()]
    print(json.dumps({"load_average": load, options.part: PARTS[options.part](options)}, indent=2))


if __name__ == "__main__":
    main()
