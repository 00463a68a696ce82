"""Asks what the pages ask, with the defaults, and compares with the answers that stand there.

A question to a model of the sample data is a `lstm-toolkit predict RUN "…"  # answer` below a
`lstm-toolkit train TASK --out RUN`. The guides, which train on data of their own and show below
the command what it prints, are held to it by `test_guides.py`. Scores may differ.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.test_docs import ROOT, first_screen, run, snippets

TRAINING = re.compile(r"^lstm-toolkit train (\w+) --out (\S+) *(?:#|$)", re.MULTILINE)
QUESTION = re.compile(r'^lstm-toolkit predict (\S+) "([^"]+)"[^#\n]*(?:# *(.+))?$', re.MULTILINE)
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted(ROOT.glob("docs/*.md"))]


class Example(NamedTuple):
    """A question on a page, and the answer shown beside it."""

    page: str
    task: str
    question: str
    answer: str


def examples(page: Path) -> list[Example]:
    """Returns what a page asks models that are trained on sample data with the defaults."""
    commands = "".join(snippets("bash", page.read_text(encoding="utf-8")))
    tasks = {folder: task for task, folder in TRAINING.findall(commands)}
    return [
        Example(page.name, tasks[folder], question, answer)
        for folder, question, answer in QUESTION.findall(commands)
        if folder in tasks
    ]


EXAMPLES = [example for page in PAGES for example in examples(page)]


def test_each_example_shows_its_answer() -> None:
    assert [example for example in EXAMPLES if not example.answer] == []


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_front_page_asks_about_texts_and_sentences(page: str) -> None:
    tasks = {example.task for example in EXAMPLES if example.page == page}
    assert tasks == {"sentiment", "translation"}


@pytest.mark.slow
@pytest.mark.parametrize("task", ["sentiment", "translation"])
def test_the_defaults_answer_as_shown(
    task: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shown = {one.question: one.answer for one in EXAMPLES if one.task == task}
    folder = os.environ.get(f"LSTM_TOOLKIT_{task.upper()}_RUN")
    toolkit = [sys.executable, "-m", "lstm_toolkit"]
    if not folder and task == "sentiment":  # the first screen trains on the sample reviews, too
        folder = str(first_screen(tmp_path_factory) / "runs" / "sentiment")
    if not folder:
        folder = "run"
        run(*toolkit, "train", task, "--out", folder, folder=tmp_path)
    printed = run(*toolkit, "predict", folder, *shown, folder=tmp_path)
    assert dict(line.split("\t")[:2] for line in printed.splitlines()) == shown
