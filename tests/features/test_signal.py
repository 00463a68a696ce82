"""Level and scale of signals: of a window, or of the samples so far."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.errors import DataError
from lstm_toolkit.features import signal
from lstm_toolkit.features.signal import Signal, SignalState, of_window, running

SAMPLES = np.random.default_rng(0).normal(size=(3, 40)).astype(np.float32).cumsum(axis=1) + 5
SAMPLES[1, 7:9] = np.nan
DECAY = 0.9


def by_hand(row: np.ndarray) -> np.ndarray:
    """Returns what `running` gives, a sample at a time."""
    total = distance = count = 0.0
    rows = []
    for sample in row:
        known = float(np.isfinite(sample))
        value = float(np.nan_to_num(sample))
        total, distance, count = (DECAY * each for each in (total, distance, count))
        total, count = total + known * value, count + known
        level = total / max(count, 1e-6)
        distance += known * abs(value - level)
        scale = distance / max(count, 1e-6)
        constant = scale <= 1e-6 * max(abs(level), 1e-30)
        rows.append(
            [
                0.0 if constant else known * (value - level) / scale,
                known,
                level,
                (not constant) * scale,
            ]
        )
    return np.array(rows)


def test_running_scales_are_of_the_samples_so_far() -> None:
    inputs, _ = running(tf.constant(SAMPLES), DECAY, tf.zeros([3, 3]))
    for row, found in zip(SAMPLES, inputs.numpy(), strict=True):
        np.testing.assert_allclose(found, by_hand(row), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("parts", [(40,), (1, 39), (13, 14, 13)])
def test_running_scales_go_on_where_they_were(parts: tuple[int, ...]) -> None:
    whole, _ = running(tf.constant(SAMPLES), DECAY, tf.zeros([3, 3]))
    sums, found, begin = tf.zeros([3, 3]), [], 0
    for part in parts:
        inputs, sums = running(tf.constant(SAMPLES[:, begin : begin + part]), DECAY, sums)
        found.append(inputs.numpy())
        begin += part
    np.testing.assert_allclose(np.concatenate(found, axis=1), whole, atol=2e-4)


@pytest.mark.parametrize("time", [1, 9, 10, 11, 40])
def test_memory_is_that_of_a_part(monkeypatch: pytest.MonkeyPatch, time: int) -> None:
    samples = tf.constant(SAMPLES[:, :time])
    before = tf.constant([[2.0, 0.5, 1.5]] * 3)
    inputs, sums = running(samples, DECAY, before)
    monkeypatch.setattr(signal, "PART", 10)
    spec = (tf.TensorSpec([None, None]), tf.TensorSpec([None, 3]))
    graph = tf.function(lambda rows, state: running(rows, DECAY, state), input_signature=spec)
    for whole, parts in zip((inputs, sums), graph(samples, before), strict=True):
        np.testing.assert_allclose(parts, whole, atol=2e-4)


def test_a_level_stays_however_long_samples_are_missing() -> None:
    _, sums = running(tf.constant(SAMPLES + 1000), DECAY, tf.zeros([3, 3]))
    missing = tf.fill([3, 100], float("nan"))
    for _ in range(20):
        inputs, sums = running(missing, DECAY, sums)
    assert inputs.numpy()[..., 2].min() > 900


@pytest.mark.parametrize("causal", [False, True])
def test_the_unit_of_a_signal_does_not_matter(causal: bool) -> None:
    state = SignalState(40, causal)
    one, other = (
        Signal().collate(tf.constant(1000 * k * SAMPLES + 50 * (k - 1))[..., None], state).numpy()
        for k in (1, 2)
    )
    np.testing.assert_allclose(one[:, 1:, :2], other[:, 1:, :2], atol=2e-2)
    np.testing.assert_allclose(2 * one[..., 3], other[..., 3], rtol=1e-3)


def test_constant_windows_have_no_scale() -> None:
    inputs = of_window(tf.fill([1, 8], 7.0)).numpy()
    np.testing.assert_array_equal(inputs[0, 0], [0, 1, 7, 0])
    empty = of_window(tf.fill([1, 8], float("nan"))).numpy()
    np.testing.assert_array_equal(empty[0, 0], [0, 0, 0, 0])


def test_words_are_signals() -> None:
    ((_, signal),) = Signal().parse("[1, 2.5 nan]", SignalState(8), None)
    np.testing.assert_array_equal(signal[:, 0], [1, 2.5, np.nan])
    for word, told in (
        ("a,b", "needs numbers. Received: a,b"),
        ("5", "needs a signal: numbers with commas between, at least two. Received: 5"),
        ("", "needs a signal: numbers with commas between, at least two. Received: nothing"),
        ("nan nan", "needs a signal: numbers with commas between, at least two. Received: nan nan"),
        ("1,inf", "needs finite numbers. Received: inf"),
    ):
        with pytest.raises(DataError) as error:
            list(Signal().parse(word, SignalState(8), None))
        assert str(error.value) == told


def test_windows_given_in_python_are_checked() -> None:
    assert Signal().given(np.zeros((5, 8))).shape == (5, 8, 1)
    with pytest.raises(DataError) as error:
        Signal().given(np.zeros(5))
    assert str(error.value) == "needs windows of numbers. Received: float64 (5,)"
