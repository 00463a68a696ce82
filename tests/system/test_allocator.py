"""glibc is told once, unless the user has."""

from __future__ import annotations

import ctypes
import sys
from types import SimpleNamespace

import pytest

from lstm_toolkit.system.allocator import M_ARENA_MAX, use_one_arena


@pytest.mark.skipif(sys.platform != "linux", reason="glibc")
@pytest.mark.parametrize(("told", "calls"), [(None, [(M_ARENA_MAX, 1)]), ("4", [])])
def test_one_arena_unless_the_user_said_how_many(
    monkeypatch: pytest.MonkeyPatch, told: str | None, calls: list[tuple[int, int]]
) -> None:
    made: list[tuple[int, int]] = []
    library = SimpleNamespace(mallopt=lambda *values: made.append(values))
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    if told is not None:
        monkeypatch.setenv("MALLOC_ARENA_MAX", told)
    use_one_arena()
    assert made == calls


@pytest.mark.skipif(sys.platform != "linux", reason="glibc")
def test_other_c_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace())
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    use_one_arena()
