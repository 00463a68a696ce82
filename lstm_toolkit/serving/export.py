"""SavedModels that take raw inputs, give final answers, and run on any machine.

An export is written by a float32 copy of the network without cuDNN, traced, then loaded
in a clean process that knows only TensorFlow and sees no GPU; what that process answers
is held against the Keras model before the version folder appears.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import ExportError, InputError
from lstm_toolkit.runs import FORMAT
from lstm_toolkit.system.files import clear_drafts, new_folder, only_one, write_json

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.runs import Run
    from lstm_toolkit.task import Task

TOLERANCE = 1e-5
"""The largest difference allowed between an export and its Keras model, in float32."""

EXTRA = "assets.extra"
"""The folder in a SavedModel that TensorFlow leaves to others."""

TASK_FILE = "task.json"

NEAR_TIES = 0.05
"""Share of the texts in an answer that may differ, where rounding decides between equals."""

_ANSWER = """
import sys
import numpy as np, tensorflow as tf
model, samples, answers = sys.argv[1:]
signature = tf.saved_model.load(model).signatures["serving_default"]
name = next(iter(signature.structured_input_signature[1]))
inputs = np.load(samples)["inputs"]
outputs = signature(**{name: tf.constant(inputs)})
assert "lstm_toolkit" not in sys.modules
plain = {k: v.numpy() for k, v in outputs.items()}
np.savez(answers, **{k: v.astype(bytes) if v.dtype == object else v for k, v in plain.items()})
"""


def export_model(
    task: Task[Any, Any],
    model: keras.Model,
    assets: Any,
    samples: NDArray[Any],
    folder: Path,
) -> tuple[Path, float]:
    """Exports a network, checked, as the next version in a folder for TensorFlow Serving.

    Args:
        task: Gives the signatures.
        model: The trained network.
        assets: What was learnt from the training split.
        samples: Raw inputs to check with, at least one.
        folder: Where the numbered versions are; it need not exist.

    Returns:
        The new version's folder, and the largest difference from the Keras model.

    Raises:
        ExportError: If the export does not load or answers differently; it is withdrawn.
        OSError: If the folder cannot be written; older versions stay as they are.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: needs a folder to export into. Received: a file")
    import tensorflow as tf

    portable = portable_copy(model)
    # In 16 bits the network itself rounds, so its float32 copy is what can be compared.
    reference = model if model.dtype_policy.compute_dtype == "float32" else portable
    try:
        with only_one(folder):
            clear_drafts(folder)
            with new_folder(folder) as draft:
                _write(task, portable, assets, draft / "model")
                difference = _check(task, reference, assets, samples, draft)
                target = folder / str(_next_version(folder))
                (draft / "model").rename(target)
    except tf.errors.OpError as error:  # what TensorFlow makes of a full disk
        raise ExportError(f"{folder}: cannot be written. {error.message}") from error
    return target, difference


def export_run(run: Run, folder: Path) -> tuple[Path, float]:
    """Exports a finished run, checked with the examples that it kept for that."""
    return export_model(run.task, run.model(), run.assets, run.samples, folder)


def portable_copy(model: keras.Model) -> keras.Model:
    """Returns the same network in float32 without cuDNN, so that its graph runs anywhere."""
    from lstm_toolkit.builders import without_cudnn

    config = _in_float32(model.get_config())
    copy = without_cudnn(type(model).from_config(config))
    copy.set_weights(model.get_weights())
    return copy


def _in_float32(config: Any) -> Any:
    """Replaces every dtype policy in a network's configuration."""
    if isinstance(config, list | tuple):
        return type(config)(_in_float32(item) for item in config)
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "DTypePolicy":
        return {**config, "config": {"name": "float32"}}
    return {name: _in_float32(value) for name, value in config.items()}


def _write(task: Task[Any, Any], model: keras.Model, assets: Any, folder: Path) -> None:
    import keras
    import tensorflow as tf

    archive = keras.export.ExportArchive()
    archive.track(model)
    for resource in task.resources(assets):
        archive.track(resource)
    for name, endpoint in task.endpoints(model, assets).items():
        archive.add_endpoint(name, endpoint.function, input_signature=endpoint.signature)
    logger = tf.get_logger()
    before = logger.level
    logger.setLevel("ERROR")  # it would tell the name of the draft
    try:
        archive.write_out(str(folder), verbose=False)
    finally:
        logger.setLevel(before)
    extra = folder / EXTRA
    extra.mkdir(exist_ok=True)
    assets.save(extra)
    write_json(extra / TASK_FILE, {"format": FORMAT, "task": task.name})


def _check(
    task: Task[Any, Any],
    model: keras.Model,
    assets: Any,
    samples: NDArray[Any],
    draft: Path,
) -> float:
    import tensorflow as tf

    endpoint = task.endpoints(model, assets)["serving_default"]
    dtype = endpoint.input.dtype.as_numpy_dtype
    inputs = samples.astype(np.str_ if dtype is object else dtype)
    np.savez(draft / "samples.npz", inputs=inputs)
    # As a graph, since its operations are joined and round otherwise than one by one.
    graph = tf.function(endpoint.function, input_signature=endpoint.signature)
    expected = graph(tf.constant(inputs))
    received = _answer_elsewhere(draft)
    difference = _difference({k: v.numpy() for k, v in expected.items()}, received)
    if not difference <= TOLERANCE:
        raise ExportError(
            f"the export answers differently from its Keras model: needs at most {TOLERANCE:g}. "
            f"Received: {difference:.3g}; nothing was published"
        )
    return difference


def _difference(
    expected: Mapping[str, NDArray[Any]], received: Mapping[str, NDArray[Any]]
) -> float:
    """Returns the largest difference of numbers; NaN, which no tolerance admits, if any is."""
    gaps = [0.0]
    for name, values in expected.items():
        if values.dtype != object:
            gaps.append(np.abs(values.astype(np.float64) - received[name]).max(initial=0.0))
            continue
        differ = int((values.astype(bytes) != received[name]).sum())
        if differ > NEAR_TIES * values.size:
            raise ExportError(
                "the export answers differently from its Keras model: "
                f"{differ} of {values.size} in `{name}`; nothing was published"
            )
    return float(np.max(gaps))


def _answer_elsewhere(draft: Path) -> Mapping[str, NDArray[Any]]:
    """Asks the export in `draft` from a process with TensorFlow alone and no GPU."""
    answers = draft / "answers.npz"
    hidden = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    files = (draft / "model", draft / "samples.npz", answers)
    command = [sys.executable, "-c", _ANSWER, *map(str, files)]
    done = subprocess.run(
        command, env=os.environ | hidden, capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ExportError(f"the export does not answer in a clean process: {reason}")
    with np.load(answers) as file:
        return dict(file)


def versions_in(folder: Path) -> list[int]:
    """Returns the numbers of the versions in a model folder, ascending."""
    if not folder.is_dir():
        return []
    names = (entry.name for entry in folder.iterdir() if (entry / "saved_model.pb").exists())
    return sorted(int(name) for name in names if name.isdecimal())


def _next_version(folder: Path) -> int:
    numbers = [int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal()]
    return max(numbers, default=0) + 1


def find_export(path: Path) -> Path | None:
    """Returns the SavedModel at `path`: itself, or the newest version in it, or None."""
    if (path / "saved_model.pb").exists():
        return path
    numbers = versions_in(path)
    return path / str(numbers[-1]) if numbers else None


def read_task_file(export: Path) -> dict[str, Any]:
    """Returns which task an export is of.

    Raises:
        InputError: If the SavedModel was not made by this toolkit.
    """
    try:
        facts: dict[str, Any] = json.loads((export / EXTRA / TASK_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{export}: needs a SavedModel that this toolkit exported") from None
    return facts
