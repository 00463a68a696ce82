"""A task as an estimator of scikit-learn."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.given import as_column
from lstm_toolkit.errors import DataError, InputError
from lstm_toolkit.features.text import utf8
from lstm_toolkit.runs import MODEL, load_network
from lstm_toolkit.serving.answering import BATCH
from lstm_toolkit.serving.prediction import Model, open_network
from lstm_toolkit.settings.description import check_names
from lstm_toolkit.system.runtime import dtype_policy, keeping_random_state, resolve_precision
from lstm_toolkit.targets.classes import Classes
from lstm_toolkit.task import Task
from lstm_toolkit.tasks import get_task, task_names
from lstm_toolkit.training.fitting import fit
from lstm_toolkit.training.preparation import prepare


class SequenceClassifier(ClassifierMixin, BaseEstimator):
    """Classes of texts or images, trained as `train` does, with scikit-learn's methods.

    `fit` splits, encodes and trains by the same task as `train`, in a temporary folder, and leaves
    no run. It holds `validation_share` of the rows out to choose the best weights. There is no
    test split, since scikit-learn's tools hold out their own. A fitted estimator can be pickled.

    Args:
        task: A task with one feature and classes, or its name.
        **settings: Of the task, such as `units=(64,)`; they are parameters of the estimator.

    Attributes:
        classes_: The classes as they stood in `y`, sorted.

    Example:
        >>> texts = ["a good film", "good and kind", "so good", "good fun", "very good"]
        >>> texts += [text.replace("good", "bad") for text in texts]
        >>> small = {"units": (4,), "embedding": 4, "bigrams": 0, "epochs": 1}
        >>> model = SequenceClassifier(**small).fit(texts, [1] * 5 + [0] * 5)
        >>> model.predict_proba(["good"]).shape
        (1, 2)
    """

    def __init__(self, task: Task | str = "sentiment", **settings: Any):
        self.task = task
        self.settings = settings

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Returns the task, and the settings that were given."""
        return {"task": self.task, **self.settings}

    def set_params(self, **params: Any) -> Self:
        """Changes the task, or settings.

        Raises:
            InputError: With the nearest name, if there is no such setting. It is a `ValueError`.
        """
        self.task = params.pop("task", self.task)
        # A task that does not exist is told by `fit`, as scikit-learn has it.
        if isinstance(self.task, Task) or self.task in task_names():
            check_names(get_task(self.task).settings, params)
        self.settings = {**self.settings, **params}
        return self

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Trains a new network.

        Args:
            X: Texts, or images `[n, height, width]`: a list, an array, a Series, or a
                DataFrame of one column.
            y: As many classes.

        Returns:
            The estimator.

        Raises:
            InputError: If a setting or the data is wrong.
            TrainingError: If the loss becomes NaN.
        """
        task = self._known_task()
        settings = task.settings_of(self.settings)
        rows = _column(X)
        classes, labels = _classes(y, len(rows))
        (name,) = task.features
        data = Dataset({name: rows}, {task.target.column: labels})
        no_test = data.take(np.empty(0, np.int64))
        with tempfile.TemporaryDirectory() as place, keeping_random_state():
            folder = Path(place)
            source = Source(data, no_test, f"{len(data):,} rows given")
            prepared = prepare(task, settings, source, folder=folder)
            with dtype_policy(resolve_precision(settings.precision)):
                model, _ = fit(prepared, folder)
            self.files_ = _saved(model, prepared.states)
        self.classes_ = classes
        self._model = open_network(task, model, prepared.states)
        return self

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Returns the likeliest class of each row, as it stood in `y`.

        Raises:
            NotFittedError: Before `fit`.
            InputError: If a row is not what was learnt from.
        """
        probabilities = self.predict_proba(X)
        answers: NDArray[Any] = self.classes_[probabilities.argmax(axis=1)]
        return answers

    def predict_proba(self, X: Any) -> NDArray[np.float32]:  # noqa: N803
        """Returns `float32[n, classes]` probabilities, columns as in `classes_`.

        Raises:
            NotFittedError: Before `fit`.
            InputError: If a row is not what was learnt from.
        """
        check_is_fitted(self, "classes_")
        rows = _column(X)
        parts = [self._ask(rows[start : start + BATCH]) for start in range(0, len(rows), BATCH)]
        return np.concatenate([np.zeros((0, len(self.classes_)), np.float32), *parts])

    def _ask(self, rows: Any) -> NDArray[np.float32]:
        import tensorflow as tf

        if getattr(self, "_model", None) is None:  # it was pickled
            self._model = _loaded(self._known_task(), self.files_)
        ((name, feature),) = self._model.task.features.items()
        values = [utf8(row) if isinstance(row, str) else np.asarray(row) for row in rows]
        ask = self._model.signature("serving_default", {})
        answers: NDArray[np.float32] = ask({name: tf.constant(feature.batch(values))})[
            "probabilities"
        ].numpy()
        return answers

    def _known_task(self) -> Task:
        task = get_task(self.task)
        if not isinstance(task.target, Classes) or len(task.features) > 1:
            raise InputError(
                "needs a task with one feature and classes, such as sentiment. "
                f"Received: {task.name}"
            )
        return task

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "_model"}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.string = False, True
        tags.input_tags.three_d_array = True
        tags.no_validation = True
        return tags


def _column(rows: Any) -> Any:
    """Returns texts or arrays as a column.

    Raises:
        InputError: If they are no list, a table of several columns, or a text is missing.
    """
    if isinstance(rows, str | bytes) or not hasattr(rows, "__len__"):
        raise InputError(f"X must be a list. Received: a {type(rows).__name__}")
    column = as_column(rows)
    if getattr(column, "ndim", 1) == 2 and column.shape[1] == 1:
        column = column[:, 0]
    if getattr(column, "dtype", None) is not None and column.dtype.kind in "OUT":
        missing = [row for row, text in enumerate(column) if not isinstance(text, str)]
        if column.ndim > 1 or missing:
            received = f"shape {column.shape}" if column.ndim > 1 else f"none in row {missing[0]}"
            raise InputError(f"X must hold a text in every row. Received: {received}")
        column = column.astype(object)
    return column


def _classes(y: Any, rows: int) -> tuple[NDArray[Any], NDArray[np.str_]]:
    """Returns the classes, and each row's number as a label.

    With numbers for labels the network's outputs stand in the order of the classes.
    """
    values = np.asarray(y)
    if values.shape != (rows,):
        raise InputError(f"y must hold {rows} classes, one a row. Received: shape {values.shape}")
    check_classification_targets(values)
    classes, numbers = np.unique(values, return_inverse=True)
    if len(classes) < 2:
        raise DataError(f"needs at least two classes. Received: {len(classes)} class")
    return classes, numbers.astype(np.str_)


def _saved(model: Any, states: Any) -> dict[str, bytes]:
    """Returns the files of a network and its states, which can be pickled."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        model.save(folder / MODEL)
        states.save(folder)
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _loaded(task: Task, files: dict[str, bytes]) -> Model:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return open_network(task, load_network(folder / MODEL), task.load(folder))
