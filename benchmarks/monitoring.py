"""How soon `lstm-toolkit monitor` finds a change of tone, and how often it alarms for none.

    python -m benchmarks.monitoring FILE [--texts 20 50 100] [--streams 200] [--weekend 0.1]

FILE is a table of `text,label` with labels that name praise and blame. A model is trained on half
of it with the defaults; the other half is answered once. Streams of days are drawn from those rows:
as many texts a day as a Poisson law gives, with the shares of the labels as they are in FILE, and
from day to day the share of praise and blame sways by --sway. At weekends there are --weekend times
as many texts, in a row of the table of their own. In half of the streams, from a day
after the 120th on, 40 % of the texts are replaced by some that are labelled as blame. Found is a
change that is told on that day or one of the two after it. Whatever is told in the other streams,
of two years each, is a false alarm.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import lstm_toolkit as lt
from lstm_toolkit.monitoring.changes import Days, Rules, changes
from lstm_toolkit.monitoring.tone import weights
from lstm_toolkit.monitoring.watching import tones
from lstm_toolkit.serving.answering import answer_rows

Floats = NDArray[np.float64]
YEARS, WITHIN, SHARE = 2, 2, 0.4


def answered(table: pd.DataFrame, seed: int, folder: Path) -> tuple[Floats, NDArray[np.int64]]:
    """Returns tones of half of the rows, and what their labels count: 1, 0 or -1."""
    order = np.random.default_rng(seed).permutation(len(table))
    half = len(table) // 2
    table.iloc[order[:half]].to_csv(folder / "train.csv", index=False)
    lt.train("sentiment", {"seed": seed}, folder / "run", data=folder / "train.csv")
    model = lt.load(folder / "run")
    count = weights(list(model.states.target.names))
    rest = table.iloc[order[half:]]
    answers = answer_rows(model, list(rest.text), None, lambda outputs: tones(count, outputs))
    tone = np.array([answer["tone"] for _, answer in answers])
    return tone, np.array([int(count.get(str(label), 0)) for label in rest.label])


def stream(
    tone: Floats,
    label: NDArray[np.int64],
    rng: np.random.Generator,
    days: int,
    mean: float,
    sway: float,
    weekend: float,
    changed: int | None,
) -> Days:
    """Returns days of texts that are drawn."""
    pools = [np.flatnonzero(label == each) for each in (-1, 0, 1)]
    shares = np.array([len(pool) for pool in pools]) / len(label)
    entries = []
    for day in range(days):
        count = int(rng.poisson(mean * (weekend if day % 7 > 4 else 1.0)))
        swayed = np.maximum(shares + sway * rng.standard_normal() * np.array([-1, 0, 1]), 0)
        kinds = rng.choice(3, count, p=swayed / swayed.sum())
        if changed is not None and day >= changed:
            kinds[rng.random(count) < SHARE] = 0
        values = np.array([tone[rng.choice(pools[kind])] for kind in kinds])
        if count:
            entries.append((day, count, values.sum(), (values**2).sum()))
    day, count, total, squares = zip(*entries, strict=True)
    return Days(np.array(day), np.array(count), np.array(total), np.array(squares))


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--texts", type=float, nargs="*", default=[20.0, 50.0, 100.0])
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--sway", type=float, nargs="*", default=[0.0, 0.03])
    parser.add_argument("--weekend", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    table = pd.read_csv(options.file).dropna()[["text", "label"]]
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        tone, label = answered(table, options.seed, Path(folder))
    for each in (-1, 0, 1):
        print(
            f"label {each:+d}: {(label == each).sum()} rows, tone {tone[label == each].mean():.2f}"
        )
    print(f"{time.perf_counter() - began:.0f} s of training and answering")
    rules, rng = Rules(), np.random.default_rng(options.seed)
    heads = "found the same day | one after | two after"
    print(f"| texts a day | at weekends | sway | {heads} | false a year |\n{'|---' * 7}|")
    for mean in options.texts:
        cases = [(sway, 1.0) for sway in options.sway] + [(options.sway[-1], options.weekend)]
        for sway, weekend in cases:
            delays = []
            for _ in range(options.streams // 2):
                at = int(rng.integers(120, 200))
                days = stream(tone, label, rng, at + WITHIN + 1, mean, sway, weekend, at)
                places = [int(days.day[place]) - at for place, _ in changes(days, rules)]
                delays.append(next((delay for delay in places if delay >= 0), WITHIN + 1))
            false = sum(
                len(
                    list(
                        changes(
                            stream(tone, label, rng, 365 * YEARS, mean, sway, weekend, None), rules
                        )
                    )
                )
                for _ in range(options.streams // 2)
            )
            found = [np.mean(np.array(delays) <= delay) for delay in range(WITHIN + 1)]
            shown = " | ".join(f"{each:.0%}" for each in found)
            yearly = false / (options.streams // 2) / YEARS
            print(
                f"| {mean:g} | {mean * weekend:g} | {sway:g} | {shown} | {yearly:.2f} |", flush=True
            )


if __name__ == "__main__":
    main()
