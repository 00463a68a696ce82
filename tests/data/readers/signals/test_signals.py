"""Signals as people have them: tables and arrays, alone or with their noisy form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.data import read_signals
from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.noisy_windows import NoisyWindows
from lstm_toolkit.data.readers.signals.samples import RATE, sample_pulses
from lstm_toolkit.errors import DataError

WAVE = np.sin(np.arange(400) / 7).round(3)
NOISY = (WAVE + np.random.default_rng(0).normal(size=400) / 4).round(3)
QUICK: dict[str, Any] = {"window": 32, "noise": ("white",), "levels": (5.0,)}


def message(data: Any, **settings: Any) -> str:
    with pytest.raises(DataError) as error:
        read_signals(data, **{**QUICK, **settings})
    return str(error.value)


def test_splits_are_stretches_that_share_no_sample() -> None:
    source = read_signals(pd.DataFrame({"y": np.arange(400.0)}), **QUICK)
    assert source.test is not None
    assert source.validation is not None
    seen = [
        np.unique(np.asarray(part.targets["clean"])[np.isfinite(part.targets["clean"])])
        for part in (source.rows, source.validation, source.test)
    ]
    assert [(part.min(), part.max()) for part in seen] == [(0, 279), (280, 319), (320, 399)]
    assert isinstance(source.rows.columns["values"], NoisyWindows)
    assert source.note == (
        "63 windows of 32 samples, of one signal of 400, of a data frame; noise is made: white, at "
        "5 dB"
    )


def test_each_scored_window_comes_with_every_kind_and_level() -> None:
    noise = {"noise": ("white", "hum"), "levels": (0.0, 5.0, 10.0)}
    source = read_signals(pd.DataFrame({"y": WAVE}), **{**QUICK, **noise})
    assert source.test is not None
    meta = source.test.meta
    assert len(source.test) == 3 * 6  # two windows, and one that ends with the stretch
    assert {(str(k), float(v)) for k, v in zip(meta["noise"], meta["level"], strict=True)} == {
        (kind, level) for kind in noise["noise"] for level in noise["levels"]
    }
    assert "noise" not in source.rows.meta


@pytest.mark.parametrize("form", ["columns", "names", "npz", "long"])
def test_pairs_are_read_from_tables_and_arrays(tmp_path: Path, form: str) -> None:
    settings: dict[str, Any] = {}
    data: Any = pd.DataFrame({"a": NOISY, "b": WAVE})
    if form == "columns":
        settings = {"noisy_column": "a", "clean_column": "b"}
    elif form == "names":
        data = data.rename(columns={"a": "noisy", "b": "clean"})
    elif form == "npz":
        data = tmp_path / "pairs.npz"
        np.savez(data, noisy=NOISY, clean=WAVE, fs=100)
    else:
        data["unique_id"] = "x"
        settings = {"noisy_column": "a", "clean_column": "b"}
    source = read_signals(data, **QUICK, **settings)
    rows = source.rows
    np.testing.assert_allclose(rows.columns["values"][0:1][0, :, 0], NOISY[:32], rtol=1e-6)
    np.testing.assert_allclose(rows.targets["clean"][0:1][0], WAVE[:32], rtol=1e-6)
    assert "noisy in" in source.note
    assert source.found["clean_column"] in ("b", "clean")
    assert source.found.get("rate") == (100.0 if form == "npz" else None)


def test_several_pairs_stand_side_by_side() -> None:
    table = pd.DataFrame({"n1": NOISY, "c1": WAVE, "n2": 2 * NOISY, "c2": 2 * WAVE})
    source = read_signals(table, **QUICK, noisy_column="n1,n2", clean_column="c1, c2")
    assert set(source.rows.meta["group"]) == {"c1", "c2"}
    assert "of 2 signals of 800" in source.note


@pytest.mark.parametrize("shape", [(400,), (400, 2), (3, 400, 2)])
def test_arrays_of_one_or_many_channels(tmp_path: Path, shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    np.save(tmp_path / "a.npy", values)
    source = read_signals(tmp_path / "a.npy", **QUICK)
    signals = values.size // 400
    assert len(set(source.rows.meta["group"])) == signals
    assert f"of {'one signal' if signals == 1 else f'{signals} signals'} of {values.size:,}" in (
        source.note
    )


def test_gaps_are_told_and_short_signals_padded() -> None:
    times = pd.date_range("2024-01-01", periods=400, freq="10ms").delete([100, 101])
    table = pd.DataFrame({"ds": times, "y": np.delete(WAVE, [100, 101])})
    table.loc[5, "y"] = np.nan
    source = read_signals(table, **{**QUICK, "window": 512})
    assert source.note == (
        "1 windows of 512 samples, of one signal of 400, of a data frame; noise is made: white, at "
        "5 dB, 100 samples a second; shorter than a window, padded: y; 3 values missing (an empty "
        "cell; times left out in 1 series); every 10ms"
    )
    clean = np.asarray(source.rows.targets["clean"])
    assert np.isnan(clean[0, [5, 100, 101, 300]]).all()
    assert source.found == {"rate": 100.0}


def test_signals_that_are_too_short_are_left_out_and_counted() -> None:
    table = pd.DataFrame({"unique_id": ["a"] * 400 + ["b"] * 9, "y": [*WAVE, *np.arange(9.0)]})
    source = read_signals(table, **QUICK)
    assert "2 signals = 1 used + 1 left out (1 too short, as b)" in source.note


def test_what_is_no_signal_is_refused(tmp_path: Path) -> None:
    def saved(name: str, **arrays: Any) -> Path:
        np.savez(tmp_path / name, **arrays)
        return tmp_path / name

    np.save(tmp_path / "inf.npy", np.array([0, 1, np.inf, 2]))
    np.save(tmp_path / "wide.npy", np.zeros((2, 500)))
    np.save(tmp_path / "text.npy", np.array(["a", "b"]))
    table = pd.DataFrame({"y": [*WAVE[:9], "1,234.5"]})
    assert message(table) == (
        "needs a number in column y. Received: 1,234.5; write numbers plainly, as in 1234.5"
    )
    assert message(pd.DataFrame({"y": [1.0] * 400})) == (
        "needs a signal that changes. Received: the same value, or none, at every step"
    )
    assert message(pd.DataFrame({"y": WAVE[:30]})) == (
        "needs longer signals, with at least 16 known samples for each of train, validation, test. "
        "Received: none for validation, of a data frame"
    )
    assert message(saved("a.npz", noisy=NOISY, clean=WAVE[:-5])) == (
        f"{tmp_path / 'a.npz'}: needs noisy and clean of equal shapes. Received: (400,) and (395,)"
    )
    assert message(saved("b.npz", one=NOISY, other=WAVE)) == (
        f"{tmp_path / 'b.npz'}: needs one array of signals; name it with --set clean_column=. "
        "Received: one, other"
    )
    assert message(saved("c.npz", one=WAVE), clean_column="on") == (
        f"{tmp_path / 'c.npz'}: needs an array `on`, did you mean `one`?"
    )
    assert message(saved("d.npz", one=WAVE), noisy_column="one,two", clean_column="x,y") == (
        f"{tmp_path / 'd.npz'}: needs one array a side. Received: one, two, x, y"
    )
    assert message(tmp_path / "inf.npy") == (
        f"{tmp_path / 'inf.npy'}: needs finite numbers. Received: inf in an array at (2,); put NaN "
        "if the sample is not known"
    )
    assert message(tmp_path / "wide.npy") == (
        f"{tmp_path / 'wide.npy'}: needs time before channels. Received: an array of shape (2, "
        "500); transpose it"
    )
    assert message(tmp_path / "text.npy") == (
        f"{tmp_path / 'text.npy'}: needs numbers of shape [time], [time, channels] or [signals, "
        "time, channels]. Received: an array of <U1, shape (2,)"
    )


def test_whole_signals_are_scored_undivided() -> None:
    source: Source = read_signals(pd.DataFrame({"y": WAVE}), **QUICK, whole=True)
    assert source.test is None
    assert len(source.rows) == 13
    assert set(source.rows.meta["noise"]) == {"white"}


def test_the_sample_is_made_alike_each_time() -> None:
    np.testing.assert_array_equal(sample_pulses(20), sample_pulses(20))
    assert len(sample_pulses(20)) == 20 * RATE
    assert 0.8 < sample_pulses(20).max() < 2.5
