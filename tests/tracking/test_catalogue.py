"""Which trackers can be asked for, and what is said of those that cannot."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstm_toolkit.errors import InputError
from lstm_toolkit.tracking import Tracker, open_tracker
from lstm_toolkit.tracking.catalogue import TRACKERS, check_tracker
from tests.tracking.memory import MemoryTracker

Command = Callable[..., tuple[int, str, str]]


def test_none_is_none_and_ones_own_is_taken() -> None:
    own = MemoryTracker()
    assert (open_tracker(None), open_tracker(own)) == (None, own)


@pytest.mark.parametrize(
    ("track", "says"),
    [
        ("mlflw", "unknown tracker `mlflw`, did you mean `mlflow`?"),
        (3, "track must be mlflow, wandb, tensorboard, or a Tracker. Received: a int"),
    ],
)
def test_an_unknown_one_is_refused(track: Any, says: str) -> None:
    with pytest.raises(InputError) as caught:
        open_tracker(track)
    assert str(caught.value) == says


@pytest.mark.parametrize("name", [name for name in TRACKERS if name != "tensorboard"])
def test_a_missing_library_is_named_with_its_extra(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(InputError) as caught:
        check_tracker(name)
    assert str(caught.value) == (
        f"track={name} needs a library of its own; pip install 'lstm_toolkit[{name}]'. "
        f"Received: no {name}"
    )


def test_a_folder_of_the_name_is_no_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "onlyafolder").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(TRACKERS, "onlyafolder", ("none", "None"))
    with pytest.raises(InputError, match="needs a library of its own"):
        check_tracker("onlyafolder")


def test_one_that_cannot_be_reached_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        open_tracker(MemoryTracker(ConnectionError("refused")))
    assert str(caught.value) == (
        "track=memory cannot be reached: ConnectionError: refused; start it, or leave it out"
    )


def test_what_a_tracker_says_of_itself_stays() -> None:
    with pytest.raises(InputError, match=r"^needs a login$"):
        open_tracker(MemoryTracker(InputError("needs a login")))


@pytest.mark.parametrize("command_name", ["train", "tune"])
def test_the_command_line_refuses_before_it_reads_anything(
    command_name: str, command: Command, tmp_path: Path
) -> None:
    words = (command_name, "digits", "--data", tmp_path / "none", "--track", "wandbb")
    code, out, err = command(*words, "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert err == "lstm-toolkit: unknown tracker `wandbb`, did you mean `wandb`?\n"
    assert not (tmp_path / "out").exists()


def test_a_worker_is_not_followed_by_itself(command: Command, tmp_path: Path) -> None:
    words = ("tune", "digits", "--join", "localhost:1", "--track", "tensorboard")
    code, _, err = command(*words, "--out", tmp_path / "out")
    assert code == 2
    assert err == (
        "lstm-toolkit: --join only trains; give --track to the chief, which follows every trial. "
        "Received: track=tensorboard\n"
    )


def test_trackers_have_the_names_they_are_asked_for_by() -> None:
    for name, (module, kind) in TRACKERS.items():
        tracker: type[Tracker] = getattr(
            importlib.import_module(f"lstm_toolkit.tracking.{module}"), kind
        )
        assert tracker.name == name
