"""Reads reference arrays: a case is its options and the arrays named after it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FORWARD = 2e-5
"""How far an answer may lie from the reference."""
GRADIENT = 3e-4
"""The same for gradients, relative to the greatest entry."""


@dataclass(frozen=True)
class Case:
    """What went into the real library, and what came out of it."""

    options: dict[str, Any]
    arrays: dict[str, np.ndarray]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    def get(self, name: str) -> np.ndarray | None:
        return self.arrays.get(name)

    def numbered(self, name: str) -> list[np.ndarray]:
        """Returns `name/0`, `name/1`, …"""
        count = sum(key.startswith(f"{name}/") for key in self.arrays)
        return [self.arrays[f"{name}/{i}"] for i in range(count)]


def read_cases(subject: str) -> dict[str, Case]:
    """Returns the cases of one file by name."""
    with np.load(Path(__file__).parent / f"{subject}.npz") as file:
        loaded = {name: file[name] for name in file.files}
    return {
        name.removesuffix("/about"): _unpacked(str(about), loaded[name.replace("/about", "/data")])
        for name, about in loaded.items()
        if name.endswith("/about")
    }


def _unpacked(about: str, data: np.ndarray) -> Case:
    told = json.loads(about)
    arrays, start = {}, 0
    for name, dtype, shape in told["arrays"]:
        size = math.prod(shape)
        arrays[name] = data[start : start + size].reshape(shape).astype(dtype)
        start += size
    return Case(told["options"], arrays)


def write_case(name: str, options: dict[str, Any], arrays: dict[str, Any]) -> dict[str, Any]:
    """Returns a case as one text and one vector; lists become numbered arrays.

    One array for each would take more place in a zip file than what it holds. Whole numbers
    and truth values stand in the vector as float32.
    """
    flat: dict[str, np.ndarray] = {}
    for key, value in arrays.items():
        parts = enumerate(value) if isinstance(value, list) else ()
        flat.update({f"{key}/{i}": np.asarray(part) for i, part in parts})
        if not isinstance(value, list):
            flat[key] = np.asarray(value)
    shapes = [[key, str(array.dtype), array.shape] for key, array in flat.items()]
    data = np.concatenate([array.astype(np.float32).ravel() for array in flat.values()])
    about = json.dumps({"options": options, "arrays": shapes})
    return {f"{name}/about": np.array(about), f"{name}/data": data}


def assert_forward(found: Any, expected: Any, what: str = "") -> None:
    """Compares answers."""
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=FORWARD, err_msg=what)


def assert_gradient(found: Any, expected: np.ndarray, what: str = "") -> None:
    """Compares gradients, relative to the greatest entry."""
    bound = GRADIENT * max(float(np.abs(expected).max(initial=0)), 1e-3)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=bound, err_msg=what)
