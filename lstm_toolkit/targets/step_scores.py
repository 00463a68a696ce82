"""How strange steps are, from quantiles less what was observed: of networks and simple methods."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.targets.anomaly_state import AnomaliesState
from lstm_toolkit.targets.series_scores import trailing_mean, usual_scores

LEVELS = (0.1, 0.5, 0.9)
"""Of the quantiles; between the outer ones lie 2.563 deviations of a normal distribution."""
OF_NORMAL = 2.5631031310892007
LEAST_WIDTH = 0.1
"""Of the deviation that is foretold, in spreads: what is nearly constant may move as far."""
MOST_STRANGE = 50.0
"""Deviations from what was foretold; what is farther away counts as that far."""
CHUNK = 8192
"""Rows that are scored at a time."""

Outputs = NDArray[np.float32]
"""`float32[n, horizon * channels, 3]`, quantiles less what was observed, 0 where nothing was."""


@dataclasses.dataclass(frozen=True, eq=False)
class StepScores:
    """The scores of steps, one series after the other.

    Attributes:
        scores: `float64[n]`, averaged as the state says; 0 where not known.
        once: `float64[n]`, those of each step alone.
        known: `bool[n]`, whether anything of the step was observed.
        alarms: `bool[n]`.
    """

    scores: NDArray[np.float64]
    once: NDArray[np.float64]
    known: NDArray[np.bool_]
    alarms: NDArray[np.bool_]


def channel_scores(outputs: Any, state: AnomaliesState) -> tuple[Any, Any, Any]:
    """Returns scores by channel, the score, and whether it is known; in the graph.

    A score is the mean over the last steps of which a value is known, and of a channel without one
    it is 0. Means over channels leave such channels out.

    Args:
        outputs: See `Outputs`.
        state: With factors.

    Returns:
        `float32[n, channels]`, `float32[n]` and `bool[n]`.
    """
    import tensorflow as tf

    steps = tf.reshape(outputs, [-1, state.horizon, len(state.names), len(LEVELS)])
    steps = steps[:, -state.smooth :]
    known = tf.cast(tf.reduce_any(tf.not_equal(steps, 0.0), axis=-1), tf.float32)
    counts = tf.reduce_sum(known, axis=1)
    sums = tf.reduce_sum(strangeness(steps, state.factors) * known, axis=1)
    scores = sums / tf.maximum(counts, 1.0)
    there = tf.cast(counts > 0, tf.float32)
    if state.join == "mean":
        score = tf.reduce_sum(scores, axis=1) / tf.maximum(tf.reduce_sum(there, axis=1), 1.0)
    else:
        score = tf.reduce_max(scores, axis=1)
    newest = tf.reduce_max(known[:, -1], axis=1) > 0
    return scores, tf.where(newest, score, tf.zeros_like(score)), newest


def strangeness(errors: Any, factors: Sequence[float]) -> Any:
    """Returns `[..., channels]` deviations from what was foretold; in the graph.

    Args:
        errors: `[..., channels, 3]` quantiles less what was observed.
        factors: Of the deviations, by channel.
    """
    import tensorflow as tf

    ordered = tf.sort(errors, axis=-1)
    width = (ordered[..., -1] - ordered[..., 0]) / OF_NORMAL * tf.constant(factors, tf.float32)
    strange = tf.abs(ordered[..., 1]) / tf.maximum(width, LEAST_WIDTH)
    return tf.minimum(strange, MOST_STRANGE)


def step_scores(outputs: Outputs, series: NDArray[Any], state: AnomaliesState) -> StepScores:
    """Returns scores as `predict` gives them.

    Args:
        outputs: See there.
        series: `[n]`, which one each row is of.
        state: With factors and threshold.
    """
    parts = [channel_scores(part, state)[1:] for part in _chunks(outputs)]
    once, known = (np.concatenate([np.asarray(part[i]) for part in parts]) for i in (0, 1))
    once = once.astype(np.float64)
    scores = trailing_mean(once, series, state.average, known)
    return StepScores(scores, once, known, known & (scores >= state.threshold))


def fitted_state(
    outputs: Outputs,
    series: NDArray[Any],
    state: AnomaliesState,
    share: float,
    method: Literal["peaks", "quantile"] = "peaks",
) -> AnomaliesState:
    """Returns a state whose deviations and thresholds fit rows that nothing was learnt from.

    Args:
        outputs: See `Outputs`.
        series: `[n]`, which one each row is of.
        state: Without them.
        share: Of the steps that may give an alarm.
        method: See `alarm_threshold`.
    """
    from lstm_toolkit.metrics.alarm_thresholds import alarm_threshold

    state = dataclasses.replace(state, factors=_factors(outputs, len(state.names)))
    steps = step_scores(outputs, series, state)
    if not steps.known.any():
        return state
    scores = steps.scores[steps.known]
    averaged, once = (
        float(np.float32(alarm_threshold(each, share, method)))
        for each in (scores, steps.once[steps.known])
    )
    usual = usual_scores(scores)
    return dataclasses.replace(state, threshold=averaged, threshold_once=once, usual=usual)


def median_errors(outputs: Outputs, channels: int) -> tuple[NDArray[np.float64], Any]:
    """Returns the mean absolute error of the medians of each row, and whether there is one.

    Args:
        outputs: See `Outputs`.
        channels: How many.

    Returns:
        `float64[n]`, in spreads, over what was observed; and `bool[n]`.
    """
    errors, counts = [], []
    for part in _chunks(outputs):
        known = (part != 0).any(axis=-1)
        counts.append(known.sum(axis=1))
        errors.append((np.abs(np.sort(part, axis=-1)[..., 1]) * known).sum(axis=1, dtype=float))
    count = np.concatenate(counts)
    return np.concatenate(errors) / np.maximum(count, 1), count > 0


def mean_loss(outputs: Outputs) -> float:
    """Returns the loss of the quantiles, a chunk of rows at a time."""
    from lstm_toolkit.metrics.forecast_scores import pinball

    sums = (
        float(pinball(np.zeros(part.shape[:2], np.float32), part, LEVELS).sum())
        for part in _chunks(outputs)
    )
    return sum(sums) / max(outputs.size, 1)


def judged(
    outputs: Outputs, series: NDArray[Any], labels: Any, state: AnomaliesState
) -> dict[str, Any]:
    """Returns errors, the share of alarms, and scores by labels.

    Args:
        outputs: See `Outputs`.
        series: `[n]`, which one each row is of.
        labels: `bool[n]`, None where nothing is known.
        state: With factors and threshold.
    """
    from lstm_toolkit.metrics.anomaly_scores import anomaly_scores

    errors, there = median_errors(outputs, len(state.names))
    errors = errors[there]
    steps = step_scores(outputs, series, state)
    scores: dict[str, Any] = {
        "mae": float(errors.mean()) if len(errors) else 0.0,
        "standard_error": float(errors.std() / np.sqrt(len(errors))) if len(errors) else 0.0,
        "alarm_share": float(steps.alarms[steps.known].mean()) if steps.known.any() else 0.0,
        "threshold": state.threshold,
    }
    if labels is not None:
        marked = np.asarray(labels, bool)
        scores |= anomaly_scores(marked, steps.scores, steps.alarms, series)
        scores["labelled"] = int(marked.sum())
    return scores


def _factors(outputs: Outputs, channels: int) -> tuple[float, ...]:
    """Returns by what deviations are to be multiplied so that a tenth lies 1.645 beyond."""
    errors = np.reshape(outputs, (-1, channels, len(LEVELS)))
    known = np.any(errors != 0, axis=2)
    strange = np.concatenate(
        [np.asarray(strangeness(part, (1.0,) * channels)) for part in _chunks(errors)]
    )
    return tuple(_factor(strange[known[:, channel], channel]) for channel in range(channels))


def _factor(strange: NDArray[Any]) -> float:
    if not len(strange):
        return 1.0
    return float(np.clip(np.quantile(strange, 0.9) / 1.6448536, 0.2, 5.0))


def _chunks(rows: Any) -> Iterable[Any]:
    """Yields chunks of rows; of none, one that is empty."""
    return _slices(rows) if len(rows) else (rows,)


def _slices(rows: Any) -> Iterator[Any]:
    for begin in range(0, len(rows), CHUNK):
        yield rows[begin : begin + CHUNK]
