"""Classes with too few texts to be learnt: refused, pooled into one, or dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from lstm_toolkit.data.labels import label_key, numbered
from lstm_toolkit.errors import DataError

OTHER = "other"
"""The class into which small ones are pooled."""

_COUNTS = ("no", "one", "two", "three")


def class_sizes(labels: Sequence[str], keys: ArrayLike) -> Counter[str]:
    """Returns how many different texts each class has.

    Args:
        labels: The class of each row.
        keys: The same for rows whose texts read alike.

    >>> class_sizes(["a", "a", "b"], [1, 1, 2])["a"]
    1
    """
    names, keys = numbered(labels), np.asarray(keys)
    order = np.lexsort((keys, names))
    names, keys = names[order], keys[order]
    new = np.ones(len(names), bool)
    new[1:] = (names[1:] != names[:-1]) | (keys[1:] != keys[:-1])
    sizes = np.bincount(names[new])
    return Counter(dict(zip(dict.fromkeys(labels), sizes.tolist(), strict=True)))


def pooled_names(sizes: Mapping[str, int], labels: Iterable[str], min_rows: int) -> dict[str, str]:
    """Returns the class into which each small class goes.

    Args:
        sizes: Different texts to learn from, by class.
        labels: All classes that there are.
        min_rows: Texts that a class needs to stay.

    >>> pooled_names({"a": 5, "b": 1}, ["a", "b", "c"], 3)
    {'b': 'other', 'c': 'other'}
    """
    names = dict.fromkeys(labels)
    other = next((name for name in names if label_key(name) == OTHER), OTHER)
    return {
        name: other for name in names if name and name != other and sizes.get(name, 0) < min_rows
    }


def told(names: Sequence[str], min_rows: int, what: str) -> list[str]:
    """Returns a remark on small classes, or none if there are none."""
    if not names:
        return []
    classes = "1 class" if len(names) == 1 else f"{len(names):,} classes"
    return [f"{classes} of fewer than {min_rows} texts {what}: {_listed(names)}"]


def check_classes(
    sizes: Mapping[str, int], needed: int = 3, path: Path | None = None, *, most: int = 1
) -> None:
    """Refuses labels from which nothing can be learnt.

    Args:
        sizes: How many texts to learn from each class has.
        needed: How many are needed: one for each split that is not published.
        path: Where they are from.
        most: Classes of so many texts are refused, if more are needed. Of two texts the
            splitter alone knows whether it needs a third.

    Raises:
        DataError: If there is one class alone, or one is too small.
    """
    if len(sizes) < 2:
        count = sum(sizes.values())
        texts = f"{count:,} different text{'' if count == 1 else 's'}"
        received = f"{texts}, classes={_listed(list(sizes))}"
        raise DataError(f"needs at least two classes. Received: {received}", path=path)
    small = sorted(name for name, size in sizes.items() if size <= min(most, needed - 1))
    if small:
        counts = sorted({sizes[name] for name in small})
        raise DataError(
            f"needs at least {_COUNTS[needed]} different texts in every class, one for each split; "
            f"{_advice(sizes, needed)}. Received: {' or '.join(map(str, counts))} of class "
            f"{_listed(small)}",
            path=path,
        )


def _advice(sizes: Mapping[str, int], needed: int) -> str:
    """Returns what can be done about small classes, so that what is left can be learnt."""
    names = pooled_names(sizes, sizes, needed)
    pooled: Counter[str] = Counter()
    for name, size in sizes.items():
        pooled[names.get(name, name)] += size
    pools = len(pooled) > 1 and min(pooled.values()) >= needed
    drops = sum(size >= needed for size in sizes.values()) > 1
    pool = f"--set min_rows={needed} pools smaller classes into `{OTHER}`"
    if pools:
        return f"{pool}, and with --set small_classes=drop leaves them out" if drops else pool
    if drops:
        return f"--set min_rows={needed} --set small_classes=drop leaves smaller classes out"
    return "add texts to smaller ones"


def _listed(names: Sequence[str]) -> str:
    # A column of texts taken for labels must not fill the screen.
    short = [name if len(name) <= 40 else f"{name[:40]}…" for name in names[:4]]
    more = f" and {len(names) - 4:,} more" if len(names) > 4 else ""
    return ", ".join(short) + more
