"""Toy applications, dropped in among those of the package."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstm_toolkit import tasks
from tests.tasks import toys


@pytest.fixture(scope="package", autouse=True)
def dropped_in() -> Iterator[None]:
    """Adds the folder of toys to that of the tasks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "__path__", [*tasks.__path__, *toys.__path__])
        yield
    for file in Path(toys.__path__[0]).glob("[a-z]*.py"):
        sys.modules.pop(f"{tasks.__name__}.{file.stem}", None)
