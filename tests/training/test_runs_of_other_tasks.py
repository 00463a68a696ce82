"""A run is opened by the name of its task, so no other task may have that name."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from lstm_toolkit import get_task, train
from lstm_toolkit.errors import InputError
from lstm_toolkit.runs import CONFIG, Run
from lstm_toolkit.training.preparation import prepare


def test_another_task_with_the_name_of_one_that_exists_is_refused(tmp_path: Path) -> None:
    task = dataclasses.replace(get_task("forecasting"), name="digits")
    message = (
        "name must be one that no other task has. Received: digits, by which the run would be "
        "opened with the task of lstm_toolkit.tasks.digits"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        train(task, {"epochs": 1}, tmp_path / "run")
    assert not (tmp_path / "run" / CONFIG).exists()


def test_a_task_with_another_reader_keeps_its_name(tmp_path: Path, bars_file: Path) -> None:
    digits = get_task("digits")
    task = dataclasses.replace(digits, read=lambda *_: digits.read(bars_file, *_[1:]))
    prepared = prepare(task)
    Run.create(tmp_path / "run", prepared, None, "float32")
    assert Run.open_unfinished(tmp_path / "run").task is digits
