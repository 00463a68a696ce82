"""Trains on published questions, and scores each test split once.

Usage: python -m benchmarks.questions CASE --data FOLDER [--validation] [--set NAME=VALUE ...]

CASE is banking77 (the best known question), banking77_intents, clinc150 (with rows of no intent),
trecqa (sentences that answer) or babi (stories of 20 tasks together); FOLDER holds the set's files.
With `--validation` the test split is not read. `serving` asks an export with 100,000 questions, one
at a time, on one core. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

TASKS = {
    "banking77": "questions",
    "banking77_intents": "intents",
    "clinc150": "intents",
    "trecqa": "questions",
    "babi": "stories",
}
ROWS = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=[*TASKS, "serving"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--validation", action="store_true")
    parser.add_argument("--set", dest="sets", action="append", default=[])
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        if options.case == "serving":
            print(json.dumps(serving(options.rows, Path(place))))
        else:
            print(json.dumps(scores(options, Path(place))))


def scores(options: argparse.Namespace, place: Path) -> dict[str, Any]:
    """Trains once; returns scores, minutes and settings."""
    import lstm_toolkit as lt

    data = prepared_table(options.case, options.data, place, options.validation)
    texts = dict(word.split("=", 1) for word in options.sets)
    task = lt.get_task(TASKS[options.case])
    settings = task.configure({"test_share": "0.01", **texts, "seed": str(options.seed)})
    began = time.perf_counter()
    run = lt.train(task, settings, place / "run", data=data)
    metrics = json.loads((run.path / "metrics.json").read_text(encoding="utf-8"))
    told = {
        "case": options.case,
        "seed": options.seed,
        "settings": texts,
        "minutes": round((time.perf_counter() - began) / 60, 1),
        **{part: _short(metrics[part]) for part in ("validation", "test")},
    }
    if options.case == "trecqa":
        parts = ("dev",) if options.validation else ("dev", "test")
        told["ranking"] = {part: ranking(run, options.data / f"{part}.tsv.gz") for part in parts}
    if options.case == "babi" and not options.validation:
        told["tasks"] = by_task(run, options.data / "test.jsonl.gz")
    return told


def by_task(run: Any, path: Path) -> dict[str, float]:
    """Returns the share of right answers to the test questions of each task."""
    from lstm_toolkit.training.evaluation import predict_run

    _, predicted = predict_run(run)
    right = run.task.target.judge_rows(predicted).columns["right"]
    with gzip.open(path, "rt", encoding="utf-8") as file:
        tasks = np.array([json.loads(line)["task"] for line in file])
    return {str(task): round(float(right[tasks == task].mean()), 4) for task in np.unique(tasks)}


def _short(found: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in found.items() if k not in ("per_class", "confusion_matrix")}


def prepared_table(case: str, folder: Path, place: Path, validation: bool) -> Path:
    """Returns one table with a column of splits, or the folder where it is read as it is."""
    if case == "babi" or (case.startswith("banking77") and not validation):
        return folder
    target = place / "data.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        names = ("text", "intent") if TASKS[case] == "intents" else ("question", "answer")
        writer.writerow([*names, "right", "split"])
        for split, row in _rows(case, folder):
            if split != "test" or not validation:
                writer.writerow([*row, split])
    return target


def _rows(case: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    for path in sorted(folder.glob("*.gz")):
        name = path.name.split(".")[0]
        split = {"val": "validation", "dev": "validation"}.get(name.split("_")[-1], name)
        split = split.split("_")[-1]
        sign = "," if ".csv" in path.name else "\t"
        quoting = csv.QUOTE_MINIMAL if sign == "," else csv.QUOTE_NONE
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter=sign, quoting=quoting):
                if case == "trecqa":
                    yield split, [row["question"], row["answer"], row["label"]]
                else:
                    yield split, [row["text"], row.get("label") or row["category"], "1"]


def ranking(run: Any, path: Path) -> dict[str, float]:
    """Returns MAP and MRR over questions with right and wrong answers, and those of tf-idf."""
    import tensorflow as tf

    from lstm_toolkit.features.text import tf_idf
    from lstm_toolkit.targets.matcher import Matcher

    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    matcher = Matcher(run.task.trained(run.model(), run.states))
    known = run.states.target.texts
    simple = tf_idf().fit(known)
    found: dict[str, list[tuple[float, float]]] = {"network": [], "tf_idf": []}
    rows.sort(key=lambda row: row["question"])
    for question, group in itertools.groupby(rows, key=lambda row: row["question"]):
        answers, right = zip(*((row["answer"], row["label"] == "1") for row in group), strict=True)
        if len(set(right)) < 2:
            continue
        ours = matcher.against(tf.constant([question]), tf.constant(answers)).numpy()[:, 0]
        theirs = (simple.transform(answers) @ simple.transform([question]).T).toarray()[:, 0]
        for name, values in (("network", ours), ("tf_idf", theirs)):
            found[name].append(_precision(values, np.array(right)))
    told = {"questions": float(len(found["network"]))}
    for name, pairs in found.items():
        told[f"{name}_map"], told[f"{name}_mrr"] = map(float, np.mean(pairs, axis=0))
    return told


def _precision(values: Any, right: Any) -> tuple[float, float]:
    order = right[np.argsort(-values, kind="stable")]
    places = np.flatnonzero(order) + 1
    return float((np.arange(1, len(places) + 1) / places).mean()), 1.0 / float(places[0])


def serving(rows: int, place: Path) -> dict[str, Any]:
    """Returns milliseconds of single questions to an export with so many known ones."""
    import dataclasses

    import tensorflow as tf

    import lstm_toolkit as lt
    from lstm_toolkit.data.readers.questions.sample import sample_questions
    from lstm_toolkit.targets.known_questions import KnownQuestions

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    run = lt.train("questions", {"epochs": 1}, place / "run")
    words = sorted({word for text in sample_questions()["question"] for word in text.split()})
    words += [f"item{n}" for n in range(20_000)]
    rng = np.random.default_rng(0)
    texts = tuple(" ".join(rng.choice(words, 9)) for _ in range(rows))
    answers = tuple(f"Answer {n}." for n in range(rows))
    states = run.states
    known = KnownQuestions(texts, answers, states.target.measure, states.target.threshold)
    wide = dataclasses.replace(states, target=known)
    began = time.perf_counter()
    export, _ = lt.export_model("questions", run.model(), wide, run.samples, place / "model")
    exported = time.perf_counter() - began
    size = sum(path.stat().st_size for path in export.rglob("*") if path.is_file())
    loaded = tf.saved_model.load(str(export))
    answer = loaded.signatures["serving_default"]
    times, cpu = [], []
    for number in range(220):
        began, computed = time.perf_counter(), time.process_time()
        told = answer(text=tf.constant([texts[number * 7 % rows]]))
        cpu.append(1000 * (time.process_time() - computed))
        times.append(1000 * (time.perf_counter() - began))
    assert told["answer"].shape == (1,)
    shutil.rmtree(export)
    middle, high = np.percentile(times[20:], (50, 95))
    return {
        "rows": rows,
        "p50_ms": round(float(middle), 1),
        "p95_ms": round(float(high), 1),
        "p95_cpu_ms": round(float(np.percentile(cpu[20:], 95)), 1),
        "export_seconds": round(exported, 1),
        "megabytes": round(size / 1e6, 1),
    }


if __name__ == "__main__":
    main()
