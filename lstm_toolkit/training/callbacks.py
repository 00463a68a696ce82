"""What happens beside training: the guard against NaN, and progress for people."""

from __future__ import annotations

import csv
import io
import math
import time
from collections.abc import Mapping
from pathlib import Path

import keras

from lstm_toolkit.data.batches import Batches
from lstm_toolkit.errors import TrainingError
from lstm_toolkit.system.files import write_text
from lstm_toolkit.system.reporting import Reporter
from lstm_toolkit.training.backup import Progress


class NanGuard(keras.callbacks.Callback):
    """Ends training with a message as soon as the loss is NaN or infinite.

    The running loss of an epoch stays NaN once it is, so looking at it now and then is
    enough, and spares a GPU the wait for every single step.

    Args:
        batches: What is trained on.
        every: Steps between looks.
    """

    def __init__(self, batches: Batches, every: int = 50):
        super().__init__()
        self.batches, self.every = batches, every

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        if (batch + 1) % self.every == 0:
            self._check(logs, f"step {self.batches.first_step + batch + 1}")

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self._check(logs, "the last step")

    def _check(self, logs: Mapping[str, float] | None, step: str) -> None:
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss became {loss} by {step} of epoch {self._epoch + 1}; nothing after "
                "the last backup is kept. Lower learning_rate, set clipnorm, or use "
                "precision=float32"
            )


class History(keras.callbacks.Callback):
    """Writes `history.csv`, one row an epoch, and says how training goes.

    Args:
        path: The file.
        progress: Holds the rows.
        epochs: How many there will be at most.
        reporter: Is given one line an epoch, and how far it is and how fast, a few times a second.
        batches: What is trained on.
        writes: Whether this process writes the file.
    """

    def __init__(
        self,
        path: Path,
        *,
        progress: Progress,
        epochs: int,
        batches: Batches,
        reporter: Reporter,
        writes: bool = True,
    ):
        super().__init__()
        self.path, self.progress, self.epochs, self.batches = path, progress, epochs, batches
        self.reporter, self.writes = reporter, writes
        self._ticked = 0.0

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        self._first, self._began = len(self.progress.rows), time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self._epoch, self._epoch_began = epoch, time.monotonic()
        self._rate = 0.0

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        now = time.monotonic()
        self._rate = (batch + 1) / max(now - self._epoch_began, 1e-9)
        if now - self._ticked > 0.25:
            self._ticked = now
            done = self.batches.first_step + batch + 1
            self.reporter.progress(self._epoch + done / len(self.batches), self._rate)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        rows, now = self.progress.rows, time.monotonic()
        if self.writes:
            write_history(self.path, rows)
        scores = "  ".join(f"{k} {v:.4f}" for k, v in rows[-1].items() if k != "epoch")
        left = (now - self._began) / (len(rows) - self._first) * (self.epochs - epoch - 1)
        self.reporter.progress(epoch + 1, self._rate)
        self.reporter.log(
            f"epoch {epoch + 1}/{self.epochs}  {scores}  "
            f"{now - self._epoch_began:.1f} s, {self._rate:.3g} steps/s, {left:.0f} s left"
        )


def write_history(path: Path, rows: list[dict[str, float]]) -> None:
    """Writes the rows of `history.csv` atomically."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["epoch"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())
