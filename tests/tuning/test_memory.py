"""How much memory a training takes, told before it is begun."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lstm_toolkit import prepare
from lstm_toolkit.errors import TrainingError
from lstm_toolkit.training.fitting import fit
from lstm_toolkit.tuning import memory
from tests.tuning.tasks import toy

GIB = 2**30


def network(**values: Any) -> Any:
    prepared = prepare(toy.TASK, values)
    batches = prepared.batches(prepared.splits.train, shuffled=True)
    return prepared.build(), prepared.settings, batches


def test_it_grows_with_the_network_and_with_batches() -> None:
    small = memory.estimate(*network())
    weights = 6 * 4 + 4 + 4 * 2 + 2
    outputs = 16 * (4 + 4 + 2)  # of a dense layer, its dropout, and the head
    assert small == 4 * (8 * weights + 4 * outputs)
    assert memory.estimate(*network(batch_size=32)) == small + 4 * 4 * outputs
    assert memory.estimate(*network(units=(4, 4))) > small


def test_a_network_is_refused_before_its_weights_are_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: 64 * GIB)
    message = (
        "needs about 298.1 GiB of memory, more than the 64.0 GiB that are free; search smaller "
        "networks or batches"
    )
    prepared = prepare(toy.TASK, {"units": (100_000, 100_000)})
    with pytest.raises(TrainingError, match=f"^{re.escape(message)}$"):
        fit(prepared, tmp_path, check=memory.check_memory)
