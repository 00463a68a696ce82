"""How much memory a training takes, told before it is begun."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from lstm_toolkit.builders.adversarial import passes
from lstm_toolkit.data.batches import Batches
from lstm_toolkit.errors import TrainingError
from lstm_toolkit.settings.fields import Settings
from lstm_toolkit.system.runtime import gpus

FLOAT = 4
"""Bytes of a number."""

COPIES = 8
"""Of each weight: itself, its gradient, the optimizer's two moments, the best one so far, and
what a backup holds while it is written."""

RECURRENT, OTHER = 15, 4
"""Numbers kept of each output of a recurrent layer (gates, cells, their gradients), and of
any other (itself, its gradient, and what loss and metrics make of it)."""

CGROUP = Path("/sys/fs/cgroup")


def check_memory(model: keras.Model, settings: Settings, batches: Batches) -> None:
    """Refuses a training that would not fit into the memory of this machine or its GPU.

    Raises:
        TrainingError: With the estimate and what is free.
    """
    needed, free = estimate(model, settings, batches), free_bytes()
    if needed > free:
        raise TrainingError(
            f"needs about {needed / 2**30:.1f} GiB of memory, more than the "
            f"{free / 2**30:.1f} GiB that are free; search smaller networks or batches"
        )


def estimate(model: keras.Model, settings: Settings, batches: Batches) -> int:
    """Returns roughly how many bytes the training takes beyond its data.

    Args:
        model: The network; its weights need not be there, see `build_checked`.
        settings: Give the rows of a batch.
        batches: What it is trained on; the longest row counts.
    """
    rows, steps = settings.batch_size, batches.longest
    numbers = COPIES * sum(int(np.prod(weight.shape)) for weight in model.weights)
    activations = sum(_kept(layer, rows, steps) for layer in model._flatten_layers())
    return FLOAT * (numbers + passes(model) * activations)


def _kept(layer: Any, rows: int, steps: int) -> int:
    if isinstance(layer, keras.layers.LSTM | keras.layers.GRU):
        return RECURRENT * rows * (_static_steps(layer) or steps) * layer.units
    if not layer._inbound_nodes or isinstance(layer, keras.layers.InputLayer):
        return 0
    return OTHER * sum(
        int(np.prod([n or (rows if place == 0 else steps) for place, n in enumerate(shape)]))
        for shape in _shapes(layer.output)
    )


def _static_steps(layer: Any) -> int | None:
    """Returns the steps of a layer's input, where the network fixes them."""
    shapes = getattr(layer, "_build_shapes_dict", None) or {}
    sides = next((shape for shape in shapes.values() if isinstance(shape, tuple)), ())
    return sides[1] if len(sides) > 1 and isinstance(sides[1], int) else None


def _shapes(output: Any) -> Iterator[tuple[int | None, ...]]:
    for part in keras.tree.flatten(output):
        yield part.shape


def free_bytes() -> int:
    """Returns the memory that is free: of the first GPU, or else of the machine."""
    if gpus():
        from tensorflow.python.client import device_lib

        limits = [d.memory_limit for d in device_lib.list_local_devices() if d.device_type == "GPU"]
        return int(min(limits))
    import psutil

    free = int(psutil.virtual_memory().available)
    return min(free, _free_of_group(CGROUP))


def _free_of_group(folder: Path) -> int:
    """Returns what a container may still take."""
    try:
        limit = (folder / "memory.max").read_text(encoding="ascii").strip()
        used = (folder / "memory.current").read_text(encoding="ascii").strip()
    except OSError:
        return 2**62
    return 2**62 if limit == "max" else int(limit) - int(used)
