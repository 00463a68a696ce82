"""Networks that are judged before they take memory: when built, and when read from a file."""

from __future__ import annotations

import contextlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from lstm_toolkit.errors import RunError, foreign_error

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
"""Of a `.keras` file."""


def build_checked(
    build: Callable[[], keras.Model], check: Callable[[keras.Model], None]
) -> keras.Model:
    """Builds a network once, and lets it be judged by its shapes before its weights are made.

    Args:
        build: Returns the network; it may set weights. What it draws at random is drawn from
            the seeds of its initializers, so the weights are those of a network built plainly.
        check: Raises if the network is not to be; it then never has weights.

    Returns:
        The network with its weights.
    """
    with keras.StatelessScope() as scope, _forgetting_weights(if_it_raises=True):
        model = build()
        check(model)
    for variable in model.variables:
        value = scope.get_current_value(variable)
        if value is not None:  # what the builder set, which the scope held back
            variable.assign(value)
    return model


def read_network(path: Path) -> keras.Model:
    """Reads a `.keras` file; nothing in it is executed, and it takes no more memory than it holds.

    Layers are Keras's own, or registered by the toolkit and by packages that are imported:
    Keras refuses all others, and functions that a file brings along.

    Raises:
        RunError: If it is damaged, or was changed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read(CONFIG))
            held = archive.getinfo(WEIGHTS).file_size
        needed = _weights_size(config)
        if needed > held:
            raise RunError(
                f"{path}: is damaged; needs {needed:,} bytes of weights. Received: {held:,}"
            )
        return keras.models.load_model(path)
    except RunError:
        raise
    except Exception as error:  # Keras has an error of another kind for each way to be damaged
        raise RunError(
            f"{path}: is damaged, or no network of this toolkit. {foreign_error(error)}"
        ) from error


def _weights_size(config: dict[str, Any]) -> int:
    """Returns the bytes that a network's weights take, without making them."""
    plain = {name: value for name, value in config.items() if name != "compile_config"}
    with keras.StatelessScope(initialize_variables=False), _forgetting_weights():
        model = keras.saving.deserialize_keras_object(plain)
        return sum(
            int(np.prod(variable.shape)) * np.dtype(variable.dtype).itemsize
            for variable in model.variables
        )


@contextlib.contextmanager
def _forgetting_weights(*, if_it_raises: bool = False) -> Iterator[None]:
    """Lets weights that wait to be made never be made; Keras would at the end of any scope."""
    from keras.src.backend.common import global_state

    waiting = "uninitialized_variables"
    before = list(global_state.get_global_attribute(waiting, []))
    forget = True
    try:
        yield
        forget = not if_it_raises
    finally:
        if forget:
            global_state.set_global_attribute(waiting, before)
