"""What an export offers: signatures, and what they are made from."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Mapping
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from lstm_toolkit.features.feature import Feature
    from lstm_toolkit.features.states import States

NETWORK = "network"
"""Under which `Trained.graphs` holds the graph of the network alone."""


@dataclasses.dataclass(frozen=True)
class Signature:
    """One signature of an export.

    Attributes:
        function: Graph function from a batch of raw inputs, then parameters, then state, to
            named final answers.
        inputs: Names, dtypes and shapes of the raw inputs, the batch first.
        parameters: Of what each call sets beside them, such as the number of beams.
        examples: Values of the parameters with which an export is checked.
        state: Of what the function returns under the same names, to be given to the next
            call; zeros before the first.
        deterministic: Whether the same call always gets the same answer. If so, an export is
            checked with it.
        batched: Whether every output has the batch first. Servers take no other in a batch.
        samples: Turns raw inputs by the names of features into those of this signature, where
            they are others.
        resources: What holds variables beside the network, which an export must keep.
        bind: Returns `function` with these values of the parameters built in, where that does
            once what each call would do again; None takes them in each call.
    """

    function: Callable[..., dict[str, tf.Tensor]]
    inputs: tuple[tf.TensorSpec, ...]
    parameters: tuple[tf.TensorSpec, ...] = ()
    examples: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    state: tuple[tf.TensorSpec, ...] = ()
    deterministic: bool = True
    batched: bool = True
    samples: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    resources: tuple[Any, ...] = ()
    bind: Callable[[Mapping[str, Any]], Callable[..., dict[str, tf.Tensor]]] | None = None

    @property
    def specs(self) -> list[tf.TensorSpec]:
        """All that a call is given."""
        return [*self.inputs, *self.parameters, *self.state]

    def graph(self) -> Any:
        """Returns the function traced, once for all who ask: that takes seconds."""
        return self._graph

    @cached_property
    def _graph(self) -> Any:
        import tensorflow as tf

        graph = tf.function(self.function, input_signature=self.specs, autograph=False)
        return graph.get_concrete_function()  # or TensorFlow warns of tracing too often


@dataclasses.dataclass(frozen=True)
class Trained:
    """A network with all that stands between raw inputs and it.

    Attributes:
        model: The network.
        features: By name.
        states: What was learnt besides the weights.
        graphs: What a target traced of them, under names of its own, to be used again.
    """

    model: keras.Model
    features: Mapping[str, Feature[Any]]
    states: States
    graphs: dict[str, Any] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    @property
    def specs(self) -> tuple[tf.TensorSpec, ...]:
        """Names, dtypes and shapes of the raw inputs."""
        return tuple(each.spec(name, self.states[name]) for name, each in self.features.items())

    def brought(
        self, *values: tf.Tensor, as_is: bool = False
    ) -> tuple[list[tf.Tensor], tf.Tensor | None]:
        """Brings raw inputs to what training rows look like, see `Feature.bring`.

        Returns:
            Raw inputs again, and which rows are unlike in any of them; None if none can tell.
        """
        pairs = [
            each.bring(value, self.states[name], as_is=as_is)
            for (name, each), value in zip(self.features.items(), values, strict=True)
        ]
        told = [unlike for _, unlike in pairs if unlike is not None]
        return [value for value, _ in pairs], reduce(operator.or_, told) if told else None

    def network_inputs(self, *values: tf.Tensor) -> Any:
        """Turns batches of raw inputs, in the order of the features, into the network's."""
        import tensorflow as tf

        checked = [
            # A loaded signature does not look.
            tf.ensure_shape(value, spec.shape)
            for value, spec in zip(values, self.specs, strict=True)
        ]
        return preprocess(
            dict(zip(self.features, checked, strict=True)), self.features, self.states
        )

    def network(self, spec: Any) -> Any:
        """Returns the network as a graph from its inputs to its outputs, traced once.

        `keras.Model.predict` traces it anew for each size of a batch.

        Args:
            spec: Names, dtypes and shapes of batches of encoded and collated rows.
        """
        import tensorflow as tf

        if NETWORK not in self.graphs:
            graph = tf.function(
                lambda inputs: self.model(inputs, training=False), [spec], autograph=False
            )
            self.graphs[NETWORK] = graph.get_concrete_function()
        return self.graphs[NETWORK]

    def outputs(self, *values: tf.Tensor) -> Any:
        """Returns what the network makes of raw inputs."""
        return self.model(self.network_inputs(*values), training=False)


def collate(rows: Mapping[str, Any], features: Mapping[str, Feature[Any]], states: States) -> Any:
    """Turns batches of encoded rows into what the network takes.

    Returns:
        The one tensor there is, or tensors by the names of their features.
    """
    tensors = {name: each.collate(rows[name], states[name]) for name, each in features.items()}
    return tensors if len(tensors) > 1 else next(iter(tensors.values()))


def preprocess(
    values: Mapping[str, Any], features: Mapping[str, Feature[Any]], states: States
) -> Any:
    """Turns batches of raw values into what the network takes, see `collate`."""
    rows = {name: each.encode(values[name], states[name]) for name, each in features.items()}
    return collate(rows, features, states)
