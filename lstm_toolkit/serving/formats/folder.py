"""The folder of an export for other run-times: files, what they take and give, and the proof."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit import __version__
from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import Run
from lstm_toolkit.serving.card import write_card
from lstm_toolkit.serving.formats.asking import EXAMPLES, Answers, ask
from lstm_toolkit.serving.formats.catalogue import FIXED_LENGTH, SAVED_MODEL
from lstm_toolkit.serving.formats.comparing import (
    LEAST_AGREEMENT,
    Comparison,
    check,
    compare,
)
from lstm_toolkit.serving.formats.network import PlainNetwork
from lstm_toolkit.serving.saved_models import Tensor
from lstm_toolkit.system.files import clear_drafts, exclusive_lock, new_folder, write_json
from lstm_toolkit.system.runtime import exact_products

DESCRIPTION, TOKENIZER = "model.json", "tokenizer.json"
FORMAT = 1
"""The number of the layout of `model.json`."""


@dataclasses.dataclass(frozen=True)
class Written:
    """A file of a format, before it is proved.

    Attributes:
        name: Of the file.
        exact: Whether it must answer as the Keras model does; if not, it may be left out.
        facts: Further ones for `model.json`.
    """

    name: str
    exact: bool = True
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Published:
    """An export that stands.

    Attributes:
        path: Its folder.
        difference: The largest difference of any number of a file that must be exact.
        files: What is known of each file: `bytes`, `milliseconds`, `difference`, `agreement`.
        remarks: Lines on what is not in it.
    """

    path: Path
    difference: float
    files: dict[str, dict[str, Any]]
    remarks: tuple[str, ...]


Tensors = dict[str, Tensor]

Write = Callable[[PlainNetwork, Path], list[Written]]


def publish(
    kind: str,
    write: Write,
    network: PlainNetwork,
    run: Run,
    folder: Path,
    licence: str = "",
) -> Published:
    """Writes files, proves them in a process without TensorFlow, and lets the folder appear.

    Args:
        kind: The format's name.
        write: Writes its files into a folder.
        network: What they hold.
        run: Of which it is, with the rows that it kept to check with.
        folder: Where the numbered versions are; it need not exist.
        licence: Under which the model is passed on.

    Raises:
        ExportError: If a file does not answer, or differently; nothing appears.
        InputError: If the folder holds versions of another format, or no sample fits.
    """
    check_folder(folder, kind)
    rows, too_long = network.rows(run.samples)
    count = len(next(iter(rows.values())))
    if not count:
        raise InputError(
            f"--length must hold one of the {too_long} rows that the run kept, to be checked with. "
            f"Received: length={network.length}"
        )
    with exact_products():  # as where the files are asked, without a GPU
        expected = expected_answers(network, rows)
    with exclusive_lock(folder):
        clear_drafts(folder)
        with new_folder(folder) as draft:
            (draft / "model").mkdir()
            files, remarks, difference = {}, [], 0.0
            for written in write(network, draft / "model"):
                file = draft / "model" / written.name
                answers = ask(file, rows, draft)
                comparison = compare(expected, answers.outputs)
                if written.exact:
                    check(written.name, comparison)
                    difference = max(difference, comparison.difference)
                elif remark := _too_far_off(comparison):
                    remarks.append(f"{written.name} is left out: {remark}")
                    file.unlink()
                    continue
                files[written.name] = _measured(file, answers, comparison) | dict(written.facts)
            if too_long:
                remarks.append(f"{too_long} rows are longer than length={network.length}")
            signature = _signature(network, kind)
            _describe(kind, network, signature, files, count, draft / "model")
            write_card(
                draft / "model",
                folder.name,
                network.task,
                run,
                licence,
                signatures={"serving_default": signature},
                example=EXAMPLES[kind],
            )
            target = folder / str(next_version(folder))
            (draft / "model").rename(target)
    return Published(target, difference, files, tuple(remarks))


def _too_far_off(comparison: Comparison) -> str:
    """Returns why a rounded network is not to be passed on; "" if it may."""
    if not np.isfinite(comparison.difference):
        return "its answers are no finite numbers"
    agreement = comparison.agreement
    if agreement is None or agreement >= LEAST_AGREEMENT:
        return ""
    return (
        f"{agreement:.0%} of the rows are decided as by the Keras model, and "
        f"{LEAST_AGREEMENT:.0%} are needed"
    )


def next_version(folder: Path) -> int:
    """Returns the number above those of all versions in a folder."""
    numbers = [int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal()]
    return max(numbers, default=0) + 1


def check_folder(folder: Path, kind: str) -> None:
    """Refuses a folder that is none, or holds versions in another format.

    Raises:
        InputError: With one of them.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: needs a folder to export into. Received: a file")
    others = [path.parent for path in folder.glob("*/saved_model.pb") if kind != SAVED_MODEL]
    others += [path.parent for path in folder.glob(f"*/{DESCRIPTION}") if kind_of(path) != kind]
    if others:
        raise InputError(
            f"{folder}: holds versions in another format, such as {others[0].name}; export "
            f"{kind} into a folder of its own"
        )


def kind_of(description: Path) -> str | None:
    """Returns the format that a `model.json` tells; None of one that cannot be read."""
    try:
        return str(json.loads(description.read_text(encoding="utf-8"))["kind"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def other_format(path: Path) -> str | None:
    """Returns the format of an export that is no SavedModel, or of a version in a folder."""
    known = (kind_of(each) for each in (path / DESCRIPTION, *path.glob(f"*/{DESCRIPTION}")))
    return next(filter(None, known), None)


def expected_answers(
    network: PlainNetwork, rows: Mapping[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """Returns what the Keras model makes of rows, by the names of outputs."""
    import tensorflow as tf

    outputs = network.graph(*(tf.constant(rows[spec.name]) for spec in network.specs()))
    return {name: value.numpy() for name, value in outputs.items()}


def _measured(file: Path, answers: Answers, comparison: Comparison) -> dict[str, Any]:
    return {
        "bytes": file.stat().st_size,
        "milliseconds": round(answers.milliseconds, 3),
        "difference": float(f"{comparison.difference:.3g}"),
        "agreement": comparison.agreement,
    }


def _describe(
    kind: str,
    network: PlainNetwork,
    signature: tuple[Tensors, Tensors],
    files: Mapping[str, Mapping[str, Any]],
    checked: int,
    folder: Path,
) -> None:
    """Writes `model.json`, the names of labels, and tokenizers with their vocabularies."""
    network.states.target.save(folder)
    tokenizers = {}
    for name, each in network.texts.items():
        place = folder if len(network.texts) == 1 else folder / name
        place.mkdir(exist_ok=True)
        state = network.states[name]
        state.save(place)
        write_json(place / TOKENIZER, {"format": FORMAT, **each.tokenizer(state)})
        tokenizers[network.inputs[name].name] = (place / TOKENIZER).relative_to(folder).as_posix()
    inputs, outputs = (
        {name: {"dtype": dtype, "shape": list(shape)} for name, (dtype, shape) in side.items()}
        for side in signature
    )
    write_json(
        folder / DESCRIPTION,
        {
            "format": FORMAT,
            "kind": kind,
            "task": network.task.name,
            "made_by": f"lstm_toolkit {__version__}",
            "inputs": inputs,
            "outputs": outputs,
            "labels": "labels.txt" if (folder / "labels.txt").exists() else None,
            "tokenizers": tokenizers,
            "length": network.length,
            "files": files,
            "checked_rows": checked,
        },
    )


def _signature(network: PlainNetwork, kind: str) -> tuple[Tensors, Tensors]:
    """Returns what the network takes and gives, as the format has it."""
    batch = 1 if kind in FIXED_LENGTH else None
    inputs = {spec.name: (spec.dtype.name, tuple(spec.shape)) for spec in network.specs(batch)}
    outputs = {
        name: (value.dtype.name, (batch, *value.shape[1:]))
        for name, value in network.graph.structured_outputs.items()
    }
    return inputs, outputs
