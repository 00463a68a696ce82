"""What published splits are called: the one place that knows their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath

TRAIN, VALIDATION, TEST = "train", "validation", "test"

PARTS = {
    **dict.fromkeys(("train", "training", "trn", "训练"), TRAIN),
    **dict.fromkeys(("validation", "valid", "validate", "val", "dev", "devel"), VALIDATION),
    **dict.fromkeys(("development", "eval", "evaluation", "publictest", "验证"), VALIDATION),
    **dict.fromkeys(("test", "testing", "tst", "privatetest", "heldout", "holdout", "t10k"), TEST),
    "测试": TEST,
}
"""Names of published splits, and what they stand for."""

FLAGS = {
    **dict.fromkeys(("isvalid", "isvalidation", "isval", "isdev"), (VALIDATION, TRAIN)),
    "istest": (TEST, TRAIN),
    **dict.fromkeys(("istrain", "istraining"), (TRAIN, TEST)),
}
"""Names of columns of truth values, and the split of rows that are true there, and false."""

_TRUE, _FALSE = {"true", "1", "1.0", "yes"}, {"false", "0", "0.0", "no"}

SPLIT_NAMES = {
    *("split", "splits", "subset", "fold", "partition", "part", "set", "dataset", "datasplit"),
    *("datasetsplit", "traintest", "traintestsplit", "usage", "phase", "purpose", "sample"),
    *("数据集", "划分"),
}
"""Names of columns that tell the split of each row; case, spaces and signs do not count."""

_NOUNS = ("", "dataset", "set", "data", "split", "集")


@lru_cache(65536)
def part_of(name: str) -> str:
    """Returns `train`, `validation` or `test` for any of their names, else "".

    Case, the width of letters and signs do not count, nor a noun behind.

    >>> part_of(" Training "), part_of("DEV"), part_of("test_set"), part_of("other")
    ('train', 'validation', 'test', '')
    """
    key = fold(name)
    stems = (key.removesuffix(noun) for noun in _NOUNS)
    return next((PARTS[stem] for stem in stems if stem in PARTS), "")


def fold(name: str) -> str:
    """Returns a name without what does not count in names of columns and splits.

    >>> fold("Review Text")
    'reviewtext'
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", str(name))).casefold()


def part_of_file(path: PurePath) -> str:
    """Returns the part that a word of a file's name tells, "" if none or several do.

    >>> part_of_file(PurePath("reviews-train-00000-of-00002.parquet"))
    'train'
    >>> part_of_file(PurePath("latest.csv")), part_of_file(PurePath("train_and_test.csv"))
    ('', '')
    """
    stem = path.name.partition(".")[0]
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", stem))
    parts = {part for word in words if (part := part_of(word))}
    return parts.pop() if len(parts) == 1 else ""


def parts_by_flags(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Returns the split of each row by columns such as `is_valid`, none if there is no such.

    Args:
        columns: Cells by the name of their column.

    >>> parts_by_flags({"text": ["a", "b"], "is_valid": ["False", "True"]})
    ['train', 'validation']
    """
    parts: list[str] = []
    for name, cells in columns.items():
        flags = FLAGS.get(fold(name))
        values = [cell.strip().casefold() for cell in cells] if flags else []
        if not flags or not set(values) <= _TRUE | _FALSE or not _TRUE & set(values):
            continue
        found = [flags[0] if value in _TRUE else flags[1] for value in values]
        both = zip(parts or found, found, strict=True)
        parts = [other if part == TRAIN else part for part, other in both]
    return parts
