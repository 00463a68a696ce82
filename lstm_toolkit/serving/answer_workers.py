"""Several processes that answer pools of inputs, each with a network of its own."""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache, partial
from pathlib import Path
from typing import Any

from lstm_toolkit.errors import InputError
from lstm_toolkit.serving.answering import AnswerPools, Values, answer_pool
from lstm_toolkit.serving.prediction import open_model

THREADS = "TF_NUM_INTRAOP_THREADS"

_start: list[Any] = []
"""In a worker: what it is to open."""


@contextlib.contextmanager
def answer_workers(
    path: Path, count: int, options: Any, settings: Mapping[str, str]
) -> Iterator[AnswerPools]:
    """Begins processes, and ends them behind the block.

    Args:
        path: A run or an export.
        count: Of processes, which share the cores.
        options: An instance of the task's `options`.
        settings: See `Model.reading`.

    Yields:
        What answers pools in their order, a few of them at the same time.
    """
    values = {field.name: getattr(options, field.name) for field in dataclasses.fields(options)}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    threads = max(1, (cores or 1) // count)
    start = path, values, dict(settings), threads
    context = multiprocessing.get_context("spawn")  # TensorFlow does not stand forks
    with ProcessPoolExecutor(count, context, _keep, start) as workers:
        yield partial(_answered, workers, count)


def _keep(path: Path, values: Mapping[str, Any], settings: Mapping[str, str], threads: int) -> None:
    os.environ.setdefault(THREADS, str(threads))
    _start.extend([path, values, settings])


@cache
def _opened() -> partial[list[dict[str, Any]]]:
    """Opens the model at the first pool, so that what is wrong with it comes back as an answer."""
    path, values, settings = _start
    model = open_model(path).reading(settings)
    return partial(answer_pool, model, model.task.options(**values))


def _answer(pool: Sequence[Values]) -> list[dict[str, Any]]:
    return _opened()(pool)


def _answered(
    workers: ProcessPoolExecutor, count: int, pools: Iterator[Sequence[Values]]
) -> Iterator[list[dict[str, Any]]]:
    """Yields answers in the order of the pools; few wait, however slowly they are taken.

    Raises:
        InputError: If a process was ended from outside, as where memory is short.
    """
    waiting: deque[Future[list[dict[str, Any]]]] = deque()
    try:
        for pool in pools:
            waiting.append(workers.submit(_answer, pool))
            if len(waiting) > 2 * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise InputError(
            "a worker was ended from outside, as where memory is short; try fewer --workers"
        ) from error
