"""Forecasts with quantiles: losses, calibration, signatures and tables."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from lstm_toolkit.data import Dataset
from lstm_toolkit.data.columns import Windows
from lstm_toolkit.layers import PinballLoss
from lstm_toolkit.metrics.conformal import factors
from lstm_toolkit.metrics.directions import direction_scores
from lstm_toolkit.targets import Predicted, Quantiles, Signature
from lstm_toolkit.targets.forecast_signatures import forecast_signatures
from lstm_toolkit.targets.quantile_state import LEVELS, QuantilesState

STEPS, HORIZON = 4, 2


def windows(values: Any) -> Dataset:
    numbers = np.asarray(values, np.float32)
    starts = np.arange(len(numbers) - STEPS - HORIZON + 1)
    return Dataset(
        {"values": Windows(numbers, starts, STEPS)},
        {"forecast": Windows(numbers, starts + STEPS, HORIZON)},
        {"scale": np.full(len(starts), 2.0, np.float32)},
    )


def predicted(rows: Dataset, outputs: Any, **chosen: str) -> Predicted:
    state = QuantilesState(HORIZON, 1, 4.0)
    states: Any = types.SimpleNamespace(target=state)
    settings = types.SimpleNamespace(**{"weigh": "season", "errors": "absolute", **chosen})
    return Predicted(rows, {}, np.asarray(outputs, np.float32), states, settings)


@pytest.mark.parametrize("errors", ["absolute", "squared"])
@pytest.mark.parametrize("weigh", ["season", "none"])
def test_the_loss_that_is_told_is_the_one_that_was_trained(errors: str, weigh: str) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=20)
    values[[7, 12]] = np.nan
    rows = windows(values)
    outputs = rng.normal(size=(len(rows), HORIZON, len(LEVELS)))
    given = predicted(rows, outputs, errors=errors, weigh=weigh)
    target = Quantiles()
    encoded = target.encode(rows, given.states.target, given.settings).rows[:]
    loss = target.loss(given.settings)
    trained = float(loss(tf.constant(encoded), tf.constant(given.outputs)))
    assert target.evaluate(given)["loss"] == pytest.approx(trained, rel=1e-5)


def test_gradients_are_finite_where_values_are_missing() -> None:
    outputs = tf.Variable(np.zeros((1, HORIZON, 1), np.float32))
    with tf.GradientTape() as tape:
        value = PinballLoss([0.5], squared=1.0)(
            tf.constant([[np.nan, 3.0, 2.0]], tf.float32), outputs
        )
    gradient = tape.gradient(value, outputs).numpy()
    assert np.isfinite(gradient).all()
    assert gradient[0, 0, 0] == 0


def test_levels_have_to_be_shares() -> None:
    with pytest.raises(ValueError, match="levels must be in") as error:
        PinballLoss([0.5, 1.0])
    assert str(error.value) == ("levels must be in (0, 1), at least one. Received: [0.5, 1.0]")


def test_without_scales_no_error_is_a_scaled_one() -> None:
    rows = windows([0.0, 0.0, 0.0, 0.0, 1.0, 3.0])
    rows = Dataset(rows.columns, rows.targets, {})
    outputs = np.repeat([[[2.0], [2.0]]], len(LEVELS), axis=-1)
    given, target = predicted(rows, outputs), Quantiles()
    scores = target.evaluate(given)
    assert scores["mae"] == 1.0
    assert "mase" not in scores
    assert target.report(scores).startswith("MAE 1   sMAPE")
    assert "scaled_error" not in target.judge_rows(given).columns
    for _, score in target.baselines(rows, rows, {}, given.states.target):
        assert "mase" not in score()


def test_scores_by_hand() -> None:
    rows = windows([0.0, 0.0, 0.0, 0.0, 1.0, 3.0])
    outputs = np.repeat([[[2.0], [2.0]]], len(LEVELS), axis=-1)
    scores = Quantiles().evaluate(predicted(rows, outputs))
    assert scores["mae"] == 1.0
    assert scores["mase"] == 0.5
    assert scores["mse"] == 1.0
    assert scores["smape"] == pytest.approx((200 / 3 + 200 / 5) / 2)
    assert scores["wql"] == pytest.approx(0.5)  # (0.5 * 2 of all levels) over 4
    assert scores["coverage"] == 0
    assert scores["by_step"]["mae"] == [1.0, 1.0]


def test_intervals_are_made_right_by_what_was_held_out() -> None:
    rng = np.random.default_rng(0)
    spread = np.quantile(rng.normal(size=100_000), LEVELS)
    truth = 3 * rng.normal(size=(4000, 5))  # three times as far as is foretold
    found = factors(truth, np.broadcast_to(spread, (4000, 5, 9)), LEVELS)
    np.testing.assert_allclose([found[0], found[-1]], 3, rtol=0.05)
    assert found[4] == 1.0
    late = 3 * rng.normal(size=(4000, 5))
    inside = (late >= found[0] * spread[0]) & (late <= found[-1] * spread[-1])
    assert inside.mean() == pytest.approx(0.8, abs=0.02)


def test_constant_series_are_no_reason_to_fail() -> None:
    found = factors(np.ones((5, 2)), np.ones((5, 2, 9)), LEVELS)
    assert all(np.isfinite(found))


def test_answers_are_sorted_and_moved_away_from_the_median() -> None:
    state = QuantilesState(1, 1, 1.0, (2.0, *(1.0,) * 8))
    outputs = tf.constant(np.arange(9.0)[::-1].reshape(1, 1, 9).astype(np.float32))
    answer = Quantiles().decode(outputs, state)
    assert answer["forecast"].numpy().tolist() == [[4.0]]
    assert answer["q10"].numpy().tolist() == [[-4.0]]
    assert answer["q90"].numpy().tolist() == [[8.0]]


def base(values: tf.Tensor, start: tf.Tensor) -> dict[str, tf.Tensor]:
    known = tf.where(tf.math.is_finite(values), values, tf.zeros_like(values))
    total = tf.reduce_sum(known, axis=1, keepdims=True)
    return {"forecast": tf.concat([total, total + tf.cast(start[:, None], tf.float32)], axis=1)}


@pytest.fixture
def signatures() -> dict[str, Signature]:
    specs = (
        tf.TensorSpec([None, STEPS], tf.float32, "values"),
        tf.TensorSpec([None], tf.int64, "start"),
    )
    return forecast_signatures(Signature(base, specs), "values")


def test_channels_are_answered_like_series_of_their_own(signatures: dict[str, Signature]) -> None:
    values = np.random.default_rng(0).normal(size=(3, STEPS, 2)).astype(np.float32)
    mask = np.ones_like(values)
    mask[0, 1, 1] = 0
    start = np.array([5, 6, 7])
    answer = signatures["serving_default"].graph()(
        tf.constant(values), tf.constant(mask), tf.constant(start)
    )["forecast"]
    assert answer.shape == (3, HORIZON, 2)
    for channel in range(2):
        rows = np.where(mask[..., channel] > 0, values[..., channel], np.nan)
        alone = base(tf.constant(rows), tf.constant(start))["forecast"]
        np.testing.assert_allclose(answer[..., channel], alone, rtol=1e-6)


def test_no_rows_are_answered_by_none(signatures: dict[str, Signature]) -> None:
    values = tf.zeros((0, STEPS, 2))
    answer = signatures["serving_default"].graph()(values, values, tf.zeros(0, tf.int64))
    assert answer["forecast"].shape == (0, HORIZON, 2)


def test_a_stream_ends_where_a_window_does(signatures: dict[str, Signature]) -> None:
    values = np.array([[1.0, np.nan, 3.0, 4.0, 5.0, 6.0]], np.float32)
    stream = signatures["stream"].graph()
    state = [tf.zeros((1, STEPS)), tf.zeros((1, STEPS))]
    start = tf.constant([9], tf.int64)
    for step in range(values.shape[1]):
        answer = stream(tf.constant(values[:, step]), start, *state)
        state = [answer["recent"], answer["observed"]]
    alone = base(tf.constant(values[:, -STEPS:]), start)["forecast"]
    np.testing.assert_allclose(answer["forecast"], alone)


def test_a_forecast_is_a_row_a_step() -> None:
    answer = {"forecast": [1.0, 2.0], **{f"q{n}0": [n, n + 1.0] for n in range(1, 10)}}
    cells = {"unique_id": "a", "ds": ["2024-01-01", "2024-01-02"]}
    rows = list(Quantiles().table_rows("a", cells, answer))
    assert [row for row, _ in rows] == [
        {"unique_id": "a", "ds": "2024-01-01"},
        {"unique_id": "a", "ds": "2024-01-02"},
    ]
    assert rows[1][1]["mean"] == 2.0
    assert rows[1][1]["q90"] == 10.0
    assert list(Quantiles().table_rows("b", {}, {"error": "no"})) == [
        ({"unique_id": "b"}, {"error": "no"})
    ]


def test_directions_count_where_prices_move() -> None:
    last = np.array([100.0] * 4)
    truth = np.array([101.0, 99.0, 100.1, 101.0])
    scores = direction_scores(last, truth, np.array([102.0, 98.0, 90.0, 99.0]))
    assert scores["accuracy"] == pytest.approx(2 / 3)
    assert scores["mcc"] == pytest.approx(0.5)
    assert direction_scores(np.array([-1.0]), np.array([1.0]), np.array([1.0])) == {}
