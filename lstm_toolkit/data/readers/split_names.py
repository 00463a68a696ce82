"""The words by which people call training, validation and test."""

from __future__ import annotations

import re

SPLITS = {
    "train": ("train", "training", "trn", "tr"),
    "validation": ("validation", "val", "valid", "dev", "development", "validate"),
    "test": ("test", "testing", "tst", "te", "t10k", "eval", "evaluation", "holdout"),
}
"""Each split with the words for it, in small letters."""

SPLIT_COLUMNS = ("split", "set", "subset", "partition", "usage", "fold", "phase")
"""Names of columns that may say to which split a row belongs."""

_OF = {word: name for name, words in SPLITS.items() for word in words}


def split_named(word: str) -> str | None:
    """Returns `train`, `validation` or `test` if that is what a word means, else None.

    >>> split_named("Training"), split_named("val"), split_named("photos")
    ('train', 'validation', None)
    """
    return _OF.get(word.strip().casefold())


def split_within(name: str) -> str | None:
    """Returns the split that one of the words of a file's name means, None if not exactly one.

    >>> split_within("mnist_train"), split_within("emnist-letters-test"), split_within("a")
    ('train', 'test', None)
    """
    found = {split_named(word) for word in re.split(r"[\W_]+", name)} - {None}
    return found.pop() if len(found) == 1 else None
