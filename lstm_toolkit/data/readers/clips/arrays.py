"""Data sets of clips in `.npz` files: arrays of clips and of labels, a pair a split."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.clips.array_clips import ArrayClip, clips_of
from lstm_toolkit.data.readers.images.arrays import class_names
from lstm_toolkit.data.splits.parts import PARTS, TEST, TRAIN, part_of
from lstm_toolkit.errors import DataError

_ROLES = {
    "clips": r"x|clips?|videos?|frames|data|inputs?|images?|imgs?",
    "labels": r"y|labels?|targets?|class(?:es)?",
    "lengths": r"lengths?|len|lens|frame_?counts?",
}
_SPLIT = "|".join(sorted([*PARTS, "tr", "te"], key=len)[::-1])
_WORDS = "|".join(f"(?P<{role}>{words})" for role, words in _ROLES.items())
_NAME = re.compile(
    rf"(?:(?P<first>{_SPLIT})[_. -]?)?(?:{_WORDS})(?:[_. -]?(?P<last>{_SPLIT}))?", re.I
)
"""Names such as `x_train`, `test_clips`, `labels`, `lengths_val`."""


def roles(arrays: Mapping[str, Any], path: Path) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Returns the names of arrays by split and role, and those of neither.

    Raises:
        DataError: If two arrays have the same role.
    """
    known: dict[str, dict[str, str]] = {}
    others = []
    for name in arrays:
        match = _NAME.fullmatch(name)
        if match is None or (match["first"] and match["last"]):
            others.append(name)
            continue
        word = (match["first"] or match["last"] or TRAIN).casefold()
        split = {"tr": TRAIN, "te": TEST}.get(word) or part_of(word)
        role = next(role for role in _ROLES if match[role])
        names = known.setdefault(split, {})
        if role in names:
            received = f"{names[role]} and {name}"
            message = f"needs one array of {role} for the {split}. Received: {received}"
            raise DataError(message, path=path)
        names[role] = name
    return known, others


def clips_in(
    arrays: Mapping[str, NDArray[Any]], names: Mapping[str, str], path: Path
) -> list[ArrayClip]:
    """Returns the clips of one split.

    Raises:
        DataError: If there are none, or lengths are not those of clips.
    """
    if "clips" not in names:
        received = ", ".join(sorted(arrays))[:120] or "none"
        raise DataError(f"needs an array of clips, as x_train. Received: {received}", path=path)
    array = arrays[names["clips"]]
    lengths = arrays[names["lengths"]] if "lengths" in names else None
    if lengths is not None:
        _check_lengths(lengths, array, path)
    return clips_of(array, path, lengths)


def _check_lengths(lengths: NDArray[Any], array: NDArray[Any], path: Path) -> None:
    right = lengths.shape == array.shape[:1] and lengths.dtype.kind in "iu"
    if not right or lengths.min(initial=1) < 1 or lengths.max(initial=1) > array.shape[1]:
        received = f"{lengths.dtype}{list(lengths.shape)} for {list(array.shape)}"
        raise DataError(
            f"needs a whole number of frames for each clip, 1 to all. Received: {received}",
            path=path,
        )


def labels_in(
    arrays: Mapping[str, NDArray[Any]], names: Mapping[str, str], count: int, path: Path
) -> list[str]:
    """Returns the labels of one split.

    Raises:
        DataError: If there are none, or not as many as clips.
    """
    if "labels" not in names:
        received = ", ".join(sorted(arrays))[:120]
        raise DataError(f"needs an array of labels, as y_train. Received: {received}", path=path)
    labels = class_names(np.asarray(arrays[names["labels"]]), path)
    if len(labels) != count:
        received = f"{count:,} clips and {len(labels):,} labels"
        raise DataError(f"needs one label a clip. Received: {received}", path=path)
    if "" in labels:
        row = labels.tolist().index("")
        raise DataError(f"needs a label for every clip. Received: none for clip {row}", path=path)
    return [str(label) for label in labels]
