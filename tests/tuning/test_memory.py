"""How much memory a training takes, told before it is begun."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from lstm_toolkit import prepare
from lstm_toolkit.errors import TrainingError
from lstm_toolkit.tuning import memory
from tests.tuning.tasks import toy

GIB = 2**30


def prepared_for(**values: Any) -> Any:
    prepared = prepare(toy.TASK, values)
    return prepared, prepared.batches(prepared.splits.train, shuffled=True)


def test_it_grows_with_the_network_and_with_batches() -> None:
    small = memory.estimate(*prepared_for())
    weights = 6 * 4 + 4 + 4 * 2 + 2
    outputs = 16 * (4 + 4 + 2)  # of a dense layer, its dropout, and the head
    assert small == 4 * (8 * weights + 4 * outputs)
    assert memory.estimate(*prepared_for(batch_size=32)) == small + 4 * 4 * outputs
    assert memory.estimate(*prepared_for(units=(4, 4))) > small


def test_a_network_is_refused_before_its_weights_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: 64 * GIB)
    message = (
        "needs about 298.1 GiB of memory, more than the 64.0 GiB that are free; search smaller "
        "networks or batches"
    )
    with pytest.raises(TrainingError, match=f"^{re.escape(message)}$"):
        memory.check_memory(*prepared_for(units=(100_000, 100_000)))


def test_it_reckons_no_first_weights_from_the_training_rows() -> None:
    prepared, batches = prepared_for()
    given: list[Any] = []

    def build(settings: Any, states: Any, train: Any = None) -> Any:
        given.append(train)
        return toy.build(settings, states, train)

    task = dataclasses.replace(prepared.task, build=build)
    assert memory.estimate(dataclasses.replace(prepared, task=task), batches) > 0
    assert given == [None]
