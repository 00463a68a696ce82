"""How often a run copies words that it cannot know into its translations.

`python -m benchmarks.copied_words RUN [--rows 400] [--seed 0]`: in pairs of the validation split
a word of certain translation, or two, are replaced by strange ones on both sides (a name, a number,
a time, an address, a `{name}`), and the source is translated. Told are the share of sentences in
which all strange words came out, and of those that are the expected sentence.

The control with as many steps as copying takes needs no command of its own: a fifth more epochs,
`lstm-toolkit train translation --set baselines=false --set copy_unknown=false --epochs 12`.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np

from lstm_toolkit.system.runtime import quiet_tensorflow

SYLLABLES = ("ba", "dro", "fen", "gol", "kis", "lum", "mor", "pri", "tan", "vez", "wol", "zir")


def strange_word(rng: np.random.Generator) -> str:
    """Returns what no vocabulary holds."""
    name = "".join(rng.choice(SYLLABLES, rng.integers(2, 4))).capitalize()
    return str(
        rng.choice(
            [
                name,
                str(rng.integers(1_000, 100_000)),
                f"{rng.integers(0, 24)}:{rng.integers(10, 60)}",
                f"https://example.org/{name.lower()}",
                f"{{{name.lower()}}}",
            ]
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    quiet_tensorflow()
    import lstm_toolkit as lt

    pairs = opened_pairs(arguments.run, arguments.seed)
    model, rng = lt.load(arguments.run), np.random.default_rng(arguments.seed)
    for words, rows in pairs.items():
        asked = [filled(*pair, rng) for pair in rows[: arguments.rows]]
        answers = model.predict([source for source, _, _ in asked])
        given = [answer["translation"] for answer in answers]
        copied = [
            all(w in text for w in new) for text, (_, new, _) in zip(given, asked, strict=True)
        ]
        right = [text in expected for text, (_, _, expected) in zip(given, asked, strict=True)]
        facts = {"strange words": words, "sentences": len(asked)}
        shares = {"copied": float(np.mean(copied)), "as expected": float(np.mean(right))}
        print(json.dumps(facts | {k: round(v, 4) for k, v in shares.items()}), flush=True)


def opened_pairs(path: Path, seed: int) -> dict[int, list[tuple[str, str]]]:
    """Returns pairs of the validation split with words left open, by how many of them."""
    from lstm_toolkit.data.text.copied_pairs import leave_open
    from lstm_toolkit.data.text.copying import COPY
    from lstm_toolkit.runs import Run

    run = Run.open(path)
    splits = run.task.split(run.task.source(run.data, run.settings), run.settings)
    rows = splits.parts["validation"]
    kinds = run.states.only.kind, run.states.target.encoder.kind
    pairs: dict[int, list[tuple[str, str]]] = {1: [], 2: []}
    targets = rows.targets["translation"]
    for draw in range(5):  # each gives words to a part of the pairs
        for pair in zip(*leave_open(rows.inputs, targets, kinds, seed=seed + draw), strict=True):
            counts = {side.count(COPY) for side in pair}
            if counts in ({1}, {2}):
                pairs[counts.pop()].append(pair)
    return pairs


def filled(source: str, target: str, rng: np.random.Generator) -> tuple[str, list[str], set[str]]:
    """Returns a source with strange words, these, and the targets that would be right."""
    from lstm_toolkit.data.text.copying import COPY

    words = [strange_word(rng) for _ in range(source.count(COPY))]
    orders = itertools.permutations(words)
    return put_in(source, words), words, {put_in(target, order) for order in orders}


def put_in(text: str, words: Any) -> str:
    """Returns a text with words in the places that were left open."""
    from lstm_toolkit.data.text.copying import COPY

    for word in words:
        text = text.replace(COPY, word, 1)
    return text


if __name__ == "__main__":
    main()
