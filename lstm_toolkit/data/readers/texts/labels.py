"""Labels as people write them: other spellings, gaps, and the same text labelled twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from lstm_toolkit.data.labels import label_key, label_text, numbered, one_spelling
from lstm_toolkit.data.readers.tables.columns import MOST_MISSING
from lstm_toolkit.errors import DataError

LIKE_MISSING = {
    *("nan", "none", "null", "na", "n/a", "n.a.", "nat", "<na>", "nil", "?", "-", "--"),
    *("#n/a", "#value!", "#ref!", "#name?", "#div/0!"),
}
"""How people and programs write that nothing is there; in a file of texts they may be classes."""


def clean_labels(raw: Sequence[str]) -> tuple[list[str], list[str]]:
    """Merges what is the same to a reader: other spaces, capitals, widths, or fractions.

    Args:
        raw: Labels as they stand in the data.

    Returns:
        The labels, each in the most frequent spelling of its class and "" where there is
        none; a remark for each spelling that was merged, and one on classes whose names look
        as if no label were there.

    >>> clean_labels(["pos", "pos", " Pos", "neg", ""])
    (['pos', 'pos', 'pos', 'neg', ''], ["label ' Pos' merged into 'pos'"])
    >>> clean_labels(["1.0", "0", "1", "1"])[0]
    ['1', '0', '1', '1']
    """
    names = one_spelling(raw)
    return [names[label] for label in raw], [
        *_merged(names),
        *_like_missing(names.values()),
        *_unclear(names.values()),
    ]


def _merged(names: dict[str, str]) -> list[str]:
    several = {name for label, name in names.items() if label_text(label) != name}
    several |= {name for label, name in names.items() if label != name and name in names}
    merged = [label for label, name in names.items() if name in several and label != name and name]
    remarks = [f"label {_short(label)!r} merged into {_short(names[label])!r}" for label in merged]
    if len(merged) > 3:
        remarks[3:] = [f"{len(merged) - 3:,} more spelling{'s'[: len(merged) - 4]} merged"]
    return remarks


def _like_missing(names: Iterable[str]) -> list[str]:
    found = sorted({name for name in names if name.casefold() in LIKE_MISSING})
    if not found:
        return []
    what = "a class like any other" if len(found) == 1 else "classes like any other"
    return [f"{', '.join(found)} taken for {what}; only empty cells are without a label"]


def _unclear(names: Iterable[str]) -> list[str]:
    """Warns of truth values beside their numbers, and of codes beside theirs."""
    known: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        known.setdefault(label_key(name), []).append(name)
    both = [(known[number][0], known[word][0]) for number, word in (("1", "true"), ("0", "false"))
            if number in known and word in known]  # fmt: skip
    both += [(spelt[0], spelt[1]) for spelt in known.values() if len(spelt) > 1]
    more = [f"warning: {len(both) - 3:,} more such pairs of labels"] if len(both) > 3 else []
    return [
        f"warning: labels {_short(one)} and {_short(other)} may be one class; write it in one way"
        for one, other in both[:3]
    ] + more


def check_missing(
    missing: int, texts: int, *, path: Path | None = None, line: int | None = None
) -> None:
    """Refuses data in which too many texts lack a label.

    Args:
        missing: How many texts lack one.
        texts: How many texts there are.
        path: Where they are from.
        line: Of the first that lacks one.

    Raises:
        DataError: If it is more than `MOST_MISSING` of them.
    """
    if missing > MOST_MISSING * texts:
        raise DataError(
            f"needs a label for at least {1 - MOST_MISSING:.0%} of the texts. "
            f"Received: none for {missing:,} of {texts:,}",
            path=path,
            line=line,
        )


def conflicts(keys: ArrayLike, labels: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Returns a warning if one text stands there with different labels, or none.

    Args:
        keys: The same for texts that read alike.
        labels: Of the same rows.
        texts: Likewise, for an example.

    >>> conflicts(["a", "b", "a"], ["x", "y", "z"], ["A", "B", "A"])
    ['warning: 1 text stands there with different labels, in 2 rows, such as “A” with x and z']
    """
    _, firsts, groups = np.unique(keys, return_index=True, return_inverse=True)
    names = numbered(labels)
    differing = names != names[firsts][groups]
    if not differing.any():
        return []
    row = int(differing.argmax())
    several = np.unique(groups[differing])
    count, rows = len(several), int(np.isin(groups, several).sum())
    both = f"{_short(labels[firsts[groups[row]]])} and {_short(labels[row])}"
    text = " ".join(texts[row].split())
    what = "1 text stands" if count == 1 else f"{count:,} texts stand"
    return [
        f"warning: {what} there with different labels, in {rows:,} rows, such as "
        f"“{_short(text)}” with {both}"
    ]


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:40]}…"
