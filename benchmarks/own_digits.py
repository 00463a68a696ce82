"""How a run reads photographs of its digits, and whether it flags what is no digit.

`python -m benchmarks.own_digits RUN [--split test] [--rows 500] [--seed 0]`: for each kind of
photograph the accuracy as it is (`--as-is`) and brought to the training images' look, and the share
that is flagged as unlike them; for each kind of nonsense that share alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.photographed import NONSENSE, PHOTOGRAPHS
from lstm_toolkit.system.runtime import quiet_tensorflow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--split", choices=("validation", "test"), default="test")
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    quiet_tensorflow()
    import lstm_toolkit as lt
    from lstm_toolkit.runs import Run

    run = Run.open(arguments.run)
    splits = run.task.split(run.task.source(run.data, run.settings), run.settings)
    part = splits.parts[arguments.split]
    images, labels = ink_of(part.inputs, run.states.only), np.asarray(part.labels)
    model, rng = lt.load(arguments.run), np.random.default_rng(arguments.seed)
    every = list(np.asarray(part.inputs, np.float32))
    report("clean, all rows", model.predict(every), labels, model.predict(every, as_is=True))
    chosen = rng.permutation(len(images))[: arguments.rows]
    for kind, draw in PHOTOGRAPHS.items():
        drawn = [draw(images[row], rng) for row in chosen]
        asked = answers_to(model, drawn)
        report(kind, asked, labels[chosen], answers_to(model, drawn, as_is=True))
    eights = (255 * images).astype(np.uint8)
    flagged = []
    for kind, make in NONSENSE.items():
        answers = answers_to(model, [make(eights, rng) for _ in range(arguments.rows)])
        flagged.append(np.mean([answer["unlike"] for answer in answers]))
        print(json.dumps({"nonsense": kind, "flagged": round(float(flagged[-1]), 4)}), flush=True)
    print(json.dumps({"nonsense": "mean", "flagged": round(float(np.mean(flagged)), 4)}))


def ink_of(images: Any, frame: Any) -> Any:
    """Returns `float32[n, height, width]`, ink 1 on a ground of 0."""
    return frame.light_ink(np.asarray(images)).numpy()


def answers_to(model: Any, pictures: list[Any], **options: Any) -> list[dict[str, Any]]:
    """Asks about pictures as files, as their owner would."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder, f"{i}.png")) for i in range(len(pictures))]
        for file, picture in zip(files, pictures, strict=True):
            Image.fromarray(picture).save(file)
        answers: list[dict[str, Any]] = model.predict(files, **options)
    return answers


def report(kind: str, answers: list[dict[str, Any]], labels: Any, as_is: list[Any]) -> None:
    """Prints accuracies, and the share that was flagged."""

    def accuracy(given: list[dict[str, Any]]) -> float:
        return round(
            float(np.mean([a["label"] == y for a, y in zip(given, labels, strict=True)])), 4
        )

    flagged = float(np.mean([answer["unlike"] for answer in answers]))
    facts = {"images": kind, "rows": len(answers), "accuracy": accuracy(answers)}
    print(json.dumps(facts | {"as_is": accuracy(as_is), "flagged": round(flagged, 4)}), flush=True)


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(json.dumps({"minutes": round((time.monotonic() - began) / 60, 1)}))
