"""What other run-times are given: a network from numbers to numbers.

Raw numbers go in as they do in a SavedModel's `serving_default`. Of texts, numbers of tokens go
in: the tokenizer is a file beside the network. Texts that come out of a SavedModel are numbers
here, and `labels.txt` says what they stand for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import InputError
from lstm_toolkit.features.feature import CHUNK, Feature
from lstm_toolkit.features.states import States
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

TOKENS = "tokens"
"""What goes in where the one raw input is a text."""

Rows = dict[str, NDArray[Any]]


@dataclasses.dataclass(frozen=True, eq=False)
class PlainNetwork:
    """A network with what stands behind its tokenizers.

    Attributes:
        task: That it is of.
        model: In float32, without cuDNN.
        states: What was learnt besides the weights.
        length: Tokens of each text, padded on the right; None leaves it open.

    Raises:
        InputError: If answers need more than one pass of the network, or texts what only
            TensorFlow's graph does.
    """

    task: Task
    model: keras.Model
    states: States
    length: int | None = None

    def __post_init__(self) -> None:
        if self.task.target.takes_apart:
            raise InputError(
                f"{self.task.name} cannot leave TensorFlow: its answers are searched for step by "
                "step, and other run-times hold one pass of a network; use --format savedmodel"
            )
        if not all(each.portable for each in self.task.features.values()):
            raise InputError(
                f"{self.task.name} cannot leave TensorFlow: its inputs are read and brought in "
                "ways that other run-times do not have; use --format savedmodel"
            )

    def with_length(self, length: int | None) -> PlainNetwork:
        """Returns it for texts of one length; None takes the greatest that they can have.

        Raises:
            InputError: If texts have no limit, or a lower one.
        """
        if not self.texts:
            if length is not None:
                raise InputError(
                    f"--length is for texts, and {self.task.name} has none. "
                    f"Received: length={length}"
                )
            return self
        limits = [each.longest(self.states[name]) for name, each in self.texts.items()]
        known = [limit for limit in limits if limit is not None]
        if length is None and len(known) < len(limits):
            raise InputError(
                f"{self.task.name} keeps texts whole, and litert needs one length; add --length "
                "N, the most tokens that a text may have"
            )
        if length is not None and not 0 < length <= min(known, default=length):
            raise InputError(
                f"--length must be from 1 to {min(known, default=length)}, the tokens kept in "
                f"training. Received: length={length}"
            )
        length = length or max(known)
        features = {
            name: each.limited(self.states[name], length) if name in self.texts else state
            for (name, each), state in zip(
                self.task.features.items(), self.states.features.values(), strict=True
            )
        }
        states = dataclasses.replace(self.states, features=features)
        return dataclasses.replace(self, states=states, length=length)

    @property
    def texts(self) -> dict[str, Feature[Any]]:
        """The features whose raw values are texts."""
        return {
            name: each
            for name, each in self.task.features.items()
            if each.spec(name, self.states[name]).dtype == "string"
        }

    @cached_property
    def inputs(self) -> dict[str, tf.TensorSpec]:
        """What goes in, by the names of features, the batch first."""
        import tensorflow as tf

        specs = {}
        for name, each in self.task.features.items():
            if name not in self.texts:
                specs[name] = each.spec(name, self.states[name])
                continue
            taken = self._taken_by_model(name)
            shape = [None, self.length, *taken.shape[2:]]
            specs[name] = tf.TensorSpec(shape, taken.dtype, self._input_name(name))
        return specs

    def _input_name(self, feature: str) -> str:
        return TOKENS if len(self.task.features) == 1 else f"{feature}_{TOKENS}"

    def _taken_by_model(self, feature: str) -> Any:
        if len(self.model.inputs) == 1:
            return self.model.inputs[0]
        return next(each for each in self.model.inputs if each.name == feature)

    def specs(self, batch: int | None = None) -> list[tf.TensorSpec]:
        """Returns what goes in, in the order of the features, with this size of a batch."""
        import tensorflow as tf

        return [
            tf.TensorSpec([batch, *spec.shape[1:]], spec.dtype, spec.name)
            for spec in self.inputs.values()
        ]

    def answer(self, *values: tf.Tensor) -> dict[str, tf.Tensor]:
        """Returns answers as numbers; in the graph.

        Args:
            *values: In the order of `specs`.
        """
        tensors = {}
        for (name, each), value in zip(self.task.features.items(), values, strict=True):
            state = self.states[name]
            tensors[name] = (
                value if name in self.texts else each.collate(each.encode(value, state), state)
            )
        inputs = tensors if len(tensors) > 1 else next(iter(tensors.values()))
        outputs = self.model(inputs, training=False)
        return self.task.target.decode_numbers(outputs, self.states.target)

    @cached_property
    def graph(self) -> Any:
        """`answer` traced for any number of rows."""
        import tensorflow as tf

        return tf.function(self.answer, input_signature=self.specs()).get_concrete_function()

    def rows(self, samples: Mapping[str, NDArray[Any]]) -> tuple[Rows, int]:
        """Returns raw samples as what goes in, by its names, and how many are too long for it."""
        columns = {name: self._rows(name, samples[name]) for name in self.task.features}
        fits = np.ones(len(next(iter(samples.values()))), bool)
        for name in self.texts if self.length is not None else ():
            fits &= ~_beyond(columns[name], self.length)
        rows = {}
        for name, spec in self.inputs.items():
            column = columns[name][fits]
            rows[spec.name] = column if name not in self.texts else _cut(column, self.length)
        return rows, int((~fits).sum())

    def _rows(self, name: str, column: NDArray[Any]) -> NDArray[Any]:
        import tensorflow as tf

        feature, state = self.task.features[name], self.states[name]
        if name not in self.texts:
            return column.astype(self.inputs[name].dtype.as_numpy_dtype)
        parts = [
            feature.collate(feature.encode(tf.constant(column[start:][:CHUNK]), state), state)
            for start in range(0, len(column), CHUNK)
        ]
        longest = max(part.shape[1] for part in parts)
        return np.concatenate([_widened(part.numpy(), longest) for part in parts])


def _widened(rows: NDArray[Any], steps: int) -> NDArray[Any]:
    more = [(0, 0), (0, max(0, steps - rows.shape[1])), *[(0, 0)] * (rows.ndim - 2)]
    return np.pad(rows, more)


def _cut(rows: NDArray[Any], steps: int | None) -> NDArray[Any]:
    return rows if steps is None else _widened(rows, steps)[:, :steps]


def _beyond(rows: NDArray[Any], steps: Any) -> NDArray[np.bool_]:
    """Tells which rows have more steps than that, padding not counted."""
    return np.asarray(rows[:, steps:].reshape(len(rows), -1).any(axis=1))
