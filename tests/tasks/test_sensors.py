"""From a table of recordings to windows, networks and new data."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstm_toolkit import get_task, prepare
from lstm_toolkit.data.readers.sensors.sample import CHANNELS, GESTURES, sample_recordings
from lstm_toolkit.errors import DataError
from lstm_toolkit.tasks.sensors import sample

SMALL: dict[str, Any] = {"window": 12, "units": (4,), "patch": 4}


def test_the_network_takes_windows_of_one_length_or_of_any(tmp_path: Path) -> None:
    path, _ = sample(tmp_path)
    fixed = prepare("sensors", SMALL, path)
    assert fixed.states["values"].names == ("x", "z")
    assert fixed.build().input_shape == (None, 12, 5)
    assert set(fixed.task.signatures(fixed.build(), fixed.states)) == {
        *("serving_default", "windows", "stream"),
    }
    rows = [np.random.default_rng(n).normal(size=(5 + n % 4, 2)) for n in range(40)]
    varying = prepare("sensors", {"units": (4,)}, (rows, ["a", "b"] * 20))
    assert varying.build().input_shape == (None, None, 5)
    assert {len(part) for part in varying.splits.parts.values()} == {28, 4, 8}


def test_other_data_is_cut_as_the_training_was(tmp_path: Path) -> None:
    path, _ = sample(tmp_path)
    prepared = prepare("sensors", SMALL, path)
    task = get_task("sensors")
    settings = dataclasses.replace(prepared.settings, window=None, overlap=0.0)
    rows = task.source(path, settings, prepared.states).rows
    assert rows.columns["values"].shape == (48, 12)
    table = path.read_text(encoding="utf-8").replace("x,z", "x,y")
    path.write_text(table, encoding="utf-8")
    with pytest.raises(DataError) as error:
        task.source(path, settings, prepared.states)
    assert str(error.value) == (
        f"{path}: needs a column `z`, choose from: person, time, activity, x, y"
    )


def test_sample_people_make_every_gesture_and_lose_values() -> None:
    recordings, channels = sample_recordings()
    assert channels == CHANNELS
    assert len({each.group for each in recordings}) == 12
    for each in recordings:
        assert set(each.labels) == set(GESTURES)
        missing = np.isnan(each.values)
        assert 0.01 < missing.mean() < 0.2
        assert missing[:, 3:].all(axis=1).sum() > 20
    again, _ = sample_recordings()
    np.testing.assert_array_equal(again[3].values, recordings[3].values)
