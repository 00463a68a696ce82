"""Run folders: all that a training leaves, readable, and whole or plainly unfinished."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import InputError, RunError, did_you_mean
from lstm_toolkit.features.states import trained_with
from lstm_toolkit.settings.fields import Settings
from lstm_toolkit.system.files import atomic_write, is_draft, write_json
from lstm_toolkit.system.runtime import POLICIES
from lstm_toolkit.system.versions import versions
from lstm_toolkit.task import Task
from lstm_toolkit.tasks import get_task, task_names

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.features.states import States
    from lstm_toolkit.training.preparation import Prepared

FORMAT = 2
"""The number of this layout of files; another one is refused."""

MADE_BY = {1: "0.1"}
"""Which version reads folders of an earlier format."""

CONFIG, MODEL, METRICS = "config.json", "model.keras", "metrics.json"
SAMPLES = "samples.npz"
ANSWERS = "test_answers.csv"
SAVED_MODEL = "saved_model.pb"
SEARCH, JOINED, BEST, TRIALS = "search.json", "joined.json", "best", "trials.csv"
"""Of a search: what it is, in the folder of a worker too, the run of its best, its trials."""

KEPT = 64
"""Test rows that a run keeps, so that it can be exported where its data is not."""

SAMPLE_CHARACTERS = 10_000
"""What is kept of a text among them."""


@dataclasses.dataclass(frozen=True)
class Run:
    """One training's folder.

    Attributes:
        path: The folder.
        config: The content of its `config.json`.
        known_task: The task, where it is at hand; None looks for it by its name.
    """

    path: Path
    config: dict[str, Any] = dataclasses.field(repr=False)
    known_task: Task | None = dataclasses.field(default=None, repr=False, compare=False)

    @classmethod
    def create(
        cls,
        path: Path,
        prepared: Prepared,
        data: Any,
        precision: str,
        begun_with: Mapping[str, str] = MappingProxyType({}),
    ) -> Run:
        """Makes a new run folder, with its configuration and what was learnt in it.

        Args:
            path: The folder.
            prepared: The data.
            data: What it was read from.
            precision: The arithmetic.
            begun_with: What beside data and settings decides over the weights, in words: an
                optimizer or a network of the caller's own, the run whose weights come first.

        Raises:
            InputError: If the folder would be opened with another task of that name.
        """
        _check_name(prepared.task)
        config = configuration(prepared, data, precision, begun_with)
        path.mkdir(parents=True, exist_ok=True)
        with atomic_write(path / SAMPLES) as draft:  # first: it marks the folder as a run's
            sample_rows = prepared.splits.test.take(np.arange(min(KEPT, len(prepared.splits.test))))
            plain: dict[str, Any] = {
                name: _plain_texts(column) for name, column in sample_rows.columns.items()
            }
            np.savez(draft, **plain)
        prepared.states.save(path)
        write_json(path / CONFIG, config)
        return cls(path, config, prepared.task)

    @classmethod
    def open(cls, path: str | Path) -> Run:
        """Opens a finished run.

        Raises:
            RunError: If there is none, it is unfinished, or another version made it.
        """
        run = cls.open_unfinished(path)
        if not run.finished:
            raise RunError(
                f"{path}: is unfinished; go on with the command that began it and --resume"
            )
        return run

    @classmethod
    def open_unfinished(cls, path: str | Path) -> Run:
        """Opens a run that may still have to go on."""
        path = Path(path)
        if not path.is_dir():
            near = [str(config.parent) for config in path.parent.glob(f"*/{CONFIG}")]
            hint = f", {did_you_mean(str(path), near)}" if near else ""
            raise RunError(f"{path}: no such run or model folder{hint}")
        try:
            config = json.loads((path / CONFIG).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise _no_run(path) from None
        except (ValueError, RecursionError) as error:
            raise RunError(f"{path / CONFIG}: is damaged. {error}") from error
        check_format(path, config)
        for name, kind in {"settings": dict, "precision": str, "data": dict}.items():
            if not isinstance(config.get(name), kind):
                received = str(config[name])[:40] if name in config else "none"
                raise RunError(f"{path / CONFIG}: is damaged; needs {name}. Received: {received}")
        if config["precision"] not in POLICIES:
            received = f"precision={config['precision'][:40]!r}"
            raise RunError(f"{path / CONFIG}: is damaged; needs a precision. Received: {received}")
        return cls(path, config)

    def check_task(self, name: str) -> None:
        """Raises `InputError` if another task was trained."""
        if self.config["task"] != name:
            raise InputError(
                f"{self.path}: needs a run of {name} to begin with. "
                f"Received: one of {self.config['task']}"
            )

    @property
    def finished(self) -> bool:
        """Whether the training ended: its scores are written last."""
        return (self.path / METRICS).exists() and (self.path / MODEL).exists()

    @property
    def task(self) -> Task:
        """The task that was trained."""
        return self.known_task or get_task(self.config["task"]).having(trained_with(self.path))

    @property
    def settings(self) -> Settings:
        """With these settings."""
        settings = self.task.settings.from_values(self.config["settings"])
        assert isinstance(settings, Settings)
        return settings

    @property
    def states(self) -> States:
        """What was learnt from the training split."""
        return self.task.load(self.path)

    @property
    def data(self) -> Path | None:
        """Where the data was."""
        path = self.config["data"]["path"]
        return None if path is None else Path(path)

    @property
    def samples(self) -> dict[str, NDArray[Any]]:
        """The first raw inputs of the test split, by feature, with which exports are checked."""
        with np.load(self.path / SAMPLES, allow_pickle=False) as file:
            return dict(file)

    @property
    def metrics(self) -> dict[str, Any]:
        """The content of `metrics.json`.

        Raises:
            RunError: If it is damaged.
        """
        file = self.path / METRICS
        try:
            scores = json.loads(file.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise RunError(f"{file}: is damaged. {error}") from error
        if not isinstance(scores, dict) or not isinstance(scores.get("test"), dict):
            raise RunError(
                f"{file}: is damaged; needs the scores of the test split. Received: none"
            )
        return scores

    def model(self) -> keras.Model:
        """Loads the best weights, in the arithmetic in which they were trained.

        Raises:
            RunError: If the file is damaged, or was changed.
        """
        from lstm_toolkit.system.runtime import dtype_policy

        with dtype_policy(self.config["precision"]):
            return load_network(self.path / MODEL)


def configuration(
    prepared: Prepared, data: Any, precision: str, begun_with: Mapping[str, str]
) -> dict[str, Any]:
    """Returns the content of the `config.json` of a new run, see `Run.create`."""
    return {
        "format": FORMAT,
        "task": prepared.task.name,
        "settings": prepared.settings.values(),
        "precision": precision,
        "data": {
            "path": str(data.resolve()) if isinstance(data, Path) else None,
            **prepared.facts(),
            "train": len(prepared.splits.train),
            "validation": len(prepared.splits.validation),
            "test": len(prepared.splits.test),
        },
        "seed": prepared.settings.seed,
        "begun_with": dict(begun_with),
        "versions": versions(),
    }


def load_network(path: Path) -> keras.Model:
    """Loads a network with the layers and optimizers of this package.

    Raises:
        RunError: If the file is damaged, or was changed.
    """
    from lstm_toolkit import layers
    from lstm_toolkit.optimizers import lazy_adam  # noqa: F401  Keras then knows it by name
    from lstm_toolkit.system.networks import read_network

    layers.register()
    return read_network(path)


def _no_run(folder: Path) -> RunError:
    """Returns what is to be said of a folder that is no run: what it holds, what to write."""
    versions = [entry for entry in folder.glob("*") if (entry / SAVED_MODEL).exists()]
    if (folder / SAVED_MODEL).exists() or versions:
        return RunError(
            f"{folder}: needs a run folder, as train leaves it. Received: an exported model"
        )
    for kind, file in (("runs", CONFIG), ("exported models", f"*/{SAVED_MODEL}")):
        names = sorted({path.relative_to(folder).parts[0] for path in folder.glob(f"*/{file}")})
        if names:
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            return RunError(
                f"{folder}: needs one of them, as in {folder / names[0]}. "
                f"Received: {kind}, {', '.join(names[:5])}{more}"
            )
    return RunError(f"{folder}: needs a run folder with {CONFIG}. Received: none")


def _plain_texts(column: Any) -> NDArray[Any]:
    """Returns texts without Python objects, which NumPy would pickle."""
    values: NDArray[Any] = np.asarray(column)
    if values.dtype != object:
        return values
    return np.array([str(text)[:SAMPLE_CHARACTERS] for text in values], np.str_)


def _check_name(task: Task) -> None:
    if task.name not in task_names():
        return
    known = get_task(task.name).having([*task.features, task.target.column])
    if known.settings is not task.settings or known.features.keys() != task.features.keys():
        raise InputError(
            f"name must be one that no other task has. Received: {task.name}, by which the run "
            f"would be opened with the task of {known.settings.__module__}"
        )


def check_format(path: Path, config: Any) -> None:
    """Raises `RunError` if another version wrote `config`, or its task is not here."""
    number = config.get("format") if isinstance(config, dict) else None
    if not isinstance(number, int):
        raise RunError(f"{path}: is damaged; needs a format number. Received: format={number}")
    if number in MADE_BY:
        raise RunError(
            f"{path}: was made by version {MADE_BY[number]}; open it with that version of "
            "lstm_toolkit, or train again"
        )
    if number > FORMAT:
        raise RunError(
            f"{path}: was made by a newer version; needs format {FORMAT}. Received: format={number}"
        )
    if config.get("task") not in task_names():
        raise RunError(f"{path}: its task is not installed. Received: task={config.get('task')}")


def foreign_files(path: Path) -> list[str]:
    """Returns what a folder holds besides the drafts and files of a run cut off at once."""
    if not path.is_dir() or (path / SAMPLES).exists():
        return []
    return [entry.name for entry in path.iterdir() if not is_draft(entry)]


def choose_folder(task: str, *, resume: bool, root: Path = Path("runs")) -> Path:
    """Returns `runs/TASK`, or `runs/TASK-2` and so on; with `resume`, the last there is."""
    pattern = re.compile(rf"{re.escape(task)}(?:-(\d+))?")
    matches = [pattern.fullmatch(folder.name) for folder in root.glob(f"{task}*")]
    last = max((int(match[1] or 1) for match in matches if match), default=0)
    number = max(last, 1) if resume else last + 1
    return root / (task if number == 1 else f"{task}-{number}")
