"""Reads signals from tables and arrays, and cuts them into windows, noisy and clean."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.noise import KINDS, Noise, of_any_rate
from lstm_toolkit.data.noisy_windows import Recipe
from lstm_toolkit.data.readers.series.series import EXPECTED, FORMS, no_folder
from lstm_toolkit.data.readers.signals.arrays import is_arrays, signals_of_arrays
from lstm_toolkit.data.readers.signals.cuts import (
    Stretch,
    cut,
    short_ones,
    stretches,
    stride_of,
)
from lstm_toolkit.data.readers.signals.pairs import (
    Pair,
    Signals,
    check_pairs,
    other_rate,
    signals_of_table,
)
from lstm_toolkit.data.readers.signals.samples import RATE, sample_pulses
from lstm_toolkit.data.readers.tables.tables import read_data
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

SIGNALS = f"{FORMS}, or an .npy or .npz file"


def read_signals(
    data: Path | pd.DataFrame | None,
    *,
    window: int,
    stride: int | None = None,
    value_column: str = "",
    noisy_column: str = "",
    clean_column: str = "",
    noise: Sequence[Noise] = KINDS,
    levels: Sequence[float] = (0.0, 5.0, 10.0),
    rate: float | None = None,
    frequency: str = "",
    validation: float = 0.1,
    test: float = 0.2,
    whole: bool = False,
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
) -> Source:
    """Reads clean signals, or pairs of noisy and clean ones, and cuts them into windows.

    Each signal is divided in time: its first part trains, the next validates, the last tests. To
    clean signals alone noise is added when batches are taken, see `NoisyWindows`.

    Args:
        data: A data frame or a path, see `SIGNALS`; None takes made heartbeats.
        window: Samples of a window.
        stride: Samples between the beginnings of training windows; None takes an eighth.
        value_column: The one column of clean signals; empty takes `y`, or all that hold numbers.
        noisy_column: Columns (or the array) of noisy signals, with commas between; empty makes
            noise, unless there are columns `noisy` and `clean`.
        clean_column: Those of their clean ones.
        noise: Kinds that are made.
        levels: In dB. Training draws them between the least and the greatest.
        rate: Samples a second, by which hum and wander are made; None takes it from times, or draws
            from wide ranges.
        frequency: Of times, as pandas writes it; empty finds it.
        validation: Share of each signal.
        test: Likewise.
        whole: Whether all of the signals is scored, and nothing divided.
        encoding: Of CSV, TSV and JSON files.
        sheet: Name or number of the sheet of a workbook; "" finds it.
        separator: Between the cells of CSV and TSV; "" finds it.

    Returns:
        See `cut`.

    Raises:
        DataError: If a cell is no number or a time does not fit, with its line, or no signal is
            long enough.
    """
    path = data if isinstance(data, Path) else None
    if data is None:
        read = Signals({"sample": Pair(sample_pulses())}, RATE)
    elif path is not None and is_arrays(path):
        if not path.exists():
            raise DataError("no such file or folder; needs " + SIGNALS, path=path)
        read = signals_of_arrays(path, noisy_column, clean_column or value_column)
    else:
        expected = dataclasses.replace(EXPECTED, forms=SIGNALS, sheet=sheet, separator=separator)
        read = signals_of_table(
            read_data(data, encoding, no_folder(SIGNALS), expected),
            value_column=value_column,
            noisy_column=noisy_column,
            clean_column=clean_column,
            frequency=frequency,
        )
    check_pairs(read.pairs, path)
    rate = read.rate if rate is None else rate
    recipe = Recipe(tuple(noise), tuple(map(float, levels)), rate)
    columns = {"noisy_column": read.noisy_column, "clean_column": read.clean_column}
    found: dict[str, Any] = {name: value for name, value in columns.items() if value}
    found |= {"rate": rate} if rate is not None else {}
    place = "made heartbeats" if data is None else (str(data) if path else "a data frame")
    divided = {"train": _every(read.pairs)} if whole else None
    parts = divided or stretches(read.pairs, validation, test)
    _check_parts(parts, place)
    stride = window if whole else stride_of(parts["train"], window, stride)
    cuts = {
        name: cut(
            own,
            window,
            stride if name == "train" else window,
            recipe,
            scored=whole or name != "train",
        )
        for name, own in parts.items()
    }
    note = "; ".join(_told(read, len(cuts["train"]), window, recipe, place))
    return Source(
        cuts["train"],
        cuts.get("test"),
        note,
        found,
        validation=cuts.get("validation"),
    )


def _every(pairs: Any) -> list[Stretch]:
    every = [Stretch(name, pair) for name, pair in pairs.items()]
    return [each for each in every if each.known]


def _check_parts(parts: dict[str, list[Stretch]], place: str) -> None:
    empty = [name for name, own in parts.items() if not own]
    if empty:
        raise DataError(
            "needs longer signals, with at least 16 known samples for each of "
            f"{', '.join(parts)}. Received: none for {empty[0]}, of {place}"
        )


def _told(read: Signals, windows: int, window: int, recipe: Recipe, place: str) -> list[str]:
    samples = sum(len(pair.clean) for pair in read.pairs.values())
    count = len(read.pairs)
    signals = f"{count:,} signals" if count > 1 else "one signal"
    told = [f"{windows:,} windows of {window:,} samples, of {signals} of {samples:,}, of {place}"]
    if read.noisy_column:
        told.append(f"noisy in {read.noisy_column}, clean in {read.clean_column}")
    else:
        levels = ", ".join(f"{level:g}" for level in recipe.levels)
        second = "" if recipe.rate is None else f", {recipe.rate:g} samples a second"
        told.append(f"noise is made: {', '.join(recipe.kinds)}, at {levels} dB{second}")
        seldom = of_any_rate(recipe.kinds, recipe.rate)
        if seldom:
            told.append(
                f"too few samples a second for true {' and '.join(seldom)}: drawn from wide ranges"
            )
    short = list(short_ones(read.pairs, window))
    if short:
        more = f" and {len(short) - 1:,} more" if len(short) > 1 else ""
        told.append(f"shorter than a window, padded: {short[0][:40]}{more}")
    left = [name for name in read.pairs if name not in {each.name for each in _every(read.pairs)}]
    account = Account(
        count,
        count - len(left),
        {f"too short, as {left[0][:40]}": len(left)} if left else {},
        "signals",
    )
    return [*told, *other_rate(read.rate, recipe.rate), *read.remarks, *account.remarks()]
