"""Runs at Weights & Biases, or in a folder that `wandb sync` sends later.

`WANDB_PROJECT`, `WANDB_ENTITY`, `WANDB_MODE=offline`, `WANDB_DIR` and the others are W&B's own. W&B
has no nested runs: those of one search are a group of its name.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lstm_toolkit.errors import InputError
from lstm_toolkit.tracking.tracker import Facts, TrackedRun, Tracker, plain

PROJECT = "lstm_toolkit"
"""Where runs stand if `WANDB_PROJECT` names no other."""

PATIENCE = 60.0
"""Seconds that W&B may take to begin a run, and to send what is left of it at the end."""


class WandbTracker(Tracker):
    """Weights & Biases."""

    name = "wandb"

    def check(self) -> None:
        """Raises `InputError` if nobody is logged in: W&B would ask at the terminal."""
        import wandb

        if os.environ.get("WANDB_MODE") in ("offline", "disabled", "dryrun"):
            return
        if not wandb.login(prompt=False):
            raise InputError(
                "track=wandb needs a login; run `wandb login`, set WANDB_API_KEY, or "
                "WANDB_MODE=offline and send the runs later with `wandb sync`. Received: none"
            )

    def begin(self, facts: Facts, id: str | None) -> TrackedRun:
        """Begins a run, or goes on with it; settings are its config."""
        import wandb

        run: Any = wandb.init(
            project=os.environ.get("WANDB_PROJECT") or PROJECT,
            id=id or uuid.uuid4().hex[:8],
            resume="allow",
            name=facts.name if self.parent is None else f"{self.parent_name}/{facts.name}",
            group=self.parent_name or (facts.name if facts.kind == "search" else None),
            job_type=facts.kind,
            tags=[facts.task],
            config={name: plain(value) for name, value in facts.settings.items()}
            | {f"lstm_toolkit.{name}": text for name, text in facts.tags.items()},
            reinit="create_new",
            settings=wandb.Settings(
                silent=True,
                console="off",
                disable_code=True,
                disable_git=True,
                x_disable_stats=True,
                init_timeout=PATIENCE,
                finish_timeout=PATIENCE,
                finish_timeout_raises=True,
            ),
        )
        run.define_metric("epoch")
        run.define_metric("*", step_metric="epoch")  # which may come late, as W&B's steps may not
        return WandbRun(run, facts)


class WandbRun(TrackedRun):
    """One run at W&B."""

    def __init__(self, run: Any, facts: Facts):
        self.run, self.facts, self.id = run, facts, str(run.id)

    def log_scores(self, scores: Mapping[str, float], epoch: int | None) -> None:
        """Adds a row of the history, or what the run's summary holds."""
        if epoch is None:
            self.run.summary.update(dict(scores))
        else:
            self.run.log({"epoch": epoch, **scores})

    def log_files(self, files: Mapping[str, Path]) -> None:
        """Adds figures to the media, and the whole run folder as one artifact."""
        import wandb

        figures = {
            name.removesuffix(".png"): wandb.Image(str(path))
            for name, path in files.items()
            if name.startswith("plots/") and name.endswith(".png")
        }
        if figures:
            self.run.log(figures)
        artifact = wandb.Artifact(f"{self.facts.kind}-{self.id}", type=self.facts.kind)
        for name, path in files.items():
            artifact.add_file(str(path), name)
        self.run.log_artifact(artifact)

    def end(self, *, completed: bool) -> None:
        """Sends what is left."""
        self.run.finish(exit_code=0 if completed else 1)
