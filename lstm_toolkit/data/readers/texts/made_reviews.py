"""Made reviews with several labels each, or with a number, so that both can be tried at once."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstm_toolkit.data.readers.texts.label_kinds import LabelKind
from lstm_toolkit.data.samples import sample_path

if TYPE_CHECKING:
    import pandas as pd

_ABOUT = {
    "food": ("the soup was warm", "breakfast came cold", "the bread was fresh"),
    "staff": ("the waiter was kind", "nobody at the desk helped us", "they welcomed us warmly"),
    "room": ("our room was quiet", "the bed was too short", "the window did not close"),
    "price": ("it cost too much", "the bill was fair", "we paid twice for parking"),
}
_OPENINGS = ("", "All in all, ", "To be fair, ", "This time, ", "For us, ")
_WEIGHTS = {"the food": 0.6, "the staff": 0.4, "the room": 0.3, "the price": 0.2}
_QUALITIES = {"dreadful": -2.0, "dull": -1.0, "fair": 0.0, "good": 1.0, "superb": 2.0}
_MIDDLE = 3.0


def sample_reviews(kind: LabelKind) -> Path | pd.DataFrame:
    """Returns the sample reviews, or made ones for several labels or numbers."""
    if kind == "several":
        return _with_labels()
    return _with_scores() if kind == "numbers" else sample_path("reviews")


def _with_labels() -> pd.DataFrame:
    """Returns reviews that speak of one or two things, with what they speak of as labels."""
    import pandas as pd

    rng = np.random.default_rng(0)
    phrases = [(text, name) for name, texts in _ABOUT.items() for text in texts]
    groups = [*itertools.combinations(phrases, 1), *itertools.combinations(phrases, 2)]
    rows = [
        (opening + ", and ".join(text for text, _ in group) + ".", ";".join(n for _, n in group))
        for group in groups
        for opening in rng.permutation(_OPENINGS)
    ]
    return pd.DataFrame(rows, columns=["text", "labels"])


def _with_scores() -> pd.DataFrame:
    """Returns reviews of one or two things, with scores to which each adds, more or less."""
    import pandas as pd

    rng = np.random.default_rng(0)
    judged = [*itertools.product(_WEIGHTS, _QUALITIES)]
    pairs = [(a, b) for a, b in itertools.combinations(judged, 2) if a[0] != b[0]]
    rows = []
    for group in [*((each,) for each in judged), *pairs]:
        score = _MIDDLE + sum(_WEIGHTS[thing] * _QUALITIES[quality] for thing, quality in group)
        text = ", and ".join(f"{thing} was {quality}" for thing, quality in group)
        for opening in rng.permutation(_OPENINGS)[:4]:
            rows.append((f"{opening}{text}.", round(score + rng.normal(0, 0.1), 1)))
    return pd.DataFrame(rows, columns=["text", "score"])
