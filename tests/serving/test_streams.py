"""A stream is scored as a file is, and goes on whatever its lines are."""

from __future__ import annotations

import dataclasses
import io
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lstm_toolkit import get_task
from lstm_toolkit.data.inputs.rows import ReadingContext
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.metrics.runs import runs_of
from lstm_toolkit.serving.answering import answer_rows
from lstm_toolkit.serving.line_streams import line_stream
from lstm_toolkit.serving.prediction import Model, open_network
from lstm_toolkit.serving.streams import LineReader, Stream, stream_rows
from lstm_toolkit.testing import prepare_sample

STEPS = 60


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A network without a training: how good it is does not matter here."""
    prepared = prepare_sample(get_task("anomalies"), tmp_path_factory.mktemp("sample"))
    target = dataclasses.replace(prepared.states.target, threshold=20.0, threshold_once=20.0)
    states = dataclasses.replace(prepared.states, target=target)
    return open_network(prepared.task, prepared.build(), states)


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    numbers = np.random.default_rng(0).normal(size=(STEPS, 2)).round(3)
    numbers[20, 1] = numbers[33] = np.nan
    numbers[50] += 40
    return numbers


def told(answers: Any) -> list[Any]:
    return [(answer["score"], answer["alarm"], answer["channel"]) for answer in answers]


def test_scores_do_not_depend_on_how_many_steps_come_at_once(
    model: Model, values: np.ndarray
) -> None:
    whole = Stream(model).push(values)
    for size in (1, 7):
        stream = Stream(model)
        parts = [stream.push(values[begin : begin + size]) for begin in range(0, STEPS, size)]
        for one, other in zip(whole, itertools.chain(*parts), strict=True):
            assert one["channel"] == other["channel"]
            assert one["score"] == pytest.approx(other["score"], abs=1e-5)


def test_a_stream_is_scored_as_a_file(model: Model, values: np.ndarray, tmp_path: Path) -> None:
    table = pd.DataFrame(values, columns=["load", "heat"])
    table.insert(0, "time", pd.date_range("2026-01-01", periods=STEPS, freq="min"))
    path = tmp_path / "new.csv"
    table.to_csv(path, index=False)
    options = model.task.options()
    context = ReadingContext(model.task.settings(), model.states, options)
    inputs = model.task.read_inputs(path, context)
    in_one_go = [answer for _, answer in answer_rows(model, inputs.rows, options)]
    streamed = [
        answer for _, answer in stream_rows(model, io.BytesIO(path.read_bytes()), options, print)
    ]
    assert len(in_one_go) == len(streamed) == STEPS
    assert told(in_one_go) == told(streamed)
    missing = [place for place, answer in enumerate(streamed) if answer["score"] is None]
    assert missing == [*range(6 + 1), 33]  # half a window has to be known, and the step itself
    assert streamed[50]["alarm"]


def test_wrong_lines_are_told_and_the_stream_goes_on(model: Model) -> None:
    lines = ["load;heat", *["1;2"] * 20, "1;x", "1", "3;inf", '{"heat": 2}', "", "1;2"]
    content = io.BytesIO("\n".join(lines).encode())
    answers = [answer for _, answer in stream_rows(model, content, model.task.options(), print)]
    assert [answer["error"] for answer in answers if "error" in answer] == [
        "standard input, line 22: needs a number in heat. Received: x",
        "standard input, line 23: needs 2 cells, as the channels. Received: 1",
        "standard input, line 24: needs a number in heat. Received: inf",
    ]
    assert len(answers) == 25
    assert answers[-1]["score"] is not None


def test_series_of_a_stream_do_not_see_each_other(model: Model, values: np.ndarray) -> None:
    alone = Stream(model).push(values)
    rows = [
        f'{{"id": "{name}", "load": {a}, "heat": {b}}}'.replace("nan", "null")
        for (a, b) in values
        for name in ("one", "two")
    ]
    content = io.BytesIO("\n".join(rows).encode())
    found = list(stream_rows(model, content, model.task.options(), print))
    for name in ("one", "two"):
        own = [answer for row, answer in found if row.group == name]
        assert [answer["score"] for answer in own] == pytest.approx(
            [answer["score"] for answer in alone], abs=1e-5
        )


def test_events_stand_with_the_answer_by_which_they_are_over(
    model: Model, values: np.ndarray
) -> None:
    lines = pd.DataFrame(values, columns=["load", "heat"]).to_csv(index=False).encode()
    options = model.task.options(merge=0)
    answers = [answer for _, answer in stream_rows(model, io.BytesIO(lines), options, print)]
    alarms = np.array([answer["alarm"] for answer in answers])
    events = [answer["event"] for answer in answers if "event" in answer]
    over = [(begin, end) for begin, end in runs_of(alarms) if end < STEPS]
    # Steps count from 0, lines from 1, and the first is a header.
    wanted = [(str(begin + 2), str(end + 1)) for begin, end in over]
    assert [(event["start"], event["end"]) for event in events] == wanted
    assert events


class OneByOne(io.BytesIO):
    """Gives a line at a time, as a pipe does that is written to slowly."""

    def read1(self, size: int | None = -1, /) -> bytes:
        return self.readline()


@pytest.mark.parametrize(("average", "memory"), [(4, 0), (1, 30), (4, 30)])
def test_averages_do_not_depend_on_how_lines_or_files_come(
    model: Model, values: np.ndarray, tmp_path: Path, average: int, memory: int
) -> None:
    state = dataclasses.replace(model.states.target, average=average, threshold=2.0)
    states = dataclasses.replace(model.states, target=state)
    averaging = dataclasses.replace(model, load_states=lambda: states)
    options = model.task.options(memory=memory)
    path = tmp_path / "new.csv"
    table = pd.DataFrame(values, columns=["load", "heat"])
    table.insert(0, "time", pd.date_range("2026-01-01", periods=STEPS, freq="min"))
    table.to_csv(path, index=False)
    content = path.read_bytes()
    wanted = told(Stream(averaging, options).push(values))
    for lines in (io.BytesIO(content), OneByOne(content)):
        streamed = [answer for _, answer in stream_rows(averaging, lines, options, print)]
        assert told(streamed) == wanted
    # As words: two files are two series, and a frame alone is averaged with nothing.
    other = tmp_path / "other.csv"
    other.write_bytes(content)
    both = averaging.predict([path, other], memory=memory)
    assert told(both) == wanted * 2
    alone = averaging.predict([values[:14]], memory=memory)[0]
    assert alone["score"] == pytest.approx(Stream(model).push(values[:14])[-1]["score"], abs=1e-5)
    assert wanted != told(Stream(model).push(values))


def test_a_threshold_of_averages_judges_no_step_alone(model: Model, values: np.ndarray) -> None:
    state = dataclasses.replace(
        model.states.target, average=8, threshold=0.0, threshold_once=float("inf")
    )
    outputs = np.random.default_rng(1).normal(size=(5, 2 * 2, 3)).astype(np.float32)
    assert not np.asarray(model.task.target.decode(outputs, state)["alarm"]).any()


def test_numbers_that_no_network_can_hold_are_told(model: Model) -> None:
    lines = ["load,heat", *["1,2"] * 12, "1e39,2", f'{{"load": {"9" * 400}}}', "1,2"]
    content = io.BytesIO("\n".join(lines).encode())
    answers = [answer for _, answer in stream_rows(model, content, model.task.options(), print)]
    assert [answer["error"] for answer in answers if "error" in answer] == [
        "standard input, line 14: needs a number in load. Received: 1e39",
        f"standard input, line 15: needs a number in load. Received: {'9' * 40}",
    ]
    assert answers[-1]["score"] is not None
    with pytest.raises(DataError):
        Stream(model).push([[1e39, 2.0]])


def test_an_index_without_a_name_stands_in_a_header() -> None:
    reader = LineReader(["a", "b"])
    assert reader.read(",b,a") is None
    step = reader.read("0,2,1")
    assert step is not None
    assert step.values.tolist() == [1.0, 2.0]


def test_a_header_says_where_channels_stand() -> None:
    reader = LineReader(["a", "b"])
    assert reader.read("time,b,host,a") is None
    step = reader.read("12:00,2,x,1")
    assert step is not None
    assert (step.time, step.values.tolist()) == ("12:00", [1.0, 2.0])
    with pytest.raises(DataError) as error:
        LineReader(["a", "b"]).read("time,a")
    assert str(error.value) == (
        "standard input, line 1: needs the channels a, b. Received: a header without b"
    )


def test_what_is_no_step_is_refused(model: Model) -> None:
    for steps, received in (([[1.0]], "shape (1, 1)"), ([[1.0, np.inf]], "an infinite one")):
        with pytest.raises(DataError) as error:
            Stream(model).push(steps)
        assert str(error.value) == f"needs steps of 2 finite numbers. Received: {received}"
    with pytest.raises(InputError) as refused:
        line_stream(model, ["-", "more"])
    assert str(refused.value) == (
        "needs - alone, since what comes before belongs to a step. Received: more"
    )
