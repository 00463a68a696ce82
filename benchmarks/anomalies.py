"""Measures the detection of anomalies on published sets, and how fast streams are scored.

Usage: python -m benchmarks.anomalies CASE --data FOLDER [--seeds 3] [--set NAME=VALUE]...
           [--chosen]

- CASE: `nab`, `skab`, `msl`, or `stream`, which needs no data; `all` runs one after the other.
- `--data` is a folder with the published sets; nothing of it is part of this repository.
- `--chosen` scores only the part by whose labels settings were chosen: every second series of NAB
  in the order of their names, SKAB's valve2, and every third channel of MSL.

Each prints a line of JSON a seed. Of NAB one network learns from the first 15 % of all series, as
the benchmark lets it, and each series is scored step by step. Of SKAB a network learns from the
first 400 rows of each file, of MSL from the training part of each channel, without labels.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Series = tuple[str, NDArray[np.float64], NDArray[np.bool_]]
"""Name, `float64[steps, channels]`, and which steps are anomalies."""

NAB = {"window": "64", "horizon": "16", "smooth": "3", "epochs": "4", "batch_size": "256"}
NAB_MEMORY, NAB_QUIET = 3000, 100
SKAB = {"window": "16", "horizon": "1", "smooth": "1", "average": "8", "epochs": "3"}
SKAB |= {"alarm_share": "0.01"}
MSL = {"window": "64", "horizon": "1", "smooth": "1", "average": "16", "epochs": "3"}
SHORT = {"test_share": "0.02", "validation_share": "0.15", "baselines": "false"}
SKAB_TRAIN = 400
VUS_BUFFER = 100


def train(table: pd.DataFrame, texts: Mapping[str, str], folder: Path) -> Any:
    """Trains, and returns what answers."""
    import lstm_toolkit as lt

    task = lt.get_task("anomalies")
    run = lt.train(task, task.configure({**SHORT, **texts}), folder, data=table)
    return lt.load(run)


def scored(model: Any, values: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Returns score and alarm of each step of a series, 0 where nothing is known yet."""
    from lstm_toolkit.serving.streams import Stream

    answers = Stream(model).push(values)
    scores = np.array([answer["score"] or 0.0 for answer in answers])
    return scores, np.array([answer["alarm"] for answer in answers])


def nab_series(data: Path) -> Iterator[Series]:
    """Yields the series of NAB; what lies in a window around an anomaly is marked."""
    windows = json.loads((data / "nab/combined_windows.json").read_text(encoding="utf-8"))
    for name in sorted(windows):
        table = pd.read_csv(data / f"nab/{name}.gz", parse_dates=["timestamp"])
        marked = np.zeros(len(table), bool)
        for begin, end in windows[name]:
            marked |= table.timestamp.between(pd.Timestamp(begin), pd.Timestamp(end)).to_numpy()
        yield name, table[["value"]].to_numpy(np.float64), marked


def nab(options: argparse.Namespace, texts: dict[str, str], folder: Path) -> dict[str, Any]:
    """One network for all series, each on the scale of its first steps."""
    from lstm_toolkit.metrics.nab import Scored, nab_scores
    from lstm_toolkit.metrics.robust_scale import robust_scale
    from lstm_toolkit.metrics.vus import vus_pr

    series, parts = [], []
    for name, values, marked in nab_series(options.data):
        first = Scored(values[:, 0], marked).probation
        center, spread = robust_scale(values[:first])
        series.append((name, (values - center) / spread, marked))
        parts.append(pd.DataFrame({"unique_id": name, "y": series[-1][1][:first, 0]}))
    model = train(pd.concat(parts, ignore_index=True), {**NAB, **texts}, folder)
    usual = model.states.target.usual
    judged, volumes = [], []
    for _, values, marked in series[:: 2 if options.chosen else 1]:
        raw, _ = scored(model, values)
        judged.append(Scored(alarming(raw, usual), marked))
        if marked.any():
            volumes.append(vus_pr(marked, trailing_mean(raw, VUS_BUFFER), VUS_BUFFER))
    return {"nab": nab_scores(judged), "vus_pr": float(np.mean(volumes))}


def alarming(scores: NDArray[np.float64], usual: tuple[float, float]) -> NDArray[np.float64]:
    """Returns scores among those before them, 0 where one of the last was higher: no new alarm."""
    from lstm_toolkit.targets.series_scores import SeriesScore

    adaptive = SeriesScore(1, NAB_MEMORY, usual)
    told = pd.Series([adaptive.step(score) for score in scores])
    before = told.shift(1).rolling(NAB_QUIET, min_periods=1).max().fillna(-np.inf)
    return np.where(told > before, np.maximum(told, 0.0), 0.0)


def trailing_mean(scores: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """Returns the mean of each score and those before it."""
    return pd.Series(scores).rolling(steps, min_periods=1).mean().to_numpy()


def skab(options: argparse.Namespace, texts: dict[str, str], folder: Path) -> dict[str, Any]:
    """A network a file; all files are scored together."""
    from sklearn.metrics import average_precision_score, f1_score

    labels, scores, alarms = [], [], []
    for file in sorted((options.data / "skab").glob("*.csv.gz")):
        if "anomaly-free" in file.name or (options.chosen and "valve2" not in file.name):
            continue
        table = pd.read_csv(file, sep=";")
        values = table.drop(columns=["datetime", "anomaly", "changepoint"])
        model = train(values[:SKAB_TRAIN], {**SKAB, **texts}, folder / file.name)
        told, raised = scored(model, values.to_numpy())
        labels.append(table.anomaly.to_numpy()[SKAB_TRAIN:] > 0)
        scores.append(told[SKAB_TRAIN:] / model.states.target.threshold)
        alarms.append(raised[SKAB_TRAIN:])
    marked, raised = np.concatenate(labels), np.concatenate(alarms)
    return {
        "f1": float(f1_score(marked, raised)),
        "false_alarm_rate": float(raised[~marked].mean()),
        "missed_alarm_rate": float((~raised[marked]).mean()),
        "auc_pr": float(average_precision_score(marked, np.concatenate(scores))),
        "files": len(labels),
    }


def msl(options: argparse.Namespace, texts: dict[str, str], folder: Path) -> dict[str, Any]:
    """A network a channel of telemetry; the mean of their areas."""
    from sklearn.metrics import average_precision_score

    found = np.load(options.data / "msl/msl.npz")
    names = sorted(name[6:] for name in found.files if name.startswith("train_"))
    areas = {}
    for name in names[:: 3 if options.chosen else 1]:
        known, other = found[f"train_{name}"][:, :1], found[f"test_{name}"][:, :1]
        model = train(pd.DataFrame(known, columns=["y"]), {**MSL, **texts}, folder / name)
        told, _ = scored(model, other)
        areas[name] = float(average_precision_score(found[f"label_{name}"] > 0, told))
    return {"auc_pr": float(np.mean(list(areas.values()))), "channels": len(areas)}


def stream(options: argparse.Namespace, texts: dict[str, str], folder: Path) -> dict[str, Any]:
    """Lines a second on one core, of the made flows, from text to answers."""
    import io

    from lstm_toolkit.data.readers.series.flows import CHANNELS, sample_flows
    from lstm_toolkit.serving.streams import stream_rows

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    flows = pd.DataFrame(sample_flows(40_000, seed=1))[list(CHANNELS)]
    model = train(flows[:2000], {"epochs": "1", **texts}, folder)
    content = flows.to_csv(index=False).encode()
    plain = model.task.options()
    for _ in stream_rows(model, io.BytesIO(content[:50_000]), plain, lambda _: None):
        pass
    before, began = _peak_mib(), time.process_time()
    count = sum(1 for _ in stream_rows(model, io.BytesIO(content), plain, lambda _: None))
    seconds = time.process_time() - began
    return {"lines_per_second": round(count / seconds), "more_mib": _peak_mib() - before}


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


CASES = {"nab": nab, "skab": skab, "msl": msl, "stream": stream}


def measure(case: str, options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """Runs a case once and returns what is told of it."""
    texts = dict(each.split("=", 1) for each in options.sets) | {"seed": str(seed)}
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told = CASES[case](options, texts, Path(folder) / "run")
    seconds = round(time.monotonic() - began, 1)
    return {"case": case, "seed": seed, **_rounded(told), "seconds": seconds}


def _rounded(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _rounded(value) for name, value in told.items()}
    return round(told, 4) if isinstance(told, float) else told


def main() -> None:
    """Runs the cases that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=[*CASES, "all"])
    parser.add_argument("--data", type=Path, default=Path())
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--set", dest="sets", action="append", default=[])
    parser.add_argument("--chosen", action="store_true")
    options = parser.parse_args()
    for case in CASES if options.case == "all" else [options.case]:
        for seed in range(options.seeds):
            print(json.dumps(measure(case, options, seed)), flush=True)


if __name__ == "__main__":
    main()
