"""Answers to raw inputs, in their order and a batch at a time."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import Row, names_file
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.targets.target import ANY_SIZE, Answered, InSeries
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.features.states import States
    from lstm_toolkit.serving.prediction import Model

BATCH = 256

POOL = 16 * BATCH
"""Inputs at most that are sorted by length before they are put into batches, in which they are as
long as the longest. The first pool is one batch, so that the first answers come early."""
POOL_BYTES = 2**25
"""Raw values from which on a pool of at least a batch is answered, so that pictures fit."""

UNLIKE = "unlike what the model was trained on"
"""The remark on an input that does not look like the training rows."""

Values = Mapping[str, Any]
"""Raw inputs, or batches of them, by the names of features."""

Told = Callable[[Mapping[str, NDArray[Any]]], list[dict[str, Any]]]
"""From outputs of a signature to one answer an input."""

Asked = Callable[[Values], "Mapping[str, tf.Tensor]"]
"""From batches of raw inputs to named final answers."""


AnswerPools = Callable[[Iterator[Sequence[Values]]], Iterator[list[dict[str, Any]]]]
"""From pools of raw inputs to their answers, in the same order."""


@dataclasses.dataclass(frozen=True)
class Waiting:
    """An input to be answered.

    Attributes:
        row: Its name and its cells.
        values: Raw values by the names of features, or what is wrong with it.
    """

    row: Row
    values: dict[str, NDArray[Any]] | InputError


def answer_all(model: Model, words: Iterable[Any], options: Any) -> Iterator[dict[str, Any]]:
    """Answers inputs in their order, a batch at a time.

    Args:
        model: What `open_model` returned.
        words: Words of the command line, paths of files or folders, `Row`s, or arrays.
        options: An instance of the task's `options`; None takes the defaults.

    Yields:
        The task's answer with its `input`, or `{"input", "error"}` for a bad one.
    """
    for row, answer in answer_rows(model, words, options):
        yield {"input": row.name, **answer}


def answer_rows(
    model: Model,
    words: Iterable[Any],
    options: Any,
    told: Told | None = None,
    answer_pools: AnswerPools | None = None,
    pool: int | None = None,
) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Yields what is answered with its answer, see `answer_all`.

    Args:
        model: See there.
        words: Likewise.
        options: Likewise.
        told: Makes one answer an input from the outputs of the signature; None takes the
            target's `to_json`.
        answer_pools: Answers in other processes, see `answer_workers`; None answers here.
        pool: Inputs at most that wait for those after them, as where they come from a pipe; None
            takes `POOL`.
    """
    options = model.task.options() if options is None else options
    target, state = model.task.target, None
    here = partial(map, partial(answer_pool, model, options, told=told))
    pools = _pools(_all(model, words, options), pool or POOL)
    alone = _alone(pools, here if answer_pools is None else answer_pools)
    for row, answer in _in_series(model, alone, options):
        if "error" in answer:
            yield row, answer
            continue
        state = model.states.target if state is None else state
        yield row, target.completed(answer, state)


def _in_series(model: Model, answered: Answered, options: Any) -> Answered:
    """Yields answers; steps of a series as they become by those before them."""
    target, state = model.task.target, model.states.target
    series: dict[tuple[str, str], InSeries | None] = {}
    for row, answer in answered:
        if not row.time:
            yield row, answer
            continue
        name = row.source, row.group
        if name not in series:
            series[name] = target.in_series(options, state)
        change = series[name]
        yield row, answer if change is None else change(answer)


def _all(model: Model, words: Iterable[Any], options: Any) -> Iterator[Waiting]:
    return (item for word in words for item in _read(model, word, options))


def _alone(pools: Iterator[list[Waiting]], answer_pools: AnswerPools) -> Answered:
    """Yields what is answered with its answer, as if nothing came before it."""
    pools, ahead = itertools.tee(pools)
    values = (
        [item.values for item in pool if not isinstance(item.values, InputError)] for pool in ahead
    )
    for pool, answers in zip(pools, answer_pools(values), strict=False):
        yield from _in_order(pool, iter(answers))


def answer_pool(
    model: Model, options: Any, pool: Sequence[Values], *, told: Told | None = None
) -> list[dict[str, Any]]:
    """Answers inputs, those of like lengths in one batch.

    Args:
        model: What `open_model` returned.
        options: An instance of the task's `options`.
        pool: Raw values by the names of features, of each input.
        told: See `answer_rows`.
    """
    if not pool:
        return []
    task, states = model.task, model.states
    signature = task.signature_for(options, states)
    ask = model.signature(signature, task.target.arguments(options, states.target))
    answers: list[dict[str, Any]] = [{}] * len(pool)
    for places in _batches(task, pool):
        found = _answer(task, ask, told or task.target.to_json, [pool[place] for place in places])
        for place, answer in zip(places, found, strict=True):
            answers[place] = task.target.chosen(answer, options)
    return answers


def _pools(items: Iterable[Waiting], largest: int) -> Iterator[list[Waiting]]:
    """Yields inputs that are answered together, more of them each time."""
    pool: list[Waiting] = []
    most, size = BATCH, 0
    for item in items:
        pool.append(item)
        size += _size(item.values)
        if len(pool) >= most or (size >= POOL_BYTES and len(pool) >= BATCH):
            yield pool
            pool, size, most = [], 0, min(2 * most, largest)
    yield pool


def _size(values: Values | InputError) -> int:
    """Returns about how many bytes an input has; 0 if it cannot be answered."""
    if isinstance(values, InputError):
        return 0
    return sum(
        len(each.item()) if each.dtype == object and not each.ndim else each.nbytes
        for each in map(np.asarray, values.values())
    )


def _batches(task: Task, pool: Sequence[Values]) -> Iterator[list[int]]:
    """Yields places in a pool, such that inputs of like sizes go into one batch."""
    names = [name for name, feature in task.features.items() if feature.one_shape_a_batch]

    def shape(place: int) -> list[tuple[int, ...]]:
        return [np.shape(pool[place][name]) for name in names]

    in_order = sorted(range(len(pool)), key=lambda place: (shape(place), _size(pool[place])))
    for _, alike in itertools.groupby(in_order, shape):
        places = list(alike)
        yield from (places[start : start + BATCH] for start in range(0, len(places), BATCH))


def _in_order(pool: Iterable[Waiting], answers: Iterator[dict[str, Any]]) -> Answered:
    """Yields inputs with their answers, or with what is wrong with them."""
    for item in pool:
        wrong = isinstance(item.values, InputError)
        yield item.row, {"error": str(item.values)} if wrong else next(answers)


def _read(model: Model, word: Any, options: Any) -> Iterator[Waiting]:
    """Yields the inputs that a word, a row, or a file stands for."""
    name = word.name if isinstance(word, Row) else str(word)
    try:
        if isinstance(word, Row):
            yield _of_row(model, word, options)
        elif isinstance(word, Path) and (word.exists() or not model.task.words_are_files):
            for row in model.read_inputs(word, options).rows:
                yield from _read(model, dataclasses.replace(row, source=str(word)), options)
        elif isinstance(word, Mapping):
            for shown, values in model.task.parse(_as_json(word), model.states, options):
                yield Waiting(Row(shown, None), values)
        elif isinstance(word, str | Path):
            _check_no_file(model.task, str(word))
            for shown, values in model.task.parse(str(word), model.states, options):
                yield Waiting(Row(shown, None), values)
        else:
            shown, values = _given(model.task, model.states, word, options)
            yield Waiting(Row(shown, None), values)
    except DataError as error:
        yield Waiting(word if isinstance(word, Row) else Row(name, None), error)
    except (OSError, MemoryError, UnicodeError) as error:
        problem = DataError(f"cannot be read. {type(error).__name__}: {error}"[:300])
        yield Waiting(Row(name, None), problem)


def _of_row(model: Model, row: Row, options: Any) -> Waiting:
    if isinstance(row.value, DataError):
        return Waiting(row, row.value)
    if isinstance(row.value, str):
        _, values = next(iter(model.task.parse(row.value, model.states, options)))
        return Waiting(row, values)
    if isinstance(row.value, Mapping):
        return Waiting(row, dict(row.value))
    return Waiting(row, _given(model.task, model.states, row.value, options)[1])


def _as_json(word: Mapping[Any, Any]) -> str:
    """Returns inputs by name as a word of the command line; NaN is none, as in data frames."""
    named = {
        str(name): None if isinstance(value, float) and math.isnan(value) else value
        for name, value in word.items()
    }
    try:
        return json.dumps(named, ensure_ascii=False, default=lambda value: value.tolist())
    except (AttributeError, TypeError, ValueError):
        raise DataError("needs texts, numbers and lists. Received: something else") from None


def _check_no_file(task: Task, word: str) -> None:
    """Refuses the name of a file where a text is wanted: its name says nothing of what is in it.

    Raises:
        DataError: If it is one, or reads like one.
    """
    if not task.words_are_files and names_file(word):
        raise DataError(
            "is the name of a file, not a text; give files to predict as arguments or with "
            "--data FILE, in Python as a Path"
        )


def _given(
    task: Task, states: States, value: Any, options: Any
) -> tuple[str, dict[str, NDArray[Any]]]:
    """Returns an input that is no word: numbers of the shape that the one feature takes.

    Raises:
        DataError: If it is something else.
    """
    if len(task.features) == 1:
        ((name, feature),) = task.features.items()
        row = feature.given_row(value)
        if row is not None:
            return f"array {row.shape}", {name: row}
    as_is = task.signature_for(options, states) != ANY_SIZE
    specs = [
        (None if as_is else each.wide_spec(name, states[name])) or each.spec(name, states[name])
        for name, each in task.features.items()
    ]
    sides = ", ".join("any" if side is None else str(side) for side in specs[0].shape[1:])
    needed = f"needs {specs[0].dtype.name} of shape ({sides})"
    if len(specs) > 1 or not specs[0].dtype.is_floating:
        raise DataError(f"needs a text. Received: a {type(value).__name__}")
    try:
        numbers = np.asarray(value, np.float32)
    except (TypeError, ValueError):
        raise DataError(f"{needed}. Received: a {type(value).__name__}") from None
    if not specs[0].shape[1:].is_compatible_with(numbers.shape):
        raise DataError(f"{needed}. Received: shape {numbers.shape}")
    return f"array {numbers.shape}", {specs[0].name: numbers}


def _answer(task: Task, ask: Asked, told: Told, batch: Sequence[Values]) -> list[dict[str, Any]]:
    """Returns the answers to inputs that go into one batch."""
    import tensorflow as tf

    batches = {
        name: tf.constant(feature.batch([values[name] for values in batch]))
        for name, feature in task.features.items()
    }
    return _remarked(told, {name: each.numpy() for name, each in ask(batches).items()})


def _remarked(told: Told, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Returns one answer an input, with `unlike` and a remark where features can tell."""
    answers = told(outputs)
    for answer, unlike in zip(answers, outputs.get("unlike", ()), strict=False):
        answer["unlike"] = bool(unlike)
        if unlike:
            answer["remarks"] = [UNLIKE]
    return answers
