"""How strange each step of a series is, from how far it lies from what was foretold."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.metrics.row_scores import mean
from lstm_toolkit.targets.anomaly_signatures import anomaly_signatures
from lstm_toolkit.targets.anomaly_state import AnomaliesState, AnomalyOptions
from lstm_toolkit.targets.events import EventTracker
from lstm_toolkit.targets.judged_rows import JudgedRows, window_blocks
from lstm_toolkit.targets.series_scores import SeriesAnswers
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.step_scores import (
    LEVELS,
    channel_scores,
    fitted_state,
    judged,
    mean_loss,
    median_errors,
    step_scores,
)
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.dataset import Dataset


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
            scale=settings.scale,
        )

    def extend(
        self, state: AnomaliesState, train: Dataset, settings: Any
    ) -> tuple[AnomaliesState, list[str]]:
        """Takes over how scores are made; deviations and thresholds follow after the training."""
        smooth = min(settings.smooth, state.horizon)
        return dataclasses.replace(
            state, smooth=smooth, average=settings.average, join=settings.join
        ), []

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

        scores, score, known = channel_scores(outputs, state)
        return {
            "score": score,
            "known": known,
            "alarm": known & (score >= state.threshold_once),
            "scores": scores,
            "channel": tf.gather(tf.constant(state.names), tf.argmax(scores, axis=1)),
        }

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns signatures of frames, and of streams that keep the steps before."""
        base = super().signatures(trained)
        return {**base, **anomaly_signatures(base["serving_default"], self.frames)}

    def after_training(self, predicted: Predicted) -> AnomaliesState:
        """Returns the state with deviations and a threshold that fit the validation split."""
        state, settings = predicted.states.target, predicted.settings
        outputs, series = predicted.outputs, _series(predicted.rows)
        return fitted_state(outputs, series, state, settings.alarm_share, settings.threshold)

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns errors of the medians in spreads, the share of alarms, and scores by labels."""
        outputs, rows = predicted.outputs, predicted.rows
        scores = judged(outputs, _series(rows), rows.meta.get("label"), predicted.states.target)
        return scores | {"loss": mean_loss(outputs), "examples": len(outputs)}

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the error and the score of each row."""
        state = predicted.states.target
        steps = step_scores(predicted.outputs, _series(predicted.rows), state)
        labels = predicted.rows.meta.get("label", np.full(len(steps.scores), ""))
        answers = [
            f"{score:.4g}{' alarm' * bool(alarm)}"
            for score, alarm in zip(steps.scores, steps.alarms, strict=True)
        ]
        errors, there = median_errors(predicted.outputs, len(state.names))
        blocks = window_blocks(len(errors), state.horizon)
        columns = {"absolute_error": errors, "rows": there.astype(np.float64)}
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
        return f"{answer['score']:.4g}{alarm}"

    def format_ended(self, answer: Mapping[str, Any]) -> str:
        """Returns start and end of the event that was over by it."""
        event = answer.get("event")
        return f"event\t{event['start']}\t{event['end']}" if event else ""

    def line_stream(self, state: AnomaliesState) -> str:
        """Scores each line with the steps before it."""
        return "streams.stream_rows"

    def in_series(self, options: AnomalyOptions, state: AnomaliesState) -> SeriesAnswers | None:
        """Averages scores, and judges them by those before them, if so asked."""
        if not options.memory and state.average == 1:
            return None
        return SeriesAnswers(state.average, options.memory, state.usual, state.threshold)

    def tracker(self, options: Any) -> EventTracker:
        """Returns what puts the alarms of a series together."""
        return EventTracker(options.merge, options.quiet)

    def needs_answers(self, options: Any) -> bool:
        """Tells whether events are to be written or drawn."""
        return bool(options.events or options.plot)

    def on_predict_end(self, answers: Sequence[Mapping[str, Any]], options: Any) -> str:
        """Writes the events and draws them; says how many were not told of."""
        from lstm_toolkit.targets.event_files import write_events
        from lstm_toolkit.targets.events import suppressed_note

        if not answers:
            return ""
        quiet = write_events(answers, lambda: self.tracker(options), options.events, options.plot)
        return suppressed_note(quiet) if quiet else ""

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
        """Yields the rolling mean, a linear fit of each channel's past, and the last value."""
        from lstm_toolkit.metrics.simple_anomalies import METHODS
        from lstm_toolkit.targets.simple_detectors import SimpleDetectors

        detectors = SimpleDetectors(train, test, self.frames, state)
        for name, method in METHODS.items():
            yield name, partial(detectors.scores, method)

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns scores over the steps of the test split."""
        from lstm_toolkit.figures import anomalies

        series, state = _series(predicted.rows), predicted.states.target
        steps = step_scores(predicted.outputs, series, state)
        labels = predicted.rows.meta.get("label")
        shown = np.where(steps.known, steps.scores, np.nan)
        drawn = anomalies.scores_over_steps(shown, state.threshold, steps.alarms, labels, series)
        return {"scores": drawn}


def _series(rows: Dataset) -> NDArray[Any]:
    """Returns of which series each row is."""
    return np.asarray(rows.meta.get("group", np.zeros(len(rows))))


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
