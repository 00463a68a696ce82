"""Images by split, put together to what a reader returns."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.texts.labels import clean_labels
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
    parts, spelling = _with_one_spelling(parts)
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
    told = [*remarks, *(account.remarks() if account is not None else []), *spelling]
    told += _blank(published.values())
    note = "; ".join([f"{len(rows):,} images of {size}{held_out} in {path}", *told])
    return Source(
        rows,
        published.get("test"),
        note,
        validation=published.get("validation"),
        account=account,
    )


def _with_one_spelling(
    parts: Mapping[str, Dataset],
) -> tuple[dict[str, Dataset], list[str]]:
    """Returns the splits with one writing of each label, and what is to be told of them."""
    labels = [part.labels.tolist() for part in parts.values()]
    names, remarks = clean_labels([str(label) for part in labels for label in part])
    rest = iter(names)
    spelt = {
        name: dataclasses.replace(
            part, targets={"label": np.array([next(rest) for _ in range(len(part))], np.str_)}
        )
        for name, part in parts.items()
    }
    return spelt, remarks


def _blank(parts: Iterable[Dataset]) -> list[str]:
    """Warns of images of one shade, on which nothing is to be seen."""
    every = [part.inputs for part in parts]
    blank, total = sum(map(_count_blank, every)), sum(map(len, every))
    if not blank:
        return []
    are = "is" if blank == 1 else "are"
    return [f"warning: {blank:,} of {total:,} images {are} of one shade, with nothing on it"]


def _count_blank(images: NDArray[Any]) -> int:
    if images.dtype == object:
        return sum(image.min() == image.max() for image in images)
    return int((images.min(axis=(1, 2)) == images.max(axis=(1, 2))).sum())


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
