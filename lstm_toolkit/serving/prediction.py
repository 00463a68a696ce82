"""Answers to raw inputs, from a run or from an export."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.inputs.rows import Inputs, ReadingContext, Row, names_file
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.runs import Run, check_format
from lstm_toolkit.serving.export import EXTRA, find_export, portable_copy, read_task_file
from lstm_toolkit.serving.saved_models import load_saved_model
from lstm_toolkit.settings.fields import fields, fits
from lstm_toolkit.targets.target import ANY_SIZE
from lstm_toolkit.task import Task, get_task

if TYPE_CHECKING:
    import keras
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
        settings: Of the training, or the task's own where an export does not hold them.
    """

    task: Task
    load_states: Callable[[], States]
    load: Callable[[str, Mapping[str, Any]], Asked]
    settings: Any = None
    _lock: threading.RLock = dataclasses.field(
        default_factory=threading.RLock, repr=False, compare=False
    )

    def __repr__(self) -> str:
        return f"<Model of {self.task.name}>"

    @property
    def states(self) -> States:
        """What was learnt from the training split."""
        with self._lock:
            return self._states

    @cached_property
    def _states(self) -> States:
        return self.load_states()

    @cached_property
    def _loaded(self) -> dict[Any, Asked]:
        return {}

    def check_settings(self, settings: Mapping[str, str]) -> Any:
        """Returns settings with others of how new data is read, see `Task.reader_settings`.

        Raises:
            SettingsError: If one is unknown, wrong, or fixed by the training.
        """
        own = self.task.settings() if self.settings is None else self.settings
        return self.task.reader_settings(own, settings)

    def read_inputs(
        self, path: Path, options: Any, settings: Mapping[str, str] | None = None
    ) -> Inputs:
        """Reads rows to be answered from a file or folder, see `Task.read_inputs`.

        Args:
            path: In any form that training reads.
            options: An instance of the task's `options`.
            settings: How it is read, where that differs from the training: texts by name.

        Raises:
            InputError: If the data or a setting is unfit.
        """
        texts = settings or {}
        changed = self.check_settings(texts)
        return self.task.read_inputs(
            path, ReadingContext(changed, self.states, options, frozenset(texts))
        )

    def predict(self, inputs: Iterable[Any], **options: Any) -> list[dict[str, Any]]:
        """Answers inputs as the command `predict` does; the network is loaded once.

        Several threads may ask at the same time.

        Args:
            inputs: Texts or arrays of numbers, one an input, or paths of files, whose rows are
                answered: in a list, an array, a Series, or a DataFrame of one column.
            **options: Of the task, such as `explain=True` or `beams=1`.

        Returns:
            One mapping an input, see `answer_all`.

        Raises:
            InputError: If an option is unknown.
        """
        inputs = _one_by_one(inputs)
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
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = self.load(name, arguments)
            return self._loaded[key]


def _one_by_one(inputs: Any) -> Iterable[Any]:
    """Returns inputs one after the other.

    Raises:
        InputError: If they are no list, or a table of several columns.
    """
    columns = getattr(inputs, "columns", None)
    if columns is not None and len(columns) == 1:
        return list(inputs[columns[0]])
    scalar = isinstance(inputs, str | bytes | Mapping) or getattr(inputs, "ndim", 1) == 0
    if columns is not None or scalar or not isinstance(inputs, Iterable):
        received = f"a {type(inputs).__name__}"
        received += f" of {len(columns)} columns" if columns is not None else ""
        raise InputError(f"inputs must be a list. Received: {received}")
    return inputs


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
    return Model(run.task, lambda: run.states, partial(_run_function, run), run.settings)


def _run_function(run: Run, name: str, arguments: Mapping[str, Any]) -> Asked:
    return network_function(run.task, run.model(), run.states, name, arguments)


def network_function(
    task: Task, model: keras.Model, states: States, name: str, arguments: Mapping[str, Any]
) -> Asked:
    """Returns a signature of a network, see `Model.load`."""
    import tensorflow as tf

    signatures = task.signatures(portable_copy(model), states)
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

    loaded = load_saved_model(export)
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
    model: Model, words: Iterable[Any], options: Any
) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Yields what is answered with its answer, see `answer_all`."""
    options = model.task.options() if options is None else options
    target, states = model.task.target, model.states
    ask = partial(
        model.signature,
        model.task.signature_for(options, states),
        target.arguments(options, states.target),
    )
    waiting: list[Waiting] = []
    for word in words:
        for item in _read(model, word, options):
            if len(waiting) == BATCH or not _fits(model.task, waiting, item):
                yield from _answer(model.task, ask, waiting)
                waiting = []
            waiting.append(item)
    yield from _answer(model.task, ask, waiting)


def _fits(task: Task, waiting: list[Waiting], item: Waiting) -> bool:
    """Tells whether an input can go into one batch with those that wait."""
    names = [name for name, feature in task.features.items() if feature.one_shape_a_batch]
    answered = [each for each in waiting if not isinstance(each.values, InputError)]
    values = [each.values for each in (*answered[-1:], item)]
    shapes = [
        [np.shape(each[name]) for name in names]
        for each in values
        if not isinstance(each, InputError)
    ]
    return all(shape == shapes[0] for shape in shapes)


def _read(model: Model, word: Any, options: Any) -> Iterator[Waiting]:
    """Yields the inputs that a word, a row, or a file stands for."""
    name = word.name if isinstance(word, Row) else str(word)
    try:
        if isinstance(word, Row):
            yield _of_row(model, word, options)
        elif isinstance(word, Path) and (word.exists() or not model.task.words_are_files):
            for row in model.read_inputs(word, options).rows:
                yield from _read(model, row, options)
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
    return Waiting(row, _given(model.task, model.states, row.value, options)[1])


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
) -> Iterator[tuple[Row, dict[str, Any]]]:
    good = [each.values for each in waiting if not isinstance(each.values, InputError)]
    answers: Iterator[dict[str, Any]] = iter(())
    if good:
        import tensorflow as tf

        batches = {
            name: tf.constant(feature.batch([values[name] for values in good]))
            for name, feature in task.features.items()
        }
        outputs = ask()(batches)
        answers = iter(_told(task, {k: v.numpy() for k, v in outputs.items()}))
    for each in waiting:
        if isinstance(each.values, InputError):
            yield each.row, {"error": str(each.values)}
        else:
            yield each.row, next(answers)


def _told(task: Task, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Returns one answer an input, with `unlike` and a remark where features can tell."""
    answers = task.target.to_json(outputs)
    for answer, unlike in zip(answers, outputs.get("unlike", ()), strict=False):
        answer["unlike"] = bool(unlike)
        if unlike:
            answer["remarks"] = [UNLIKE]
    return answers
