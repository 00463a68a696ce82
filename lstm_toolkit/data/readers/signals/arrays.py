"""Signals in files of NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.readers.images.arrays import load_arrays
from lstm_toolkit.data.readers.series.columns import covariate_names
from lstm_toolkit.data.readers.signals.pairs import CLEAN, NOISY, Floats, Pair, Signals
from lstm_toolkit.errors import DataError, did_you_mean

SUFFIXES = (".npy", ".npz")
RATES = ("fs", "rate", "sample_rate", "sampling_rate")
"""Names of a number that says how many samples a second has."""


def is_arrays(data: Any) -> bool:
    """Tells whether data is a file of NumPy, by its name."""
    return isinstance(data, Path) and data.suffix.lower() in SUFFIXES and not data.is_dir()


def signals_of_arrays(path: Path, noisy_column: str = "", clean_column: str = "") -> Signals:
    """Reads signals from an `.npy` or `.npz` file.

    An array is `[time]`, `[time, channels]` or `[signals, time, channels]`. In an `.npz`, `noisy`
    and `clean` are a pair unless others are stated; else the one array is clean. A number called
    `fs` says how many samples a second has.

    Raises:
        DataError: If an array is missing, of another shape, not numbers, or infinite.
    """
    arrays = load_arrays(path)
    rate = rate_of_arrays(arrays)
    noisy_name, clean_name = chosen_arrays(arrays, noisy_column, clean_column, path)
    clean = channels_of(arrays[clean_name], clean_name, path)
    if not noisy_name:
        return Signals({name: Pair(one) for name, one in clean.items()}, rate, _told(clean))
    if arrays[noisy_name].shape != arrays[clean_name].shape:
        raise DataError(
            f"needs {noisy_name} and {clean_name} of equal shapes. Received: "
            f"{arrays[noisy_name].shape} and {arrays[clean_name].shape}",
            path=path,
        )
    noisy = channels_of(arrays[noisy_name], noisy_name, path)
    pairs = {
        name: Pair(one, other)
        for (name, one), other in zip(clean.items(), noisy.values(), strict=True)
    }
    return Signals(pairs, rate, _told(clean), noisy_name, clean_name)


def rate_of_arrays(arrays: Mapping[str, NDArray[Any]]) -> float | None:
    """Returns how many samples a second has, None where no number says it."""
    return next((float(arrays[n]) for n in RATES if n in arrays and arrays[n].ndim == 0), None)


def chosen_arrays(
    arrays: Mapping[str, NDArray[Any]], noisy: str, clean: str, path: Path
) -> tuple[str, str]:
    """Returns the names of noisy and clean arrays; "" where there is no noisy one.

    Raises:
        DataError: If one that is stated is not there, or the choice is open.
    """
    stated = [name for names in (noisy, clean) for name in covariate_names(names)]
    if len(stated) > 2:
        raise DataError(f"needs one array a side. Received: {', '.join(stated)}", path=path)
    for name in stated:
        if name not in arrays:
            raise DataError(f"needs an array `{name}`, {did_you_mean(name, arrays)}", path=path)
    if clean:
        return noisy, clean
    if {NOISY, CLEAN} <= arrays.keys():
        return NOISY, CLEAN
    signals = [name for name, array in arrays.items() if array.ndim]
    if len(signals) != 1:
        raise DataError(
            "needs one array of signals; name it with --set clean_column=. Received: "
            f"{', '.join(signals) or 'none'}",
            path=path,
        )
    return "", signals[0]


def channels_of(array: NDArray[Any], name: str, path: Path) -> dict[str, Floats]:
    """Returns the channels of an array by their names, `float32[time]` each.

    Raises:
        DataError: If it is of another shape, not numbers, or infinite.
    """
    if array.dtype.kind not in "biuf" or not 1 <= array.ndim <= 3 or not array.size:
        raise DataError(
            "needs numbers of shape [time], [time, channels] or [signals, time, channels]. "
            f"Received: {name or 'an array'} of {array.dtype}, shape {array.shape}",
            path=path,
        )
    whole = array.reshape(*([1] if array.ndim < 3 else []), *array.shape, *[1] * (array.ndim == 1))
    if whole.shape[2] > whole.shape[1]:
        raise DataError(
            f"needs time before channels. Received: {name or 'an array'} of shape {array.shape}; "
            "transpose it",
            path=path,
        )
    if np.isinf(whole).any():
        place = tuple(int(p[0]) for p in np.where(np.isinf(array)))
        raise DataError(
            f"needs finite numbers. Received: {array[place]} in {name or 'an array'} at {place}; "
            "put NaN if the sample is not known",
            path=path,
        )
    base = name or path.name.split(".")[0]
    named = {}
    for signal, one in enumerate(whole.astype(np.float32), 1):
        for channel in range(one.shape[1]):
            parts = [base, *([str(signal)] * (array.ndim == 3))]
            parts += [str(channel + 1)] * (one.shape[1] > 1)
            named[" ".join(parts)] = one[:, channel]
    return named


def _told(channels: Mapping[str, Floats]) -> tuple[str, ...]:
    """Returns remarks on missing samples and on channels that stay the same."""
    missing = sum(int(np.isnan(one).sum()) for one in channels.values())
    same = [n for n, one in channels.items() if len(np.unique(one[np.isfinite(one)])) < 2]
    told = [f"{missing:,} samples missing"] if missing else []
    if same:
        more = f" and {len(same) - 1:,} more" if len(same) > 1 else ""
        told.append(f"the same value at every step of {same[0]}{more}")
    return tuple(told)
