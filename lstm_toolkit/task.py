"""What a task is, and which tasks there are.

A task composes what goes in (features), what comes out (a target), a reader, a splitter, a
builder and settings. The folder `tasks/` is the registry: a module there with a `TASK` is a
task of that name; other packages add theirs by the entry points `lstm_toolkit.tasks`.
Training, evaluation, export and the command line know only what stands here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.inputs.rows import GivenReader, InputReader, Inputs, ReadingContext
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.data.splits.splitter import Splits, Splitter
from lstm_toolkit.errors import DataError, InputError, did_you_mean
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.features.parsing import parse_word
from lstm_toolkit.features.states import States
from lstm_toolkit.metrics.simplest import Simplest, best_of_simplest
from lstm_toolkit.settings.choices import (
    settings_from_texts,
    settings_from_values,
    with_reader_settings,
)
from lstm_toolkit.settings.fields import MODEL, TRAINING, changed
from lstm_toolkit.settings.options import PredictOptions, joined
from lstm_toolkit.settings.search_space import Space, draw, parse_space
from lstm_toolkit.targets import signature
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import ANY_SIZE, AS_IS, Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from lstm_toolkit.data.dataset import Dataset

DEFAULT = "serving_default"


Reader = Callable[[Any, Any, States | None], Source]
"""Reads rows: from a path or what else a task takes, None for the sample data; with settings;
fitted to states where a network has them already."""

Build = Callable[..., "keras.Model"]
"""Builds the uncompiled network: `build(settings, states, train)`. `train` holds the encoded
training rows, from which first weights may be reckoned; None where only shapes count."""


Choose = Callable[["keras.Model", Callable[[], "NDArray[Any]"], "NDArray[Any]"], None]
"""Sets weights of a trained network that are chosen, not learnt: `choose(model, answer, truth)`.
`answer` returns its outputs for the rows of the validation split, `truth` are their targets."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """One application: what goes in, what comes out, and the network between.

    Attributes:
        name: As the command line calls it: that of the module or entry point.
        summary: One line for `lstm-toolkit tasks`.
        settings: The frozen dataclass of its settings, a subclass of `Settings`.
        read: Reads rows.
        features: What goes in, by the names of columns, network inputs and signature inputs.
        optional: Further features, which data has or lacks; see `having`.
        feature_named: Makes the feature of a column that data alone knows from its name, None
            of a name that is none; for tables of any columns.
        target: What comes out.
        other_targets: What may come out in its place, by the names of columns of targets; each
            is `recorded`, and so is `target`.
        build: Builds the network.
        splitter: Divides rows into training, validation and test.
        splitter_by_settings: Returns another splitter where settings choose it.
        presets: Named settings, taken with `--set preset=NAME`.
        search: What `tune` searches by default, as `--search` takes it.
        read_scored: Reads other rows, which are scored, where that differs from `read`, as with
            images that keep their sizes until a feature brings them to the network's frame.
        choose: Sets what of the network is chosen on the validation split when training has ended.
        figures: Draws figures that this application alone has.
        inputs: Reads what is to be answered from files; None takes the rows of `read`.
        given_rows: Makes rows of a data frame or a mapping that `predict` is given in Python, where
            columns are known by data alone.
        words_are_files: Whether each word that `predict` is given names a file.
        table_on_stdin: Whether `-` may be given one table in place of an input a line.
        sample: Returns tiny data for the checks of `lstm_toolkit.testing`: what `read` takes,
            and settings with which a training takes seconds.
    """

    name: str
    summary: str
    settings: type[Any]
    read: Reader
    features: Mapping[str, Feature[Any]]
    target: Target[Any]
    build: Build
    optional: Mapping[str, Feature[Any]] = dataclasses.field(default_factory=dict)
    feature_named: Callable[[str], Feature[Any] | None] | None = None
    other_targets: Mapping[str, Target[Any]] = dataclasses.field(default_factory=dict)
    splitter: Splitter = dataclasses.field(default_factory=AtRandom)
    splitter_by_settings: Callable[[Any], Splitter] | None = None
    presets: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    search: Mapping[str, str] = dataclasses.field(default_factory=dict)
    read_scored: Reader | None = None
    choose: Choose | None = None
    figures: Callable[[Predicted], Mapping[str, Figure]] | None = None
    inputs: InputReader | None = None
    given_rows: GivenReader | None = None
    words_are_files: bool = False
    table_on_stdin: bool = False
    sample: Callable[[Path], tuple[Any, Mapping[str, str]]] | None = None

    def having(self, names: Iterable[str]) -> Task:
        """Returns the task with the features and the target whose columns there are.

        Args:
            names: Of columns of data, or of features that a network was trained with, and of
                the target.
        """
        known = set(names)
        more = {name: each for name, each in self.optional.items() if name in known}
        if self.feature_named is not None:
            made = ((name, self.feature_named(name)) for name in sorted(known))
            more |= {name: each for name, each in made if each is not None}
        target = next((self.other_targets[name] for name in known & {*self.other_targets}), None)
        if not more and target is None:
            return self
        return dataclasses.replace(
            self,
            features={**self.features, **more},
            optional={},
            target=target or self.target,
        )

    @property
    def feature(self) -> Feature[Any]:
        """The one feature there is."""
        (only,) = self.features.values()
        return only

    @property
    def input_options(self) -> type[PredictOptions]:
        """A frozen dataclass of what `evaluate` and `predict` can be told about inputs."""
        return joined([each.options for each in self.features.values()])

    @property
    def options(self) -> type[PredictOptions]:
        """A frozen dataclass of what `predict` can be told."""
        parts = [*(each.options for each in self.features.values()), self.target.options]
        return joined(parts)

    @property
    def export_options(self) -> type[PredictOptions]:
        """A frozen dataclass of what `export` can be told."""
        return self.target.export_options

    def direction(self, score: str) -> Direction:
        """Tells whether more of a score is better, `val_` before its name or not.

        Raises:
            InputError: If the target does not declare it.
        """
        name, known = score.removeprefix("val_"), self.target.directions
        if name not in known:
            raise InputError(f"unknown score `{score}`, {did_you_mean(name, known)}")
        return known[name]

    def space(self, hp: Any, settings: Any = None, space: Space | None = None) -> Any:
        """Returns settings with the values that a search chose for a trial.

        Args:
            hp: `keras_tuner.HyperParameters`, in which the space is registered too.
            settings: What is not searched; None takes the defaults.
            space: What is searched; None takes `search`.

        Example:
            >>> import keras_tuner
            >>> from lstm_toolkit import get_task
            >>> get_task("digits").space(keras_tuner.HyperParameters()).units
            (128, 128)
        """
        chosen = self.settings() if settings is None else settings
        return draw(hp, chosen, parse_space(self.settings, self.search) if space is None else space)

    def same_data(self, one: Any, other: Any) -> bool:
        """Tells whether what was prepared with settings `one` is right for `other` as well."""
        return all(field.role in (MODEL, TRAINING) for field in changed(one, other))

    def source(
        self, data: Any, settings: Any, states: States | None = None, *, scored: bool = False
    ) -> Source:
        """Reads rows from whatever they are given as.

        Args:
            data: A path, a DataFrame, columns by name, a pair of inputs and targets, a
                `Dataset` or a `Source`; None takes the sample data.
            settings: Of the reader among others.
            states: What a network knows already, such as the names of its classes.
            scored: Whether the rows are scored, and come as they are, see `bring_rows`.

        Raises:
            InputError: If it is something else, or unfit.
        """
        from lstm_toolkit.data.given import as_given

        checks = {name: each.given for name, each in self.features.items()}
        checks[self.target.column] = self.target.given
        given = as_given(data, self.features, self.target.column, checks)
        if isinstance(given, Source):
            return given
        read = self.read_scored if scored and self.read_scored is not None else self.read
        try:
            return read(given, settings, states)
        except FileNotFoundError as error:
            raise DataError("no such file or folder", path=Path(str(error.filename))) from None

    def check_columns(self, rows: Dataset) -> None:
        """Raises `DataError` if rows lack a feature, as data without times may."""
        for name in self.features:
            if name not in rows.columns:
                known = ", ".join(rows.columns)
                raise DataError(f"needs rows with `{name}`, as in the training. Received: {known}")

    def bring_rows(self, rows: Dataset, states: States, options: Any) -> Dataset:
        """Brings rows of other data to what `predict` makes of them, see `Feature.bring_rows`.

        Raises:
            DataError: If they lack a feature.
        """
        self.check_columns(rows)
        columns = {
            name: each.bring_rows(rows.columns[name], states[name], options)
            for name, each in self.features.items()
        }
        return rows.replace(**columns)

    def read_inputs(self, path: Path, context: ReadingContext) -> Inputs:
        """Reads rows to be answered, in their order, in any form that training reads.

        Raises:
            DataError: If the data is missing, damaged or in no known form.
        """
        if self.inputs is not None:
            return self.inputs(path, context)
        from lstm_toolkit.data.inputs.sources import source_inputs

        return source_inputs(self.source(path, context.settings, context.states), self.features)

    def reader_settings(self, settings: Any, texts: Mapping[str, str]) -> Any:
        """Returns settings of a training, with others of how new data is read.

        Args:
            settings: Of the training.
            texts: Values by name; those of the role `READER`.

        Raises:
            SettingsError: If one is unknown, wrong, or fixed by the training.
        """
        return with_reader_settings(settings, texts)

    def split(self, source: Source, settings: Any) -> Splits:
        """Divides the rows into training, validation and test.

        Raises:
            DataError: If there is not enough of something to learn from.
        """
        validation, test = settings.split_sizes
        choose = self.splitter_by_settings
        splitter = self.splitter if choose is None else choose(settings)
        return splitter.split(source, validation=validation, test=test, seed=settings.seed)

    def learn(self, train: Dataset, settings: Any) -> States:
        """Learns from the training split what the network's shape and the answers need."""
        return States.learn(train, settings, self.features, self.target)

    def extend(self, states: States, train: Dataset, settings: Any) -> tuple[States, list[str]]:
        """Adds what is new in other data to states that a network was trained with.

        Returns:
            The states, and what was added, such as "12 new tokens" and "1 new class".

        Raises:
            InputError: If the settings ask for what the states cannot become.
        """
        return states.extended(train, settings, self.features, self.target)

    def load(self, folder: Path) -> States:
        """Reads what `States.save` wrote.

        Raises:
            DataError: If a file was changed since.
        """
        return States.load(folder, self.features, self.target)

    def preprocess(self, values: Any, states: States) -> Any:
        """Turns a batch of raw values into what the network takes, inside the graph.

        Args:
            values: A tensor, or tensors by the names of several features.
            states: See `learn`.
        """
        named = values if isinstance(values, Mapping) else dict.fromkeys(self.features, values)
        return signature.preprocess(named, self.features, states)

    def training_pair(self, rows: Any, targets: Any, states: States) -> tuple[Any, Any]:
        """Turns batches of encoded rows and targets into inputs and what outputs should be."""
        inputs = signature.collate(rows, self.features, states)
        return self.target.training_pair(inputs, targets, states.target)

    def trained(self, model: keras.Model, states: States) -> Trained:
        """Puts a network together with what stands between raw inputs and it."""
        return Trained(model, self.features, states)

    def signatures(self, model: keras.Model, states: States) -> dict[str, Signature]:
        """Returns the signatures of the export, `serving_default` among them."""
        return self.target.signatures(self.trained(model, states))

    def resources(self, states: States) -> list[Any]:
        """Returns the layers that hold tables, which an export must keep."""
        return [
            table for name, each in self.features.items() for table in each.resources(states[name])
        ]

    def parse(
        self, word: str, states: States, options: Any
    ) -> Iterator[tuple[str, dict[str, NDArray[Any]] | DataError]]:
        """Yields (name, raw values by feature, or what is wrong) for a word of the command line.

        Of several features, the word is a JSON object of words by their names; what is no
        text in it is read as JSON writes it.

        Raises:
            DataError: If there is nothing to be read.
        """
        return parse_word(word, self.features, states, options)

    def signature_for(self, options: Any, states: States) -> str:
        """Returns the name of the signature that answers to these options of `predict`."""
        name = self.target.signature_for(options)
        if name != DEFAULT or len(self.features) > 1:
            return name
        ((column, feature),) = self.features.items()
        if feature.wide_spec(column, states[column]) is None:
            return name
        return AS_IS if getattr(options, "as_is", False) else ANY_SIZE

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns the target's scores, and what was lost of the inputs."""
        scores = self.target.evaluate(predicted)
        for name, each in self.features.items():
            scores |= each.scores(predicted.encoded[name])
        return scores

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns scores for people to read, those of the simplest methods below them."""
        parts = [self.target.report(scores)]
        parts += [each.report(scores) for each in self.features.values()]
        return "\n".join([*filter(None, parts), *self._compared(scores)])

    def _compared(self, scores: Mapping[str, Any]) -> Iterator[str]:
        simplest = self.simplest(scores)
        if simplest is None:
            return
        baselines, name = scores["baselines"], self.target.main_score
        scored = ", ".join(f"{method} {found[name]:.4f}" for method, found in baselines.items())
        yield f"simplest methods, {name}: {scored}"
        if not simplest.beaten:
            yield (
                f"the network does not beat {simplest.method} by more than the standard error of "
                f"{simplest.standard_error:.4f}"
            )

    def simplest(self, scores: Mapping[str, Any]) -> Simplest | None:
        """Returns the best of the simplest methods beside the network, by `main_score`.

        Args:
            scores: Of a test split, as `metrics.json` holds them.
        """
        name = self.target.main_score
        return best_of_simplest(scores, name, self.direction(name))

    def settings_of(self, values: Any) -> Any:
        """Returns settings from an instance of `settings`, values by name, or None.

        Among values by name, `preset` names a preset, which the others change.

        Raises:
            InputError: If it is something else, or a name or a value is wrong.
        """
        return settings_from_values(self.settings, values, self.presets)

    def configure(self, texts: Mapping[str, str], base: Any = None) -> Any:
        """Returns settings from `NAME=VALUE` texts, `preset=NAME` among them.

        Args:
            texts: By name.
            base: What the others are; None takes the defaults.

        Raises:
            SettingsError: If a name or a value is wrong.
        """
        return settings_from_texts(self.settings, texts, self.presets, base)
