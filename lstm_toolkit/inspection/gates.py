"""What the gates of an LSTM layer do at each time step."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from lstm_toolkit.inspection.lstm_layers import Direction, inputs_of, lstm_layer, one_direction
from lstm_toolkit.settings.arguments import checked_names

Floats = NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class GateActivations:
    """Gates and states of one LSTM layer, in one direction, at every step of its inputs.

    All are `float32[batch, time, units]`, in the order of the inputs: of a layer that reads
    backwards, step 0 is what it reads last. At a masked step no gate opens or closes: there
    gates and candidate are NaN, and the states are those before it.

    Attributes:
        input: How much of the candidate is written.
        forget: How much of the cell state before is kept.
        output: How much of the cell state is shown.
        candidate: What could be written.
        cell: The cell state after the step.
        hidden: The hidden state after the step, the layer's output.
        mask: `bool[batch, time]`, True where a step counts.
    """

    input: Floats
    forget: Floats
    output: Floats
    candidate: Floats
    cell: Floats
    hidden: Floats
    mask: NDArray[np.bool_]


@checked_names()
def gate_activations(
    model: keras.Model, inputs: Any, *, layer: str | None = None, direction: Direction = "forward"
) -> GateActivations:
    """Returns what the gates of one of a model's LSTM layers do with these inputs.

    The layers before it run as in prediction, and the mask that reaches it counts. For a
    layer without a model see `layer_gates`.

    Args:
        model: Functional or Sequential, with known inputs.
        inputs: What the model takes.
        layer: Name of the layer, see `lstm_toolkit.inspection.lstm_layers.lstm_layers`; not needed
            where there is one.
        direction: Which layer of a `keras.layers.Bidirectional` is meant.

    Raises:
        ValueError: If there is no such layer, or the model has no graph to follow.

    Example:
        >>> import lstm_toolkit as lt
        >>> model = lt.builders.text_classifier(100, classes=2, embedding=4, units=(6,))
        >>> found = gate_activations(model, np.array([[5, 7, 9, 0]]))
        >>> found.forget.shape, found.mask.tolist()
        ((1, 4, 6), [[True, True, True, False]])
    """
    lstm = lstm_layer(model, layer)
    reached = inputs_of(model, lstm, inputs)
    return layer_gates(
        lstm,
        reached.sequences,
        mask=reached.mask,
        initial_state=reached.initial_state,
        direction=direction,
    )


@checked_names()
def layer_gates(
    layer: keras.layers.Layer,
    sequences: Any,
    *,
    mask: Any = None,
    initial_state: Sequence[Any] | None = None,
    direction: Direction = "forward",
) -> GateActivations:
    """Returns what the gates of an LSTM layer do with these sequences.

    Computed in float32 whatever the layer's dtype policy, without Dropout, and for a stateful
    layer from `initial_state` too. The equations are those of F. A. Gers, J. Schmidhuber and
    F. Cummins, 2000 (doi:10.1162/089976600300015015).

    Args:
        layer: A built `keras.layers.LSTM`, or `keras.layers.Bidirectional` of them.
        sequences: `float[batch, time, features]`.
        mask: `bool[batch, time]`, True where a step counts; None if all do.
        initial_state: Hidden and cell state, `float[batch, units]` each, for both directions
            of a `Bidirectional` one after the other; None begins with zeros.
        direction: Which layer of a `Bidirectional` is meant.

    Raises:
        ValueError: If the layer is of another kind or not built, or a shape does not fit.
    """
    lstm = one_direction(layer, direction)
    x = _array(sequences)
    features = lstm.cell.kernel.shape[0]
    if x.ndim != 3 or x.shape[2] != features:
        raise ValueError(
            f"sequences must be [batch, time, {features}]. Received: sequences of {x.shape}"
        )
    valid = np.ones(x.shape[:2], bool) if mask is None else np.asarray(mask, bool)
    if valid.shape != x.shape[:2]:
        raise ValueError(f"mask must be of shape {x.shape[:2]}. Received: mask of {valid.shape}")
    count = 4 if isinstance(layer, keras.layers.Bidirectional) else 2
    shape = (len(x), lstm.units)
    states = [np.zeros(shape, np.float32)] * count
    if initial_state is not None:
        states = list(map(_array, initial_state))
    if [state.shape for state in states] != [shape] * count:
        raise ValueError(
            f"initial_state must be {count} arrays of shape {shape}. "
            f"Received: {len(states)} of {[state.shape for state in states]}"
        )
    hidden, cell = states[2:] if count == 4 and direction == "backward" else states[:2]
    return _read(lstm, x, valid, hidden, cell)


def _read(
    lstm: keras.layers.LSTM, x: Floats, valid: NDArray[np.bool_], hidden: Floats, cell: Floats
) -> GateActivations:
    kernel = _array(lstm.cell.recurrent_kernel)
    projected = x @ _array(lstm.cell.kernel)
    if lstm.use_bias:
        projected = projected + _array(lstm.cell.bias)
    squash, gate = _on_arrays(lstm.activation), _on_arrays(lstm.recurrent_activation)
    steps = np.empty((6, *x.shape[:2], lstm.units), np.float32)
    order = range(x.shape[1])
    for t in reversed(order) if lstm.go_backwards else order:
        i, f, g, o = np.split(projected[:, t] + hidden @ kernel, 4, axis=1)  # Keras's order
        i, f, g, o = gate(i), gate(f), squash(g), gate(o)
        counts = valid[:, t, None]
        cell = np.where(counts, f * cell + i * g, cell)
        hidden = np.where(counts, o * squash(cell), hidden)
        steps[:4, :, t] = np.where(counts, (i, f, o, g), np.nan)
        steps[4:, :, t] = cell, hidden
    names = ("input", "forget", "output", "candidate", "cell", "hidden")
    return GateActivations(**dict(zip(names, steps, strict=True)), mask=valid)


def _array(tensor: Any) -> Floats:
    return np.asarray(ops.convert_to_numpy(tensor), np.float32)


def _on_arrays(activation: Callable[[Any], Any]) -> Callable[[Floats], Floats]:
    return lambda x: _array(activation(ops.convert_to_tensor(x)))
