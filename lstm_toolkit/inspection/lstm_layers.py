"""The LSTM layers of a model, and what reaches them."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Sequence
from typing import Any, Literal

import keras

from lstm_toolkit.errors import did_you_mean

Direction = Literal["forward", "backward"]


@dataclasses.dataclass(frozen=True)
class Reached:
    """What a layer of a model is called with.

    Attributes:
        sequences: `float[batch, time, features]`.
        mask: `bool[batch, time]`, True where a step counts; None if all do.
        initial_state: Hidden and cell state, `float[batch, units]` each, those of both
            directions one after the other; None for zeros.
    """

    sequences: Any
    mask: Any = None
    initial_state: Sequence[Any] | None = None


def lstm_layers(model: keras.Model) -> dict[str, keras.layers.Layer]:
    """Returns the LSTM layers of a model by their names, first to last.

    `Bidirectional` layers of LSTMs are among them; layers inside of other models, and cells
    in `keras.layers.RNN`, are not.

    Example:
        >>> import lstm_toolkit as lt
        >>> list(lstm_layers(lt.builders.lstm_classifier((8, 8), classes=10, units=(4, 4))))
        ['lstm_1', 'lstm_2']
    """
    return {layer.name: layer for layer in model.layers if _is_lstm(layer)}


def lstm_layer(model: keras.Model, name: str | None = None) -> keras.layers.Layer:
    """Returns the LSTM layer of that name, or the only one that a model has.

    Raises:
        ValueError: If there is none, or several and `name` is None.
    """
    layers = lstm_layers(model)
    if not layers:
        raise ValueError(
            f"model must have a keras.layers.LSTM layer. Received: model `{model.name}` without"
        )
    if name is None and len(layers) == 1:
        name = next(iter(layers))
    if name not in layers:
        raise ValueError(
            "layer must be the name of one of the model's LSTM layers. "
            f"Received: layer={name!r}, {did_you_mean(str(name), layers)}"
        )
    return layers[name]


def one_direction(layer: keras.layers.Layer, direction: Direction) -> keras.layers.LSTM:
    """Returns an LSTM layer itself, or that of a `Bidirectional` which reads in `direction`.

    Raises:
        ValueError: If the layer is of another kind, reads in one direction and is asked for
            the other, or has no weights yet.
    """
    if not _is_lstm(layer):
        raise ValueError(
            "layer must be a keras.layers.LSTM, or a keras.layers.Bidirectional of them. "
            f"Received: {_told(layer)}"
        )
    choices = {"forward": layer}
    if isinstance(layer, keras.layers.Bidirectional):
        choices = {"forward": layer.forward_layer, "backward": layer.backward_layer}
    if direction not in choices:
        raise ValueError(
            f"direction must be one of {', '.join(choices)} for {_told(layer)}. "
            f"Received: direction={direction!r}"
        )
    if not choices[direction].built:
        raise ValueError(f"layer must be built. Received: {_told(layer)}, never called on inputs")
    return choices[direction]


def inputs_of(model: keras.Model, layer: keras.layers.Layer, inputs: Any) -> Reached:
    """Runs a model as far as one of its LSTM layers, Dropout and the like switched off.

    Args:
        model: Functional or Sequential, with known inputs.
        layer: One of `lstm_layers(model)`; where it is called several times, the last counts.
        inputs: What the model takes.

    Raises:
        ValueError: If the model has no graph of layers to follow.
    """
    graph = getattr(model, "_functional", model)  # what is inside a Sequential
    by_depth = getattr(graph, "_nodes_by_depth", {})  # 0 is that of the outputs
    calls = [node for depth in sorted(by_depth) for node in by_depth[depth]]
    given = next((node.arguments for node in calls if node.operation is layer), None)
    if given is None:
        raise ValueError(
            "model must be functional, or a Sequential that begins with keras.Input. "
            f"Received: model `{model.name}`"
        )
    call = inspect.signature(layer.call).bind(*given.args, **given.kwargs)
    outputs = {name: call.arguments.get(name) for name in Reached.__dataclass_fields__}
    if outputs["mask"] is None and outputs["initial_state"] is None:
        # Keras finds the mask of the sequences only where they are called alone.
        outputs["mask"] = getattr(outputs["sequences"], "_keras_mask", None)
    outputs = {name: value for name, value in outputs.items() if value is not None}
    return Reached(**keras.Model(graph.input, outputs)(inputs, training=False))


def _is_lstm(layer: Any) -> bool:
    if type(layer) is keras.layers.Bidirectional:
        return _is_lstm(layer.forward_layer) and _is_lstm(layer.backward_layer)
    return type(layer) is keras.layers.LSTM  # a subclass may compute something else


def _told(layer: Any) -> str:
    name = getattr(layer, "name", None)
    return type(layer).__name__ + (f" `{name}`" if name else "")
