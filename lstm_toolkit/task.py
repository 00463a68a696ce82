"""What a task is, and which tasks there are.

The folder `tasks/` is the registry: a module there with a `TASK` is a task of that name.
Training, evaluation, export and the command line know only what stands here.
"""

from __future__ import annotations

import abc
import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypeVar

from lstm_toolkit.errors import InputError, SettingsError, did_you_mean
from lstm_toolkit.settings.fields import TRAINING, Settings, check_names, parse
from lstm_toolkit.settings.search_space import Space, draw, parse_space

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.examples import Examples, Source
    from lstm_toolkit.data.splits.classes import Splits


class Assets(Protocol):
    """What was learnt from the training split, besides the weights."""

    def save(self, folder: Path) -> None:
        """Writes plain-text files into `folder`."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads what `save` wrote."""


@dataclasses.dataclass(frozen=True)
class NoOptions:
    """For tasks whose predictions need no telling."""


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """One signature of an export.

    Attributes:
        function: Graph function from one batch of raw inputs to named final answers.
        input: Name, dtype and shape of that batch.
        parameters: Of further inputs, which each call sets; named as in `function`.
    """

    function: Callable[..., dict[str, tf.Tensor]]
    input: tf.TensorSpec
    parameters: tuple[tf.TensorSpec, ...] = ()

    @property
    def signature(self) -> list[tf.TensorSpec]:
        """All inputs."""
        return [self.input, *self.parameters]


S = TypeVar("S", bound=Settings)
A = TypeVar("A", bound=Assets)


class Task(abc.ABC, Generic[S, A]):
    """One application: what an example is, which network, what an answer is."""

    summary: ClassVar[str]
    """One line for `lstm-toolkit tasks`."""
    settings: ClassVar[type[Any]]
    """The frozen dataclass of its settings, a subclass of `Settings`."""
    assets: ClassVar[type[Any]]
    """What it learns from the training split."""
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Named settings, taken with `--set preset=NAME`."""
    search: ClassVar[Mapping[str, str]] = {}
    """What `tune` searches where nothing else is said, as `--search` takes it."""
    network: ClassVar[frozenset[str]] = frozenset()
    """Settings that the network alone is built with: another value of them needs no other
    reading, splitting or learning from the training split."""
    options: ClassVar[type[Any]] = NoOptions
    """A frozen dataclass of what `predict` can be told about its inputs."""

    @property
    def name(self) -> str:
        """The name of the module in `tasks/`."""
        return type(self).__module__.rsplit(".", 1)[-1]

    @abc.abstractmethod
    def read(self, data: Any, settings: S, assets: A | None = None) -> Source:
        """Reads labelled rows, fitted to `assets` where a network has them already.

        `data` is a path or, where a task says so, a DataFrame; None stands for the sample
        data.
        """

    @abc.abstractmethod
    def split(self, source: Source, settings: S) -> Splits:
        """Divides the rows into training, validation and test.

        Raises:
            DataError: If there is not enough of something to learn from.
        """

    @abc.abstractmethod
    def learn(self, train: Examples, settings: S) -> A:
        """Learns from the training split what the network's shape and the answers need."""

    @abc.abstractmethod
    def build(self, settings: S, assets: A) -> keras.Model:
        """Builds the uncompiled network."""

    def space(self, hp: Any, settings: S | None = None, space: Space | None = None) -> S:
        """Returns settings with the values that a search chose for a trial.

        Args:
            hp: `keras_tuner.HyperParameters`, in which the space is registered too.
            settings: What is not searched; None takes the defaults.
            space: What is searched; None takes `search`.

        Example:
            >>> import keras_tuner
            >>> get_task("digits").space(keras_tuner.HyperParameters()).units
            (128, 128)
        """
        chosen: S = self.settings() if settings is None else settings
        return draw(hp, chosen, parse_space(self.settings, self.search) if space is None else space)

    def same_data(self, one: S, other: S) -> bool:
        """Tells whether what was prepared with settings `one` is right for `other` as well."""
        names = (field.name for field in dataclasses.fields(one))
        apart = (name for name in names if getattr(one, name) != getattr(other, name))
        return all(name in TRAINING | self.network for name in apart)

    def encode(self, inputs: tf.Tensor, assets: A) -> tf.Tensor | tf.RaggedTensor:
        """Turns raw inputs into rows that are kept in memory for training, inside the graph.

        Rows of unequal length are `[batch, (time)]`; batches then hold similar lengths.
        """
        return inputs

    @abc.abstractmethod
    def collate(self, rows: tf.Tensor, assets: A) -> Any:
        """Turns a batch of encoded rows into what the network takes, inside the graph."""

    def preprocess(self, inputs: tf.Tensor, assets: A) -> Any:
        """Turns a batch of raw inputs into what the network takes, inside the graph."""
        return self.collate(self.encode(inputs, assets), assets)

    def remarks(self, splits: Splits, settings: S, assets: A) -> Iterator[str]:
        """Yields lines on what is lost on the way from raw rows to the network."""
        yield from ()

    @abc.abstractmethod
    def targets(self, examples: Examples, settings: S, assets: A) -> NDArray[Any] | tf.RaggedTensor:
        """Returns what the network is to answer, one row an example."""

    def feed(self, rows: tf.Tensor, targets: tf.Tensor, assets: A) -> tuple[Any, Any]:
        """Turns a batch of encoded rows and targets into inputs and what outputs should be.

        A network that is told its targets a step late in training overrides this.
        """
        return self.collate(rows, assets), targets

    def class_weight(self, targets: NDArray[Any], settings: S) -> dict[int, float] | None:
        """Returns how much each class counts in the loss, None where all count alike."""
        return None

    @abc.abstractmethod
    def objective(self, settings: S) -> tuple[keras.Loss, list[keras.Metric]]:
        """Returns the loss and the metrics shown in training."""

    def infer(self, model: keras.Model, batches: Batches, settings: S, assets: A) -> NDArray[Any]:
        """Returns what `score` and `draw` judge, one row an example, in the order of the rows."""
        return batches.in_row_order(model.predict(batches.dataset(), verbose=0))

    @abc.abstractmethod
    def score(self, outputs: NDArray[Any], examples: Examples, assets: A) -> dict[str, Any]:
        """Returns the scores that `metrics.json` holds."""

    @abc.abstractmethod
    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the scores for people to read."""

    @abc.abstractmethod
    def draw(self, outputs: NDArray[Any], examples: Examples, assets: A) -> dict[str, Figure]:
        """Returns figures of the test split by the names of their files."""

    def pages(self, outputs: NDArray[Any], examples: Examples, assets: A) -> dict[str, str]:
        """Returns HTML pages on the test split by the names of their files."""
        return {}

    @abc.abstractmethod
    def endpoints(self, model: keras.Model, assets: A) -> dict[str, Endpoint]:
        """Returns the signatures of the export, `serving_default` among them."""

    def resources(self, assets: A) -> list[Any]:
        """Returns the layers of `preprocess` that hold tables, which the export must keep."""
        return []

    def endpoint(self, options: Any) -> str:
        """Returns the name of the signature that answers to these options of `predict`."""
        return "serving_default"

    def arguments(self, options: Any, assets: A) -> Mapping[str, Any]:
        """Returns the values of that signature's parameters.

        Raises:
            InputError: If the options ask for what cannot be.
        """
        return {}

    @abc.abstractmethod
    def read_inputs(self, text: str, assets: A, options: Any) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yields (name, raw input) for one word of the command line or line of stdin.

        Raises:
            DataError: If there is nothing to be read.
        """

    @abc.abstractmethod
    def answers(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Turns what an endpoint returned into one JSON object an input."""

    @abc.abstractmethod
    def line(self, answer: Mapping[str, Any]) -> str:
        """Returns an answer as `predict` prints it after the input's name."""

    def finish(self, answers: Sequence[Mapping[str, Any]], options: Any) -> None:
        """Does what the options ask for when every input is answered."""

    def configure(self, texts: Mapping[str, str]) -> S:
        """Returns settings from `NAME=VALUE` texts, `preset=NAME` among them.

        Raises:
            SettingsError: If a name or a value is wrong.
        """
        chosen = dict(texts)
        preset = chosen.pop("preset", None)
        if preset is not None and preset not in self.presets:
            raise SettingsError(f"unknown preset `{preset}`, {did_you_mean(preset, self.presets)}")
        values = dict(self.presets[preset]) if preset is not None else {}
        check_names(self.settings, values)
        return self.settings(**(values | parse(self.settings, chosen)))


def task_names() -> list[str]:
    """Returns the names of the modules in `tasks/`, in alphabetical order."""
    from lstm_toolkit import tasks

    return sorted(module.name for module in pkgutil.iter_modules(tasks.__path__))


def get_task(name: str) -> Task[Any, Any]:
    """Returns the task of that name.

    Raises:
        InputError: With the nearest name, if there is none.
    """
    names: Sequence[str] = task_names()
    if name not in names:
        raise InputError(f"unknown task `{name}`, {did_you_mean(name, names)}")
    task = importlib.import_module(f"lstm_toolkit.tasks.{name}").TASK
    assert isinstance(task, Task)
    return task
