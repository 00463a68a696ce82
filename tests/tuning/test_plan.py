"""What a search is, told to others."""

from __future__ import annotations

import pickle

import pytest

from lstm_toolkit.tasks import get_task, task_names
from lstm_toolkit.tuning import make_plan


@pytest.mark.parametrize("name", ["toy", *task_names()])
def test_workers_that_are_spawned_can_be_given_a_plan(name: str) -> None:
    plan = make_plan(get_task(name), trials=1)
    again = pickle.loads(pickle.dumps(plan))
    assert again.facts() == plan.facts()
    assert again.task.features.keys() == plan.task.features.keys()
    assert again.task.build is plan.task.build
