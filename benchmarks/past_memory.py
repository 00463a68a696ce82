"""Measures what many short texts cost: until the first step of a training, and to be answered.

Usage: python -m benchmarks.past_memory train|predict [ROWS [WORD...]]

ROWS (1,000,000) texts of 5 to 25 made words are written as a CSV, with one of two labels. `train`
begins a training of `sentiment` on them, with settings such as row_store=disk, and tells the
seconds of the processor and the largest resident memory when its first step has ended. `predict`
answers them by an export of a network that was trained on the sample reviews, with options such as
--workers 2 (whose seconds are not counted then), and by the bare SavedModel, given batches of texts
of like lengths.
"""

from __future__ import annotations

import csv
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

KNOWN, RARE = 2_000, 48_000
"""Words that look like words, and rarer ones."""


def main() -> None:
    what, *rest = sys.argv[1:] or ["train"]
    rows = int(rest[0]) if rest else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "texts.csv"
        write_texts(path, rows)
        for job in {"train": [begun], "predict": [bare, commanded]}[what]:
            print(what, f"{rows:,} rows", apart(job, path, *rest[1:]), flush=True)


def write_texts(path: Path, rows: int) -> None:
    """Writes a table of `text` and `label`."""
    draw = np.random.default_rng(0)
    letters = list("aeioubcdfglmnprst")
    words = ["".join(draw.choice(letters, draw.integers(2, 9))) for _ in range(KNOWN)]
    every = np.array([*words, *(f"w{number}" for number in range(RARE))])
    shares = 1 / (np.arange(len(every)) + 2.7)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["text", "label"])
        for start in range(0, rows, 10_000):
            count = min(10_000, rows - start)
            lengths = draw.integers(5, 26, count)
            drawn = every[draw.choice(len(every), lengths.sum(), p=shares / shares.sum())]
            labels = np.where(draw.integers(0, 2, count), "good", "bad")
            texts = map(" ".join, np.split(drawn, np.cumsum(lengths)[:-1]))
            table.writerows(zip(texts, labels, strict=True))


def apart(job: Callable[..., dict[str, Any]], path: Path, *words: str) -> str:
    """Runs a job in a process of its own, and returns what it tells."""
    context = multiprocessing.get_context("spawn")
    told, hand = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(job, hand, path, words))
    process.start()
    hand.close()  # so that its end is seen if it fails
    facts = told.recv()
    process.join()
    return json.dumps(facts)


def _run(job: Callable[..., dict[str, Any]], hand: Any, path: Path, words: tuple[str, ...]) -> None:
    hand.send(job(path, *words))


def used() -> dict[str, float]:
    """Returns seconds of the processor and the largest resident memory until now."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime
    return {"cpu_s": round(cpu, 1), "peak_gib": round(usage.ru_maxrss / 2**20, 2)}


class Begun(Exception):  # noqa: N818 (not an error)
    """The first step of a training has ended."""


def begun(path: Path, *words: str) -> dict[str, float]:
    """Returns what a training needs until its first step has ended."""
    import keras

    import lstm_toolkit as lt

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            raise Begun

    settings = lt.get_task("sentiment").configure(dict(word.split("=", 1) for word in words))
    try:
        lt.train("sentiment", settings, path.parent / "run", data=path, callbacks=[Stop()])
    except Begun:
        return used()
    raise SystemExit("the training ended before its first step")


def _export(folder: Path) -> Path:
    import lstm_toolkit as lt

    if not (folder / "models").exists():
        settings = {"units": (16,), "embedding": 16, "epochs": 1}
        lt.export(lt.train("sentiment", settings, out=folder / "small"), folder / "models")
    return next((folder / "models").glob("**/saved_model.pb")).parent


def _texts(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (row["text"] for row in csv.DictReader(file))


def bare(path: Path, *words: str) -> dict[str, float]:
    """Returns the rows a second of a SavedModel alone."""
    import tensorflow as tf

    answer = tf.saved_model.load(_export(path.parent)).signatures["serving_default"]
    texts = sorted(_texts(path), key=len)
    answer(tf.constant(texts[:256]))
    began = time.process_time()
    for start in range(0, len(texts), 256):
        answer(tf.constant(texts[start : start + 256]))
    return {"rows_a_cpu_s": round(len(texts) / (time.process_time() - began))} | used()


def commanded(path: Path, *words: str) -> dict[str, float]:
    """Returns the rows a second of `predict --data FILE --out FILE`, without its start."""
    from click.testing import CliRunner

    from lstm_toolkit.cli.commands import cli as command

    model = str(_export(path.parent))
    few = path.with_name("few.csv")
    few.write_text("text\n" + "\n".join(next(_texts(path)) for _ in range(3)), encoding="utf-8")
    answers = str(path.with_name("answers.csv"))
    seconds, clocks = [], []
    for data in (few, path):
        began, clock = time.process_time(), time.monotonic()
        done = CliRunner().invoke(
            command, ["predict", model, "--data", str(data), "--out", answers, *words]
        )
        if done.exit_code:
            raise SystemExit(done.output)
        seconds.append(time.process_time() - began)
        clocks.append(time.monotonic() - clock)
    rows = sum(1 for _ in _texts(path))
    return {
        "rows_a_cpu_s": round(rows / (seconds[1] - seconds[0])),
        "rows_a_s": round(rows / (clocks[1] - clocks[0])),
    } | used()


if __name__ == "__main__":
    main()
