"""Images by split, put together to what a reader returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.errors import DataError


def source_of(
    parts: Mapping[str, Dataset],
    path: Path,
    *,
    account: Account | None = None,
    remarks: Sequence[str] = (),
) -> Source:
    """Returns images by the names of their splits as a `Source` with its note.

    Args:
        parts: By `train`, `validation`, `test`; one alone is taken as rows without a split.
        path: Where they were read.
        account: What became of all that was there; the note tells what was left out.
        remarks: What else the note tells.

    Raises:
        DataError: If there are rows to be scored alone, and more than one split of them.
    """
    published = {name: part for name, part in parts.items() if len(part)}
    if len(published) == 1:
        published = {"train": next(iter(published.values()))}
    if "train" not in published:
        received = ", ".join(published) or "none"
        raise DataError(
            f"needs a training split beside the others. Received: {received}", path=path
        )
    rows = published["train"]
    sizes = {np.shape(image) for image in rows.inputs} if rows.inputs.dtype == object else set()
    shape = rows.inputs.shape[1:] or next(iter(sizes))
    size = "several sizes" if len(sizes) > 1 else "×".join(map(str, shape))
    held_out = "".join(
        f", {len(published[name]):,} for the {name}"
        for name in ("validation", "test")
        if name in published
    )
    told = [*remarks, *(account.remarks() if account is not None else [])]
    note = "; ".join([f"{len(rows):,} images of {size}{held_out} in {path}", *told])
    return Source(
        rows,
        published.get("test"),
        note,
        validation=published.get("validation"),
        account=account,
    )


def by_split(rows: Dataset, splits: NDArray[Any]) -> dict[str, Dataset]:
    """Divides rows by `str[n]`, the split of each."""
    return {str(name): rows.take(np.flatnonzero(splits == name)) for name in np.unique(splits)}


def marked_otherwise(words: Iterable[str], column: str) -> dict[str, int]:
    """Counts rows that a column of splits marks by other words, by the reason.

    >>> marked_otherwise(["extra", "extra", ""], "split")
    {'marked extra, nothing in column split': 3}
    """
    counts = Counter(word.strip() or "nothing" for word in words)
    if not counts:
        return {}
    shown = ", ".join(sorted(counts)[:3]) + (", …" if len(counts) > 3 else "")
    return {f"marked {shown} in column {column}": counts.total()}


def labelled(images: Any, labels: Any) -> Dataset:
    """Returns images with their labels as a `Dataset`."""
    return Dataset({"images": images}, {"label": labels})
