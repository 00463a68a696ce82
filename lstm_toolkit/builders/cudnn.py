"""When a GPU can run a recurrent layer as one cuDNN kernel, and how to do without."""

from __future__ import annotations

from collections.abc import Iterator

import keras


def recurrent_layers(model: keras.Model) -> Iterator[keras.layers.Layer]:
    """Yields every LSTM and GRU layer of a model, those inside wrappers too."""
    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, keras.layers.LSTM | keras.layers.GRU):
            yield layer


def cudnn_blockers(model: keras.Model) -> list[str]:
    """Returns one line for each recurrent layer that cuDNN cannot run, with the reason.

    The conditions are those of Keras 3.15: its own LSTM or GRU layer, tanh and sigmoid, a
    bias, no recurrent dropout, no unrolling, `reset_after` in a GRU, and `use_cudnn` not
    switched off.

    Example:
        >>> layers = keras.layers
        >>> model = keras.Sequential([layers.LSTM(4, unroll=True, name="a"), layers.GRU(4)])
        >>> cudnn_blockers(model)
        ['a: unroll=True']
    """
    lines = []
    for layer in model._flatten_layers(include_self=False):
        if not isinstance(layer, keras.layers.RNN):
            continue
        reasons = [reason for holds, reason in _conditions(layer) if not holds]
        if reasons:
            lines.append(f"{layer.name}: {', '.join(reasons)}")
    return list(dict.fromkeys(lines))


def _conditions(layer: keras.layers.RNN) -> Iterator[tuple[bool, str]]:
    if not isinstance(layer, keras.layers.LSTM | keras.layers.GRU):
        yield False, f"{type(layer.cell).__name__} is not the cell of an LSTM or GRU layer"
        return
    yield layer.recurrent_dropout == 0, f"recurrent_dropout={layer.recurrent_dropout:g}"
    yield layer.activation is keras.activations.tanh, "activation is not tanh"
    yield (
        layer.recurrent_activation is keras.activations.sigmoid,
        "recurrent_activation is not sigmoid",
    )
    yield layer.use_bias, "use_bias=False"
    yield not layer.unroll, "unroll=True"
    yield getattr(layer, "reset_after", True), "reset_after=False"
    yield layer.use_cudnn is not False, "use_cudnn=False"


def without_cudnn(model: keras.Model) -> keras.Model:
    """Switches cuDNN off in every recurrent layer, so that a traced graph runs anywhere.

    Returns:
        The same model.
    """
    for layer in recurrent_layers(model):
        layer.use_cudnn = False
    return model
