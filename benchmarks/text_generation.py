"""Trains language models on published texts, and scores each test part once.

Usage: python -m benchmarks.text_generation CASE --data FOLDER [--out RUN] [--validation]
    [--seed 0] [--set NAME=VALUE ...]

CASE is one of `CASES`; FOLDER is the one that holds `tinyshakespeare`, `brown_lm` and the others.
With `--validation` the test part is not read at all: so settings are chosen. A RUN that was cut off
goes on. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Parts = dict[str, list[str]]
"""Documents by the names of the splits."""


def shakespeare(folder: Path) -> Parts:
    """Returns the plays as one text: the last tenth tests, the first fiftieth validates."""
    (file,) = (folder / "tinyshakespeare").glob("*.txt.gz")
    return _in_order(gzip.decompress(file.read_bytes()).decode(), (0.02, 0.9))


def honglou(folder: Path) -> Parts:
    """Returns the novel as one text: the last twentieth tests, the first fiftieth validates.

    In its last chapters alone some marks are those of ASCII, which are made wide as before.
    """
    (file,) = (folder / "honglou").glob("*.txt.gz")
    wide = str.maketrans(",.:;!?", "，．：；！？")
    text = gzip.decompress(file.read_bytes()).decode().translate(wide)
    return _in_order(text, (0.02, 0.95))


def tang(folder: Path) -> Parts:
    """Returns poems; a tenth tests, by the MD5 of each, and a twentieth validates."""
    (file,) = (folder / "tang_poems").glob("*.tsv.gz")
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        poems = [row["text"] for row in csv.DictReader(lines, delimiter="\t", quoting=3)]
    parts: Parts = {"train": [], "valid": [], "test": []}
    for poem in poems:
        place = int(hashlib.md5(b"split" + poem.encode()).hexdigest()[:8], 16) % 20
        parts["test" if place < 2 else "valid" if place == 2 else "train"].append(poem)
    return parts


def brown(folder: Path) -> Parts:
    """Returns words; those seen three times or less in the whole corpus are one, `<unk>`.

    So are those that training does not show; `unseen_words` tells what they cost by themselves.
    """
    words = _brown_words(folder)
    counts, seen = Counter(word for part in words.values() for word in part), set(words["train"])
    return {
        part: [" ".join(w if counts[w] > 3 and w in seen else "<unk>" for w in each)]
        for part, each in words.items()
    }


def _brown_words(folder: Path) -> Parts:
    return {
        part: [
            word
            for line in gzip.decompress((folder / "brown_lm" / f"{part}.txt.gz").read_bytes())
            .decode()
            .splitlines()
            for word in (line.split() or ["<para>"])
        ]
        for part in ("train", "valid", "test")
    }


def unseen_words(folder: Path) -> float:
    """Returns what it costs to tell words of the vocabulary apart that training does not show.

    The probability of `<unk>` is shared between itself, by its share on the validation part, and
    each of these words alike; so the vocabulary is that of the whole corpus. In nats, of the test.
    """
    words = _brown_words(folder)
    counts, seen = Counter(word for part in words.values() for word in part), set(words["train"])
    unseen = {word for word, count in counts.items() if count > 3} - seen
    kept, new = (
        {part: sum(chosen(word) for word in words[part]) for part in ("valid", "test")}
        for chosen in (lambda word: counts[word] <= 3, lambda word: word in unseen)
    )
    share = kept["valid"] / (kept["valid"] + new["valid"])
    own, others = math.log(share), math.log((1 - share) / len(unseen))
    return -(kept["test"] * own + new["test"] * others)


def chorales(folder: Path) -> Parts:
    """Returns chorales, a line each: the notes of each quarter from above, then a bar.

    The order of notes follows from their pitch, so what the tokens of a step cost is what its set
    of notes costs. Training chorales come in twelve keys.
    """
    (file,) = (folder / "jsb_chorales").glob("*quarter.json.gz")
    pieces = json.loads(gzip.decompress(file.read_bytes()))
    keys = {"train": range(-5, 7), "valid": [0], "test": [0]}
    return {
        part: [_chorale(piece, key) for piece in pieces[part] for key in keys[part]]
        for part in keys
    }


def _chorale(piece: Sequence[Sequence[int]], key: int) -> str:
    steps = (
        [*map(str, sorted((note + key for note in step), reverse=True)), "|"] for step in piece
    )
    return " ".join(token for step in steps for token in step)


def _in_order(text: str, borders: tuple[float, float]) -> Parts:
    """Returns the beginning to validate by, since what stands just before the test tells most."""
    first, second = (int(len(text) * share) for share in borders)
    return {"valid": [text[:first]], "train": [text[first:second]], "test": [text[second:]]}


LARGE = {"embedding": "256", "batch_size": "32", "learning_rate": "0.003", "input_dropout": "0.2"}

CASES: Mapping[str, tuple[Callable[[Path], Parts], Mapping[str, str]]] = {
    "shakespeare": (
        shakespeare,
        {**LARGE, "units": "512,512", "dropout": "0.35", "window": "200", "context": "40"}
        | {"epochs": "10", "input_dropout": "0", "min_count": "1"},
    ),
    "honglou": (
        honglou,
        {**LARGE, "units": "512", "dropout": "0.5", "window": "150", "context": "30"}
        | {"epochs": "14", "token_dropout": "0.05"},
    ),
    "tang": (
        tang,
        {**LARGE, "units": "512", "dropout": "0.4", "window": "80", "epochs": "9"}
        | {"form": "verse", "unit": "line", "batch_size": "64"},
    ),
    "brown": (
        brown,
        {**LARGE, "units": "512", "dropout": "0.5", "window": "70", "context": "15"}
        | {"tokens": "space", "vocabulary": "30000", "min_count": "1", "epochs": "8"}
        | {"token_dropout": "0.1", "input_dropout": "0.3"},
    ),
    "chorales": (
        chorales,
        {**LARGE, "units": "256", "embedding": "64", "dropout": "0.4", "window": "400"}
        | {"tokens": "space", "min_count": "1", "unit": "line", "epochs": "20"}
        | {"context": "200", "token_dropout": "0.05"},
    ),
}
"""How each is read, and settings beside the defaults."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--validation", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", dest="sets", action="append", default=[])
    options = parser.parse_args()
    read, chosen = CASES[options.case]
    texts = {**chosen, **dict(word.split("=", 1) for word in options.sets)}
    with tempfile.TemporaryDirectory() as place:
        out = options.out or Path(place, "run")
        # A run remembers where its data stands, and goes on with no other.
        data = out.with_name(f"{out.name}_data")
        parts = read(options.data)
        if options.validation:
            del parts["test"]
        written(parts, data)
        print(
            json.dumps(
                scores(options.case, options.data, data, texts, options.seed, out),
                ensure_ascii=False,
            )
        )


def written(parts: Parts, folder: Path) -> None:
    """Writes a file for each split, a document a line or the one there is."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, documents in parts.items():
        (folder / f"{part}.txt").write_text("\n".join(documents), encoding="utf-8", newline="\n")


def scores(
    case: str, folder: Path, data: Path, texts: Mapping[str, str], seed: int, out: Path
) -> dict[str, Any]:
    """Trains once, or goes on; returns scores, minutes and settings."""
    from lstm_toolkit.system.runtime import quiet_tensorflow

    quiet_tensorflow()
    import lstm_toolkit as lt
    from lstm_toolkit.system.reporting import Reporter

    task = lt.get_task("text_generation")
    settings = task.configure({**texts, "seed": str(seed), "test_share": "0.01"})
    began = time.perf_counter()
    resume = (out / "config.json").exists()
    run = lt.train(task, settings, out, data=data, resume=resume, reporter=Reporter(_log))
    metrics = json.loads((run.path / "metrics.json").read_text(encoding="utf-8"))
    return {
        "case": case,
        "seed": seed,
        "settings": texts,
        "minutes": round((time.perf_counter() - began) / 60, 1),
        **{part: metrics[part] for part in ("epochs", "train_seconds", "validation", "test")},
        **own_score(case, run, folder),
    }


def own_score(case: str, run: Any, folder: Path) -> dict[str, float]:
    """Returns what a published number of this text is, where that is no score of ours."""
    if case == "tang":
        return {
            "perplexity_without_ends": perplexity_without(run, ""),
            "perplexity_without_marks": perplexity_without(run, "，。"),
        }
    if case == "brown":
        test = run.metrics["test"]
        nats = test["nats_per_token"] + unseen_words(folder) / test["scored_tokens"]
        return {"perplexity_of_the_whole_vocabulary": math.exp(nats)}
    if case == "chorales":
        rows = run.task.split(run.task.source(run.data, run.settings), run.settings).test
        steps = sum(str(text).split().count("|") for text in rows.columns["text"])
        test = run.metrics["test"]
        return {"nats_a_step": test["nats_per_token"] * test["scored_tokens"] / steps}
    return {}


def perplexity_without(run: Any, marks: str) -> float:
    """Returns the perplexity of the test part's tokens but for some, and the ends of texts."""
    import numpy as np
    import tensorflow as tf

    from lstm_toolkit.data.text.passages import END_ID, PAD_ID
    from lstm_toolkit.layers import token_losses
    from lstm_toolkit.training.preparation import encode, make_batches

    rows = run.task.split(run.task.source(run.data, run.settings), run.settings).test
    encoded = encode(run.task, rows, run.settings, run.states)
    tokens = run.states.only.vocabulary.tokens
    left_out = [
        PAD_ID,
        END_ID,
        *(place for place, token in enumerate(tokens) if token in list(marks)),
    ]
    model, nats, count = run.model(), 0.0, 0
    graph = tf.function(lambda inputs: model(inputs, training=False), reduce_retracing=True)
    for inputs, wanted in make_batches(run.task, encoded, run.settings, run.states).dataset():
        losses, _ = token_losses(wanted, graph(inputs))
        scored = ~np.isin(wanted.numpy(), left_out)
        nats, count = nats + float(losses.numpy()[scored].sum()), count + int(scored.sum())
    return float(np.exp(nats / count))


def _log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
