"""Lines of standard input, cleaned as they come and as in one go."""

from __future__ import annotations

import io
from typing import Any

import keras
import numpy as np
import pytest

from lstm_toolkit import builders, get_task
from lstm_toolkit.features.signal import SignalState
from lstm_toolkit.features.states import States
from lstm_toolkit.serving import signal_lines
from lstm_toolkit.serving.line_streams import line_stream
from lstm_toolkit.serving.prediction import Model, open_network
from lstm_toolkit.serving.signal_lines import clean_lines
from lstm_toolkit.targets.clean_signal import CleanSignalState

DELAY = 7


@pytest.fixture(scope="module")
def model() -> Model:
    keras.utils.set_random_seed(2)
    network = builders.denoiser(32, units=(5,), segment=4, causal=True, delay=DELAY)
    states = States({"values": SignalState(32, True)}, CleanSignalState(0.0, 1.0, DELAY))
    return open_network(get_task("denoising"), network, states)


def answers(model: Model, text: str, told: list[str] | None = None) -> list[Any]:
    rows = clean_lines(model, io.BytesIO(text.encode()), None, (told or []).append)
    return [(row.name, answer) for row, answer in rows]


def test_lines_are_cleaned_as_in_one_go(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal_lines, "MOST_SAMPLES", 10)  # in several parts
    values = np.random.default_rng(0).normal(size=61).cumsum().round(3)
    lines = [str(value) for value in values]
    lines[5] = "nan"
    found = answers(model, "\n".join(["volts", *lines[:20], "", *lines[20:]]) + "\n")
    assert [name for name, _ in found] == lines
    values[5] = np.nan
    (whole,) = model.predict([values[:, None].astype(np.float32)])
    np.testing.assert_allclose([a["clean"] for _, a in found], whole["clean"], atol=1e-4)
    assert found[5][1]["remarks"] == ["missing sample filled"]
    assert whole["remarks"] == ["1 missing sample filled"]


def test_channels_and_wrong_lines(model: Model) -> None:
    told: list[str] = []
    rows = clean_lines(model, io.BytesIO(b"x;y\n1;2\n2;3\n2;b\n3\n4;5\n"), None, told.append)
    found = [answer for _, answer in rows]
    assert told == [f"2 channels a line (x, y), each sample answered when {DELAY} more are there"]
    assert [len(answer.get("clean", ())) for answer in found] == [2, 2, 0, 0, 2]
    assert found[2]["error"] == "standard input, line 4: needs numbers. Received: b"
    assert found[3]["error"] == (
        "standard input, line 5: needs 2 cells, as the first line. Received: 1"
    )


def test_nothing_and_one_sample(model: Model) -> None:
    assert answers(model, "") == []
    ((name, answer),) = answers(model, "2.5\n")
    assert (name, answer["clean"]) == ("2.5", pytest.approx(2.5))


def test_a_sample_is_answered_when_it_can_be(model: Model) -> None:
    class Source(io.RawIOBase):
        sent = 0

        def read1(self, size: int) -> bytes:
            self.sent += 1
            return b"1.5\n" if self.sent <= 40 else b""

    source = Source()
    sent = [source.sent for _ in clean_lines(model, source, None, lambda line: None)]  # type: ignore[arg-type]
    assert sent[0] == DELAY + 1
    assert max(np.array(sent[:30]) - np.arange(30)) <= DELAY + 1


def test_other_networks_and_words_are_none(model: Model) -> None:
    assert line_stream(model, ["-"]) is clean_lines
    assert line_stream(model, ["1,2"]) is None
    states = States({"values": SignalState(32)}, CleanSignalState(0.0, 1.0))
    centred = Model(model.task, lambda: states, model.load)
    assert line_stream(centred, ["-"]) is None
