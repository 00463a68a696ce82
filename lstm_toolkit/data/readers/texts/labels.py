"""Labels as people write them: stray spaces, capitals, gaps, and classes too small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from lstm_toolkit.data.dataset import MISSING
from lstm_toolkit.errors import DataError

MOST_MISSING = 0.05
"""Share of the texts that may lack a label."""


def clean_labels(raw: Sequence[str]) -> tuple[list[str], list[str]]:
    """Strips stray spaces, and merges spellings that differ in capitals alone.

    Args:
        raw: Labels as they stand in the data.

    Returns:
        The labels, each in the most frequent spelling of its class and "" where there is
        none, and a remark for each spelling that was merged.

    >>> clean_labels(["pos", "pos", " Pos", "neg", "nan"])
    (['pos', 'pos', 'pos', 'neg', ''], ["label ' Pos' merged into 'pos'"])
    """
    stripped = {label: " ".join(label.split()) for label in dict.fromkeys(raw)}
    counts = Counter(stripped[label] for label in raw if stripped[label] not in MISSING)
    frequent: dict[str, str] = {}
    for spelling, _ in counts.most_common():
        frequent.setdefault(spelling.casefold(), spelling)
    names = {
        label: "" if spelling in MISSING else frequent[spelling.casefold()]
        for label, spelling in stripped.items()
    }
    merged = [label for label, name in names.items() if name and label != name]
    remarks = [f"label {label!r} merged into {names[label]!r}" for label in merged[:3]]
    if len(merged) > 3:
        remarks.append(f"{len(merged) - 3:,} more spelling{'s'[: len(merged) - 4]} merged")
    return [names[label] for label in raw], remarks


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


def check_classes(labels: Iterable[str], path: Path | None = None) -> None:
    """Refuses labels from which nothing can be learnt.

    Raises:
        DataError: If there is one class alone, or a class with one text alone.
    """
    counts = Counter(labels)
    if len(counts) < 2:
        received = f"{counts.total():,} texts, classes={_listed(list(counts))}"
        raise DataError(f"needs at least two classes. Received: {received}", path=path)
    alone = sorted(name for name, count in counts.items() if count == 1)
    if alone:
        raise DataError(
            "needs at least three different texts in every class, one for each split. "
            f"Received: 1 of class {_listed(alone)}",
            path=path,
        )


def _listed(names: Sequence[str]) -> str:
    # A column of texts taken for labels must not fill the screen.
    short = [name if len(name) <= 40 else f"{name[:40]}…" for name in names[:5]]
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return ", ".join(short) + more
