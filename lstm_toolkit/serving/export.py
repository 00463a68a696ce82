"""SavedModels that take raw inputs, give final answers, and run on any machine.

An export is the network traced in float32 without cuDNN, by a copy where it has to be one, then
loaded in a clean process that knows only TensorFlow and sees no GPU; what that process answers, by
every signature, is held against the Keras model before the version folder appears.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.errors import ExportError, InputError
from lstm_toolkit.runs import FORMAT, Run
from lstm_toolkit.serving.card import write_card
from lstm_toolkit.serving.formats.catalogue import SAVED_MODEL, check_format
from lstm_toolkit.serving.formats.exporting import export_network
from lstm_toolkit.serving.formats.folder import check_folder, next_version
from lstm_toolkit.serving.portable import portable
from lstm_toolkit.serving.proof import prove
from lstm_toolkit.serving.warmup import write_warmup
from lstm_toolkit.settings.arguments import checked_names
from lstm_toolkit.system.files import clear_drafts, exclusive_lock, new_folder, write_json
from lstm_toolkit.system.reporting import SILENT, Reporter
from lstm_toolkit.system.runtime import errors_alone
from lstm_toolkit.task import DEFAULT, Task
from lstm_toolkit.tasks import get_task

if TYPE_CHECKING:
    import keras
    from numpy.typing import NDArray

    from lstm_toolkit.features.states import States
    from lstm_toolkit.targets.signature import Signature

EXTRA = "assets.extra"
"""The folder in a SavedModel that TensorFlow leaves to others."""

TASK_FILE = "task.json"


@checked_names()
def export_model(
    task: Task | str,
    model: keras.Model,
    states: States,
    samples: Mapping[str, NDArray[Any]] | NDArray[Any],
    folder: str | Path,
    *,
    run: Run | None = None,
    licence: str = "",
) -> tuple[Path, float]:
    """Exports a network, checked, as the next version in a folder for TensorFlow Serving.

    Args:
        task: A task or its name; gives the signatures.
        model: The trained network.
        states: What was learnt from the training split.
        samples: Raw inputs to check with, at least one row; by the names of features where
            there are several.
        folder: Where the numbered versions are; it need not exist.
        run: Whose data and scores stand in `card.md`; None leaves them out.
        licence: Under which the model is passed on, as `card.md` has it.

    Returns:
        The new version's folder, and the largest difference from the Keras model.

    Raises:
        ExportError: If the export does not load or answers differently; it is withdrawn.
        OSError: If the folder cannot be written; older versions stay as they are.
    """
    folder, task = Path(folder), get_task(task)
    check_folder(folder, SAVED_MODEL)
    import tensorflow as tf

    named = samples if isinstance(samples, Mapping) else dict.fromkeys(task.features, samples)
    network = portable(model)
    signatures = task.signatures(network, states)
    # In 16 bits the network itself rounds, so its float32 copy is what can be compared.
    comparable = model if model.dtype_policy.compute_dtype == "float32" else network
    expected = task.signatures(comparable, states)
    if comparable is network:
        # One is traced anew: what was decided while it was traced must come out again.
        expected = {**signatures, DEFAULT: expected[DEFAULT]}
    try:
        with exclusive_lock(folder):
            clear_drafts(folder)
            with new_folder(folder) as draft:
                _write(task, network, signatures, states, named, draft / "model")
                write_card(draft / "model", folder.name, task, run, licence)
                difference = prove(expected, named, draft)
                target = folder / str(next_version(folder))
                (draft / "model").rename(target)
    except tf.errors.OpError as error:  # what TensorFlow makes of a full disk
        raise ExportError(f"{folder}: cannot be written. {error.message}") from error
    return target, difference


@checked_names()
def export_run(
    run: Run | str | Path,
    folder: str | Path,
    *,
    licence: str = "",
    format: str = SAVED_MODEL,
    length: int | None = None,
    options: Any = None,
    reporter: Reporter = SILENT,
) -> tuple[Path, float]:
    """Exports a finished run, checked with the examples that it kept for that.

    Args:
        run: A run or its folder.
        folder: See `export_model`.
        licence: Likewise.
        format: "savedmodel"; or "litert" or "onnx", the network from numbers to numbers.
        length: Tokens of a text in LiteRT; None takes the most that a text can have.
        options: An instance of the task's `export_options`, such as another table of answers, in
            a SavedModel; None takes the defaults.
        reporter: Is told what is not in the export.

    Returns:
        See `export_model`.

    Raises:
        InputError: If there is no such format, its libraries are not installed, or it cannot
            hold what the task does.
    """
    check_format(format)
    opened = run if isinstance(run, Run) else Run.open(Path(run))
    if format != SAVED_MODEL:
        published = export_network(opened, folder, format, length=length, licence=licence)
        for remark in published.remarks:
            reporter.note(remark)
        return published.path, published.difference
    if length is not None:
        raise InputError(f"length is for format=litert. Received: length={length}")
    return export_model(
        opened.task,
        opened.model(),
        states_to_export(opened, options),
        opened.samples,
        folder,
        run=opened,
        licence=licence,
    )


def states_to_export(run: Run, options: Any = None) -> States:
    """Returns what a run learnt as its export is to hold it.

    Args:
        run: Finished.
        options: An instance of the task's `export_options`; None takes the defaults.
    """
    options = run.task.export_options() if options is None else options
    states = run.states
    held = run.task.target.state_to_export(states.target, options)
    return dataclasses.replace(states, target=held)


def _write(
    task: Task,
    model: keras.Model,
    signatures: Mapping[str, Signature],
    states: States,
    samples: Mapping[str, NDArray[Any]],
    folder: Path,
) -> None:
    held = [each for signature in signatures.values() for each in signature.resources]
    write_graphs([model], [*task.resources(states), *held], signatures, folder)
    extra = folder / EXTRA
    extra.mkdir(exist_ok=True)
    states.save(extra)
    write_warmup(extra, signatures, samples)
    write_json(extra / TASK_FILE, {"format": FORMAT, "task": task.name})


def write_graphs(
    models: Sequence[keras.Model],
    resources: Sequence[Any],
    signatures: Mapping[str, Signature],
    folder: Path,
) -> None:
    """Writes a SavedModel.

    Args:
        models: Whose weights it holds.
        resources: What else holds variables or tables.
        signatures: By name.
        folder: Where it is to lie.
    """
    import keras

    # TensorFlow would tell the name of the draft, and of tracing again and again.
    with errors_alone("tensorflow"):
        archive = keras.export.ExportArchive()
        for each in [*models, *resources]:
            archive.track(each)
        for name, signature in signatures.items():
            # Keras and TensorFlow trace what they are given twice; what is traced costs nothing.
            archive.add_endpoint(name, _calling(signature), signature.specs)
        archive.write_out(str(folder), verbose=False)


def _calling(signature: Signature) -> Callable[..., Mapping[str, Any]]:
    """Returns a function that calls a signature's graph."""
    graph = signature.graph()

    def call(*values: Any) -> Mapping[str, Any]:
        return graph(*values)

    return call


def versions_in(folder: Path) -> list[int]:
    """Returns the numbers of the versions in a model folder, ascending."""
    if not folder.is_dir():
        return []
    names = (entry.name for entry in folder.iterdir() if (entry / "saved_model.pb").exists())
    return sorted(int(name) for name in names if name.isdecimal())


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
    except (OSError, ValueError, RecursionError):
        raise InputError(f"{export}: needs a SavedModel that this toolkit exported") from None
    return facts
