"""Processes that answer: their order, and what is said if one is gone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from lstm_toolkit.errors import InputError
from lstm_toolkit.serving import answer_workers
from lstm_toolkit.serving.answer_workers import _answered


def test_answers_come_in_order_and_few_pools_are_read_ahead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answer_workers, "_opened", lambda: lambda pool: [{"n": n} for n in pool])
    read: list[int] = []

    def pools() -> Iterator[Any]:
        for number in range(20):
            read.append(number)
            yield [number, number]

    with ThreadPoolExecutor(2) as threads:
        answers = _answered(threads, 2, pools())  # type: ignore[arg-type]
        assert next(answers) == [{"n": 0}, {"n": 0}]
        assert len(read) == 5
        assert [answer[0]["n"] for answer in answers] == list(range(1, 20))


def test_a_worker_that_is_gone_is_told_in_one_line() -> None:
    class Gone:
        def submit(self, *_: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(BrokenProcessPool())
            return future

    with pytest.raises(InputError) as raised:
        list(_answered(Gone(), 2, iter([[]])))  # type: ignore[arg-type]
    assert str(raised.value) == (
        "a worker was ended from outside, as where memory is short; try fewer --workers"
    )
