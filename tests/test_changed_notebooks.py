"""Which notebooks a change concerns, in a small repository of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from notebooks import changed
from notebooks.build import sources
from notebooks.imports import Package

FILES = {
    "lstm_toolkit/__init__.py": '_HOME = {"train": "lstm_toolkit.training"}\n'
    '_NAMED = {"train": "train_run"}\n',
    "lstm_toolkit/training.py": "def train():\n    from lstm_toolkit.files import write\n",
    "lstm_toolkit/files.py": "",
    "lstm_toolkit/table.txt": "",
    "lstm_toolkit/layers/__init__.py": '_HOME = {"Cell": "cells", "Mask": "masks"}\n',
    "lstm_toolkit/layers/cells.py": "",
    "lstm_toolkit/layers/masks.py": "import lstm_toolkit.files\n",
    "lstm_toolkit/plots/__init__.py": "def __getattr__(name):\n    ...\n",
    "lstm_toolkit/plots/lines.py": "",
    "lstm_toolkit/tasks/__init__.py": "",
    "lstm_toolkit/tasks/digits.py": "from lstm_toolkit.layers import Cell\nREAD = 'images.read'\n",
    "lstm_toolkit/images.py": "def read(): ...\n",
    "lstm_toolkit/cli/__init__.py": "",
    "lstm_toolkit/cli/commands.py": "import lstm_toolkit.tasks.digits\n",
    "notebooks/sources/0_train.py": "import lstm_toolkit as lt\nlt.train('digits')\n",
    "notebooks/sources/1_mask.py": "import lstm_toolkit as lt\nlt.layers.Mask(), lt.plots.draw()\n",
    "notebooks/sources/2_shell.py": "# !lstm-toolkit tasks\n",
    "notebooks/sources/3_none.py": "import keras\n",
    "data/reviews.csv": "",
    "requirements.txt": "",
    "README.md": "",
}
DATES = ("2026-01-01T12:00:00Z", "2026-01-04T12:00:00Z", "2026-01-04T13:00:00Z")
"""Of three commits; the last is of a day whose turn is that of `0_…` and `3_…`."""


class Repository:
    """A repository that stands in the place of this one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in FILES.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")

    def git(self, *words: str, date: str = DATES[0]) -> str:
        person = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "a"), ("EMAIL", "a@example.com"), ("DATE", date))
        }
        done = subprocess.run(
            ["git", *words], cwd=self.root, env=os.environ | person, capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, date: str, *names: str) -> str:
        for name in names:
            path = self.root / name
            path.write_text(f"{path.read_text(encoding='utf-8')}# new\n", encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a", date=date)
        return self.git("rev-parse", "HEAD")

    def chosen(self) -> str:
        """Returns the first letters of the chosen notebooks."""
        return "".join(path.name[0] for path in changed.chosen())


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.delenv("NOTEBOOKS_SINCE", raising=False)
    monkeypatch.setattr(changed, "ROOT", tmp_path)
    monkeypatch.setattr(changed, "sources", lambda: sorted(tmp_path.glob("notebooks/sources/*.py")))
    made = Repository(tmp_path)
    made.git("init", "--quiet")
    made.commit(DATES[0])
    return made


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("README.md", "03"),
        ("notebooks/sources/1_mask.py", "013"),
        ("lstm_toolkit/layers/masks.py", "013"),  # by an attribute of an attribute
        ("lstm_toolkit/plots/lines.py", "013"),  # handed on, nobody tells from where
        ("lstm_toolkit/files.py", "013"),  # through a function that imports it
        ("lstm_toolkit/layers/cells.py", "023"),  # through a task, and a command
        ("lstm_toolkit/images.py", "023"),  # by the name of its function
        ("lstm_toolkit/layers/__init__.py", "0123"),
        ("lstm_toolkit/cli/commands.py", "023"),
        ("lstm_toolkit/table.txt", "0123"),
        ("data/reviews.csv", "0123"),
        ("requirements.txt", "0123"),
    ],
)
def test_what_a_change_concerns_is_executed(
    name: str, expected: str, repository: Repository
) -> None:
    repository.commit(DATES[2], name)
    assert repository.chosen() == expected


def test_what_is_not_committed_counts(repository: Repository) -> None:
    repository.commit(DATES[2])
    assert repository.chosen() == "03"
    (repository.root / "lstm_toolkit" / "layers" / "masks.py").write_text("")
    assert repository.chosen() == "013"
    (repository.root / "lstm_toolkit" / "new.txt").touch()
    assert repository.chosen() == "0123"


def test_what_is_a_day_old_does_not_count(repository: Repository) -> None:
    repository.commit(DATES[1], "lstm_toolkit/cli/commands.py")
    repository.commit(DATES[2], "lstm_toolkit/layers/masks.py")
    assert repository.chosen() == "0123"  # both are of the same day
    repository.commit("2026-01-10T13:00:00Z", "lstm_toolkit/layers/masks.py")
    assert repository.chosen() == "013"


def test_a_branch_is_compared_with_where_it_left(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = repository.commit(DATES[1], "lstm_toolkit/cli/commands.py")
    repository.git("update-ref", "refs/remotes/origin/HEAD", left)
    head = repository.commit(DATES[2], "lstm_toolkit/layers/masks.py")
    assert repository.chosen() == "013"
    monkeypatch.setenv("NOTEBOOKS_SINCE", head)
    assert repository.chosen() == "03"


def test_three_days_execute_every_notebook(repository: Repository) -> None:
    turns = []
    for day in (5, 6, 7):
        repository.commit(f"2026-02-0{day}T12:00:00Z")
        turns.append(repository.chosen())
    assert sorted(turns) == ["03", "1", "2"]


def test_what_git_does_not_know_executes_all(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert repository.chosen() == "0123"  # there is no older commit
    monkeypatch.setenv("NOTEBOOKS_SINCE", "nowhere")
    assert repository.chosen() == "0123"
    monkeypatch.setenv("PATH", "")
    assert repository.chosen() == "0123"


def test_the_notebooks_of_this_repository_reach_their_tasks_and_rooms() -> None:
    package = Package(changed.ROOT / "lstm_toolkit")
    reached = {
        source.stem[:2]: {path.relative_to(package.folder).as_posix() for path in found}
        for source in sources()
        if (found := package.reached(source))
    }
    assert len(reached) == len(sources())
    assert {"tasks/digits.py", "training/fitting.py", "layers/fast/loop.py"} <= reached["01"]
    assert "tasks/translation.py" not in reached["01"]
    assert any(name.startswith("tuning/") for name in reached["04"])
    assert not any(name.startswith("tuning/") for name in reached["01"])
    assert "data/inputs/images.py" in reached["01"]
    # `lt.load` and `lt.export` have other names in their rooms.
    assert "tasks/tagging.py" in reached["10"]
    assert not any(name.startswith(("tuning/", "tasks/digits")) for name in reached["10"])
