"""TensorFlow's start: quiet, seeded, and in the arithmetic that was asked for."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator

from lstm_toolkit.system.tensorflow_start import silent_stderr, told_by_user


def quiet_tensorflow() -> None:
    """Imports TensorFlow, and lets it look for devices, without the lines it writes to stderr.

    `TF_CPP_MIN_LOG_LEVEL`, if the user set it, leaves everything as it is.
    """
    if "tensorflow" in sys.modules or told_by_user():
        return
    import tensorflow as tf  # quietly, see `prepare_start`

    with silent_stderr():  # the CPU and GPU probes write too
        tf.config.list_physical_devices()
        tf.zeros([])


def seed_everything(seed: int) -> None:
    """Seeds Python, NumPy and Keras, and makes operations on the CPU deterministic.

    Determinism is a property of the whole process and cannot be taken back. Beside a GPU
    it is left alone: there some operations have no deterministic form and would fail.
    """
    import keras
    import tensorflow as tf

    if not gpus():
        tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)


@contextlib.contextmanager
def errors_alone(*loggers: str) -> Iterator[None]:
    """Lets Python's loggers of these names tell of errors alone during the block."""
    before = {name: logging.getLogger(name).level for name in loggers}
    for name in loggers:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@contextlib.contextmanager
def keeping_random_state() -> Iterator[None]:
    """Puts Python's and NumPy's global random states back as they were before the block."""
    import random

    import numpy as np

    python, legacy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(legacy)


POLICIES = ("float32", "mixed_float16", "mixed_bfloat16")
"""Keras's dtype policies with which networks are trained."""


def resolve_precision(name: str) -> str:
    """Returns the dtype policy that "auto" stands for on this machine.

    The tensor cores of a GPU of compute capability 7 multiply 16-bit numbers alone, several
    times faster. From 8.0 on they multiply float32 as well (as TensorFloat-32), and layers of
    512 units trained faster so than in 16 bits (measured on an H200). CPUs and older GPUs do
    best in float32.
    """
    if name != "auto":
        return name
    return "mixed_float16" if any(major == 7 for _, (major, _) in gpus()) else "float32"


def gpus() -> list[tuple[str, tuple[int, int]]]:
    """Returns the name and the compute capability of each visible GPU."""
    import tensorflow as tf

    visible = []
    for device in tf.config.list_physical_devices("GPU"):
        details = tf.config.experimental.get_device_details(device)
        name, capability = details.get("device_name", device.name), (0, 0)
        visible.append((name, details.get("compute_capability", capability)))
    return visible


@contextlib.contextmanager
def dtype_policy(name: str) -> Iterator[None]:
    """Sets Keras's global dtype policy for the block and puts the old one back."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


@contextlib.contextmanager
def exact_products() -> Iterator[None]:
    """Lets GPUs multiply float32 in float32 during the block, not in TensorFloat-32's 10 bits."""
    import tensorflow as tf

    before = tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        yield
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(before)


@contextlib.contextmanager
def forgetting_graphs() -> Iterator[None]:
    """Lets go of the graphs that were made in the block, for good.

    TensorFlow keeps the gradient function of each `tf.custom_gradient` for ever, and with it the
    graphs around it: those of a training are some 12 MiB. Models of the block cannot be
    trained further after it.
    """
    import gc

    import keras
    from tensorflow.python.framework import ops

    gradients = ops.gradient_registry._registry
    before = set(gradients)
    try:
        yield
    finally:
        for name in set(gradients) - before:
            if name.startswith("CustomGradient-"):
                del gradients[name]
        keras.backend.clear_session()
        gc.collect()
