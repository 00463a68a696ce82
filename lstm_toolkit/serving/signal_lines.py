"""Signals that come in line by line, cleaned by a causal network in constant memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import Row, counted
from lstm_toolkit.data.readers.series.columns import covariate_names
from lstm_toolkit.data.readers.tables.columns import listed
from lstm_toolkit.errors import DataError
from lstm_toolkit.serving.sample_lines import SampleReader
from lstm_toolkit.serving.standard_input import line_groups
from lstm_toolkit.targets.target import Answered

if TYPE_CHECKING:
    from lstm_toolkit.serving.prediction import Model

MOST_SAMPLES = 4096
"""Samples that are cleaned at a time."""


def clean_lines(
    model: Model,
    stdin: BinaryIO,
    options: Any,
    report: Callable[[str], None],
    encoding: str = "utf-8",
) -> Answered:
    """Yields lines with their clean samples, in their order and as soon as these are known.

    Args:
        model: Of a causal network.
        stdin: A sample a line, see `SampleReader`.
        options: Of `predict`; none changes what is answered here.
        report: Is told how long an answer takes.
        encoding: Of the lines.

    Raises:
        DataError: If the lines are not text, or the first one names no channel.
    """
    stream: SignalStream | None = None
    state = model.states[next(iter(model.task.features))]
    reader = SampleReader(covariate_names(state.noisy_column))
    for lines in line_groups(stdin, encoding):
        waiting: list[tuple[str, NDArray[np.float32] | DataError]] = []
        for line in lines:
            values = reader.read(line)
            if values is None:
                continue
            if stream is None and not isinstance(values, DataError):
                stream = SignalStream(model, reader.channels)
                report(_told(reader, stream.wait))
            waiting.append((line, values))
        if stream is None:
            yield from ((Row(line, None), {"error": str(e)}) for line, e in waiting)
        else:
            yield from stream.push(waiting)
    if stream is not None:
        yield from stream.end()


def _told(reader: SampleReader, wait: int) -> str:
    names = f" ({listed(reader.names)})" if reader.names else ""
    channels = counted(reader.channels, "channel")
    return f"{channels} a line{names}, each sample answered when {wait} more are there"


class SignalStream:
    """Signals of which a network keeps what it needs of the samples before.

    Args:
        model: Of a causal network.
        channels: Signals that come together.
    """

    def __init__(self, model: Model, channels: int):
        self._ask = model.signature("stream", {})
        self._channels = channels
        self._feature = next(iter(model.task.features))
        self._target = model.task.target.column
        facts = model.signature("serving_default", {})
        told = facts({self._feature: np.zeros((1, 1, 1), np.float32)})
        self.wait, self._segment = int(told["delay"][0]), int(told["segment"][0])
        self._state: dict[str, Any] = {
            name: np.zeros((channels, *spec.shape[1:]), spec.dtype.as_numpy_dtype)
            for name, spec in model.load_specs("stream").items()
            if name != self._feature
        }
        self._rows: deque[tuple[str, Any]] = deque()
        self._samples: list[NDArray[np.float32]] = []

    def push(self, lines: Sequence[tuple[str, Any]]) -> Answered:
        """Yields lines that can be answered now.

        Args:
            lines: Each with its `float32[channels]`, or what is wrong with it.
        """
        missing = np.full(self._channels, np.nan, np.float32)
        for line, values in lines:
            self._rows.append((line, values))
            self._samples.append(missing if isinstance(values, DataError) else values)
            if len(self._samples) >= MOST_SAMPLES:
                yield from self._clean()
        yield from self._clean()

    def end(self) -> Answered:
        """Yields the lines that still wait, answered as if no more samples could be known."""
        missing = np.full(self._channels, np.nan, np.float32)
        self._samples += [missing] * (self.wait + 1)
        yield from self._clean()
        while self._rows:
            self._samples.append(missing)
            yield from self._clean()

    def _clean(self) -> Answered:
        """Cleans as many samples as are whole segments."""
        import tensorflow as tf

        whole = len(self._samples) // self._segment * self._segment
        if not whole:
            return
        values = np.stack(self._samples[:whole], axis=1)[..., None]
        del self._samples[:whole]
        told = self._ask({self._feature: tf.constant(values), **self._state})
        outputs = {name: value.numpy() for name, value in told.items()}
        self._state = {name: outputs[name] for name in self._state}
        clean, ready = outputs[self._target][..., 0], outputs["ready"][0]
        for step in np.flatnonzero(ready):
            if self._rows:  # what follows the end belongs to no line
                yield self._answer(clean[:, step])

    def _answer(self, clean: NDArray[np.float32]) -> tuple[Row, dict[str, Any]]:
        line, values = self._rows.popleft()
        if isinstance(values, DataError):
            return Row(line, None), {"error": str(values)}
        plain = [float(f"{sample:.7g}") for sample in clean]
        answer: dict[str, Any] = {self._target: plain[0] if len(plain) == 1 else plain}
        if np.isnan(values).any():
            answer["remarks"] = ["missing sample filled"]
        return Row(line, None), answer
