"""Signals of any length and many channels, at once and as they come; scores of what was cleaned."""

from __future__ import annotations

import functools
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from lstm_toolkit import builders, get_task, prepare
from lstm_toolkit.errors import InputError
from lstm_toolkit.features.signal import SignalState
from lstm_toolkit.features.states import States
from lstm_toolkit.targets.clean_signal import CleanSignalState
from lstm_toolkit.targets.signal_signatures import overlapping
from lstm_toolkit.targets.target import Predicted

STEPS = 32
DELAY = 10


@functools.cache
def signatures(*, causal: bool, segment: int = 4, cell: str = "lstm") -> dict[str, Any]:
    keras.utils.set_random_seed(1)
    options: dict[str, Any] = {"causal": True, "delay": DELAY} if causal else {"coarse": 2}
    model = builders.denoiser(
        STEPS, units=(6, 6), segment=segment, cell=cell, residual=True, layer_norm=True, **options
    )
    states = States(
        {"values": SignalState(STEPS, causal)},
        CleanSignalState(0.0, 1.0, DELAY if causal else None),
    )
    made: dict[str, Any] = get_task("denoising").signatures(model, states)
    return made


def signals(time: int, channels: int = 1) -> np.ndarray:
    rng = np.random.default_rng(time)
    return (rng.normal(size=(2, time, channels)).cumsum(axis=1) + 3).astype(np.float32)


@pytest.mark.parametrize("time", [1, 31, 32, 33, 40, 64, 301])
def test_windows_that_overlap_give_back_what_goes_through_them(time: int) -> None:
    rows = tf.constant(signals(time)[..., 0])
    clean = overlapping(lambda frames: tf.where(tf.math.is_nan(frames), 0.0, frames), STEPS)
    np.testing.assert_allclose(clean(rows), rows, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("first", [0, 7, 40])
def test_windows_without_a_sample_say_nothing(first: int) -> None:
    """A level of 1000 stays where samples are missing: it is never drawn to 0."""
    values = signals(300)[:1, :, :1] + 1000
    values[0, first : first + 150] = np.nan
    whole = signatures(causal=False)["serving_default"].graph()(tf.constant(values))
    clean = whole["clean"].numpy()[0, :, 0]
    assert np.abs(clean - np.nanmean(values)).max() < 100
    (answer,) = get_task("denoising").target.to_json({n: v.numpy() for n, v in whole.items()})
    far = int(whole["averaged"][0])
    assert 150 - 2 * STEPS <= far < 150
    assert answer["remarks"] == [
        "150 missing samples filled",
        f"{far} of them a window away from all others, filled with the mean",
    ]


@pytest.mark.parametrize("causal", [False, True])
def test_channels_are_cleaned_each_by_itself(causal: bool) -> None:
    graph = signatures(causal=causal)["serving_default"].graph()
    both = signals(75, 2)
    both[0, 5:7, 1] = np.nan
    told = {name: value.numpy() for name, value in graph(tf.constant(both)).items()}
    assert told["clean"].shape == both.shape
    assert np.isfinite(told["clean"]).all()
    assert told["filled"].tolist() == [2, 0]
    assert told["averaged"].tolist() == [0, 0]
    assert causal or told["padded"].tolist() == [False, False]
    for channel in range(2):
        one = graph(tf.constant(both[:1, :, channel : channel + 1]))["clean"]
        np.testing.assert_allclose(one[0, :, 0], told["clean"][0, :, channel], atol=1e-4)
    short = graph(tf.constant(both[:, :20]))  # which a causal network answers as any other
    assert "padded" not in short if causal else short["padded"].numpy().all()
    assert graph(tf.constant(both[:0]))["clean"].shape == (0, 75, 2)
    assert graph(tf.constant(both[:, :0]))["clean"].shape == (2, 0, 2)
    flat = graph(tf.fill([1, 50, 1], 1234.5))["clean"]  # which has no scale
    np.testing.assert_allclose(flat, 1234.5, rtol=1e-6)


@pytest.mark.parametrize(
    ("segment", "cell"), [(4, "lstm"), pytest.param(1, "gru", marks=pytest.mark.full)]
)
def test_a_stream_is_cleaned_as_in_one_go(segment: int, cell: str) -> None:
    made = signatures(causal=True, segment=segment, cell=cell)
    whole = signals(90)
    whole[0, 30:33] = np.nan
    told = made["serving_default"].graph()(tf.constant(whole))
    delay = int(told["delay"][0])
    assert delay <= DELAY
    stream, shift = made["stream"], delay - segment + 1
    state = {s.name: tf.zeros([2, *s.shape[1:]], s.dtype) for s in stream.state}
    missing = np.full((2, shift + 2 * segment, 1), np.nan, np.float32)
    given, parts, ready = np.concatenate([whole, missing], axis=1), [], []
    begin = 0
    for turn in range(100):  # parts of several lengths
        part = given[:, begin : begin + segment * (1 + turn % 3)]
        if part.shape[1] % segment or not part.shape[1]:
            break
        outputs = stream.graph()(tf.constant(part), *(state[s.name] for s in stream.state))
        state = {s.name: outputs[s.name] for s in stream.state}
        parts.append(outputs["clean"].numpy())
        ready.append(outputs["ready"].numpy())
        begin += part.shape[1]
    clean, known = np.concatenate(parts, axis=1), np.concatenate(ready, axis=1)
    assert not known[:, :shift].any()
    assert known[:, shift:].all()
    np.testing.assert_allclose(clean[:, shift : shift + 90], told["clean"], atol=1e-4)


def predicted(outputs: Any, column: str) -> tuple[Any, Predicted]:
    table = pd.DataFrame({"y": np.sin(np.arange(600) / 5)})
    chosen = {
        "window": STEPS,
        "coarse": 2,
        "units": (4,),
        "noise": ("white",),
        "levels": (0.0, 10.0),
    }
    prepared = prepare("denoising", chosen, table)
    rows = prepared.splits.test
    made = np.asarray(rows.targets["clean"] if column == "clean" else rows.columns["values"])
    made = made.reshape(len(rows), STEPS) + outputs
    return prepared, Predicted(rows, {}, made, prepared.states, prepared.settings)


def test_scores_are_those_of_powers() -> None:
    prepared, same = predicted(0.0, "values")
    scores = prepared.task.target.evaluate(same)
    assert scores["improvement"] == pytest.approx(0, abs=1e-6)
    assert scores["by_noise"]["white"]["10"]["snr"] == pytest.approx(10, abs=0.6)
    assert scores["by_noise"]["white"]["0"]["improvement"] == pytest.approx(0, abs=1e-6)
    _, off = predicted(0.1, "clean")
    scores = prepared.task.target.evaluate(off)
    assert scores["rmse"] == pytest.approx(0.1, rel=1e-4)
    assert scores["snr"] == pytest.approx(10 * np.log10(0.5 / 0.01), abs=0.5)
    assert "white, dB: 0 to" in prepared.task.report(scores)


def test_filters_are_chosen_on_all_kinds_of_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of training rows are in turn: so many rows at equal distances would be of one kind."""
    kinds = ("white", "hum", "wander", "impulses", "dropouts", "mixed")
    chosen = {"window": 16, "coarse": 1, "noise": kinds, "levels": (5.0,), "stride": 1}
    table = pd.DataFrame({"y": np.sin(np.arange(2209) / 5)})
    prepared = prepare("denoising", chosen, table)
    train = prepared.splits.train
    assert len(train) == 1531
    taken: list[Any] = []
    monkeypatch.setattr(type(train), "take", lambda rows, which: taken.append(which) or rows)
    target, states = prepared.task.target, prepared.states
    next(target.baselines(train, prepared.splits.test, {}, states.target))
    numbers = train.columns["values"].numbers[taken[0]]
    assert np.bincount(numbers % 6, minlength=6).min() > 20


def test_what_a_network_learnt_is_kept() -> None:
    task = get_task("denoising")
    table = pd.DataFrame({"y": np.sin(np.arange(600) / 5)})
    chosen = task.configure({"window": "32", "coarse": "2", "causal": "true"})
    prepared = prepare(task, chosen, table)
    again, told = task.extend(prepared.states, prepared.splits.train, chosen)
    assert (again, told) == (prepared.states, [])
    other = task.configure({"window": "32", "coarse": "2", "causal": "true", "delay": "5"})
    with pytest.raises(InputError) as error:
        task.extend(prepared.states, prepared.splits.train, other)
    assert str(error.value) == "delay must stay as the run has it, delay=20. Received: delay=5"
