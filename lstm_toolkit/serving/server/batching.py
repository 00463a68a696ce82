"""Rows of requests that arrive together are asked together.

While the model works, requests wait; when it is free, those that wait and fit are joined. So an
idle server answers at once, and a busy one makes batches without a timer. TensorFlow's own
`nondifferentiable_batch_function` holds a thread for each request, and was slower
(`benchmarks/RESULTS.md`); here a request that nobody waits for any more is not asked, and one that
the model refuses does not fail those beside it.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from lstm_toolkit.serving.server.refusals import BusyError
from lstm_toolkit.serving.server.signatures import Arrays, ServedSignature, join

Observe = Callable[[int, int], None]
"""Is told the requests and the rows of each batch."""


@dataclasses.dataclass(frozen=True, eq=False)
class Waiting:
    """A request that waits.

    Attributes:
        inputs: By name.
        rows: How many; None if it cannot be joined with others.
        answer: Where its outputs, or what is wrong with it, will be.
    """

    inputs: Arrays
    rows: int | None
    answer: asyncio.Future[Arrays]

    @property
    def row_shapes(self) -> list[tuple[int, ...]]:
        """Shapes without the batch; only equal ones can be joined."""
        return [array.shape[1:] for array in self.inputs.values()]


class Batcher:
    """Asks one signature, from one event loop.

    Args:
        signature: What is asked.
        executor: Where the model works, so that the loop goes on.
        max_batch: Rows of different requests that are joined at most.
        queue: Requests that may wait.
        observe: Is told of each batch.
    """

    def __init__(
        self,
        signature: ServedSignature,
        executor: Executor,
        *,
        max_batch: int,
        queue: int,
        observe: Observe,
    ):
        self._signature = signature
        self._executor = executor
        self._max_batch = max_batch if signature.joinable else 1
        self._queue = queue
        self._observe = observe
        self._waiting: list[Waiting] = []
        self._worker: asyncio.Task[None] | None = None

    async def ask(self, inputs: Arrays, rows: int | None) -> Arrays:
        """Returns the outputs for these inputs.

        Raises:
            BusyError: If too many wait already.
            RequestError: If the model fails.
        """
        if len(self._waiting) >= self._queue:
            raise BusyError(f"needs at most {self._queue:,} requests that wait. Come back later")
        loop = asyncio.get_running_loop()
        item = Waiting(inputs, rows if self._max_batch > 1 else None, loop.create_future())
        self._waiting.append(item)
        if self._worker is None:
            self._worker = loop.create_task(self._work())
        return await item.answer

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while group := self._take():
                self._observe(len(group), sum(each.rows or 1 for each in group))
                outcomes = await loop.run_in_executor(
                    self._executor, answer_together, self._signature, group
                )
                for item, outcome in zip(group, outcomes, strict=True):
                    _settle(item.answer, outcome)
        finally:
            self._worker = None

    def _take(self) -> list[Waiting]:
        """Takes the first that waits, and those behind it that can be joined with it."""
        waiting = [each for each in self._waiting if not each.answer.done()]
        if not waiting:
            self._waiting = []
            return []
        first, *others = waiting
        group, room = [first], self._max_batch - (first.rows or self._max_batch)
        for each in others:
            if each.rows is not None and each.rows <= room and each.row_shapes == first.row_shapes:
                group.append(each)
                room -= each.rows
        taken = set(map(id, group))
        self._waiting = [each for each in others if id(each) not in taken]
        return group


def answer_together(signature: ServedSignature, group: list[Waiting]) -> list[Arrays | Exception]:
    """Returns the outputs of each request, or what is wrong with it."""
    try:
        outputs = signature.ask(join([each.inputs for each in group]))
    except Exception as error:  # whatever it is, its request is told
        return [error] if len(group) == 1 else _each_alone(signature, group)
    if len(group) == 1:
        return [outputs]
    rows = sum(each.rows or 0 for each in group)
    if any(len(array) != rows for array in outputs.values()):
        return _each_alone(signature, group)
    return [*_divide(outputs, group)]


def _each_alone(signature: ServedSignature, group: list[Waiting]) -> list[Arrays | Exception]:
    return [outcome for each in group for outcome in answer_together(signature, [each])]


def _divide(outputs: Arrays, group: list[Waiting]) -> list[Arrays]:
    parts, start = [], 0
    for each in group:
        end = start + (each.rows or 0)
        parts.append({name: array[start:end] for name, array in outputs.items()})
        start = end
    return parts


def _settle(answer: asyncio.Future[Arrays], outcome: Any) -> None:
    if answer.done():  # nobody waits any more
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
