"""Runs in TensorBoard: settings under HParams, figures, and scores of the finished run.

The curves of a training are there without being asked for: Keras writes them into `tensorboard/`
of its run folder. A search has a folder of that name too, with a session of HParams for each
trial.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lstm_toolkit.tracking.tracker import Facts, TrackedRun, Tracker, plain

FOLDER = "tensorboard"
"""In the folder of a run or a search."""


class TensorBoardTracker(Tracker):
    """TensorBoard's files; nothing has to run."""

    name = "tensorboard"

    def begin(self, facts: Facts, id: str | None) -> TrackedRun:
        """Begins a session of HParams, or goes on with it."""
        folder = facts.folder / FOLDER
        if facts.kind == "trial":
            folder /= facts.name
        run = TensorBoardRun(folder, facts)
        if id is None and facts.kind != "search":
            run.log_settings()
        return run


class TensorBoardRun(TrackedRun):
    """The event files of one run or trial."""

    def __init__(self, folder: Path, facts: Facts):
        self.facts, self.id = facts, str(folder)
        self._writer: Any = None

    @property
    def writer(self) -> Any:
        """What writes events, made when there is one to write."""
        if self._writer is None:
            import tensorflow as tf

            self._writer = tf.summary.create_file_writer(self.id)
        return self._writer

    def log_settings(self) -> None:
        """Adds the settings as hyperparameters."""
        from tensorboard.plugins.hparams import summary

        values = {name: plain(value) for name, value in self.facts.settings.items()}
        self._add(summary.session_start_pb(values, group_name=self.facts.name))

    def log_scores(self, scores: Mapping[str, float], epoch: int | None) -> None:
        """Adds scalars; those of a training's epochs are there already."""
        import tensorflow as tf

        if epoch is not None and self.facts.kind == "run":
            return
        with self.writer.as_default(step=epoch or 0):
            for name, value in scores.items():
                tf.summary.scalar(name, value)

    def log_files(self, files: Mapping[str, Path]) -> None:
        """Adds the figures; the other files lie beside."""
        import tensorflow as tf

        with self.writer.as_default(step=0):
            for name, path in files.items():
                if name.startswith("plots/") and name.endswith(".png"):
                    image = tf.io.decode_png(path.read_bytes(), channels=4)
                    tf.summary.image(name.removesuffix(".png"), image[None])

    def end(self, *, completed: bool) -> None:
        """Tells HParams how the session ended."""
        from tensorboard.plugins.hparams import api_pb2, summary

        if self.facts.kind != "search":
            status = api_pb2.STATUS_SUCCESS if completed else api_pb2.STATUS_FAILURE
            self._add(summary.session_end_pb(status, time.time()))
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _add(self, summary: Any) -> None:
        import tensorflow as tf

        with self.writer.as_default(step=0):
            tf.summary.experimental.write_raw_pb(summary.SerializeToString())
