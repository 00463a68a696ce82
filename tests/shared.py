"""Folders that take long to make: one worker makes each, the others wait and take it over.

Each worker of pytest-xdist has a session of its own, so a fixture of scope `session` or `module`
that trains would train once a worker. One that asks `made_once` trains once a run of the tests:

    @pytest.fixture(scope="session")
    def run_folder(tmp_path_factory, bars_file):
        def make(folder):
            train(task, settings, folder / "run", data=bars_file)

        return made_once(tmp_path_factory, "run of bars", make) / "run"

What is in such a folder belongs to every test: read it, and copy it before you change it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from lstm_toolkit.runs import Run
from lstm_toolkit.serving import export


def shared_root(factory: pytest.TempPathFactory) -> Path:
    """Returns a folder that all workers of this run of the tests see."""
    base = factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    root.mkdir(exist_ok=True)
    return root


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Returns a folder that `make` has filled, in this worker or in another one.

    Args:
        factory: Pytest's `tmp_path_factory`.
        name: Of the folder; two fixtures must not share one.
        make: Is given the new folder, at the place where it stays. If it raises, the
            folder counts as not made, and the next that asks begins with an empty one.
    """
    root = shared_root(factory)
    folder, made = root / name, root / f"{name}.made"
    with FileLock(root / f"{name}.lock"):
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder


def export_unproved(run: Path, folder: Path) -> None:
    """Exports a run for tests that hold its answers against those of the run themselves.

    The proof traces every signature again; `tests/tasks/test_contract.py` has it for each task.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "prove", lambda *_: 0.0)
        export.export_run(Run.open(run), folder)
