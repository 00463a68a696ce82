"""Denoising from a table to scores, better than filters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit import get_task, prepare
from lstm_toolkit.data.noisy_windows import NoisyWindows
from lstm_toolkit.errors import SettingsError

TINY = {"window": 32, "coarse": 2, "units": (4,), "noise": ("white", "hum")}


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (
            {"window": "100"},
            "window must be a multiple of segment, and of segment times coarse unless causal. "
            "Received: window=100, segment=4, coarse=16",
        ),
        (
            {"causal": "true", "delay": "2"},
            "delay must be at least segment - 1, since a segment is read as a whole. Received: "
            "delay=2, segment=4",
        ),
        (
            {"noisy_column": "a,b", "clean_column": "c"},
            "noisy_column and clean_column must name equally many columns. Received: "
            "noisy_column=a,b, clean_column=c",
        ),
        (
            {"bidirectional": "false"},
            "bidirectional must be true unless causal, which reads in one direction; use "
            "causal=true. Received: bidirectional=false",
        ),
        (
            {"noise": "white,rain"},
            "noise must be some of white, hum, wander, impulses, dropouts, mixed, separated by "
            "commas. Received: noise=white,rain",
        ),
    ],
)
def test_settings_that_do_not_go_together(texts: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError) as error:
        get_task("denoising").configure(texts)
    assert str(error.value) == told


def test_a_causal_network_may_have_a_window_that_coarse_does_not_divide() -> None:
    texts = {"causal": "true", "window": "32", "units": "4"}
    table = pd.DataFrame({"y": np.sin(np.arange(500) / 4)})
    prepared = prepare("denoising", get_task("denoising").configure(texts), table)
    model = prepared.task.build(prepared.settings, prepared.states)
    assert model.output_shape == (None, 32)


def test_noise_is_made_anew_even_where_rows_lie_on_the_disk(tmp_path: Path) -> None:
    table = pd.DataFrame({"y": np.sin(np.arange(500) / 4)})
    stored = prepare("denoising", {**TINY, "row_store": "disk"}, table, folder=tmp_path)
    batches = stored.batches(stored.splits.train, shuffled=True)
    assert isinstance(batches.inputs["values"], NoisyWindows)
    first = next(iter(batches.dataset()))[0].numpy()
    batches.epoch = 1
    assert not np.array_equal(next(iter(batches.dataset()))[0].numpy()[..., 0], first[..., 0])


def test_other_data_is_scored_whole(tmp_path: Path) -> None:
    task = get_task("denoising")
    table = pd.DataFrame({"y": np.sin(np.arange(500) / 4)})
    prepared = prepare(task, TINY, table)
    scored = task.source(table, prepared.settings, prepared.states, scored=True).scored
    assert len(scored) == 16 * 6
    assert len(prepared.splits.test) == 4 * 6


@pytest.mark.slow
def test_the_sample_is_cleaned_better_than_by_filters(tmp_path: Path, command: Any) -> None:
    run = tmp_path / "run"
    short = ("--epochs", 12, "--set", "units=32", "--set", "noise=white,impulses,mixed")
    code, out, _ = command("train", "denoising", *short, "--out", run)
    assert code == 0, out
    test = json.loads((run / "metrics.json").read_text())["test"]
    assert test["snr"] > 1 + max(method["snr"] for method in test["baselines"].values())
    assert set(test["by_noise"]) == {"white", "impulses", "mixed"}
