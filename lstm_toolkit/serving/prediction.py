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
from lstm_toolkit.settings.fields import fields, fits
from lstm_toolkit.targets.target import ANY_SIZE
from lstm_toolkit.task import Task, get_task

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.features.states import States

BATCH = 256

UNLIKE = "unlike what the model was trained on"
"""The remark on an input that does not look like the training rows."""

Values = Mapping[str, Any]
"""Raw inputs, or batches of them, by the names of features."""

Asked = Callable[[Values], "Mapping[str, tf.Tensor]"]
"""From batches of raw inputs to named final answers."""


@dataclasses.dataclass(frozen=True)
class Model:
    """Something that answers: a run or an export.

    Attributes:
        task: What it does.
        load_states: Returns what was learnt from the training split.
        load: Returns the signature of that name, with these values of its parameters, and
            loads TensorFlow, so it is called late.
    """

    task: Task
    load_states: Callable[[], States]
    load: Callable[[str, Mapping[str, Any]], Asked]

    @cached_property
    def states(self) -> States:
        """What was learnt from the training split."""
        return self.load_states()

    @cached_property
    def _loaded(self) -> dict[Any, Asked]:
        return {}

    def predict(self, inputs: Iterable[Any], **options: Any) -> list[dict[str, Any]]:
        """Answers inputs as the command `predict` does; the network is loaded once.

        Args:
            inputs: Texts, names of files, or arrays of numbers, one an input.
            **options: Of the task, such as `explain=True` or `beams=1`.

        Returns:
            One mapping an input, see `answer_all`.

        Raises:
            InputError: If an option is unknown.
        """
        if isinstance(inputs, str) or not isinstance(inputs, Iterable):
            raise InputError(f"inputs must be a list. Received: a {type(inputs).__name__}")
        known = {field.name: field for field in fields(self.task.options)}
        for name, value in options.items():
            if name not in known:
                raise InputError(f"{name} is not for {self.task.name}")
            if not fits(value, known[name].kind, None):
                needed = known[name].needs
                raise InputError(f"{name} must be {needed}. Received: {name}={value!r}")
        return list(answer_all(self, inputs, self.task.options(**options)))

    def signature(self, name: str, arguments: Mapping[str, Any]) -> Asked:
        """Returns `load`, remembered."""
        key = (name, tuple(sorted(arguments.items())))
        if key not in self._loaded:
            self._loaded[key] = self.load(name, arguments)
        return self._loaded[key]


def open_model(path: str | Path | Run) -> Model:
    """Opens a run, a run folder, a SavedModel, or a folder of its versions.

    Raises:
        InputError: If it is none of them, or unfinished, or of another version.
    """
    if isinstance(path, Run):
        return _of_run(path)
    if not isinstance(path, str | Path):
        raise InputError(f"needs a run or a folder. Received: a {type(path).__name__}")
    export = find_export(Path(path))
    if export is None:
        return _of_run(Run.open(Path(path)))
    facts = read_task_file(export)
    check_format(export, facts)
    task = get_task(facts["task"])
    return Model(task, partial(task.load, export / EXTRA), partial(_export_function, export))


def _of_run(run: Run) -> Model:
    return Model(run.task, lambda: run.states, partial(_run_function, run))


def _run_function(run: Run, name: str, arguments: Mapping[str, Any]) -> Asked:
    import tensorflow as tf

    signatures = run.task.signatures(portable_copy(run.model()), run.states)
    _check_signature(name, signatures)
    signature = signatures[name]
    function = signature.graph()
    values = [tf.constant(arguments[spec.name], spec.dtype) for spec in signature.parameters]

    def answer(inputs: Values) -> Mapping[str, tf.Tensor]:
        cast = [tf.cast(inputs[spec.name], spec.dtype) for spec in signature.inputs]
        return function(*cast, *values)

    return answer


def _export_function(export: Path, name: str, arguments: Mapping[str, Any]) -> Asked:
    import tensorflow as tf

    loaded = tf.saved_model.load(str(export))
    _check_signature(name, loaded.signatures)
    signature = loaded.signatures[name]
    specs = signature.structured_input_signature[1]
    values = {key: tf.constant(value, specs[key].dtype) for key, value in arguments.items()}

    def answer(inputs: Values) -> Mapping[str, tf.Tensor]:
        assert loaded is not None  # kept alive: it owns the weights
        cast = {key: tf.cast(value, specs[key].dtype) for key, value in inputs.items()}
        return signature(**cast, **values)

    return answer


def _check_signature(name: str, found: Iterable[str]) -> None:
    if name not in found:
        raise InputError(
            f"needs a model with the signature `{name}`. Received: {', '.join(sorted(found))}"
        )


Waiting = tuple[str, dict[str, NDArray[Any]] | InputError]
"""The name of an input, with its raw values or with what is wrong with it."""


def answer_all(model: Model, words: Iterable[str], options: Any) -> Iterator[dict[str, Any]]:
    """Answers inputs in their order, a batch at a time.

    Args:
        model: What `open_model` returned.
        words: Words of the command line or lines of stdin.
        options: An instance of the task's `options`; None takes the defaults.

    Yields:
        The task's answer with its `input`, or `{"input", "error"}` for a bad one.
    """
    options = model.task.options() if options is None else options
    target, states = model.task.target, model.states
    ask = partial(
        model.signature,
        model.task.signature_for(options, states),
        target.arguments(options, states.target),
    )
    waiting: list[Waiting] = []
    for word in words:
        for item in _read(model.task, states, word, options):
            if len(waiting) == BATCH or not _fits(model.task, waiting, item):
                yield from _answer(model.task, ask, waiting)
                waiting = []
            waiting.append(item)
    yield from _answer(model.task, ask, waiting)


def _fits(task: Task, waiting: list[Waiting], item: Waiting) -> bool:
    """Tells whether an input can go into one batch with those that wait."""
    names = [name for name, feature in task.features.items() if feature.one_shape_a_batch]
    values = [each for _, each in (*waiting[-1:], item) if not isinstance(each, InputError)]
    return all(np.shape(values[0][name]) == np.shape(values[-1][name]) for name in names if values)


def _read(task: Task, states: States, word: Any, options: Any) -> Iterator[Waiting]:
    try:
        if isinstance(word, str | Path):
            yield from task.parse(str(word), states, options)
        else:
            yield _given(task, states, word, options)
    except DataError as error:
        yield word, error
    except (OSError, MemoryError, UnicodeError) as error:
        yield word, DataError(f"cannot be read. {type(error).__name__}: {error}"[:300])


def _given(task: Task, states: States, value: Any, options: Any) -> Waiting:
    """Returns an input that is no word: numbers of the shape that the one feature takes.

    Raises:
        DataError: If it is something else.
    """
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


def _answer(
    task: Task, ask: Callable[[], Asked], waiting: list[Waiting]
) -> Iterator[dict[str, Any]]:
    good = [values for _, values in waiting if not isinstance(values, InputError)]
    answers: Iterator[dict[str, Any]] = iter(())
    if good:
        import tensorflow as tf

        batches = {
            name: tf.constant(feature.batch([values[name] for values in good]))
            for name, feature in task.features.items()
        }
        outputs = ask()(batches)
        answers = iter(_told(task, {k: v.numpy() for k, v in outputs.items()}))
    for name, values in waiting:
        if isinstance(values, InputError):
            yield {"input": name, "error": str(values)}
        else:
            yield {"input": name, **next(answers)}


def _told(task: Task, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Returns one answer an input, with `unlike` and a remark where features can tell."""
    answers = task.target.to_json(outputs)
    for answer, unlike in zip(answers, outputs.get("unlike", ()), strict=False):
        answer["unlike"] = bool(unlike)
        if unlike:
            answer["remarks"] = [UNLIKE]
    return answers
