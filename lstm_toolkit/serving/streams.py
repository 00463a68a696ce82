"""Series that come in step by step: scored with what came before, in constant memory."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import Row
from lstm_toolkit.data.readers.series.cells import number
from lstm_toolkit.data.readers.series.columns import SERIES_NAMES, TIME_NAMES
from lstm_toolkit.errors import DataError
from lstm_toolkit.serving.standard_input import STDIN, line_groups
from lstm_toolkit.system.json_text import RepeatedNameError, read_json
from lstm_toolkit.targets.anomaly_signatures import STREAM
from lstm_toolkit.targets.events import suppressed_note
from lstm_toolkit.targets.target import Answered

if TYPE_CHECKING:
    from lstm_toolkit.serving.prediction import Model

MOST_STEPS = 512
"""Steps of a series that are scored at a time."""
MOST_SERIES = 100_000
"""Series whose state is kept; a stream that names more is refused."""


class Stream:
    """One series, of which a model keeps what it needs of the steps before.

    Args:
        model: Of a task whose signatures hold `stream`.
        options: Of `predict`, such as `model.task.options(memory=2000)`; None takes the defaults.

    Example::

        stream = Stream(lt.load("runs/traffic"))
        for answer in stream.push([[120.0, 3.5], [118.0, 3.6]]):
            print(answer["score"], answer["alarm"])
    """

    def __init__(self, model: Model, options: Any = None):
        options = model.task.options() if options is None else options
        self._in_series = model.task.target.in_series(options, model.states.target)
        self._ask = model.signature(STREAM, {})
        self._to_json = model.task.target.to_json
        state = model.states["values"]
        self.names: tuple[str, ...] = state.names
        shape = (1, state.steps - 1, len(self.names))
        self._state: dict[str, Any] = {
            name: np.zeros(shape, np.float32) for name in ("recent", "observed")
        }

    def push(self, steps: Any) -> list[dict[str, Any]]:
        """Returns the answers to the next steps.

        Args:
            steps: `float[steps, channels]`, NaN where a value is missing.

        Raises:
            DataError: If they are of another shape, or infinite.
        """
        with np.errstate(over="ignore"):  # what float32 cannot hold is refused as infinite
            values = np.asarray(steps, np.float32)
        if values.ndim != 2 or values.shape[1] != len(self.names) or np.isinf(values).any():
            received = "an infinite one" if np.isinf(values).any() else f"shape {values.shape}"
            raise DataError(
                f"needs steps of {len(self.names)} finite numbers. Received: {received}"
            )
        answers: list[dict[str, Any]] = []
        for begin in range(0, len(values), MOST_STEPS):
            answers += self._score(values[begin : begin + MOST_STEPS])
        return answers

    def _score(self, values: NDArray[np.float32]) -> list[dict[str, Any]]:
        import tensorflow as tf

        told = self._ask({"values": tf.constant(values[None]), **self._state})
        outputs = {name: value.numpy() for name, value in told.items()}
        self._state = {name: outputs.pop(name) for name in self._state}
        answers = self._to_json({name: value[0] for name, value in outputs.items()})
        return answers if self._in_series is None else [self._in_series(each) for each in answers]


@dataclasses.dataclass(frozen=True)
class Step:
    """A line of a stream.

    Attributes:
        series: Of which it is a step, "" where lines name none.
        time: What the line says, or its number.
        values: `float32[channels]`, NaN where one is missing or the line is wrong.
        error: What is wrong with the line.
    """

    series: str
    time: str
    values: NDArray[np.float32]
    error: DataError | None = None


class LineReader:
    """Reads lines as steps: cells with commas, semicolons or tabs between, or JSON objects.

    A first line that names the channels says in which order they stand; else they stand in that of
    the training. A column such as `time` names steps, one such as `unique_id` series.

    Args:
        names: Of the channels.
    """

    def __init__(self, names: Sequence[str]):
        self.names = tuple(names)
        self._columns: dict[str, int] | None = None
        self._sign = ","
        self._number = 0

    def read(self, line: str) -> Step | None:
        """Returns the step of a line; None of a header or an empty line.

        Raises:
            DataError: If the first line names columns, and not all channels are among them.
        """
        self._number += 1
        if not line.strip():
            return None
        try:
            if line.lstrip().startswith("{"):
                return self._of_object(line)
            if self._columns is None:
                self._sign = next((sign for sign in ("\t", ";", ",") if sign in line), ",")
                if self._take_header(line):
                    return None
            return self._of_cells(self._cells(line))
        except WrongLineError as error:
            missing = np.full(len(self.names), np.nan, np.float32)
            wrong = DataError(str(error), path=STDIN, line=self._number)
            return Step(error.series, str(self._number), missing, wrong)

    def _cells(self, line: str) -> list[str]:
        if '"' in line:
            return next(csv.reader([line], delimiter=self._sign))
        return line.split(self._sign)

    def _take_header(self, line: str) -> bool:
        """Tells whether a line names columns, and remembers where they stand."""
        cells = [cell.strip() for cell in self._cells(line)]
        named = [number(cell) is None for cell in cells if cell]  # an index has no name
        if not named or not all(named):
            self._columns = {name: place for place, name in enumerate(self.names)}
            return False
        lacking = [name for name in self.names if name not in cells]
        if lacking:
            raise DataError(
                f"needs the channels {', '.join(self.names)[:120]}. Received: a header without "
                f"{lacking[0][:60]}",
                path=STDIN,
                line=self._number,
            )
        self._columns = {name: cells.index(name) for name in self.names}
        for place, cell in enumerate(cells):
            if cell not in self._columns and cell.casefold() in (*SERIES_NAMES, *TIME_NAMES):
                role = _SERIES if cell.casefold() in SERIES_NAMES else _TIME
                self._columns.setdefault(role, place)
        self._columns[_WIDTH] = len(cells)
        return True

    def _of_cells(self, cells: list[str]) -> Step:
        columns = self._columns or {}
        width = columns.get(_WIDTH, len(self.names))
        if len(cells) != width:
            raise WrongLineError(f"needs {width} cells, as the channels. Received: {len(cells)}")
        series = cells[columns[_SERIES]].strip() if _SERIES in columns else ""
        time = cells[columns[_TIME]].strip() if _TIME in columns else str(self._number)
        return Step(series, time, self._values([cells[columns[n]] for n in self.names], series))

    def _of_object(self, line: str) -> Step:
        try:
            cells = read_json(line)
        except RepeatedNameError as error:
            raise WrongLineError(str(error)) from None
        except (ValueError, RecursionError):
            raise WrongLineError(f"needs a JSON object. Received: {line[:60]}") from None
        names = {name.casefold(): name for name in cells}
        series = next((str(cells[names[n]]) for n in SERIES_NAMES if n in names), "")
        time = next((str(cells[names[n]]) for n in TIME_NAMES if n in names), str(self._number))
        if not any(name in cells for name in self.names):
            raise WrongLineError(f"needs a channel. Received: {line[:60]}", series)
        return Step(series, time, self._values([cells.get(name) for name in self.names], series))

    def _values(self, cells: Sequence[Any], series: str) -> NDArray[np.float32]:
        values = [number(cell) for cell in cells]
        for name, cell, value in zip(self.names, cells, values, strict=True):
            if value is None:
                message = f"needs a number in {name}. Received: {str(cell)[:40]}"
                raise WrongLineError(message, series)
        return np.array(values, np.float32)


_SERIES, _TIME, _WIDTH = "\0series", "\0time", "\0width"
"""Stand for columns that are no channels; no name holds a zero."""


class WrongLineError(Exception):
    """A line that is no step; the stream goes on."""

    def __init__(self, message: str, series: str = ""):
        super().__init__(message)
        self.series = series


def stream_rows(
    model: Model,
    stdin: BinaryIO,
    options: Any,
    report: Callable[[str], None],
    encoding: str = "utf-8",
) -> Answered:
    """Yields the lines of a stream with their answers, as they come.

    A line that is wrong is answered with its error, and counts as a step without values. An event
    stands with the answer by which it has ended.

    Args:
        model: Of a task that has a stream.
        stdin: Lines, see `LineReader`.
        options: Of `predict`.
        report: Is told lines for people.
        encoding: Of the lines.

    Raises:
        DataError: If the lines are not text, or name too many series.
    """
    first: Stream | None = None
    series: dict[str, tuple[Stream, Any]] = {}
    reader = LineReader(model.states["values"].names)
    target = model.task.target
    for lines in line_groups(stdin, encoding):
        if first is None:
            first = Stream(model, options)
            window = model.states["values"].window
            report(f"a score needs {window // 2} of {window} steps before it")
        steps = [step for step in map(reader.read, lines) if step is not None]
        for name in dict.fromkeys(step.series for step in steps):
            if name not in series:
                if len(series) == MOST_SERIES:
                    raise DataError(
                        f"needs at most {MOST_SERIES:,} series. Received: {name[:40]}, one more"
                    )
                series[name] = Stream(model, options), target.tracker(options)
        yield from _with_events(_in_order(steps, series), series)
    for _, tracker in series.values():
        event = tracker.end()
        if event is not None:
            report(f"an alarm lasts at the end, from {event.start} to {event.end}")
    quiet = sum(tracker.suppressed for _, tracker in series.values())
    if quiet and not target.needs_answers(options):  # which tells it itself
        report(suppressed_note(quiet))


def _in_order(steps: Sequence[Step], series: Mapping[str, Any]) -> Answered:
    """Yields answers in the order of the lines, scored a series at a time."""
    answers: list[dict[str, Any]] = [{} for _ in steps]
    places: dict[str, list[int]] = {}
    for place, step in enumerate(steps):
        places.setdefault(step.series, []).append(place)
    for name, own in places.items():
        told = series[name][0].push(np.stack([steps[place].values for place in own]))
        for place, answer in zip(own, told, strict=True):
            answers[place] = answer
    for step, answer in zip(steps, answers, strict=True):
        row = Row(
            f"{step.series} {step.time}".strip(), step.error, {}, group=step.series, time=step.time
        )
        yield row, answer


def _with_events(answered: Answered, series: Mapping[str, Any]) -> Answered:
    """Yields answers, with each the event that has ended by it."""
    for row, answer in answered:
        tracker = series[row.group][1]
        tracker.series = row.group
        event = tracker.step(row.time, answer["score"], answer["alarm"], answer["channel"])
        told = answer if row.value is None else {"error": str(row.value)}
        yield row, {**told, "event": event.to_json()} if event is not None else told
