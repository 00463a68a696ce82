"""The recurrence written in C, where installing the package built it.

Its three operations are registered with TensorFlow when the file is loaded, see
`native/operations.c`. They train; no model that is saved or exported holds them.
"""

from __future__ import annotations

import ctypes
import functools
import os
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any, NamedTuple

import tensorflow as tf

SWITCH = "LSTM_TOOLKIT_NATIVE"
"""The environment variable that turns the native recurrence off where it is 0."""


class Native(NamedTuple):
    """The native operations, or why there are none.

    Attributes:
        operations: TensorFlow's functions for them, or None.
        kernels: For which processors they are: AVX-512, AVX2, plain C; or "".
        missing: Why there are none, or "".
    """

    operations: Any
    kernels: str
    missing: str


@functools.cache
def load() -> Native:
    """Loads the native operations once in a process."""
    if os.environ.get(SWITCH) == "0":
        return Native(None, "", f"{SWITCH}=0")
    files = (Path(__file__).with_name(f"_native{suffix}") for suffix in EXTENSION_SUFFIXES)
    path = next((file for file in files if file.is_file()), None)
    if path is None:
        reason = "not built, there was no C compiler when lstm_toolkit was installed"
        return Native(None, "", reason)
    try:
        operations = tf.load_op_library(str(path))
        operations.lstm_toolkit_weights_gradient  # noqa: B018  # the last one to be registered
    except (tf.errors.OpError, OSError, AttributeError) as error:
        return Native(None, "", f"does not suit TensorFlow {tf.__version__}: {error}")
    return Native(operations, use_kernels(None, path), "")


def use_kernels(name: str | None, path: Path) -> str:
    """Chooses the kernels by their name, see `Native`, or the best ones; returns their name.

    They stay where the processor does not have those.
    """
    choose = ctypes.CDLL(str(path)).lstm_toolkit_kernels
    choose.argtypes, choose.restype = [ctypes.c_char_p], ctypes.c_char_p
    chosen: bytes = choose(None if name is None else name.encode())
    return chosen.decode()


def threads() -> int:
    """Returns how many threads TensorFlow lets one operation have."""
    told: int = tf.config.threading.get_intra_op_parallelism_threads()
    return told or processors()


def processors() -> int:
    """Returns how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_native(
    inputs: tf.Tensor,
    weights: tf.Tensor,
    output: tf.Tensor,
    cell: tf.Tensor,
    mask: tf.Tensor | None = None,
    *,
    gru: bool = False,
    zeros: bool = False,
    sequences: bool = True,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Runs an LSTM or a GRU over whole sequences, with a gradient that is native too.

    The gradient can be taken once; a gradient of the gradient raises LookupError.

    Args:
        inputs: `float32[batch, time, features]`.
        weights: `float32[features + units + 1, 4 * units]`: those of the inputs, those of the
            output before, and the bias. Columns are the gates in Keras's order: input,
            forget, candidate, output; of a GRU update, reset, and the candidate's two parts,
            from the inputs and from the output before.
        output: `float32[batch, units]`, the output before the first step.
        cell: `float32[batch, units]`, the cell before it; of a GRU the output again.
        mask: `bool[batch, time]`; where it is False the state stays as it is.
        gru: Whether it is a GRU.
        zeros: Whether a masked step gives zeros, not the output before it.
        sequences: Whether the outputs of all steps are wanted, or the last one.

    Returns:
        `float32[batch, time, units]` or, without `sequences`, `float32[batch, units]`; zeros
        where all steps so far are masked. Then the last state: output and cell,
        `float32[batch, units]`.
    """
    operations = load().operations
    mask = tf.zeros([0], tf.bool) if mask is None else mask
    options = {"threads": threads(), "gru": gru, "zeros": zeros}

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def run(inputs: tf.Tensor, weights: tf.Tensor, output: tf.Tensor, cell: tf.Tensor) -> Any:
        outputs, *state, cells, gates = operations.lstm_toolkit_recurrence(
            inputs, weights, output, cell, mask, **options
        )

        def gradient(above: tf.Tensor, *later: tf.Tensor) -> tuple[tf.Tensor, ...]:
            nothing = tf.zeros([0])
            every, final = (above, nothing) if sequences else (nothing, above)
            gates_gradient, *first = operations.lstm_toolkit_recurrence_gradient(
                weights, cells, gates, cell, mask, every, final, *later, **options
            )
            return (
                tf.matmul(gates_gradient, weights[: inputs.shape[-1]], transpose_b=True),
                operations.lstm_toolkit_weights_gradient(
                    inputs, weights, output, mask, outputs, gates_gradient, **options
                ),
                *first,
            )

        return (outputs if sequences else outputs[:, -1], *state), gradient

    return run(inputs, weights, output, cell)
