"""What answers: a run or an export, loaded once."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.data.inputs.rows import GivenReader, Inputs, ReadingContext, Row
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.features.states import trained_with
from lstm_toolkit.runs import Run, check_format
from lstm_toolkit.serving.answering import Asked, Values, answer_all
from lstm_toolkit.serving.export import EXTRA, find_export, read_task_file
from lstm_toolkit.serving.formats.folder import other_format
from lstm_toolkit.serving.portable import portable
from lstm_toolkit.serving.saved_models import load_saved_model
from lstm_toolkit.settings.arguments import check_option, checked_names
from lstm_toolkit.settings.fields import fields
from lstm_toolkit.settings.values import fits
from lstm_toolkit.task import Task
from lstm_toolkit.tasks import get_task

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from lstm_toolkit.features.states import States
    from lstm_toolkit.targets.signature import Signature


@dataclasses.dataclass(frozen=True)
class Model:
    """Something that answers: a run or an export.

    Attributes:
        task: What it does.
        load_states: Returns what was learnt from the training split.
        load: Returns the signature of that name, with these values of its parameters, and
            loads TensorFlow, so it is called late.
        settings: Of the training, or the task's own where an export does not hold them.
        load_specs: Returns what the signature of that name is given, by name.
    """

    task: Task
    load_states: Callable[[], States]
    load: Callable[[str, Mapping[str, Any]], Asked]
    settings: Any = None
    load_specs: Callable[[str], Mapping[str, tf.TensorSpec]] = dataclasses.field(
        default=lambda name: {}, repr=False, compare=False
    )
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

    def reading(self, settings: Mapping[str, str]) -> Model:
        """Returns the same where files that options name are read by these settings as well.

        Args:
            settings: Texts by name, see `Task.reader_settings`.

        Raises:
            SettingsError: If one is unknown, wrong, or fixed by the training.
        """
        self.check_settings(settings)

        def states() -> States:
            target = self.task.target.state_reading(self.states.target, settings)
            return dataclasses.replace(self.states, target=target)

        return dataclasses.replace(self, load_states=states) if settings else self

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
                answered: in a list, an array, a Series, or a DataFrame of one column. Of several
                features, mappings of values by their names, or the rows of a DataFrame.
            **options: Of the task, such as `explain=True` or `beams=1`.

        Returns:
            One mapping an input, see `answer_all`.

        Raises:
            InputError: If an option is unknown.
        """
        inputs = self._rows_given(inputs)
        known = {field.name: field for field in fields(self.task.options)}
        for name, value in options.items():
            check_option(name, known, self.task.name)
            if not fits(value, known[name].kind, None):
                needed = known[name].needs
                raise InputError(f"{name} must be {needed}. Received: {name}={value!r}")
        return list(answer_all(self, inputs, self.task.options(**options)))

    def _rows_given(self, inputs: Any) -> Iterable[Any]:
        """Returns inputs one after the other, data frames and mappings as the task reads them.

        Raises:
            InputError: If they are no list, or lack what the task needs.
        """
        reader = self.task.given_rows
        if reader is None:
            return _one_by_one(inputs, several=len(self.task.features) > 1)
        context = ReadingContext(self.check_settings({}), self.states, self.task.options())
        if hasattr(inputs, "iloc") and hasattr(inputs, "columns"):
            return reader(inputs, context)
        return [
            _row_given(reader, each, context) if isinstance(each, Mapping) else each
            for each in _one_by_one(inputs)
        ]

    def signature(self, name: str, arguments: Mapping[str, Any]) -> Asked:
        """Returns `load`, remembered."""
        key = (name, tuple(sorted(arguments.items())))
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = self.load(name, arguments)
            return self._loaded[key]


def _row_given(reader: GivenReader, given: Any, context: ReadingContext) -> Row:
    """Returns the row of a mapping, or one that says why there is none."""
    try:
        return reader(given, context)[0]
    except DataError as error:
        return Row(str(given)[:80], error)


def _one_by_one(inputs: Any, *, several: bool = False) -> Iterable[Any]:
    """Returns inputs one after the other.

    Raises:
        InputError: If they are no list, have no order, or are a table of several columns.
    """
    columns = getattr(inputs, "columns", None)
    if several and hasattr(inputs, "iloc") and columns is not None and len(columns) > 1:
        return list(inputs.to_dict("records"))
    if columns is not None and len(columns) == 1:
        return list(inputs[columns[0]])
    scalar = (
        isinstance(inputs, str | bytes | Mapping | set | frozenset)
        or getattr(inputs, "ndim", 1) == 0
    )
    if columns is not None or scalar or not isinstance(inputs, Iterable):
        received = f"a {type(inputs).__name__}"
        received += f" of {len(columns)} columns" if columns is not None else ""
        raise InputError(f"inputs must be a list. Received: {received}")
    return inputs


@checked_names()
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
    other = other_format(Path(path))
    if export is None and other is not None:
        raise InputError(
            f"{path}: needs a run or a SavedModel. Received: an export for {other}, which "
            "docs/small-devices.md says how to ask"
        )
    if export is None:
        return _of_run(Run.open(Path(path)))
    facts = read_task_file(export)
    check_format(export, facts)
    task = get_task(facts["task"]).having(trained_with(export / EXTRA))
    loaded = cache(partial(load_saved_model, export))
    states = partial(task.load, export / EXTRA)
    specs = partial(_export_specs, loaded)
    return Model(task, states, partial(_export_function, loaded), load_specs=specs)


def _of_run(run: Run) -> Model:
    made = cache(lambda: _signatures(run.task, run.model(), run.states))
    specs = partial(_run_specs, made)
    return Model(run.task, lambda: run.states, partial(_run_function, made), run.settings, specs)


def open_network(task: Task, model: keras.Model, states: States) -> Model:
    """Returns what answers by a network in memory."""
    made = cache(lambda: _signatures(task, model, states))
    specs = partial(_run_specs, made)
    return Model(task, lambda: states, partial(_run_function, made), load_specs=specs)


def _signatures(task: Task, model: keras.Model, states: States) -> Mapping[str, Signature]:
    return task.signatures(portable(model), states)


def _run_function(
    signatures: Callable[[], Mapping[str, Signature]], name: str, arguments: Mapping[str, Any]
) -> Asked:
    """Returns one of the signatures of a network, see `Model.load`."""
    import tensorflow as tf

    _check_signature(name, signatures())
    signature = signatures()[name]
    if signature.bind is None:
        function = signature.graph()
        values = [tf.constant(arguments[spec.name], spec.dtype) for spec in signature.parameters]
    else:
        function, values = signature.bind(arguments), []

    def answer(inputs: Values) -> Mapping[str, tf.Tensor]:
        cast = [tf.cast(inputs[spec.name], spec.dtype) for spec in signature.inputs]
        state = [inputs[spec.name] for spec in signature.state]
        return function(*cast, *values, *state)

    return answer


def _export_function(load: Callable[[], Any], name: str, arguments: Mapping[str, Any]) -> Asked:
    import tensorflow as tf

    loaded = load()
    _check_signature(name, loaded.signatures)
    signature = loaded.signatures[name]
    specs = signature.structured_input_signature[1]
    values = {key: tf.constant(value, specs[key].dtype) for key, value in arguments.items()}

    def answer(inputs: Values) -> Mapping[str, tf.Tensor]:
        assert loaded is not None  # kept alive: it owns the weights
        cast = {key: tf.cast(value, specs[key].dtype) for key, value in inputs.items()}
        return signature(**cast, **values)

    return answer


def _run_specs(
    signatures: Callable[[], Mapping[str, Signature]], name: str
) -> dict[str, tf.TensorSpec]:
    _check_signature(name, signatures())
    return {spec.name: spec for spec in signatures()[name].specs}


def _export_specs(load: Callable[[], Any], name: str) -> dict[str, tf.TensorSpec]:
    loaded = load()
    _check_signature(name, loaded.signatures)
    return dict(loaded.signatures[name].structured_input_signature[1])


def _check_signature(name: str, found: Iterable[str]) -> None:
    if name not in found:
        raise InputError(
            f"needs a model with the signature `{name}`. Received: {', '.join(sorted(found))}"
        )
