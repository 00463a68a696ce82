"""Trains recommenders on published sessions, and scores each test split once; or times answers.

Usage: python -m benchmarks.recommendation SET FOLDER [--seed 0] [--set NAME=VALUE ...]
       python -m benchmarks.recommendation speed [--items 100000] [--sessions 200000]

SET is one of `SETS`; FOLDER holds its `train.txt.gz`, a session a line, and `test.tsv.gz`,
beginnings of sessions with the next item. Settings were chosen with validation_share=0.1, the last
tenth of the training lines; then all but the last hundredth are learnt from, since new items come
every day. `speed` asks an untrained network of so many items, with neighbours among so many
sessions, one session at a time. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SETS: Mapping[str, Mapping[str, str]] = {
    # Its test has no beginnings of one click.
    "retailrocket": {"least_clicks": "2"},
    "diginetica": {},
}
"""Settings beside the defaults and `SPARSE`."""

SPARSE = {"preset": "many_items", "validation_share": "0.01"}

ASKED = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", choices=[*SETS, "speed"])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", dest="sets", action="append", default=[])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--sessions", type=int, default=200_000)
    options = parser.parse_args()
    if options.set == "speed":
        print(json.dumps(answer_times(options.items, options.sessions)))
        return
    texts = {**SPARSE, **SETS[options.set], **dict(word.split("=", 1) for word in options.sets)}
    with tempfile.TemporaryDirectory() as place:
        data, out = Path(place) / "data", options.out or Path(place) / "run"
        write_sessions(options.folder, data)
        print(json.dumps(scores(options.set, data, texts, options.seed, out)))


def scores(name: str, data: Path, texts: dict[str, str], seed: int, out: Path) -> dict[str, Any]:
    """Trains once; returns scores, minutes and settings."""
    from lstm_toolkit.system.runtime import quiet_tensorflow

    quiet_tensorflow()
    import lstm_toolkit as lt

    settings = lt.get_task("recommendation").configure({**texts, "seed": str(seed)})
    began = time.perf_counter()
    run = lt.train("recommendation", settings, out, data=data)
    return {
        "set": name,
        "seed": seed,
        "settings": texts,
        "minutes": round((time.perf_counter() - began) / 60, 1),
        **{part: run.metrics[part] for part in ("epochs", "validation", "test")},
    }


def write_sessions(folder: Path, out: Path) -> None:
    """Writes `train.txt` and `test.txt`, whole sessions, of which all beginnings are scored."""
    out.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "train.txt.gz", "rt") as file:
        (out / "train.txt").write_text(file.read())
    with gzip.open(folder / "test.tsv.gz", "rt") as file:
        pairs = [line.rstrip("\n").split("\t") for line in file]
    sessions = whole_sessions([[*items.split(), following] for items, following in pairs])
    (out / "test.txt").write_text("".join(" ".join(items) + "\n" for items in sessions))


def whole_sessions(beginnings: Sequence[list[str]]) -> list[list[str]]:
    """Returns the longest of beginnings that stand one behind the other, each a click shorter.

    >>> whole_sessions([["a", "b", "c"], ["a", "b"], ["d", "e"]])
    [['a', 'b', 'c'], ['d', 'e']]
    """
    sessions: list[list[str]] = []
    left = 0
    for items in beginnings:
        if sessions and len(items) == left and sessions[-1][:left] == items:
            left -= 1
            continue
        sessions.append(items)
        left = len(items) - 1
    return sessions


def answer_times(items: int, sessions: int) -> dict[str, Any]:
    """Returns median and 95th percentile of answers to single sessions, in milliseconds.

    `cpu_…` is processor time of all threads, which other work on the machine does not lengthen.
    """
    from lstm_toolkit.system.runtime import quiet_tensorflow

    quiet_tensorflow()
    import numpy as np

    from lstm_toolkit import get_task
    from lstm_toolkit.data import Vocabulary
    from lstm_toolkit.data.text.vocabulary import PAD, UNK
    from lstm_toolkit.features.items import FIRST, KnownItems
    from lstm_toolkit.features.states import States
    from lstm_toolkit.serving.prediction import open_network
    from lstm_toolkit.targets.item_names import ItemNames

    task, rng = get_task("recommendation"), np.random.default_rng(0)
    known = KnownItems(Vocabulary((PAD, UNK, *map(str, range(items)))), max_clicks=50)

    def drawn() -> tuple[int, ...]:
        """Returns items of which some are clicked far more often than others."""
        numbers = items * rng.random(int(rng.integers(2, 12))) ** 3
        return tuple(numbers.astype(int) + FIRST)

    state = ItemNames(known, tuple(drawn() for _ in range(sessions)), blend=0.3)
    states = States({"session": known}, state)
    model = open_network(task, task.build(task.settings(), states), states)
    words = [" ".join(str(number - FIRST) for number in drawn()) for _ in range(ASKED)]
    model.predict(words[:5])
    times, busy = [], []
    for word in words:
        began, idle = time.perf_counter(), time.process_time()
        model.predict([word])
        times.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (time.process_time() - idle))
    facts = {"items": items, "sessions": sessions}
    for name, each in (("", times), ("cpu_", busy)):
        median, late = np.percentile(each, [50, 95])
        facts |= {f"{name}median_ms": round(median, 1), f"{name}p95_ms": round(late, 1)}
    return facts


if __name__ == "__main__":
    main()
