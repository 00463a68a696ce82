"""Runs the guides: every block of Python and of commands, in its order, in an empty folder.

Those that show what `predict` prints train as long as they say, and must print it; the others
train for an epoch, and run graphs as they are traced: to optimize them takes longer than they run.

Blocks marked `console` need a server, a GPU or other machines, and are left out. What
several-machines.md is about runs in test_docs.py, on one machine.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_docs import ROOT, SHORT, snippets
from tests.warm import warm_python
from tests.warm.server import AS_TRACED

GUIDES = [
    "my-own-table", "my-own-language-pair", "my-own-images", "my-own-tags", "my-own-series",
    "write-in-my-style", "my-own-questions",
    "my-own-sensors", "clean-a-signal", "genes-and-proteins",
    "my-own-sessions",
    "my-own-pictures",
    "my-own-mixed-table",
    "my-own-recordings",
    "alerts-from-a-stream",
    "my-own-clips",
    "on-a-gpu", "serve-it", "side-by-side", "trackers", "small-devices",
]  # fmt: skip
LEFT = {
    "my-own-table": ["models/tickets/1/saved_model.pb", "why.html"],
    "my-own-language-pair": ["models/de/1/saved_model.pb", "map.png"],
    "my-own-images": ["runs/signs/metrics.json"],
    "my-own-tags": ["models/orders/1/saved_model.pb", "tagged.html"],
    "write-in-my-style": ["models/tales/1/saved_model.pb", "tune.mid"],
    "serve-it": ["models/digits/1/saved_model.pb", "answers.json"],
    "my-own-questions": [
        "answered.csv",
        "models/faq/1/saved_model.pb",
        "models/desk/1/saved_model.pb",
    ],
    "my-own-series": [
        "forecast.csv",
        "models/sales/1/saved_model.pb",
        "runs/backtest/metrics.json",
    ],
    "my-own-sensors": ["answers.csv", "models/activities/1/saved_model.pb"],
    "clean-a-signal": ["clean.csv", "live.txt", "models/live/1/saved_model.pb"],
    "my-own-mixed-table": ["answers.csv", "models/flats/1/saved_model.pb"],
    "my-own-recordings": ["answers.csv", "models/words/1/saved_model.pb"],
    "genes-and-proteins": ["answers.csv", "models/sites/1/saved_model.pb", "why.html"],
    "my-own-sessions": ["next.csv", "models/shop/1/saved_model.pb"],
    "my-own-pictures": ["answers.csv", "map.png", "models/shapes/1/saved_model.pb"],
    "my-own-clips": ["answers.csv", "models/balls/1/saved_model.pb"],
    "alerts-from-a-stream": ["scored.csv", "events.csv", "events.png"],
    "side-by-side": ["curves.png", "runs/large/test_answers.csv"],
    "trackers": ["runs/small/tracked.json", "mlruns", "tuning/digits/tensorboard"],
    "small-devices": ["models/digits-litert/1/float32.tflite", "models/reviews-onnx/1/model.onnx"],
}
"""What each guide leaves behind."""

OUTPUT = re.compile(r"^([^\t\n]+)\t([^\t\n]+)\t(?!.*unknown to the vocabulary)", re.MULTILINE)
"""A line that `predict` prints. One with an unknown word is shown as a guess."""


def blocks(name: str) -> list[tuple[str, str]]:
    """Returns language and text of the blocks that run."""
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    return re.findall(r"^```(bash|python)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def shown(name: str) -> list[tuple[str, str]]:
    """Returns the answers that a guide shows below its commands."""
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    return [answer for text in snippets("text", page) for answer in OUTPUT.findall(text)]


def environment(folder: Path, *, short: bool) -> dict[str, str]:
    """Puts a `lstm-toolkit` into `folder`, which may train for one epoch alone."""
    added = SHORT | {"train": ["--epochs", "1"]} if short else {"tasks": []}
    cases = "\n".join(f'{name}) set -- "$@" {shlex.join(more)} ;;' for name, more in added.items())
    command = folder / "lstm-toolkit"
    command.write_text(
        f'#!/bin/sh\ncase "$1" in\n{cases}\nesac\n'
        f'exec {shlex.join(warm_python("-m", "lstm_toolkit"))} "$@"\n'
    )
    command.chmod(0o755)
    found = [str(folder), str(Path(sys.executable).parent), os.environ["PATH"]]
    graphs = {AS_TRACED: "1"} if short else {}
    return os.environ | graphs | {"PATH": os.pathsep.join(found), "PYTHONPATH": str(ROOT)}


@pytest.mark.slow
@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_runs_and_prints_what_it_shows(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    answers, printed = set(shown(name)), ""
    variables = environment(tmp_path_factory.mktemp("bin"), short=not answers)
    python = warm_python("-W", "error::UserWarning", "-c")
    for language, text in blocks(name):
        begin = ["bash", "-euo", "pipefail", "-c"] if language == "bash" else python
        done = subprocess.run(
            [*begin, text],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stderr}"
        printed += done.stdout
    for path in LEFT.get(name, []):
        assert (tmp_path / path).exists()
    assert answers <= set(OUTPUT.findall(printed))


def test_guides_to_ones_own_data_show_answers() -> None:
    assert [name for name in GUIDES if shown(name)] == [
        "my-own-table", "my-own-language-pair", "my-own-images",
    ]  # fmt: skip


def test_every_guide_has_blocks_that_run() -> None:
    assert all(blocks(name) for name in GUIDES)


@pytest.mark.parametrize("name", [*GUIDES, "several-machines", "when-it-goes-wrong"])
def test_a_guide_reads_well_where_there_are_no_directives(name: str) -> None:
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    fences = re.findall(r"^```(\S*)", page, re.MULTILINE)
    assert set(fences[::2]) <= {"bash", "python", "text", "console", "json"}
    assert set(fences[1::2]) == {""}
