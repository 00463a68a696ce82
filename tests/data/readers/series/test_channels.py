"""Tables of channels: read with all that is told, or refused with the place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit.data.readers.series.channels import read_channels
from lstm_toolkit.data.readers.series.flows import CHANNELS, sample_flows
from lstm_toolkit.errors import DataError

STEPS = 40


def table(**columns: object) -> pd.DataFrame:
    times = pd.date_range("2026-01-01", periods=STEPS, freq="min")
    values = {"load": np.arange(STEPS) % 5 + 0.5, "heat": np.arange(STEPS) % 3 + 0.25}
    return pd.DataFrame({"time": times, **values, **columns})


def test_all_numbers_are_channels_but_labels_serve_for_scores_alone() -> None:
    marks = (np.arange(STEPS) == 30).astype(int)
    rows = read_channels(table(anomaly=marks, host="a"), window=8, horizon=2)
    assert rows.rows.columns["values"][:1].shape == (1, 10, 2)
    assert len(rows.rows) == STEPS - 9
    assert rows.found["value_columns"] == "load,heat"
    assert np.flatnonzero(rows.rows.meta["label"]).tolist() == [30 - 9]
    assert rows.note == (
        "31 frames of one series, 2 channels (load, heat), of a data frame; every min; labels in "
        "column anomaly, for scores alone; columns ignored: host"
    )


@pytest.mark.parametrize(
    ("name", "values", "received"),
    [
        ("label", np.arange(STEPS) % 3, "2"),
        ("Anomaly", np.arange(STEPS) % 2 * 2 - 1, "-1"),
        ("outlier", np.arange(STEPS) / 8, "0.125"),
    ],
)
def test_a_column_that_sounds_like_labels_is_no_channel_unless_it_is_named(
    name: str, values: np.ndarray, received: str
) -> None:
    with pytest.raises(DataError) as error:
        read_channels(table(**{name: values}), window=8, horizon=2)
    assert str(error.value).endswith(
        f"needs 0 or 1 in column {name}, by its name labels; if it is a channel, name all channels "
        f"with value_columns=. Received: {received}"
    )
    channels = f"load,{name}"
    named = read_channels(table(**{name: values}), window=8, horizon=2, value_columns=channels)
    assert named.found["value_columns"] == channels
    assert "label" not in named.rows.meta
    marks = (np.arange(STEPS) == 30).astype(int)
    beside = table(is_attack=marks, **{name: values})
    found = read_channels(beside, window=8, horizon=2, label_column="is_attack")
    assert found.found["value_columns"] == "load,heat"
    assert f"columns ignored: {name}" in found.note


@pytest.mark.parametrize("kind", [bool, str])
def test_true_and_false_are_labels(kind: type) -> None:
    marks = [kind(step == 30) for step in range(STEPS)]
    rows = read_channels(table(anomaly=marks), window=8, horizon=2)
    assert rows.found["value_columns"] == "load,heat"
    assert np.flatnonzero(rows.rows.meta["label"]).tolist() == [30 - 9]


def test_gaps_and_empty_cells_are_missing_and_told() -> None:
    gaps = table().drop(index=[10, 11]).reset_index(drop=True)
    gaps.loc[20, "heat"] = np.nan
    rows = read_channels(gaps, window=8, horizon=2)
    values = np.asarray(rows.rows.columns["values"].values)
    assert np.isnan(values).sum() == 5
    assert "1 cells are empty; 2 times are left out" in rows.note


def test_series_stand_below_each_other_and_the_short_and_empty_ones_are_counted() -> None:
    parts = [table().assign(unique_id="long"), table()[:5].assign(unique_id="short")]
    parts += [table().assign(unique_id="empty", load=np.nan, heat=np.nan)]
    rows = read_channels(pd.concat(parts), window=8, horizon=2)
    assert set(rows.rows.meta["group"]) == {"long"}
    assert rows.note.endswith(
        "3 series = 1 used + 2 left out (1 too short, as short, 1 without a value, as empty)"
    )


def test_many_series_of_which_some_are_empty() -> None:
    count, steps = 2000, 12
    rng = np.random.default_rng(0)
    values = rng.normal(size=(count, steps))
    values[::7] = np.nan
    long = pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{n}" for n in range(count)], steps),
            "ds": np.tile(np.arange(steps), count),
            "y": values.ravel(),
        }
    )
    rows = read_channels(long, window=8, horizon=2)
    empty = len(values[::7])
    assert len(rows.rows) == (count - empty) * 3
    assert f"{empty} without a value, as s0" in rows.note


def test_rows_are_steps_if_so_stated() -> None:
    jitter = table()
    jitter["time"] += pd.to_timedelta(np.arange(STEPS) % 3, unit="s")
    with pytest.raises(DataError, match=r"^.*needs times at equal steps in column time"):
        read_channels(jitter, window=8, horizon=2)
    rows = read_channels(jitter, window=8, horizon=2, steps="rows")
    assert len(rows.rows) == STEPS - 9


def test_a_channel_that_never_changes_is_told() -> None:
    assert "the same value at every step of channel load" in (
        read_channels(table(load=3.0), window=8, horizon=2).note
    )


def lines(**cells: str) -> str:
    """Returns a table in which line 5 holds these cells."""
    rows = [f"2026-01-01 00:{n:02d},{n % 5},{n % 3}" for n in range(STEPS)]
    rows[3] = ",".join({"time": "2026-01-01 00:03", "load": "1", "heat": "2", **cells}.values())
    return "\n".join(["time,load,heat", *rows, ""])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            lines(load='"1,234.5"'),
            ", line 5: needs a number in column load. Received: 1,234.5; write numbers plainly, "
            "as in 1234.5",
        ),
        (
            lines(heat="inf"),
            ", line 5: needs a number in column heat. Received: inf; leave the cell empty if the "
            "value is not known",
        ),
        (
            lines(time="2026-01-01 00:02"),
            ", line 5: needs a time later than the one before it in column time. Received: "
            "2026-01-01 00:02, which is the same",
        ),
        (
            lines(time="2026-01-01 00:00:30"),
            ", line 5: needs a time later than the one before it in column time. Received: "
            "2026-01-01 00:00:30",
        ),
        (
            "time,load\n" + "".join(f"{n},{n}\n" for n in range(9)),
            "needs a series of at least 10 steps with values, window and horizon. Received: 9 in "
            "the longest, of {path}",
        ),
        (
            "name,place\na,b\n",
            ": needs a column of numbers; name it with --set value_columns=. Received columns: "
            "name, place",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_channels(path, window=8, horizon=2)
    wanted = message.format(path=path) if "{path}" in message else f"{path}{message}"
    assert str(error.value) == wanted


def test_labels_that_were_named_hold_0_and_1() -> None:
    with pytest.raises(DataError) as error:
        read_channels(table(state="ok"), window=8, horizon=2, label_column="state")
    assert str(error.value) == "needs 0 or 1 in column state. Received: ok"
    with pytest.raises(DataError) as error:
        read_channels(table(), window=8, horizon=2, value_columns="laod")
    assert str(error.value) == "needs a column `laod`, did you mean `load`?"


def test_made_flows_are_the_same_with_the_same_seed() -> None:
    one, same, other = sample_flows(500), sample_flows(500), sample_flows(500, seed=1)
    for name in CHANNELS:
        np.testing.assert_array_equal(one[name], same[name])
        assert not np.array_equal(one[name], other[name])
    assert 0 < np.mean(sample_flows(5000)["anomaly"]) < 0.1
