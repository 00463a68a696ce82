"""Requests that wait are joined, and none is failed, held up or seen by its neighbours."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from lstm_toolkit.serving.server.batching import Batcher
from lstm_toolkit.serving.server.refusals import BusyError, InvalidRequestError
from lstm_toolkit.serving.server.signatures import Arrays, ServedSignature

ROWS = {"x": tf.TensorSpec([None, None], tf.float32)}
ANSWERS = {"y": tf.TensorSpec([None], tf.float32)}


class Model(ServedSignature):
    """Adds up each row; refuses negative numbers; works only while it is let."""

    def __init__(self, outputs: Mapping[str, tf.TensorSpec] | None = None) -> None:
        super().__init__("sum", ROWS, ANSWERS if outputs is None else outputs, dict)
        object.__setattr__(self, "batches", [])
        object.__setattr__(self, "free", threading.Event())

    def ask(self, arrays: Arrays) -> Arrays:
        assert self.free.wait(5)
        self.batches.append(len(arrays["x"]))
        if (arrays["x"] < 0).any():
            raise InvalidRequestError("negative")
        return {"y": arrays["x"].sum(1)}


@pytest.fixture(scope="module")
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def batcher(model: Model, threads: ThreadPoolExecutor, **named: int) -> Batcher:
    limits: dict[str, Any] = {"max_batch": 8, "queue": 100, **named}
    return Batcher(model, threads, observe=lambda *_: None, **limits)


def rows(*values: float, width: int = 2) -> Arrays:
    return {"x": np.repeat(np.array(values, np.float32)[:, None], width, 1)}


async def ask_all(asked: Batcher, model: Model, requests: list[Arrays]) -> list[Any]:
    """Asks with all requests waiting before the model works."""
    tasks = [asyncio.create_task(asked.ask(each, len(each["x"]))) for each in requests]
    await asyncio.sleep(0)
    model.free.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_what_waits_is_asked_at_once_up_to_the_limit(threads: ThreadPoolExecutor) -> None:
    model = Model()
    requests = [rows(i) for i in range(20)]
    answers = asyncio.run(ask_all(batcher(model, threads), model, requests))
    assert [each["y"].tolist() for each in answers] == [[2.0 * i] for i in range(20)]
    assert model.batches == [8, 8, 4]


def test_one_that_is_refused_does_not_fail_the_others(threads: ThreadPoolExecutor) -> None:
    model = Model()
    requests = [rows(1), rows(-1), rows(3)]
    first, refused, last = asyncio.run(ask_all(batcher(model, threads), model, requests))
    assert (first["y"].tolist(), last["y"].tolist()) == ([2.0], [6.0])
    assert isinstance(refused, InvalidRequestError)
    assert model.batches == [3, 1, 1, 1]


def test_outputs_that_depend_on_the_batch_are_never_joined(threads: ThreadPoolExecutor) -> None:
    model = Model({"y": tf.TensorSpec([None, None], tf.float32)})
    answers = asyncio.run(ask_all(batcher(model, threads), model, [rows(1), rows(2)]))
    assert [each["y"].tolist() for each in answers] == [[2.0], [4.0]]
    assert model.batches == [1, 1]


def test_a_model_that_does_not_answer_a_row_each_is_asked_alone(
    threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Model()
    monkeypatch.setattr(Model, "ask", lambda _, arrays: {"y": arrays["x"].sum(keepdims=True)[0]})
    answers = asyncio.run(ask_all(batcher(model, threads), model, [rows(1), rows(2)]))
    assert [each["y"].tolist() for each in answers] == [[2.0], [4.0]]


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 3)), min_size=1, max_size=12))
def test_each_gets_its_own_rows_whatever_waits_beside_it(sizes: list[tuple[int, int]]) -> None:
    model = Model()
    requests = [rows(*range(i, i + n), width=width) for i, (n, width) in enumerate(sizes)]
    with ThreadPoolExecutor(1) as threads:
        answers = asyncio.run(ask_all(batcher(model, threads), model, requests))
    for (_, width), request, answer in zip(sizes, requests, answers, strict=True):
        np.testing.assert_array_equal(answer["y"], request["x"][:, 0] * width)
    assert sum(model.batches) == sum(count for count, _ in sizes)
    assert all(size <= 8 or size in [n for n, _ in sizes] for size in model.batches)


def test_too_many_that_wait_are_refused(threads: ThreadPoolExecutor) -> None:
    model = Model()
    *answers, refused = asyncio.run(
        ask_all(batcher(model, threads, queue=2), model, [rows(1), rows(2), rows(3)])
    )
    assert [each["y"].tolist() for each in answers] == [[2.0], [4.0]]
    assert isinstance(refused, BusyError)
    assert str(refused) == "needs at most 2 requests that wait. Come back later"


def test_what_nobody_waits_for_is_not_asked(threads: ThreadPoolExecutor) -> None:
    model = Model()

    async def ask() -> Arrays:
        asked = batcher(model, threads, max_batch=1)
        first = asyncio.create_task(asked.ask(rows(1), 1))
        gone = asyncio.create_task(asked.ask(rows(2), 1))
        last = asyncio.create_task(asked.ask(rows(3), 1))
        await asyncio.sleep(0.01)
        gone.cancel()
        model.free.set()
        await first
        return await last

    assert asyncio.run(ask())["y"].tolist() == [6.0]
    assert model.batches == [1, 1]
