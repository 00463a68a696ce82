"""How strange each step of a series is, from how far it lies from what was foretold."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.channels import training_values
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.metrics.row_scores import mean
from lstm_toolkit.targets.anomaly_signatures import anomaly_signatures
from lstm_toolkit.targets.anomaly_state import AnomaliesState, AnomalyOptions
from lstm_toolkit.targets.events import EventTracker
from lstm_toolkit.targets.judged_rows import JudgedRows, window_blocks
from lstm_toolkit.targets.series_scores import SeriesScore, trailing_mean, usual_scores
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Answered, Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.dataset import Dataset

LEVELS = (0.1, 0.5, 0.9)
"""Of the quantiles; between the outer ones lie 2.563 deviations of a normal distribution."""
OF_NORMAL = 2.5631031310892007
LEAST_WIDTH = 0.1
"""Of the deviation that is foretold, in spreads: what is nearly constant may move as far."""
MOST_STRANGE = 50.0
"""Deviations from what was foretold; what is farther away counts as that far."""
CHUNK = 8192
"""Rows that are scored at a time."""


class Anomalies(Target[AnomaliesState]):
    """`float32[batch, horizon * channels, 3]`, quantiles less what was observed.

    Nothing is to come out: the loss compares with zeros. Settings: `AnomaliesSettings`.

    Args:
        column: Name of the target, of which there are no values.
        frames: The feature with frames of channels.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        **dict.fromkeys(("loss", "mae", "alarm_share"), "min"),
        **dict.fromkeys(
            ("auc_pr", "vus_pr", "f1", "event_f1", "event_precision", "event_recall"), "max"
        ),
    }
    main_score = "mae"
    row_scores = (mean("mae", "absolute_error"),)
    options = AnomalyOptions
    chooses_on_validation = True

    def __init__(self, column: str = "usual", frames: str = "values"):
        self.column, self.frames = column, frames

    def learn(self, train: Dataset, settings: Any) -> AnomaliesState:
        """Takes over what the settings say."""
        channels = train.columns[self.frames][:1].shape[2]
        names = tuple(filter(None, settings.value_columns.split(",")))
        return AnomaliesState(
            names if len(names) == channels else tuple(map(str, range(channels))),
            settings.horizon,
            min(settings.smooth, settings.horizon),
            settings.average,
            settings.join,
            (1.0,) * channels,
        )

    def load(self, folder: Path) -> AnomaliesState:
        """Reads what was saved."""
        return AnomaliesState.load(folder)

    def encode(self, rows: Dataset, state: AnomaliesState, settings: Any) -> EncodedColumn:
        """Returns zeros, and last 1, by which errors are divided."""
        return EncodedColumn(_Zeros(len(rows), state.horizon * len(state.names)))

    def loss(self, settings: Any) -> keras.Loss:
        """Returns the loss of quantiles."""
        from lstm_toolkit.layers.losses.pinball import PinballLoss

        return PinballLoss(LEVELS)

    def decode(self, outputs: tf.Tensor, state: AnomaliesState) -> dict[str, tf.Tensor]:
        """Returns `score`, `scores` by channel, the strangest `channel`, and `alarm`.

        `known` says whether anything can be told; where not, the score is 0.
        """
        import tensorflow as tf

        channels = len(state.names)
        steps = tf.reshape(outputs, [-1, state.horizon, channels, len(LEVELS)])
        scores = _strangeness(steps[:, -state.smooth :], state.factors)
        scores = tf.reduce_mean(scores, axis=1)
        told = tf.reduce_any(tf.not_equal(steps[:, -1], 0.0), axis=[1, 2])
        joined = tf.reduce_mean if state.join == "mean" else tf.reduce_max
        score = joined(scores, axis=1)
        names = tf.constant(state.names)
        return {
            "score": tf.where(told, score, tf.zeros_like(score)),
            "known": told,
            "alarm": told & (score >= state.threshold),
            "scores": scores,
            "channel": tf.gather(names, tf.argmax(scores, axis=1)),
        }

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns signatures of frames, and of streams that keep the steps before."""
        base = super().signatures(trained)
        return {**base, **anomaly_signatures(base["serving_default"], self.frames)}

    def after_training(self, predicted: Predicted) -> AnomaliesState:
        """Returns the state with deviations and a threshold that fit the validation split."""
        from lstm_toolkit.metrics.alarm_thresholds import alarm_threshold

        state, settings = predicted.states.target, predicted.settings
        errors = np.reshape(predicted.outputs, (-1, len(state.names), len(LEVELS)))
        known = np.any(errors != 0, axis=2)
        unscaled = np.asarray(_strangeness(errors, (1.0,) * len(state.names)))
        factors = tuple(
            _factor(unscaled[known[:, channel], channel]) for channel in range(len(state.names))
        )
        state = dataclasses.replace(state, factors=factors)
        scores, _, told = self._scores(predicted, state)
        scores = scores[told]
        if not len(scores):
            return state
        threshold = alarm_threshold(scores, settings.alarm_share, settings.threshold)
        usual = usual_scores(scores)
        return dataclasses.replace(state, threshold=float(np.float32(threshold)), usual=usual)

    def _scores(
        self, predicted: Predicted, state: AnomaliesState
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
        """Returns scores, alarms, and which are known, as `predict` gives them."""
        parts = [
            self.decode(predicted.outputs[begin : begin + CHUNK], state)
            for begin in range(0, len(predicted.outputs), CHUNK)
        ]
        scores, known = (
            np.concatenate([np.asarray(part[name]) for part in parts])
            for name in ("score", "known")
        )
        series = predicted.rows.meta.get("group", np.zeros(len(scores)))
        scores = trailing_mean(scores.astype(np.float64), series, state.average)
        return scores, known & (scores >= state.threshold), known

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns errors of the medians in spreads, the share of alarms, and scores by labels."""
        from lstm_toolkit.metrics.anomaly_scores import anomaly_scores
        from lstm_toolkit.metrics.forecast_scores import pinball

        outputs, state = predicted.outputs, predicted.states.target
        zeros = np.zeros(outputs.shape[:2], np.float32)
        losses = pinball(zeros, outputs, LEVELS).mean(axis=-1)
        errors = _row_errors(outputs)
        scores, alarms, told = self._scores(predicted, state)
        found: dict[str, Any] = {
            "mae": float(errors.mean()),
            "standard_error": float(errors.std() / np.sqrt(max(len(errors), 1))),
            "loss": float(losses.mean()),
            "alarm_share": float(alarms[told].mean()) if told.any() else 0.0,
            "threshold": state.threshold,
            "examples": len(outputs),
        }
        labels = predicted.rows.meta.get("label")
        if labels is not None:
            marked = np.asarray(labels, bool)
            found |= anomaly_scores(marked, scores, alarms)
            found["labelled"] = int(marked.sum())
        return found

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the error and the score of each row."""
        scores, alarms, _ = self._scores(predicted, predicted.states.target)
        labels = predicted.rows.meta.get("label", np.full(len(scores), ""))
        answers = [f"{s:.4g}{' alarm' * bool(a)}" for s, a in zip(scores, alarms, strict=True)]
        errors = _row_errors(predicted.outputs).astype(np.float64)
        blocks = window_blocks(len(scores), predicted.states.target.horizon)
        columns = {"absolute_error": errors, "rows": np.ones(len(errors))}
        return JudgedRows([str(label) for label in labels], answers, columns, blocks=blocks)

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns score, alarm and channel of each input; without a score, none of them."""
        names = ("score", "known", "alarm", "channel")
        return [
            {
                "score": float(f"{score:.7g}") if known else None,
                "alarm": bool(alarm),
                "channel": channel.decode() if known else None,
            }
            for score, known, alarm, channel in zip(*(outputs[n] for n in names), strict=True)
        ]

    def answer_columns(self) -> dict[str, Any]:
        """Returns what a row is told."""
        return {"score": float, "alarm": bool, "channel": str}

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the score, and of an alarm the channel."""
        if answer["score"] is None:
            return "-"
        alarm = f"\talarm\t{answer['channel']}" if answer["alarm"] else ""
        event = answer.get("event")
        ended = f"\tevent\t{event['start']}\t{event['end']}" if event else ""
        return f"{answer['score']:.4g}{alarm}{ended}"

    def line_stream(self, state: AnomaliesState) -> str:
        """Scores each line with the steps before it."""
        return "streams.stream_rows"

    def follow(
        self, answered: Answered, options: AnomalyOptions, state: AnomaliesState
    ) -> Answered:
        """Averages scores, and judges them by those before them, if so asked."""
        if not options.memory and state.average == 1:
            yield from answered
            return
        series: dict[str, SeriesScore] = {}
        for row, answer in answered:
            if row.group not in series:
                series[row.group] = SeriesScore(state.average, options.memory, state.usual)
            if answer.get("score") is not None:
                score = float(f"{series[row.group].step(answer['score']):.7g}")
                answer |= {"score": score, "alarm": score >= state.threshold}
            yield row, answer

    def tracker(self, options: Any) -> EventTracker:
        """Returns what puts the alarms of a series together."""
        return EventTracker(options.merge, options.quiet)

    def needs_answers(self, options: Any) -> bool:
        """Tells whether events are to be written or drawn."""
        return bool(options.events or options.plot)

    def on_predict_end(self, answers: Sequence[Mapping[str, Any]], options: Any) -> None:
        """Writes the events and draws them."""
        from lstm_toolkit.targets.event_files import write_events

        write_events(answers, lambda: self.tracker(options), options.events, options.plot)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the scores in a line or two."""
        line = (
            f"error {scores['mae']:.4f} spreads   alarms at {scores['alarm_share']:.2%} of the "
            f"steps (score from {scores['threshold']:.3g})   ({scores['examples']:,} rows)"
        )
        if "auc_pr" not in scores:
            return line
        names = {"AUC-PR": "auc_pr", "VUS-PR": "vus_pr", "event F1": "event_f1", "F1": "f1"}
        told = "   ".join(f"{name} {scores[key]:.3f}" for name, key in names.items())
        line += f"\nby labels: {told}   ({scores['labelled']:,} steps are anomalies)"
        methods = scores.get("baselines", {})
        if methods:
            shown = (f"{name} {found.get('auc_pr', 0):.3f}" for name, found in methods.items())
            line += f"\nsimplest methods, AUC-PR: {', '.join(shown)}"
        return line

    def baselines(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        state: AnomaliesState,
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the last value, the rolling mean, and a linear fit of each channel's past."""
        from lstm_toolkit.metrics.simple_anomalies import METHODS, simple_scores

        known = training_values(train.columns[self.frames])
        labels = test.meta.get("label")
        frames = train.columns[self.frames], test.columns[self.frames]
        for name, method in METHODS.items():
            yield name, partial(simple_scores, method, known, *frames, state.horizon, labels)

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns scores over the steps of the test split."""
        from lstm_toolkit.figures import anomalies

        scores, alarms, _ = self._scores(predicted, predicted.states.target)
        labels = predicted.rows.meta.get("label")
        threshold = predicted.states.target.threshold
        return {"scores": anomalies.scores_over_steps(scores, threshold, alarms, labels)}


class _Zeros:
    """Rows of zeros that end in 1, made when they are asked for."""

    def __init__(self, count: int, width: int):
        self.count, self.width = count, width

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, rows: Any) -> NDArray[np.float32]:
        taken = np.zeros((len(np.arange(self.count)[rows]), self.width + 1), np.float32)
        taken[:, -1] = 1.0
        return taken


def _strangeness(errors: Any, factors: Sequence[float]) -> Any:
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


def _factor(strangeness: NDArray[Any]) -> float:
    """Returns by what deviations are to be multiplied so that a tenth lies 1.645 beyond."""
    if not len(strangeness):
        return 1.0
    return float(np.clip(np.quantile(strangeness, 0.9) / 1.6448536, 0.2, 5.0))


def _row_errors(outputs: NDArray[Any]) -> NDArray[Any]:
    """Returns the mean absolute error of the medians of each row, in spreads."""
    return np.abs(np.sort(outputs, axis=-1)[..., 1]).mean(axis=1)
