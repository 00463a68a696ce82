"""Modules that wait to be executed."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
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
    with deferring("late_one"), deferring("late_one"):
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


def test_threads_wait_until_it_is_executed(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys, time\ntime.sleep(0.05)\nsys.modules[__name__].SET = 1\nVALUE = SET + 1\n"
    (written.parent / "slow_one.py").write_text(code)
    monkeypatch.delitem(sys.modules, "slow_one", raising=False)
    with deferring("slow_one"):
        importlib.import_module("slow_one")
    together = threading.Barrier(8)

    def use(_: int) -> int:
        together.wait()
        return int(importlib.import_module("slow_one").VALUE)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(use, range(8))) == [2] * 8


def test_to_import_it_again_or_look_for_it_does_not_execute_it(written: Path) -> None:
    with deferring("late_one"):
        late = importlib.import_module("late_one")
    assert importlib.import_module("late_one") is late
    assert importlib.util.find_spec("late_one") is late.__spec__
    assert not written.exists()
    late.VALUE = "set"
    assert (late.VALUE, written.read_text()) == ("set", "late_one\n")


def test_what_fails_is_told_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "failing_one.py").write_text("VALUE = 1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    with deferring("failing_one"):
        failing = importlib.import_module("failing_one")
    monkeypatch.delitem(sys.modules, "failing_one")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            failing.VALUE  # noqa: B018
