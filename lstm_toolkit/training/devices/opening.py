"""From `--devices` and `TF_CONFIG` to the devices of a training."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

from lstm_toolkit.errors import InputError, foreign_error
from lstm_toolkit.system.cluster import VARIABLE, Cluster, several
from lstm_toolkit.system.tensorflow_start import silent_stderr, told_by_user

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.training.devices.devices import OneDevice

TESTED = {"keras": "3.15.", "tensorflow": "2.21."}
"""With what training on several devices was made to work, see `steps`."""


def open_devices(count: int | None = None) -> OneDevice:
    """Returns the devices of a training; with several machines it waits for them.

    Call it before TensorFlow computes anything: it then cannot be told of other machines, nor of
    several logical CPUs any more.

    Args:
        count: GPUs of this machine, or logical CPUs where it has no GPU; None takes one, or with
            several machines all GPUs of each.

    Raises:
        InputError: If there are not as many, `TF_CONFIG` is unfit, the versions are others than
            those this was made for, or TensorFlow has begun already.
    """
    if not several(count):
        from lstm_toolkit.training.devices.devices import ONE_DEVICE

        return ONE_DEVICE
    _check_versions()
    cluster = Cluster.read()
    try:
        strategy = _quietly(count, cluster)
    except RuntimeError as error:
        raise InputError(
            "several devices must be opened before TensorFlow computes anything; train in a new "
            f"process. Received: {type(error).__name__} of TensorFlow: {str(error)[:100]}"
        ) from error
    except Exception as error:
        if cluster is None or type(error).__module__ != "tensorflow.python.framework.errors_impl":
            raise
        raise InputError(
            f"{cluster}: cannot begin; needs a free port of this machine, and the others within an "
            f"hour. Received: {foreign_error(error, 120)}"
        ) from error
    from lstm_toolkit.training.devices.devices import SeveralDevices

    return SeveralDevices(strategy, cluster)


def planned() -> str:
    """Returns in words on what a training would run, with which strategy of `tf.distribute`."""
    import tensorflow as tf

    gpus = len(tf.config.list_physical_devices("GPU"))
    try:
        cluster = Cluster.read()
    except InputError as error:
        return f"nothing; {error}"
    try:
        _check_versions()
    except InputError as error:
        return f"one device; {error}"
    if cluster is not None:
        each = "all of its GPUs" if gpus else "its CPU"
        return f"MultiWorkerMirroredStrategy by {VARIABLE}: {cluster}, with {each}"
    if gpus > 1:
        return f"one GPU; --devices {gpus} trains on all (MirroredStrategy)"
    return "one GPU" if gpus else "the CPU"


def _check_versions() -> None:
    for package, tested in TESTED.items():
        version = importlib.metadata.version(package)
        if not version.startswith(tested):
            raise InputError(
                f"several devices need {package} {tested}*, with which they were tested; train on "
                f"one device, or install that. Received: {package} {version}"
            )


def _quietly(count: int | None, cluster: Cluster | None) -> tf.distribute.Strategy:
    if told_by_user():
        return _strategy(count, cluster)
    import tensorflow as tf  # noqa: F401  quietly, see `prepare_start`

    with silent_stderr():  # devices, ports and connections are told of
        return _strategy(count, cluster)


def _strategy(count: int | None, cluster: Cluster | None) -> tf.distribute.Strategy:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if gpus and count is not None and count > len(gpus):
        raise InputError(
            f"devices must be at most the GPUs there are, {len(gpus)}. Received: {count}"
        )
    if cluster is not None:
        if not gpus and (count or 1) > 1:
            raise InputError(
                f"machines of TF_CONFIG without a GPU have one device each. Received: "
                f"devices={count}"
            )
        if gpus:
            tf.config.set_visible_devices(gpus[:count], "GPU")
        return tf.distribute.MultiWorkerMirroredStrategy()
    kind = "GPU" if gpus else "CPU"
    if not gpus:
        _divide_cpu(count or 1)
    return tf.distribute.MirroredStrategy([f"{kind}:{number}" for number in range(count or 1)])


def _divide_cpu(count: int) -> None:
    """Makes logical CPUs, unless there are as many already."""
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    parts = tf.config.get_logical_device_configuration(cpu)
    if parts is None or len(parts) < count:
        part = tf.config.LogicalDeviceConfiguration()
        tf.config.set_logical_device_configuration(cpu, [part] * count)
