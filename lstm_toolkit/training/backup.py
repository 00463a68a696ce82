"""Backups from which training goes on exactly, bit for bit on a CPU.

Keras's `BackupAndRestore` leaves out the random states of Dropout, the position inside an
epoch and the memory of EarlyStopping, and can be killed halfway through a file. Here one
file holds everything and is moved into place whole.
"""

from __future__ import annotations

import dataclasses
import json
import math
import time
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import keras
import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.batches import Batches
from lstm_toolkit.errors import RunError
from lstm_toolkit.optimizers.catalogue import build_once
from lstm_toolkit.system.files import atomic_write

if TYPE_CHECKING:
    from lstm_toolkit.training.devices.devices import OneDevice

_EARLY_STOPPING = ("wait", "stopped_epoch", "best_epoch", "best")


@dataclasses.dataclass
class Progress:
    """How far a training is.

    Attributes:
        epoch: The epoch to go on with, counted from 0.
        step: The step in it to go on with, counted from 0.
        stopped: Early stopping has ended the training.
        seconds: Time spent training, over all processes.
        rows: One row of `history.csv` for each finished epoch.
        early_stopping: The memory of EarlyStopping.
        arrays: The states of model, optimizer and metrics, and the best weights.
    """

    epoch: int = 0
    step: int = 0
    stopped: bool = False
    seconds: float = 0.0
    rows: list[dict[str, float]] = dataclasses.field(default_factory=list)
    early_stopping: dict[str, Any] = dataclasses.field(default_factory=dict)
    arrays: dict[str, NDArray[Any]] = dataclasses.field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Progress:
        """Reads a backup; a new one if there is none.

        Raises:
            RunError: If the file is damaged.
        """
        if not path.exists():
            return cls()
        with path.open("rb") as file:
            return cls.read(file, path)

    @classmethod
    def read(cls, file: IO[bytes], path: Path) -> Progress:
        """Reads a backup from a file that is open.

        Raises:
            RunError: If what `path` names is damaged.
        """
        try:
            saved = np.load(file, allow_pickle=False)
            arrays = {name: saved[name] for name in saved.files}
            return cls(**json.loads(str(arrays.pop("progress"))), arrays=arrays)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise RunError(f"{path}: is not a backup of this version. {error}") from error

    def named(self, kind: str) -> list[NDArray[Any]]:
        """Returns the arrays of "model", "optimizer", "metrics" or "best", in order."""
        return [self.arrays[name] for name in sorted(self.arrays) if name.startswith(kind + "_")]

    def restore(self, model: keras.Model, path: Path) -> None:
        """Gives a compiled network the states of model and optimizer, where there are some.

        Raises:
            RunError: If `path`, from which they came, is of another network.
        """
        build_once(model)
        if not self.arrays:
            return
        for kind, variables in (
            ("model", model.variables),
            ("optimizer", model.optimizer.variables),
        ):
            values = self.named(kind)
            if [value.shape for value in values] != [tuple(v.shape) for v in variables]:
                raise RunError(f"{path}: was made by another network; train into a new folder")
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def save(self, path: Path) -> None:
        """Writes the backup atomically."""
        facts = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name != "arrays"
        }
        with atomic_write(path) as draft, draft.open("wb") as file:
            arrays: dict[str, Any] = {"progress": np.array(json.dumps(facts)), **self.arrays}
            np.savez(file, **arrays)
            file.flush()


class Position(keras.callbacks.Callback):
    """Tells the batches which epoch comes, and ends one that began in its middle in time.

    Keras gives every epoch the same number of steps. Stopping the training at the last
    batch ends the epoch; taking that back lets validation and the next epoch follow. Put
    it first in the list of callbacks.

    Args:
        batches: What is trained on.
    """

    def __init__(self, batches: Batches):
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self.batches.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        first = self.batches.first_step
        if first and first + batch + 1 == len(self.batches):
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        if self.batches.first_step:
            self.batches.first_step = 0
            self.model.stop_training = False


class ExactBackup(keras.callbacks.Callback):
    """Saves after each epoch, and every so many steps; restores before the first.

    Put it after the early stopping in the list of callbacks, whose memory it keeps.

    Args:
        path: The file, ending in `.npz`.
        progress: Where to go on, as `Progress.load` gave it.
        batches: What is trained on.
        early_stopping: With `restore_best_weights=True`.
        devices: On which it trains; the chief alone writes.
        save_every: Steps between backups inside an epoch; 0 for none.
    """

    def __init__(
        self,
        path: Path,
        *,
        progress: Progress,
        batches: Batches,
        early_stopping: keras.callbacks.EarlyStopping,
        devices: OneDevice,
        save_every: int = 0,
    ):
        super().__init__()
        self.path, self.progress, self.batches = path, progress, batches
        self.early_stopping, self.save_every = early_stopping, save_every
        self.devices = devices
        self._metrics: list[NDArray[Any]] = []

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        self.progress.restore(self.model, self.path)
        self.early_stopping.best_weights = self.progress.named("best") or None
        for name, value in self.progress.early_stopping.items():
            setattr(self.early_stopping, name, value)
        self.early_stopping._set_monitor_op()
        self.batches.first_step = self.progress.step
        self._metrics = self.progress.named("metrics")
        self._seconds, self._began = self.progress.seconds, time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self._epoch = epoch
        if self._metrics:
            if len(self.model.metrics_variables) != len(self._metrics):
                self._build_metrics()
            self.devices.write(self.model.metrics_variables, self._metrics)
            self._metrics = []

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        done = self.batches.first_step + batch + 1
        due = self.save_every and done % self.save_every == 0 and done < len(self.batches)
        if due and math.isfinite(float((logs or {}).get("loss", 0.0))):
            self._save(self._epoch, done)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        scores = {name: float(value) for name, value in (logs or {}).items()}
        self.progress.rows.append({"epoch": epoch + 1, **scores})
        self._save(epoch + 1, 0)

    def _build_metrics(self) -> None:
        """Makes the variables of the metrics, which Keras leaves to the first step."""
        inputs, targets = next(iter(self.batches.dataset()))
        self.model.compute_metrics(inputs, targets, self.model(inputs, training=False))

    def _save(self, epoch: int, step: int) -> None:
        progress, model = self.progress, self.model
        progress.epoch, progress.step = epoch, step
        progress.stopped = bool(model.stop_training)
        progress.seconds = self._seconds + time.monotonic() - self._began
        progress.early_stopping = {
            name: None if value is None else _number(value)
            for name in _EARLY_STOPPING
            if (value := getattr(self.early_stopping, name, None)) is not None
        }
        progress.arrays = {
            **_numbered("model", model.variables),
            **_numbered("optimizer", model.optimizer.variables),
            **_numbered("metrics", self.devices.read(model.metrics_variables) if step else []),
            **_numbered("best", self.early_stopping.best_weights or []),
        }
        if self.devices.chief:
            progress.save(self.path)


def _numbered(kind: str, values: Sequence[Any]) -> dict[str, NDArray[Any]]:
    return {f"{kind}_{i:05d}": keras.ops.convert_to_numpy(v) for i, v in enumerate(values)}


def _number(value: Any) -> float:
    return value if isinstance(value, int) else float(value)
