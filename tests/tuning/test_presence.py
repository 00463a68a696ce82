"""A chief's view of its workers, without processes and trainings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from keras_tuner.engine.trial import TrialStatus

from lstm_toolkit.errors import InputError, RunError
from lstm_toolkit.tasks import get_task
from lstm_toolkit.tuning import make_plan, presence, workers
from lstm_toolkit.tuning.folder import SearchFolder, differences
from lstm_toolkit.tuning.oracles import DurableOracle, make_oracle
from lstm_toolkit.tuning.presence import Chief, Presence
from lstm_toolkit.tuning.workers import Address


@pytest.fixture
def oracle(tmp_path: Path) -> DurableOracle:
    made = make_oracle(make_plan(get_task("toy"), trials=1))
    made._set_project_dir(str(tmp_path), "trials")
    return made


class Clock:
    """Time that passes only when told."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(presence, "time", made)
    return made


class Call:
    """What gRPC hands to a servicer."""

    def __init__(self, name: str):
        self.name, self.answer = name, {}

    def invocation_metadata(self) -> list[tuple[str, bytes]]:
        return [("worker-bin", self.name.encode())]

    def set_trailing_metadata(self, metadata: Any) -> None:
        self.answer = dict(metadata)


def test_a_worker_waits_while_another_may_still_leave_its_trial(oracle: DurableOracle) -> None:
    assert oracle.create_trial("a").status == TrialStatus.RUNNING
    assert oracle.create_trial("b").status == TrialStatus.IDLE
    assert oracle.tuner_ids == {"a", "b"}
    assert oracle.release("a") == "0"
    again = oracle.create_trial("b")
    assert (again.trial_id, again.status) == ("0", TrialStatus.RUNNING)
    assert oracle.tuner_ids == {"b"}


def test_a_trial_that_is_given_away_begins_without_scores(oracle: DurableOracle) -> None:
    oracle.create_trial("a")
    oracle.update_trial("0", {"val_loss": 0.5})
    oracle.release("a")
    assert not oracle.create_trial("b").metrics.exists("val_loss")


def test_who_was_taken_for_gone_may_still_end_its_trial(oracle: DurableOracle) -> None:
    trial = oracle.create_trial("a")
    oracle.release("a")
    oracle.update_trial("0", {"val_loss": 0.5})
    trial.status = TrialStatus.COMPLETED
    oracle.end_trial(trial)
    assert oracle.end_order == ["0"]
    assert oracle.create_trial("b").status == TrialStatus.STOPPED


def test_releasing_who_has_no_trial_tells_of_none(oracle: DurableOracle) -> None:
    oracle.create_trial("a")
    oracle.create_trial("b")
    assert oracle.release("b") is None
    assert oracle.tuner_ids == {"a"}


def test_the_silent_are_taken_for_gone_and_others_are_not(
    oracle: DurableOracle, clock: Clock
) -> None:
    chief = Chief(oracle, {})
    oracle.create_trial("a")
    oracle.create_trial("b")
    for _ in range(6):
        assert not list(chief.release_silent())
        clock.now += 10
        chief.GetSpace(None, Call("b"))
    assert list(chief.release_silent()) == [
        "a has been silent for 60 s; trial 0 waits for another worker"
    ]
    assert oracle.tuner_ids == {"b"}


def test_a_chief_that_was_stopped_itself_takes_nobody_for_gone(
    oracle: DurableOracle, clock: Clock
) -> None:
    chief = Chief(oracle, {})
    oracle.create_trial("a")
    assert not list(chief.release_silent())
    clock.now += 1000
    assert not list(chief.release_silent())


def test_a_chief_tells_what_it_searches_to_names_in_any_script(oracle: DurableOracle) -> None:
    facts = {"space": {"cell": ",".join(f"选项{n}" for n in range(3000))}}
    address = Address.unused()
    with workers.serving(oracle, address, facts):
        assert Presence(str(address), "左").announce(20) == facts


def test_a_chief_that_says_nothing_is_told_in_a_line() -> None:
    address = Address.unused()
    with pytest.raises(InputError) as caught:
        Presence(str(address), "a").announce(0.5)
    assert str(caught.value) == (
        f"the chief at {address} does not say what it searches; both sides need the same version"
    )


def test_differences_leave_out_what_they_are_told_to() -> None:
    task = get_task("toy")
    facts = make_plan(task, trials=1).facts() | {"data": {"note": "one", "fingerprint": "1"}}
    other = make_plan(task, trials=1, algorithm="grid").facts()
    other |= {"data": {"note": "two", "fingerprint": "2"}}
    assert list(differences(facts, other, but={"tuner"})) == [("other data: one", "two")]
    assert list(differences(facts, other)) == [
        ("tuner=random", "tuner=grid"),
        ("other data: one", "two"),
    ]


def test_the_folder_of_a_worker_is_of_one_search(tmp_path: Path) -> None:
    chief, own = SearchFolder(tmp_path / "chief"), SearchFolder(tmp_path / "own")
    chief.begin(make_plan(get_task("toy"), trials=1))
    facts = chief.read()
    for folder in (chief, own, own):
        folder.join(facts)
    with pytest.raises(InputError) as caught:
        own.join(facts | {"id": "another"})
    assert str(caught.value) == (
        f"{own.path}: holds trials of another search; choose another --out"
    )


def test_a_damaged_note_of_a_workers_folder_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "joined.json").write_text("{", encoding="utf-8")
    with pytest.raises(RunError, match=r"joined\.json: is damaged\. "):
        SearchFolder(tmp_path).join({"id": "one"})
