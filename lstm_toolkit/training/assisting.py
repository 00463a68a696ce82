"""What machines do that train with a chief: its run is in its folder, theirs is nowhere."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lstm_toolkit.runs import Run, configuration
from lstm_toolkit.system.runtime import dtype_policy
from lstm_toolkit.system.versions import versions
from lstm_toolkit.training.devices.devices import OneDevice
from lstm_toolkit.training.devices.machines import Machines
from lstm_toolkit.training.fitting import fit
from lstm_toolkit.training.own_parts import OwnParts
from lstm_toolkit.training.preparation import Prepared


@contextlib.contextmanager
def own_folder(out: Path, devices: OneDevice) -> Iterator[Path]:
    """Yields the folder for what a training leaves: the run's, or one that goes away again."""
    if devices.chief:
        yield out
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def check_alike(
    machines: Machines, devices: OneDevice, prepared: Prepared, parts: OwnParts
) -> None:
    """Compares what machines were begun with; all of them call it.

    Raises:
        InputError: If another's task, data, settings, or versions are not the chief's.
    """
    settings = json.loads(json.dumps(prepared.settings.values()))
    settings.pop("row_store")  # where rows lie changes nothing
    first = prepared.first_weights
    machines.check_same(
        {
            "task": prepared.task.name,
            "devices": str(devices.here),
            **{name: str(value) for name, value in settings.items()},
            "data": f"{prepared.note} ({prepared.fingerprint})",
            **parts.facts(),
            **({} if first is None else first.facts()),
            **{name: versions()[name] for name in ("lstm_toolkit", "tensorflow", "keras")},
        }
    )


def call_assistants(machines: Machines, run: Run) -> None:
    """Tells the other machines how to train, or that nothing is left to train."""
    order = {"precision": run.config["precision"], "finished": run.finished}
    machines.from_chief(json.dumps(order).encode())


def assist(
    machines: Machines,
    devices: OneDevice,
    folder: Path,
    run: Run,
    prepared: Prepared,
    parts: OwnParts,
) -> Run:
    """Trains with the chief until its run is finished.

    Args:
        machines: The others.
        devices: What it trains on.
        folder: For what the training leaves.
        run: As the chief has it.
        prepared: The data, as the chief has it.
        parts: What the caller gave of their own.

    Returns:
        The run, whose folder need not be here.
    """
    order: dict[str, Any] = json.loads(machines.from_chief(b""))
    if not order["finished"]:
        with dtype_policy(order["precision"]):
            fit(
                prepared,
                folder,
                callbacks=parts.callbacks,
                new_optimizer=parts.new_optimizer,
                devices=devices,
            )
    machines.wait()
    return run


def run_elsewhere(out: Path, prepared: Prepared, data: Any, precision: str) -> Run:
    """Returns a run of which the folder lies on the chief."""
    return Run(out, configuration(prepared, data, precision, {}), prepared.task)
