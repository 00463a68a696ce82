from __future__ import annotations

import json
from typing import Any

import pytest

from lstm_toolkit.errors import InputError
from lstm_toolkit.system.cluster import EXAMPLE, Cluster, several

A, B = "10.0.0.5:8900", "10.0.0.6:8900"


def read(cluster: Any, task: Any) -> Cluster | None:
    return Cluster.read({"TF_CONFIG": json.dumps({"cluster": cluster, "task": task})})


def test_machines_are_counted_from_the_chief_on() -> None:
    assert read({"worker": [A, B]}, {"type": "worker", "index": 1}) == Cluster((A, B), 1)
    named = {"worker": [A], "chief": [B]}
    assert read(named, {"type": "worker", "index": 0}) == Cluster((B, A), 1)
    chief = read(named, {"type": "chief", "index": 0})
    assert chief is not None and chief.chief
    assert str(chief) == f"the chief of 2, {B}"
    assert str(Cluster((A, B), 1)) == f"machine 2 of 2, {B}"


@pytest.mark.parametrize("text", ["", "  ", "{}", '{"cluster": {}, "task": {}}'])
def test_without_machines_there_is_no_cluster(text: str) -> None:
    assert Cluster.read({"TF_CONFIG": text}) is None
    assert Cluster.read({}) is None


def test_a_machine_alone_is_no_cluster() -> None:
    assert read({"chief": [A]}, {"type": "chief", "index": 0}) is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1]",
        '"worker"',
        '{"cluster": {"worker": "10.0.0.5:8900"}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": ["10.0.0.5"]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 2}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": "0"}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "chief", "index": 0}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": ["worker"], "index": 0}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": {}, "index": 0}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": ["worker", 0]}',
        '{"cluster": [["worker"]], "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}}',
        '{"cluster": {"chief": ["a:1", "b:1"]}, "task": {"type": "chief", "index": 0}}',
    ],
)
def test_what_is_no_cluster_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError) as raised:
        Cluster.read({"TF_CONFIG": text})
    assert str(raised.value) == f"TF_CONFIG must be like {EXAMPLE}. Received: {text}"


def test_other_roles_and_repeated_machines_are_refused() -> None:
    with pytest.raises(InputError) as raised:
        read({"worker": [A], "ps": [B]}, {"type": "worker", "index": 0})
    assert str(raised.value) == (
        "TF_CONFIG must name machines as chief and worker alone. Received: ps"
    )
    with pytest.raises(InputError) as raised:
        read({"worker": [A, A]}, {"type": "worker", "index": 0})
    assert str(raised.value) == f"TF_CONFIG must name each machine once. Received: {A}, {A}"


def test_several_devices_are_asked_for_by_number_or_cluster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert [several(count) for count in (None, 1, 2)] == [False, False, True]
    task = {"type": "worker", "index": 0}
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": {"worker": [A, B]}, "task": task}))
    assert several(None)
    with pytest.raises(InputError, match=r"^devices must be at least 1\. Received: devices=0$"):
        several(0)
