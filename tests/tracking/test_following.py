"""What happens to a run that is followed when its tracker fails, comes back, or is told twice."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.system.reporting import Reporter
from lstm_toolkit.tracking import Facts
from lstm_toolkit.tracking.following import RECORD, EndedTrial, Following, Record, unended
from tests.tracking.memory import MemoryTracker


@pytest.fixture(scope="module", autouse=True)
def quick_files() -> Iterator[None]:
    """Records are written often here, and need not outlive the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        yield


FAILS = "memory fails, and the training goes on without it: ConnectionError: the server is gone"


def following(tracker: MemoryTracker, folder: Path) -> tuple[Following, list[str]]:
    said: list[str] = []
    facts = Facts("bars", "run", "digits", folder, {"units": (4,)})
    return Following(tracker, facts, Reporter(said.append)), said


def row(epoch: int) -> dict[str, float]:
    return {"epoch": float(epoch), "loss": 1 / epoch}


def test_scores_files_and_the_end_arrive(tmp_path: Path) -> None:
    tracker = MemoryTracker()
    run, said = following(tracker, tmp_path)
    for epoch in (1, 2):
        run.log_epoch(epoch, {"loss": 1 / epoch})
    assert unended(tmp_path) == ["memory"]
    run.finish([row(1), row(2)], {"test/loss": 0.4}, {"config.json": tmp_path / "config.json"})
    (told,) = tracker.runs.values()
    assert told.scores == [(1, {"loss": 1.0}), (2, {"loss": 0.5}), (None, {"test/loss": 0.4})]
    assert list(told.files) == ["config.json"]
    assert told.states == ["running", "completed"]
    assert (said, unended(tmp_path)) == ([], [])


def test_a_finished_run_that_is_looked_at_again_ends_again(tmp_path: Path) -> None:
    tracker = MemoryTracker()
    following(tracker, tmp_path)[0].finish([row(1)], {}, {})
    again, said = following(tracker, tmp_path)
    assert again.id == "run 1"
    again.finish([row(1)], {}, {})
    (told,) = tracker.runs.values()
    assert told.states == ["running", "completed", "running", "completed"]
    assert said == []


@pytest.mark.parametrize("epochs", [None, "1"])
def test_a_record_of_other_types_is_none(tmp_path: Path, epochs: object) -> None:
    record = {"id": None, "epochs": epochs, "trials": [], "ended": False}
    (tmp_path / RECORD).write_text(json.dumps({"memory": record}))
    run, said = following(MemoryTracker(), tmp_path)
    run.log_epoch(1, {"loss": 1.0})
    assert said == []


def test_another_process_goes_on_in_the_same_run(tmp_path: Path) -> None:
    tracker = MemoryTracker()
    following(tracker, tmp_path)[0].log_epoch(1, {"loss": 1.0})
    run, _ = following(tracker, tmp_path)
    run.log_epoch(1, {"loss": 1.0})  # done again, since the backup is older
    run.log_epoch(2, {"loss": 0.5})
    run.finish([row(1), row(2)], {}, {})
    (told,) = tracker.runs.values()
    assert told.epochs == [1, 2]
    assert told.states == ["running", "running", "completed"]


def test_a_run_that_is_cut_off_is_told_so(tmp_path: Path) -> None:
    tracker = MemoryTracker()
    run, _ = following(tracker, tmp_path)
    run.log_epoch(1, {"loss": 1.0})
    run.cut_off()
    assert tracker.runs["run 1"].states == ["running", "cut off"]


def test_what_fails_is_told_once_and_made_up_for(tmp_path: Path) -> None:
    tracker = MemoryTracker()
    run, said = following(tracker, tmp_path)
    run.log_epoch(1, {"loss": 1.0})
    tracker.gone[0] = True
    for epoch in (2, 3):
        run.log_epoch(epoch, {"loss": 1 / epoch})
    assert said == [FAILS]
    tracker.gone[0] = False
    run.finish([row(1), row(2), row(3)], {}, {})
    assert tracker.runs["run 1"].epochs == [1, 2, 3]
    assert said == [FAILS, "memory answers again, and has all that it missed"]


def test_what_never_arrived_is_sent_by_the_next_process(tmp_path: Path) -> None:
    tracker = MemoryTracker()
    run, said = following(tracker, tmp_path)
    tracker.gone[0] = True
    assert run.id is None
    run.log_epoch(1, {"loss": 1.0})
    run.finish([row(1)], {}, {})
    more = f"{tmp_path}: memory has not all of it; the same command with --resume sends the rest"
    assert said == [FAILS, more]
    tracker.gone[0] = False
    run, said = following(tracker, tmp_path)
    run.finish([row(1)], {"test/loss": 0.4}, {})
    assert tracker.runs["run 1"].scores == [(1, {"loss": 1.0}), (None, {"test/loss": 0.4})]
    assert said == []


def test_a_search_holds_its_trials(tmp_path: Path) -> None:
    tracker = MemoryTracker()
    run, _ = following(tracker, tmp_path)
    trial = EndedTrial(
        Facts("trial 0001", "trial", "digits", tmp_path, {"units": 4}),
        [row(1)],
        {"val_loss": 0.3},
        completed=False,
    )
    for _ in range(2):
        run.log_trial(trial)
    search, told = tracker.runs.values()
    assert (search.parent, told.parent) == (None, "run 1")
    assert told.scores == [(1, {"loss": 1.0}), (None, {"val_loss": 0.3})]
    assert told.states == ["running", "cut off"]


@pytest.mark.parametrize("content", ["", "[]", "nonsense", '{"memory": {"id": 3}}'])
def test_a_damaged_record_begins_a_new_run(content: str, tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text(content)
    assert Record.load(tmp_path, "memory").id is None


def test_records_of_several_trackers_stand_beside_each_other(tmp_path: Path) -> None:
    Record(tmp_path / RECORD, "mlflow", id="a", epochs=[1]).save()
    Record(tmp_path / RECORD, "memory", id="b").save()
    assert Record.load(tmp_path, "mlflow").epochs == [1]
    assert list(json.loads((tmp_path / RECORD).read_text())) == ["mlflow", "memory"]


@settings(max_examples=40, deadline=None)
@given(gone=st.lists(st.booleans(), min_size=1, max_size=6), data=st.data())
def test_every_epoch_arrives_once_whenever_the_server_is_gone_or_the_process_killed(
    gone: list[bool], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, tracker = tmp_path_factory.mktemp("run"), MemoryTracker()
    run, _ = following(tracker, folder)
    epoch = 0
    while epoch < len(gone):
        tracker.gone[0] = gone[epoch]
        run.log_epoch(epoch + 1, {"loss": 1.0})
        if data.draw(st.booleans()):  # killed; the backup may be an epoch older
            run, _ = following(tracker, folder)
            epoch -= data.draw(st.booleans()) if epoch else 0
            gone[epoch] = data.draw(st.booleans())
        elif data.draw(st.integers(0, 9)) == 9:  # stopped early, after an epoch of its own
            epoch += 1
            break
        epoch += 1
    tracker.gone[0] = False
    following(tracker, folder)[0].finish([row(each + 1) for each in range(epoch)], {}, {})
    (told,) = tracker.runs.values()
    assert sorted(told.epochs) == list(range(1, epoch + 1))
    assert told.states[-1] == "completed"
