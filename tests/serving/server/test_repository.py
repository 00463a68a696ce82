"""Models are kept as their folders are: new versions, rollback, damage, copies on their way."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lstm_toolkit.errors import InputError
from lstm_toolkit.serving.server.descriptions import Description
from lstm_toolkit.serving.server.folders import Root, find_models, parse_root
from lstm_toolkit.serving.server.refusals import UnavailableError, UnknownModelError
from lstm_toolkit.serving.server.repository import Repository
from lstm_toolkit.serving.server.versions import ServedVersion


def write(version: Path, content: str = "good") -> None:
    version.mkdir(parents=True, exist_ok=True)
    (version / "saved_model.pb").write_text(content)


class Shelf:
    """A repository that loads text files, and what it told."""

    def __init__(self, *roots: Path, versions: int = 1):
        self.lines: list[str] = []
        self.during: Callable[[], object] = lambda: None
        self.repository = Repository(
            map(Root, roots), self.load, versions=versions, log=self.lines.append
        )
        self.repository.sync(at_once=True)

    def load(self, path: Path, model: str, number: int) -> ServedVersion:
        self.during()
        content = (path / "saved_model.pb").read_text()
        if content != "good":
            raise ValueError(content)
        return ServedVersion(model, number, {}, Description(), {}, content)

    def serving(self, model: str = "m") -> list[int]:
        return self.repository.serving(model)

    def look(self) -> list[int]:
        """Looks twice, since what is new is left alone the first time."""
        self.repository.sync()
        self.repository.sync()
        return self.serving()


def test_the_newest_version_answers_and_a_new_one_follows_it(tmp_path: Path) -> None:
    write(tmp_path / "m" / "2")
    write(tmp_path / "m" / "10")
    shelf = Shelf(tmp_path)
    assert shelf.serving() == [10]
    write(tmp_path / "m" / "11")
    shelf.repository.sync()
    assert shelf.serving() == [10]  # perhaps it is being copied
    shelf.repository.sync()
    assert shelf.serving() == [11]
    assert shelf.lines == ["m 10: answers", "m 11: answers", "m 10: answers no more"]


def test_the_old_version_answers_until_the_new_one_does(tmp_path: Path) -> None:
    write(tmp_path / "1")
    shelf = Shelf(tmp_path)
    name = tmp_path.name
    seen = []
    write(tmp_path / "2")
    shelf.during = lambda: seen.append(shelf.repository.find(name).number)
    shelf.repository.sync()
    shelf.repository.sync()
    assert (seen, shelf.serving(name)) == ([1], [2])


def test_rollback_by_removing_a_folder_leaves_no_gap(tmp_path: Path) -> None:
    write(tmp_path / "m" / "1")
    write(tmp_path / "m" / "2")
    shelf = Shelf(tmp_path)
    seen = []
    shelf.during = lambda: seen.append(shelf.repository.find("m").number)
    shutil.rmtree(tmp_path / "m" / "2")
    assert shelf.look() == [1]
    assert seen == [2]


def test_damage_leaves_what_was_there(tmp_path: Path) -> None:
    write(tmp_path / "m" / "1")
    write(tmp_path / "m" / "2", "bad")
    shelf = Shelf(tmp_path)
    assert shelf.serving() == [1]
    assert shelf.lines == ["m 2: cannot be served. bad", "m 1: answers"]
    entry = shelf.repository.entries("m")[2]
    assert (entry.state, entry.error) == ("END", "ValueError: bad")
    assert shelf.look() == [1]
    assert len(shelf.lines) == 2  # it is not tried again
    write(tmp_path / "m" / "2", "good")
    assert shelf.look() == [2]


def test_a_version_that_is_written_anew_is_loaded_anew(tmp_path: Path) -> None:
    write(tmp_path / "m" / "1")
    shelf = Shelf(tmp_path)
    before = shelf.repository.find("m")
    write(tmp_path / "m" / "1", "worse")
    assert shelf.look() == [1]
    assert shelf.repository.find("m") is before
    shutil.rmtree(tmp_path / "m" / "1")
    write(tmp_path / "m" / "1")
    shelf.look()
    assert shelf.repository.find("m") is not before


def test_several_versions_at_once(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        write(tmp_path / "m" / str(number))
    shelf = Shelf(tmp_path, versions=2)
    assert shelf.serving() == [2, 3]
    assert shelf.repository.find("m", 2).number == 2
    message = "m: no version 1 answers; versions that do: 2, 3"
    with pytest.raises(UnknownModelError, match=f"^{re.escape(message)}$"):
        shelf.repository.find("m", 1)


def test_models_come_and_go(tmp_path: Path) -> None:
    write(tmp_path / "m" / "1")
    shelf = Shelf(tmp_path)
    write(tmp_path / "other" / "1")
    shelf.look()
    assert shelf.repository.names() == ["m", "other"]
    shutil.rmtree(tmp_path / "m")
    shelf.repository.sync()
    assert shelf.repository.names() == ["other"]
    shutil.rmtree(tmp_path / "other")
    shelf.repository.sync()
    with pytest.raises(UnknownModelError, match=r"^no model `m`, none is loaded$"):
        shelf.repository.find("m")
    assert not shelf.repository.ready()


def test_what_is_being_loaded_is_unavailable(tmp_path: Path) -> None:
    write(tmp_path / "m" / "1")
    errors = []

    def ask() -> None:
        with pytest.raises(UnavailableError) as error:
            shelf.repository.find("m")
        errors.append(str(error.value))
        assert not shelf.repository.ready()

    shelf = Shelf(tmp_path / "nothing")
    shelf.during = ask
    shelf.repository._roots = [Root(tmp_path)]
    shelf.repository.sync(at_once=True)
    assert errors == ["m: is being loaded. Come back soon"]
    assert shelf.repository.ready()


def test_a_folder_that_cannot_be_read_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "m" / "1")
    shelf = Shelf(tmp_path)

    def fail(_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "iterdir", fail)
    assert shelf.look() == [1]
    assert shelf.lines[1:] == [
        "what is served stays as it is. OSError: [Errno 5] Input/output error"
    ]


def test_folders_are_models_of_their_names(tmp_path: Path) -> None:
    write(tmp_path / "models" / "a" / "1")
    write(tmp_path / "models" / "b" / "7")
    write(tmp_path / "models" / ".draft" / "1")
    models = tmp_path / "models"
    assert find_models([parse_root(str(models))]) == {
        "a": {1: models / "a" / "1"}, "b": {7: models / "b" / "7"},
    }  # fmt: skip
    assert find_models([parse_root(str(models / "b"))]) == {"b": {7: models / "b" / "7"}}
    assert find_models([parse_root(str(models / "b" / "7"))]) == {"b": {7: models / "b" / "7"}}
    assert list(find_models([parse_root(f"c={models / 'b'}")])) == ["c"]


def test_names_that_cannot_be_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "x" / "m" / "1")
    write(tmp_path / "y" / "m" / "1")
    with pytest.raises(InputError) as error:
        find_models([Root(tmp_path / "x"), Root(tmp_path / "y")])
    needed = "needs models of different names, as in NAME=PATH. Received: m twice"
    assert str(error.value) == f"{tmp_path / 'y'}: {needed}"
    with pytest.raises(InputError) as error:
        parse_root(f"a/b={tmp_path}")
    assert str(error.value) == (
        f"needs letters, digits, . _ and - in NAME=PATH. Received: a/b={tmp_path}"
    )
    with pytest.raises(InputError) as error:
        parse_root("nowhere")
    assert str(error.value) == "nowhere: needs a folder of exports. Received: no folder"
