"""Small tables from which a network can learn what it should."""

from __future__ import annotations

import pandas as pd

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
