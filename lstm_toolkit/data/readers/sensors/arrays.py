"""Windows in NumPy's files and in Python: one array, or rows end to end with their lengths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged, Sequences, Windows
from lstm_toolkit.data.dataset import Dataset
from lstm_toolkit.data.readers.images.arrays import class_names, load_arrays
from lstm_toolkit.data.splits.parts import PARTS, TEST, TRAIN, part_of
from lstm_toolkit.errors import DataError

Axes = Literal["auto", "time_first", "channels_first"]

_SHORT = {"tr": TRAIN, "te": TEST}
_SPLIT = "|".join(sorted([*PARTS, *_SHORT], key=len)[::-1])
_ROLES = {
    "windows": "x|data|inputs?|features?|windows?|signals?|values|samples|series",
    "labels": "y|labels?|targets?|class(?:es)?",
    "lengths": "len|lens|lengths?|steps|n_steps",
    "people": "groups?|persons?|people|subjects?|users?|participants?|devices?",
}
_NAME = re.compile(
    rf"(?:(?P<first>{_SPLIT})[_. -]?)?"
    rf"(?:{'|'.join(f'(?P<{role}>{words})' for role, words in _ROLES.items())})"
    rf"(?:[_. -]?(?P<last>{_SPLIT}))?",
    re.IGNORECASE,
)
"""Names such as `x_train`, `train_labels`, `len_test`, `subjects`."""

_NAMES = {"channels": ("channels", "channel_names", "columns"), "classes": ("classes", "names")}
"""Arrays that name channels and classes."""

Arrays = Mapping[str, NDArray[Any]]


def read_window_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Returns the arrays of an `.npz` file, or of the `.npy` files of a folder, by name."""
    if path.is_dir():
        return {file.stem: load_arrays(file)[""] for file in sorted(path.glob("*.npy"))}
    if path.suffix.lower() == ".npy":
        return read_window_arrays(path.parent)
    return load_arrays(path)


def parts_of(
    arrays: Arrays, path: Path, axes: Axes = "auto", *, labelled: bool = True
) -> tuple[dict[str, Dataset], tuple[str, ...], list[str]]:
    """Divides arrays by their names into windows by split.

    Args:
        arrays: By names such as `x_train`, `y_train`, `len_train`, `subject_train`.
        path: Where they were read.
        axes: In which order windows have them.
        labelled: Whether labels are needed.

    Returns:
        Rows by `train`, `validation` and `test`; names of the channels, none if they are not
        told; and the arrays that are of no known name.

    Raises:
        DataError: If windows or labels lack, or they do not fit each other.
    """
    named, unknown = _by_split(arrays, path)
    channels = tuple(map(str, _told(arrays, "channels")))
    classes = [str(name) for name in _told(arrays, "classes")]
    unknown = [n for n in unknown if n not in _NAMES["channels"] and n not in _NAMES["classes"]]
    parts = {}
    for split, names in named.items():
        if "windows" not in names or (labelled and "labels" not in names):
            missing = "windows" if "windows" not in names else "labels"
            example = f"{'x' if missing == 'windows' else 'y'}_{split}"
            raise DataError(
                f"needs an array of {missing} beside {', '.join(names.values())}, such as "
                f"{example}. Received: {', '.join(sorted(arrays))[:120]}",
                path=path,
            )
        parts[split] = _rows(arrays, names, path, axes, channels, classes)
    if not parts:
        raise DataError(
            "needs the arrays x_train and y_train. "
            f"Received: {', '.join(sorted(arrays)) or 'none'}",
            path=path,
        )
    return parts, channels, unknown


def _by_split(arrays: Arrays, path: Path) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Returns the names of arrays by split and role, and those that are of neither."""
    named: dict[str, dict[str, str]] = {}
    unknown = []
    for name in arrays:
        match = _NAME.fullmatch(name)
        if match is None or (match["first"] and match["last"]) or _names_classes(arrays, name):
            unknown.append(name)
            continue
        word = match["first"] or match["last"] or TRAIN
        part = _SHORT.get(word.casefold()) or part_of(word)
        role = next(role for role in _ROLES if match[role])
        other = named.setdefault(part, {}).setdefault(role, name)
        if other != name:
            received = f"{other} and {name}"
            raise DataError(f"needs one array of {role} a split. Received: {received}", path=path)
    return named, unknown


def _names_classes(arrays: Arrays, name: str) -> bool:
    """Tells whether an array called `classes` names them, beside labels that are numbers."""
    beside = any(_NAME.fullmatch(n) and _NAME.fullmatch(n)["labels"] for n in arrays if n != name)  # type: ignore[index]
    return name in _NAMES["classes"] and beside


def _told(arrays: Arrays, what: str) -> list[Any]:
    name = next((name for name in _NAMES[what] if name in arrays), "")
    return arrays[name].ravel().tolist() if name and arrays[name].dtype.kind in "US" else []


def _rows(
    arrays: Arrays,
    names: Mapping[str, str],
    path: Path,
    axes: Axes,
    channels: tuple[str, ...],
    classes: list[str],
) -> Dataset:
    raw, lengths = arrays[names["windows"]], None
    if "lengths" in names:
        lengths = arrays[names["lengths"]].astype(np.int64).ravel()
    try:
        windows = windows_of(raw, lengths, axes, len(channels))
    except DataError as error:
        raise DataError(f"{names['windows']}: {error}", path=path) from None
    count = len(windows)
    facts: dict[str, Any] = {}
    for role in ("labels", "people"):
        if role in names:
            facts[role] = _names_of(arrays[names[role]], classes if role == "labels" else [], path)
            if len(facts[role]) != count:
                raise DataError(
                    f"needs one of {names[role]} a window. Received: {len(facts[role]):,} for "
                    f"{count:,} of {names['windows']}",
                    path=path,
                )
    labels = facts.get("labels", np.full(count, ""))
    missing = np.flatnonzero(labels == "")
    if "labels" in facts and len(missing):
        row = int(missing[0]) + 1
        raise DataError(
            f"needs a label in every row of {names['labels']}. Received: none in row {row:,}",
            path=path,
        )
    meta = {"person": facts["people"]} if "people" in facts else {}
    return Dataset({"values": windows}, {"label": labels}, meta)


def _names_of(values: NDArray[Any], classes: list[str], path: Path) -> NDArray[np.str_]:
    names = class_names(values, path)
    whole = values.dtype.kind in "iu" and values.ndim == 1
    if classes and whole and len(values) and values.min() >= 0 and values.max() < len(classes):
        return np.array(classes, np.str_)[values]
    return names


def windows_of(
    values: NDArray[Any],
    lengths: NDArray[np.int64] | None = None,
    axes: Axes = "auto",
    channels: int = 0,
) -> Any:
    """Returns windows as `float32[n, time, channels]`, or `Sequences` of unequal length.

    Args:
        values: `[n, time, channels]`, `[n, time]` of one channel, or with lengths
            `[total, channels]`, all steps end to end; steps of NaN at the end are padding.
        lengths: Of each window.
        axes: In which order `values` has them; "auto" refuses more channels than steps.
        channels: How many there are, 0 if that is not known.

    Raises:
        DataError: If shapes or lengths do not fit, or a value is infinite or no number.
    """
    if values.dtype.kind not in "biuf":
        raise DataError(f"needs numbers. Received: {values.dtype}")
    values = np.asarray(values, np.float32)
    if np.isinf(values).any():
        row = int(np.argwhere(np.isinf(values))[0][0]) + 1
        raise DataError(f"needs finite numbers. Received: an infinite one in row {row:,}")
    if values.ndim == 2 and lengths is not None:
        if not len(lengths) or lengths.sum() != len(values) or (lengths < 1).any():
            raise DataError(
                f"needs lengths from 1 that add up to {len(values):,} steps. Received: "
                f"{int(lengths.sum()):,}, the least {min(lengths, default=0)}"
            )
        return _checked_known(Sequences.from_lengths(values, lengths))
    values = values[..., None] if values.ndim == 2 else values
    if values.ndim != 3 or 0 in values.shape:
        raise DataError(f"needs windows [n, time, channels]. Received: shape {values.shape}")
    values = _time_first(values, axes, channels)
    if lengths is None:
        known = np.isfinite(values).any(axis=2)
        lengths = values.shape[1] - known[:, ::-1].argmax(axis=1)
        lengths = np.where(known.any(axis=1), lengths, 0)
    if len(lengths) != len(values) or (lengths > values.shape[1]).any():
        raise DataError(
            f"needs {len(values):,} lengths of at most {values.shape[1]}. Received: "
            f"{len(lengths):,}, the greatest {int(lengths.max(initial=0))}"
        )
    if (lengths == values.shape[1]).all():
        return _checked_known(values)
    there = np.arange(values.shape[1]) < lengths[:, None]
    return _checked_known(Sequences.from_lengths(values[there], lengths))


def _time_first(values: NDArray[Any], axes: Axes, channels: int) -> NDArray[Any]:
    steps, width = values.shape[1:]
    turned = axes == "channels_first" or (axes == "auto" and channels == steps != width)
    if axes == "auto" and not turned and width > steps and channels != width:
        raise DataError(
            f"needs windows [n, time, channels]. Received: shape {values.shape}, of more channels "
            "than steps; if that is so, say --set axes=time_first, else axes=channels_first"
        )
    return values.swapaxes(1, 2) if turned else values


def _checked_known(windows: Any) -> Any:
    empty = next(
        (row for row, each in enumerate(windows) if not np.isfinite(each).any()),
        None,
    )
    if empty is not None:
        raise DataError(f"needs a value in every window. Received: none in row {empty + 1:,}")
    return windows


def given_windows(column: Any) -> Any:
    """Returns windows that are given in Python: an array, or arrays of unequal length.

    Raises:
        DataError: If they are no windows of numbers.
    """
    if isinstance(column, Windows | Sequences):
        return column
    if isinstance(column, Ragged):
        return windows_of(np.asarray(column.values), column.lengths)
    values = np.asarray(column)
    if values.dtype != object:
        return windows_of(values)
    try:
        rows = [np.asarray(each, np.float32) for each in values]
    except (TypeError, ValueError):
        raise DataError("needs windows of numbers. Received: objects") from None
    rows = [each[:, None] if each.ndim == 1 else each for each in rows]
    shapes = {each.shape[1:] for each in rows}
    if len(shapes) != 1 or any(each.ndim != 2 for each in rows):
        shown = ", ".join(sorted({str(each.shape) for each in rows})[:3])
        raise DataError(
            f"needs windows [time, channels] of equally many channels. Received: {shown}"
        )
    return windows_of(np.concatenate(rows), np.array([len(each) for each in rows]))


def fitting_window(window: NDArray[Any], channels: int, steps: int | None) -> NDArray[np.float32]:
    """Returns a window as a network takes it; of more steps, the last ones.

    Args:
        window: `[time, channels]`.
        channels: How many the training had.
        steps: Likewise; None where they varied.

    Raises:
        DataError: If channels or steps lack, or nothing is known.
    """
    if window.ndim == 1 and channels == 1:
        window = window[:, None]
    if window.ndim != 2 or window.shape[1] != channels or not len(window):
        raise DataError(
            f"needs steps of {channels} channel{'' if channels == 1 else 's'}. "
            f"Received: shape {window.shape}"
        )
    if steps is not None and len(window) < steps:
        raise DataError(f"needs {steps} steps. Received: {len(window)}")
    if np.isinf(window).any():
        raise DataError("needs finite numbers. Received: an infinite one")
    window = window if steps is None else window[-steps:]
    if not np.isfinite(window).any():
        raise DataError("needs a value in the window. Received: none")
    return np.asarray(window, np.float32)
