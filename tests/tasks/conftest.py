"""Toy applications, dropped in among those of the package."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstm_toolkit import tasks
from tests.tasks import toys

LARGE_EXPORTS = {
    *("denoising", "digits", "sentiment", "tagging", "text_generation", "translation"),
}
"""Tasks whose exports take ten seconds of a processor to be traced and proved."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves the contract of large exports to the slow tier; that of the others is quick."""
    for item in items:
        if isinstance(item, pytest.Function) and "export" in item.fixturenames:
            params = item.callspec.params if hasattr(item, "callspec") else {}
            if params.get("prepared") in LARGE_EXPORTS:
                item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="package", autouse=True)
def dropped_in() -> Iterator[None]:
    """Adds the folder of toys to that of the tasks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "__path__", [*tasks.__path__, *toys.__path__])
        yield
    for file in Path(toys.__path__[0]).glob("[a-z]*.py"):
        sys.modules.pop(f"{tasks.__name__}.{file.stem}", None)
