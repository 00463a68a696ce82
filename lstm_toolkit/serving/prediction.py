"""Answers to raw inputs, from a run or from an export."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.runs import Run, check_format
from lstm_toolkit.serving.export import EXTRA, find_export, portable_copy, read_task_file
from lstm_toolkit.task import Task, get_task

if TYPE_CHECKING:
    import tensorflow as tf

BATCH = 256

Signature = Callable[["tf.Tensor"], Mapping[str, "tf.Tensor"]]
"""From a batch of raw inputs to named final answers."""


@dataclasses.dataclass(frozen=True)
class Model:
    """Something that answers: a run or an export.

    Attributes:
        task: What it does.
        load_assets: Returns what was learnt from the training split.
        load: Returns the signature of that name, with these values of its parameters, and
            loads TensorFlow, so it is called late.
    """

    task: Task[Any, Any]
    load_assets: Callable[[], Any]
    load: Callable[[str, Mapping[str, Any]], Signature]

    @cached_property
    def assets(self) -> Any:
        """What was learnt from the training split."""
        return self.load_assets()


def open_model(path: Path) -> Model:
    """Opens a run folder, a SavedModel, or a folder of its versions.

    Raises:
        InputError: If it is none of them, or unfinished, or of a newer version.
    """
    export = find_export(path)
    if export is None:
        run = Run.open(path)
        return Model(run.task, lambda: run.assets, partial(_run_function, run))
    facts = read_task_file(export)
    check_format(export, facts)
    task = get_task(facts["task"])
    return Model(
        task,
        lambda: task.assets.load(export / EXTRA),
        partial(_export_function, export),
    )


def _run_function(run: Run, name: str, arguments: Mapping[str, Any]) -> Signature:
    import tensorflow as tf

    model = portable_copy(run.model())
    endpoints = run.task.endpoints(model, run.assets)
    _check_signature(name, endpoints)
    endpoint = endpoints[name]
    function = tf.function(endpoint.function, input_signature=endpoint.signature)
    values = [tf.constant(arguments[spec.name], spec.dtype) for spec in endpoint.parameters]
    return lambda inputs: function(inputs, *values)


def _export_function(export: Path, endpoint: str, arguments: Mapping[str, Any]) -> Signature:
    import tensorflow as tf

    loaded = tf.saved_model.load(str(export))
    _check_signature(endpoint, loaded.signatures)
    signature = loaded.signatures[endpoint]
    specs = signature.structured_input_signature[1]
    values = {name: tf.constant(value, specs[name].dtype) for name, value in arguments.items()}
    (name,) = set(specs) - set(values)

    def answer(inputs: tf.Tensor) -> Mapping[str, tf.Tensor]:
        assert loaded is not None  # kept alive: it owns the weights
        return signature(**{name: inputs}, **values)

    return answer


def _check_signature(name: str, found: Iterable[str]) -> None:
    if name not in found:
        raise InputError(
            f"needs a model with the signature `{name}`. Received: {', '.join(sorted(found))}"
        )


def answer_all(model: Model, texts: Iterable[str], options: Any) -> Iterator[dict[str, Any]]:
    """Answers inputs in their order, a batch at a time.

    Args:
        model: What `open_model` returned.
        texts: Words of the command line or lines of stdin.
        options: An instance of the task's `options`.

    Yields:
        The task's answer with its `input`, or `{"input", "error"}` for a bad one.
    """
    waiting: list[tuple[str, NDArray[Any] | InputError]] = []
    function, assets = None, model.assets
    endpoint, arguments = model.task.endpoint(options), model.task.arguments(options, assets)
    for text in texts:
        for item in _read(model.task, assets, text, options):
            waiting.append(item)
            if len(waiting) == BATCH:
                function = function or model.load(endpoint, arguments)
                yield from _answer(model, function, waiting)
                waiting = []
    if any(not isinstance(value, InputError) for _, value in waiting):
        function = function or model.load(endpoint, arguments)
    yield from _answer(model, function, waiting)


def _read(
    task: Task[Any, Any], assets: Any, text: str, options: Any
) -> Iterator[tuple[str, NDArray[Any] | InputError]]:
    try:
        yield from task.read_inputs(text, assets, options)
    except DataError as error:
        yield text, error
    except (OSError, MemoryError, UnicodeError) as error:
        yield text, DataError(f"cannot be read. {type(error).__name__}: {error}"[:300])


def _answer(
    model: Model, function: Any, waiting: list[tuple[str, NDArray[Any] | InputError]]
) -> Iterator[dict[str, Any]]:
    import tensorflow as tf

    good = [value for _, value in waiting if not isinstance(value, InputError)]
    answers: Iterator[dict[str, Any]] = iter(())
    if good:
        outputs = function(tf.constant(np.stack(good)))
        answers = iter(model.task.answers({k: v.numpy() for k, v in outputs.items()}))
    for name, value in waiting:
        if isinstance(value, InputError):
            yield {"input": name, "error": str(value)}
        else:
            yield {"input": name, **next(answers)}
