"""Small data and trained runs that many tests share."""

from __future__ import annotations

import functools
import gc
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstm_toolkit.serving import prediction, proof
from lstm_toolkit.serving.prediction import open_model
from lstm_toolkit.system.runtime import quiet_tensorflow
from tests.shared import export_unproved, made_once

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

PAGES = {"test_docs.py", "test_guides.py", "test_notebooks.py", "test_shown_examples.py"}
"""Tests of up to a minute each, in processes of their own."""


@pytest.hookimpl(trylast=True)  # when the tests of other tiers are gone
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with tests of pages in both workers, or one would have none left at the end.

    The first worker is given the first half, the second one the rest.
    """
    pages = [item for item in items if item.path.name in PAGES and item.get_closest_marker("slow")]
    others = [item for item in items if item not in pages]
    half = len(others) // 2
    items[:] = [*pages[::2], *others[:half], *pages[1::2], *others[half:]]


def pytest_configure(config: pytest.Config) -> None:
    """Starts TensorFlow where tests run, not in the process that only hands them to workers.

    In the fast tests graphs run as they were traced: TensorFlow optimizes a graph when it is run
    first, which takes as long as tracing it, and most graphs of tests run once.
    """
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    quiet_tensorflow()
    if "not slow" in config.getoption("markexpr"):
        optimize_graphs(False)


def optimize_graphs(switched_on: bool) -> None:
    """Lets TensorFlow optimize the graphs that are run first from now on, or leave them."""
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": not switched_on})


@pytest.fixture(scope="module")
def optimized_graphs(pytestconfig: pytest.Config) -> Iterator[None]:
    """Optimizes the graphs that tests of this module run first, as users' are."""
    optimize_graphs(True)
    yield
    optimize_graphs("not slow" not in pytestconfig.getoption("markexpr"))


# Graphs are many small objects; looking through all of them for cycles took a tenth of the time.
gc.set_threshold(100_000, 20, 20)


def pytest_collection_finish() -> None:
    """Has modules and tests, which stay to the end, never looked through for cycles."""
    gc.freeze()


# They import the real tensorflow-addons, which only its own environment has.
collect_ignore_glob = ["addons/*_cases.py"]

TINY = {
    "units": "8,8",
    "epochs": "2",
    "shift": "0.1",
    "rotation": "5",
    "zoom": "0",
    "batch_size": "16",
}
"""Settings with which a run takes seconds."""


def bars(count: int = 60, *, height: int = 6, width: int = 5) -> tuple[Any, Any]:
    """Returns images of upright and level bars, and the names of what they show."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 40, (count, height, width)).astype(np.uint8)
    names = np.array(["upright" if i % 2 else "level" for i in range(count)])
    for i in range(count):
        if i % 2:
            images[i, :, rng.integers(width)] = 255
        else:
            images[i, rng.integers(height), :] = 255
    return images, names


@pytest.fixture(scope="session")
def bars_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small data set in Keras's layout, without a test split."""

    def make(folder: Path) -> None:
        images, names = bars()
        np.savez(folder / "bars.npz", x_train=images, y_train=names)

    return made_once(tmp_path_factory, "bars", make) / "bars.npz"


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, bars_file: Path) -> Path:
    """A finished run of digits on `bars_file`."""
    from lstm_toolkit import get_task, train

    def make(folder: Path) -> None:
        task = get_task("digits")
        train(task, task.configure(TINY), folder / "bars", data=bars_file)

    return made_once(tmp_path_factory, "run-of-bars", make) / "bars"


@pytest.fixture(scope="session")
def export_folder(tmp_path_factory: pytest.TempPathFactory, run_folder: Path) -> Path:
    """Its export."""

    def make(folder: Path) -> None:
        export_unproved(run_folder, folder / "bars")

    return made_once(tmp_path_factory, "export-of-bars", make) / "bars"


@pytest.fixture(scope="session", autouse=True)
def figures_without_their_pictures(pytestconfig: pytest.Config) -> Iterator[None]:
    """Leaves one dot for each figure of a run in the fast tests.

    To paint them takes a fifth of a small training; `tests/figures` looks at figures themselves.
    """
    if "not slow" not in pytestconfig.getoption("markexpr"):
        yield
        return
    from PIL import Image

    from lstm_toolkit.training import evaluation

    dot = io.BytesIO()
    Image.new("RGB", (1, 1)).save(dot, "png")

    def save(figure: Any, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dot.getvalue())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "save_figure", save)
        yield


IN_A_CLEAN_PROCESS = proof.in_a_clean_process


@pytest.fixture(scope="session", autouse=True)
def exports_proved_in_this_process() -> Iterator[None]:
    """Saves the seconds that a clean process takes; see `clean_process`."""
    with pytest.MonkeyPatch.context() as patch:
        from lstm_toolkit.testing import in_this_process

        patch.setattr(proof, "in_a_clean_process", in_this_process)
        yield


@pytest.fixture
def clean_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves the exports of this test as users' are proved: in a process of their own."""
    monkeypatch.setattr(proof, "in_a_clean_process", IN_A_CLEAN_PROCESS)


OPENED = 3
"""Models that `open_once` remembers."""


def files_in(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Returns names, sizes and times of all files, which tell whether any of them changed."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple((str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in files)


@functools.lru_cache(maxsize=OPENED)
def open_once(path: Path, files: Any) -> Any:
    """Opens a run or an export; loading and tracing it takes seconds each time."""
    return open_model(path)


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Runs the command line in this process: exit code, standard output, standard error.

    What it opens twice, and nobody changed between, is opened once.
    """
    from lstm_toolkit.cli.commands import main

    if prediction.open_model is open_model:  # not where another fixture put something in its place
        monkeypatch.setattr(
            prediction, "open_model", lambda path: open_once(path, files_in(Path(path)))
        )

    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return end.value.code, out, err

    return run
