"""Trainings on two logical CPUs end with the weights and scores of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstm_toolkit.runs import Run
from tests.training.devices.small_trainings import change_devices, compare
from tests.training.processes import run


def read(path: Path) -> dict[str, Any]:
    with np.load(path) as file:
        return dict(file)


@pytest.mark.parametrize("case", ["clipped", pytest.param("adversarial", marks=pytest.mark.slow)])
def test_two_devices_take_the_steps_of_one(case: str, tmp_path: Path) -> None:
    process = run(compare, case, tmp_path)  # here TensorFlow has begun with one CPU
    process.join()
    assert process.exitcode == 0
    one, two = (read(tmp_path / f"{count}.npz") for count in (1, 2))
    assert sorted(one) == sorted(two)
    for name in one:
        np.testing.assert_allclose(one[name], two[name], rtol=0, atol=1e-6, err_msg=name)
    assert {"loss", "accuracy", "val_loss", "val_accuracy", "weight-5"} <= set(one)


@pytest.mark.slow
def test_a_run_of_scaled_losses_and_an_own_optimizer_changes_devices(tmp_path: Path) -> None:
    process = run(change_devices, tmp_path)
    process.join()
    assert process.exitcode == 0
    done = Run.open(tmp_path / "run")
    assert done.metrics["epochs"] == 3
    scaled = done.model().optimizer
    assert type(scaled).__name__ == "LossScaleOptimizer"
    assert int(scaled.inner_optimizer.iterations.numpy()) > 0
