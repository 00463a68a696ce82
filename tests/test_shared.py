from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.shared import made_once, shared_root


@pytest.fixture
def factory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.TempPathFactory:
    """Stands for the one of a worker, whose folder lies beside those of the others."""
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw1")
    mine = tmp_path / "popen-gw1"
    mine.mkdir()
    return pytest.TempPathFactory(mine, 3, "all", lambda *_: None, mine, _ispytest=True)


def test_of_many_that_ask_one_makes_the_folder(
    factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    makers = []

    def make(folder: Path) -> None:
        makers.append(folder)
        time.sleep(0.1)
        (folder / "run.txt").write_text("done")

    def ask(_: int) -> str:
        return (made_once(factory, "a run", make) / "run.txt").read_text()

    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(ask, range(4))] == ["done"] * 4
    assert makers == [tmp_path / "shared" / "a run"]


def test_what_failed_is_made_again(factory: pytest.TempPathFactory) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        made_once(factory, "a run", fail)
    folder = made_once(factory, "a run", lambda folder: (folder / "whole").touch())
    assert [path.name for path in folder.iterdir()] == ["whole"]


def test_without_workers_it_lies_in_the_folder_of_the_session(
    factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER")
    assert shared_root(factory) == factory.getbasetemp() / "shared"
