"""Data so small that a task is trained on it in seconds, where the task brings none itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lstm_toolkit.task import Task
from tests.conftest import bars

GOOD, BAD = ("good", "lovely", "很好"), ("poor", "dreadful", "很差")
THINGS = ("soup", "hotel", "film", "phone", "酒店", "电影", "book", "train")

NAMES = {"Tom": "汤姆", "Mary": "玛丽", "He": "他", "She": "她"}
DOES = {"reads": "看书", "sleeps": "睡觉", "swims": "游泳", "sings": "唱歌", "works": "工作"}
WHEN = {"": "", "now": "现在", "often": "经常", "here": "在这里"}


def reviews(copies: int = 2) -> pd.DataFrame:
    """Returns texts whose label turns round with a negation."""
    rows = []
    for number, thing in enumerate(THINGS * copies):
        for words, label, other in ((GOOD, "Pos", "Neg"), (BAD, "Neg", "Pos")):
            for word in words:
                rows.append((f"the {thing} was {word} {number}", label))
                rows.append((f"the {thing} was not {word}, {number}!", other))
    return pd.DataFrame(rows, columns=["review", "verdict"])


def pairs() -> pd.DataFrame:
    """Returns all sentences of a small grammar."""
    rows = []
    for name, who in NAMES.items():
        for verb, does in DOES.items():
            for word, when in WHEN.items():
                rows.append((f"{name} {verb} {word}".strip() + ".", f"{who}{when}{does}。"))
    return pd.DataFrame(rows, columns=["en", "zh"])


def write_bars(folder: Path) -> Path:
    images, names = bars()
    np.savez(folder / "bars.npz", x_train=images, y_train=names)
    return folder / "bars.npz"


def write_reviews(folder: Path) -> Path:
    reviews(1).to_csv(folder / "reviews.csv", index=False)
    return folder / "reviews.csv"


def write_pairs(folder: Path) -> Path:
    pairs().to_csv(folder / "pairs.tsv", index=False, sep="\t")
    return folder / "pairs.tsv"


SMALL = {"units": "4", "batch_size": "16", "epochs": "1"}

OWN: Mapping[str, tuple[Callable[[Path], Path], Mapping[str, str]]] = {
    "digits": (write_bars, SMALL),
    "sentiment": (write_reviews, SMALL | {"embedding": "4", "min_count": "1"}),
    "translation": (write_pairs, SMALL | {"embedding": "4", "min_count": "1"}),
}


def sample(task: Task, folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data, and settings with which a training on it takes seconds."""
    if task.sample is not None:
        path, texts = task.sample(folder)
        return path, dict(texts)
    if task.name not in OWN:  # it makes its rows itself
        return None, {"epochs": "1"}
    write, texts = OWN[task.name]
    return write(folder), dict(texts)
