"""What a target is: from what is to come out to losses, answers, scores and pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.feature import EncodedColumn, Feature, State
from lstm_toolkit.metrics.row_scores import RowScore
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.signature import Signature, Trained

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.columns import Column
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.data.inputs.rows import Row
    from lstm_toolkit.features.states import States
    from lstm_toolkit.targets.events import EventTracker

Direction = Literal["max", "min"]

S = TypeVar("S", bound=State)

Answered = Iterator[tuple["Row", dict[str, Any]]]
"""Rows with their answers."""
InSeries = Callable[[dict[str, Any]], dict[str, Any]]
"""From the next answer of a series to what it becomes by those before, see `Target.in_series`."""

ANY_SIZE, AS_IS = "any_size", "as_is"
"""Signatures of inputs that are brought to what training rows look like: for what is wider than
`serving_default` takes, and for what is to stay as it is."""


@dataclasses.dataclass(frozen=True, eq=False)
class Predicted:
    """Rows with what was made of them, to be scored and drawn.

    Attributes:
        rows: As they were read.
        encoded: Of each feature, as it was encoded.
        outputs: One row an example, as `Target.predict_outputs` gave them.
        states: What was learnt besides the weights.
        settings: Of the training.
    """

    rows: Dataset
    encoded: Mapping[str, EncodedColumn]
    outputs: Any
    states: States
    settings: Any = None


class Target(Generic[S]):
    """What comes out of a network, and how good it is."""

    column: str
    """Of `Dataset.targets`."""
    directions: ClassVar[Mapping[str, Direction]] = {"loss": "min"}
    """Whether more of a score is better, of every score that can be chosen by."""
    main_score: ClassVar[str] = "loss"
    """The score by which the network is compared with the simplest methods."""
    row_scores: ClassVar[tuple[RowScore, ...]] = ()
    """Scores that follow from `judge_rows`, `main_score` first; by these two runs are compared."""
    options: ClassVar[type[PredictOptions]] = PredictOptions
    """What `predict` can be told about answers."""
    export_options: ClassVar[type[PredictOptions]] = PredictOptions
    """What `export` can be told about what it holds."""
    encoded_by: ClassVar[tuple[str, ...]] = ()
    """Settings of training that say in what form `encode` returns targets."""
    chooses_on_validation: ClassVar[bool] = False
    """Whether `after_training` chooses something, such as thresholds."""
    row_columns: ClassVar[tuple[str, ...]] = ()
    """Columns of `table_rows` in place of those of the data; none keeps these."""
    recorded: ClassVar[bool] = False
    """Whether a run records that it has this target, of a task that has several."""
    takes_apart: ClassVar[bool] = False
    """Whether answers need layers of the builder's network by their names."""

    def given(self, column: Any) -> Any:
        """Returns targets that are given in Python, checked as readers check those of files.

        Raises:
            DataError: If they are unfit.
        """
        return column

    def learn(self, train: Dataset, settings: Any) -> S:
        """Learns from the training split what the network's shape and the answers need."""
        raise NotImplementedError

    def rows_to_learn(self, rows: Dataset, settings: Any) -> Dataset:
        """Returns rows as features and target learn from them; by default as they are."""
        return rows

    def rows_to_encode(
        self, rows: Dataset, states: States, settings: Any, *, training: bool = False
    ) -> Dataset:
        """Returns rows as the network and the loss see them; by default as they are.

        Args:
            rows: As they were read.
            states: Learnt from `rows_to_learn`.
            settings: Of the training.
            training: Whether they are to be trained on, not to be scored.

        Returns:
            As many rows, in the same order; in training further ones may follow.
        """
        return rows

    def extend(self, state: S, train: Dataset, settings: Any) -> tuple[S, list[str]]:
        """Adds what is new in other data to a state, see `Feature.extend`."""
        return state, []

    def load(self, folder: Path) -> S:
        """Reads what `State.save` wrote."""
        raise NotImplementedError

    def encode(self, rows: Dataset, state: S, settings: Any) -> EncodedColumn:
        """Returns what the loss compares with, one row an example, as it is kept for training.

        Raises:
            DataError: If a row asks for what the network cannot give.
        """
        raise NotImplementedError

    def training_pair(
        self, inputs: Any, targets: tf.Tensor | tf.RaggedTensor, state: S
    ) -> tuple[Any, Any]:
        """Turns a batch into the network's inputs and what its outputs should be; in the graph.

        A network that is told its targets a step late overrides this.
        """
        return inputs, targets

    def loss(self, settings: Any) -> keras.Loss:
        """Returns the loss."""
        raise NotImplementedError

    def metrics(self, settings: Any) -> list[keras.Metric]:
        """Returns the metrics that are shown in training."""
        return []

    def class_weight(self, targets: Column, settings: Any) -> dict[int, float] | None:
        """Returns how much each class counts in the loss, None where all count alike."""
        return None

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: S
    ) -> Iterator[str]:
        """Yields lines on what is lost on the way from rows to what the loss compares."""
        yield from ()

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[Any]:
        """Returns what is scored and drawn, one row an example, in the order of the rows."""
        dataset = batches.dataset()
        network = trained.network(dataset.element_spec[0])
        outputs = [np.asarray(network(inputs)) for inputs, _ in dataset]
        return batches.in_row_order(np.concatenate(outputs))

    def decode(self, outputs: Any, state: S) -> dict[str, tf.Tensor]:
        """Turns a batch of the network's outputs into final answers; in the graph."""
        raise NotImplementedError

    def decode_numbers(self, outputs: Any, state: S) -> dict[str, tf.Tensor]:
        """Turns outputs into answers without texts, for run-times that have none; in the graph.

        What is whole numbers or truth values in it are decisions; where rounding is allowed,
        such as in 8 bits, these are compared.
        """
        import tensorflow as tf

        answers = self.decode(outputs, state)
        return {name: value for name, value in answers.items() if value.dtype != tf.string}

    def after_training(self, predicted: Predicted) -> S:
        """Returns the state with what is chosen on the validation split when training has ended."""
        state: S = predicted.states.target
        return state

    def choice_warnings(self, predicted: Predicted) -> Iterator[str]:
        """Yields what is doubtful about `after_training`'s choice, as too few rows to choose by."""
        yield from ()

    def state_reading(self, state: S, settings: Mapping[str, str]) -> S:
        """Returns the state for files that options name, which are read by these settings.

        Args:
            state: What was learnt.
            settings: Texts by name, those of `READER` that were stated since the training.
        """
        return state

    def state_to_export(self, state: S, options: Any) -> S:
        """Returns the state as an export is to hold it and pass it on; by default all.

        Args:
            state: What was learnt.
            options: An instance of `export_options`.

        Raises:
            InputError: If the options ask for what cannot be.
        """
        return state

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns the signatures of the export, `serving_default` among them."""
        import tensorflow as tf

        def from_brought(*values: tf.Tensor) -> dict[str, tf.Tensor]:
            return self.decode(trained.outputs(*values), trained.states.target)

        # Traced once for all signatures.
        answers = tf.function(from_brought, autograph=False)

        def signature(specs: tuple[tf.TensorSpec, ...], as_is: bool = False) -> Signature:
            def answer(*values: tf.Tensor) -> dict[str, tf.Tensor]:
                checked = [
                    # A loaded signature does not look.
                    tf.ensure_shape(value, spec.shape)
                    for value, spec in zip(values, specs, strict=True)
                ]
                brought, unlike = trained.brought(*checked, as_is=as_is)
                told = dict(answers(*brought))
                return told if unlike is None else told | {"unlike": unlike}

            return Signature(answer, specs)

        specs = trained.specs
        signatures = {"serving_default": signature(specs)}
        if len(specs) == 1:
            ((name, feature),) = trained.features.items()
            for dtype in feature.also_as:
                other = tf.TensorSpec(specs[0].shape, dtype, specs[0].name)
                signatures[dtype] = signature((other,))
            wide = feature.wide_spec(name, trained.states[name])
            if wide is not None:
                signatures[ANY_SIZE] = signature((wide,))
                signatures[AS_IS] = signature(specs, as_is=True)
        return signatures

    def signature_for(self, options: Any) -> str:
        """Returns the name of the signature that answers to these options of `predict`."""
        return "serving_default"

    def arguments(self, options: Any, state: S) -> Mapping[str, Any]:
        """Returns the values of that signature's parameters.

        Raises:
            InputError: If the options ask for what cannot be.
        """
        return {}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Turns what a signature returned into one JSON object an input."""
        raise NotImplementedError

    def chosen(self, answer: dict[str, Any], options: Any) -> dict[str, Any]:
        """Returns what options ask for of an answer that holds more."""
        return answer

    def completed(self, answer: dict[str, Any], state: S) -> dict[str, Any]:
        """Adds to an answer what only the state can tell, outside of the graph."""
        return answer

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns an answer as `predict` prints it after the input's name."""
        raise NotImplementedError

    def format_ended(self, answer: Mapping[str, Any]) -> str:
        """Returns what has ended by a row, whether it is answered or wrong; "" if nothing."""
        return ""

    def answer_columns(self) -> dict[str, Any]:
        """Returns what a table of answers holds for each row: types by the keys of `to_json`.

        What is not named here becomes a column if the first answers have it.
        """
        return {}

    def table_rows(
        self, name: str, cells: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yields the rows of a table of answers that one input gives: cells, and answers.

        Args:
            name: Of the input.
            cells: What stands in its row.
            answer: See `to_json`, or `{"error"}`.
        """
        yield dict(cells), dict(answer)

    def tracker(self, options: Any) -> EventTracker:
        """Returns what puts alarms of a series together; asked only of tasks with streams."""
        raise NotImplementedError

    def line_stream(self, state: S) -> str:
        """Returns what in `serving/` answers standard input line by line, as "module.function".

        See `serving.line_streams`; "" where each line is an input by itself.
        """
        return ""

    def in_series(self, options: Any, state: S) -> InSeries | None:
        """Returns what changes the answers of one series by those before; None changes none.

        It is given the answers of each series in their order, and holds what it needs of them.
        """
        return None

    def needs_answers(self, options: Any) -> bool:
        """Tells whether `on_predict_end` needs the answers, which are not kept otherwise."""
        return False

    def on_predict_end(self, answers: Sequence[Mapping[str, Any]], options: Any) -> str:
        """Does what the options ask for when every input is answered.

        Returns:
            A line for people, "" if there is nothing to tell.
        """
        return ""

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns the scores that `metrics.json` holds.

        `standard_error` is that of `main_score`.
        """
        raise NotImplementedError

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns what each row adds to `row_scores`; asked only where there are some."""
        raise NotImplementedError

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the scores for people to read."""
        raise NotImplementedError

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: S
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the simplest methods by name, the quickest first.

        Each is a call that fits it on the training rows and scores it on the test rows; a
        caller that has no time left makes no further call.
        """
        yield from ()

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns figures of the test split by the names of their files."""
        return {}

    def pages(self, predicted: Predicted) -> dict[str, str]:
        """Returns HTML pages on the test split by the names of their files."""
        return {}
