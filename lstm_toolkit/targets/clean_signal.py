"""The clean form of a signal, sample for sample."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Beside
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.text import check_kept
from lstm_toolkit.metrics.row_scores import Floats, RowScore, quotient
from lstm_toolkit.metrics.signal_scores import by_noise, decibels, row_powers, signal_scores
from lstm_toolkit.system.files import write_json
from lstm_toolkit.targets.judged_rows import JudgedRows, line_of_numbers
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.dataset import Dataset

FLOOR = 1e-4
"""Power of errors below which less makes no difference to the loss, in squares of deviations."""
SHOWN = 16
"""Samples of a row that are kept for people to read."""
FACTS = ("filled", "averaged", "padded", "delay")
"""What signatures tell of each signal besides its samples."""


@dataclasses.dataclass(frozen=True)
class CleanSignalState:
    """What is known of clean signals, besides the weights.

    Attributes:
        mean: Of the training split.
        deviation: Likewise; 1 where nothing varies.
        delay: Samples of which a causal network may wait; None where it sees whole windows.
    """

    mean: float
    deviation: float
    delay: int | None = None

    def save(self, folder: Path) -> None:
        """Writes `clean_signal.json`."""
        write_json(folder / "clean_signal.json", dataclasses.asdict(self))


def _ratio(sums: Floats) -> Floats:
    ratio: Floats = decibels(sums[..., 0], sums[..., 1])
    return ratio


class CleanSignal(Target[CleanSignalState]):
    """`float32[batch, steps]` clean samples.

    Args:
        column: Of `Dataset.targets`: `float32[n, steps]`, NaN where the truth is not known.
        signal: The feature with the noisy samples.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        **dict.fromkeys(("loss", "rmse", "mae"), "min"),
        **dict.fromkeys(("snr", "improvement"), "max"),
    }
    main_score = "snr"
    row_scores = (
        RowScore("snr", ("signal", "error"), _ratio),
        quotient("mae", "absolute_error", "known"),
    )

    def __init__(self, column: str = "clean", signal: str = "values"):
        self.column, self.signal = column, signal

    def given(self, column: Any) -> Any:
        """Refuses what is no finite number; returns windows without a channel."""
        from lstm_toolkit.data.given import finite

        numbers = np.asarray(finite(column), np.float32)
        return numbers.reshape(len(numbers), -1)

    def learn(self, train: Dataset, settings: Any) -> CleanSignalState:
        """Learns how much clean signals vary."""
        targets = train.targets[self.column]
        values = np.asarray(getattr(targets, "values", targets), np.float64)
        deviation = float(np.nanstd(values))
        return CleanSignalState(
            float(np.nanmean(values)),
            deviation if deviation > 0 else 1.0,
            settings.delay if settings.causal else None,
        )

    def extend(
        self, state: CleanSignalState, train: Dataset, settings: Any
    ) -> tuple[CleanSignalState, list[str]]:
        """Keeps what is known.

        Raises:
            InputError: If another delay is asked for.
        """
        check_kept("delay", state.delay, settings.delay if settings.causal else None)
        return state, []

    def load(self, folder: Path) -> CleanSignalState:
        """Reads what `CleanSignalState.save` wrote."""
        facts = json.loads((folder / "clean_signal.json").read_text(encoding="utf-8"))
        return CleanSignalState(**facts)

    def encode(self, rows: Dataset, state: CleanSignalState, settings: Any) -> EncodedColumn:
        """Returns `float32[n, steps + 1]`: samples, and last by what their errors are divided."""
        return EncodedColumn(Beside((rows.targets[self.column], _of_signals(rows, state)[1])))

    def loss(self, settings: Any) -> keras.Loss:
        """Returns the mean power of errors in dB, in units of the signals' deviations."""
        from lstm_toolkit.layers.losses.residual_power import ResidualPower

        return ResidualPower(FLOOR)

    def decode(self, outputs: tf.Tensor, state: CleanSignalState) -> dict[str, tf.Tensor]:
        """Returns the samples of a window."""
        return {self.column: outputs}

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns signatures of signals of any length, and of causal ones as they come."""
        from lstm_toolkit.targets import signal_signatures as made

        state, name = trained.states[self.signal], self.signal
        delay = trained.states.target.delay
        if delay is None:
            rows = made.overlapping(lambda frames: trained.outputs(frames[..., None]), state.steps)
            whole = made.of_channels(rows, state.steps, name)
            return {"serving_default": whole, "any_size": whole}
        from lstm_toolkit.builders.denoiser_steps import DenoiserSteps

        steps = DenoiserSteps.of(trained.model, delay)
        rows = made.streamed(steps, state.decay, state.steps)
        facts = {"delay": waited(steps.segment, delay), "segment": steps.segment}
        whole = made.of_channels(rows, state.steps, name, facts)
        next_samples = made.stream(steps, state.decay, name)
        return {"serving_default": whole, "any_size": whole, "stream": next_samples}

    def line_stream(self, state: CleanSignalState) -> str:
        """Cleans each line with the samples before it, if the network sees no others."""
        return "" if state.delay is None else "signal_lines.clean_lines"

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns the clean samples of each signal; of several channels a list a sample."""
        facts = {name: outputs[name] for name in FACTS if name in outputs}
        answers = []
        for row, signal in enumerate(outputs[self.column]):
            one = signal[:, 0] if signal.ndim > 1 and signal.shape[1] == 1 else signal
            answer: dict[str, Any] = {self.column: _plain(one)}
            if "delay" in facts:
                answer["delay"] = int(facts["delay"][row])
            remarks = list(_remarks({name: column[row] for name, column in facts.items()}))
            answers.append(answer | ({"remarks": remarks} if remarks else {}))
        return answers

    def table_rows(
        self, name: str, cells: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yields the rows of a signal as they stood in the data, clean samples beside them.

        Args:
            name: Of the signal.
            cells: `columns`, the cells of its rows by column; `steps`, at which sample each is, -1
                where at none; `channels`, the names of the columns that were cleaned, none where it
                is one alone.
            answer: See `to_json`.
        """
        if "steps" not in cells:  # of words and lines
            yield dict(cells), dict(answer)
            return
        samples, channels = answer.get(self.column, ()), cells.get("channels", ())
        once = {key: value for key, value in answer.items() if key == "error"}
        for row, step in enumerate(cells["steps"]):
            own = {key: values[row] for key, values in cells["columns"].items()}
            added = dict(once)
            if len(samples) and step >= 0:
                added |= self._named(samples[step], channels)
            if row == 0 and "remarks" in answer:
                added["remarks"] = answer["remarks"]
            yield own, added

    def _named(self, sample: Any, channels: Sequence[str]) -> dict[str, Any]:
        if not channels:
            return {self.column: sample}
        names = [f"{each}_{self.column}" for each in channels]
        return dict(zip(names, sample if isinstance(sample, list) else [sample], strict=True))

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the samples with commas between them; of channels with spaces."""
        samples = answer[self.column]
        return ",".join(map(_line, samples if isinstance(samples, list) else [samples]))

    def _rows(self, predicted: Predicted) -> dict[str, Floats]:
        """Returns what each row adds to the scores."""
        rows = predicted.rows
        means, deviations = _of_signals(rows, predicted.states.target)
        noisy = np.asarray(rows.columns[self.signal])[..., 0]
        truth = np.asarray(rows.targets[self.column])
        return row_powers(truth, predicted.outputs, noisy, means, deviations)

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns SNR, improvement and errors of all rows, and by kind and level of noise."""
        rows, meta = self._rows(predicted), predicted.rows.meta
        scores: dict[str, Any] = signal_scores(rows)
        powers = rows["error"] / np.maximum(rows["known"], 1.0)
        scores["loss"] = float(decibels(powers + FLOOR, 1.0).mean())
        if predicted.states.target.delay is not None:
            scores["delay"] = waited(predicted.settings.segment, predicted.states.target.delay)
        if "noise" in meta:
            scores["by_noise"] = by_noise(rows, meta["noise"], meta["level"])
        return scores

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the powers of each row; rows of one window are in one block."""
        truth, starts = predicted.rows.targets[self.column], predicted.rows.meta.get("window")
        wanted = [line_of_numbers(truth[row : row + 1][0, :SHOWN]) for row in range(len(truth))]
        answers = [line_of_numbers(row[:SHOWN]) for row in predicted.outputs]
        blocks = None if starts is None else np.asarray(starts)
        return JudgedRows(wanted, answers, self._rows(predicted), blocks=blocks)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the scores in a line, and one a kind of noise below."""
        late = f"   {scores['delay']} samples later" if "delay" in scores else ""
        lines = [
            f"SNR {scores['snr']:.2f} dB, {scores['improvement']:+.2f} dB   "
            f"RMSE {scores['rmse']:.4g}{late}   ({scores['examples']:,} rows)"
        ]
        for kind, levels in scores.get("by_noise", {}).items():
            told = ", ".join(f"{level} to {each['snr']:.1f}" for level, each in levels.items())
            lines.append(f"{kind}, dB: {told}")
        return "\n".join(lines)

    def baselines(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        state: CleanSignalState,
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields filters, with the width that is best on training rows, and a linear fit."""
        from lstm_toolkit.metrics.simple_filters import LOOKED_AT, methods

        # By chance: kinds of noise follow each other in turn, and a stride would meet one alone.
        some = np.random.default_rng(0).permutation(len(train))[:LOOKED_AT]
        few = train.take(np.sort(some))
        sides = []
        for rows in (few, test):
            noisy = np.asarray(rows.columns[self.signal])[..., 0]
            sides.append((noisy, rows.targets[self.column], *_of_signals(rows, state)))
        yield from methods(sides[0], sides[1], state.delay)

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns windows before and after, and SNR by kind and level of noise."""
        from lstm_toolkit.figures import signals

        rows, meta = predicted.rows, predicted.rows.meta
        places = np.unique(np.linspace(0, len(rows) - 1, signals.SHOWN).astype(np.int64))
        names = [""] * len(places)
        if "noise" in meta:
            names = [f"{meta['noise'][p]}, {meta['level'][p]:g} dB" for p in places]
        drawn = {
            "before_and_after": signals.before_and_after(
                np.asarray(rows.columns[self.signal][places])[..., 0],
                predicted.outputs[places],
                np.asarray(rows.targets[self.column][places]),
                names,
            )
        }
        if "noise" in meta:
            table = by_noise(self._rows(predicted), meta["noise"], meta["level"])
            drawn["snr_by_noise"] = signals.improvements(table)
        return drawn


def waited(segment: int, delay: int) -> int:
    """Returns how many samples a causal network waits for at most: those of whole segments.

    >>> waited(4, 20), waited(1, 20)
    (19, 20)
    """
    from lstm_toolkit.builders import tokens_of_delay

    return (tokens_of_delay(delay, segment) + 1) * segment - 1


def _of_signals(
    rows: Dataset, state: CleanSignalState
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns mean and deviation of the signal of each row, of the training's where not known."""
    means = rows.meta.get("mean", np.full(len(rows), state.mean))
    deviations = rows.meta.get("deviation", np.full(len(rows), state.deviation))
    return np.asarray(means, np.float64), np.asarray(deviations, np.float64)


def _remarks(facts: Mapping[str, Any]) -> Iterator[str]:
    count = int(facts.get("filled", 0))
    if count:
        yield f"{count:,} missing sample{'' if count == 1 else 's'} filled"
    far = int(facts.get("averaged", 0))
    if far:
        yield f"{far:,} of them a window away from all others, filled with the mean"
    if facts.get("padded", False):
        yield "shorter than a window, padded"


def _line(sample: Any) -> str:
    return " ".join(map(_line, sample)) if isinstance(sample, list) else f"{sample:.6g}"


def _plain(numbers: NDArray[Any]) -> list[Any]:
    """Returns numbers with as many digits as float32 has."""
    if numbers.ndim > 1:
        return [_plain(row) for row in numbers]
    return [float(f"{number:.7g}") for number in numbers]
