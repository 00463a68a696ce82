"""Networks whose weights are made once it is known that they fit into memory."""

from __future__ import annotations

from collections.abc import Callable

import keras


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
    with keras.StatelessScope() as scope:
        try:
            model = build()
            check(model)
        except BaseException:
            keras.backend.clear_session()  # forgets the weights that were to be made
            raise
    for variable in model.variables:
        value = scope.get_current_value(variable)
        if value is not None:  # what the builder set, which the scope held back
            variable.assign(value)
    return model
