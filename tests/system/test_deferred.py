"""Modules that wait to be executed."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from lstm_toolkit.system.deferred import deferring


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two modules, each of which adds a line to a file when it is executed."""
    for name in ("late_one", "soon_one"):
        lines = (
            f'with open({str(tmp_path / "lines")!r}, "a") as file:\n    file.write("{name}\\n")\n'
        )
        code = f'VALUE = "{name}"\n{lines}'
        (tmp_path / f"{name}.py").write_text(code)
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path / "lines"


def test_a_module_waits_until_it_is_asked(written: Path) -> None:
    with deferring("late_one"):
        late, soon = map(importlib.import_module, ("late_one", "soon_one"))
    assert written.read_text() == "soon_one\n"
    assert (soon.VALUE, late.VALUE) == ("soon_one", "late_one")
    assert written.read_text() == "soon_one\nlate_one\n"
    assert sys.modules["late_one"] is late


def test_outside_of_the_block_it_does_not(written: Path) -> None:
    with deferring("late_one", "no_such_module"), pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_module")
    importlib.import_module("late_one")
    assert written.read_text() == "late_one\n"
