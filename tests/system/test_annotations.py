"""What was read is held against the types that dataclasses state."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pytest

from lstm_toolkit.system.annotations import fits, wrong_field

if TYPE_CHECKING:
    import far_away
    from somewhere import Unknown


@dataclasses.dataclass
class State:
    names: tuple[str, ...]
    cut: Literal["head", "tail"]
    limit: float | None
    by_name: Mapping[str, tuple[int, float]]
    other: Unknown[int] | None = None
    mean: np.ndarray | None = None
    far: far_away.Things[str] | None = None
    farther: far_away.Things | None = None


STATE: dict[str, Any] = {"names": ["a"], "cut": "head", "limit": 1, "by_name": {"a": [1, 2]}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, ""),
        ({"limit": None, "other": object()}, ""),
        ({"limit": np.float32(1)}, ""),
        ({"names": "a"}, "needs another `names`. Received: 'a'"),
        ({"names": ("a", 1)}, "needs another `names`. Received: \"('a', 1)\""),
        ({"cut": "long"}, "needs another `cut`. Received: 'long'"),
        ({"limit": {}}, "needs another `limit`. Received: '{}'"),
        ({"limit": True}, "needs another `limit`. Received: 'True'"),
        ({"by_name": {"a": [1]}}, "needs another `by_name`. Received: \"{'a': [1]}\""),
        ({"by_name": {1: [1, 2]}}, "needs another `by_name`. Received: '{1: [1, 2]}'"),
        ({"by_name": []}, "needs another `by_name`. Received: '[]'"),
    ],
)
def test_the_first_field_that_does_not_fit(changes: dict[str, Any], message: str) -> None:
    assert wrong_field(State(**STATE | changes)) == message


def test_what_is_no_dataclass_is_not_looked_at() -> None:
    assert wrong_field(Path()) == ""


@pytest.mark.parametrize(("value", "hint"), [(3, Annotated[int, "units"]), ("x", Any)])
def test_hints_that_say_more(value: Any, hint: Any) -> None:
    assert fits(value, hint)
