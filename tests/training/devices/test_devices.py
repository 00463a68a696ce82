"""Trainings on two logical CPUs end with the weights and scores of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.devices.small_trainings import compare
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
