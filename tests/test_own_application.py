"""The application of the guide, installed as a package of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.warm import warm_python

PAGE = Path(__file__).parents[1] / "docs" / "my-own-application.md"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Writes the guide's files, installs them into a folder, and returns that."""
    text = PAGE.read_text(encoding="utf-8")
    application, test = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (project,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    source = tmp_path / "source"
    source.mkdir()
    (source / "gestures.py").write_text(application, encoding="utf-8")
    (source / "pyproject.toml").write_text(project, encoding="utf-8")
    (tmp_path / "test_gestures.py").write_text(test, encoding="utf-8")
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*pip, str(target), str(source)], check=True)
    return target


@pytest.mark.slow
def test_an_application_in_another_package(package: Path, tmp_path: Path) -> None:
    places = [str(package), str(PAGE.parents[1])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}

    def run(*words: str) -> str:
        done = subprocess.run(
            warm_python("-m", *words),
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "gestures      rows of sensor values to gestures" in run("lstm_toolkit", "tasks")
    assert "1 passed" in run("pytest", "-q", "-p", "no:cacheprovider", "test_gestures.py")
    from_sample = "import pathlib, gestures; gestures.TASK.sample(pathlib.Path('.'))"
    subprocess.run(warm_python("-c", from_sample), cwd=tmp_path, env=environment, check=True)
    run("lstm_toolkit", "train", "gestures", "--data", "gestures.csv", "--out", "run")
    run("lstm_toolkit", "export", "run", "model")
    first = (tmp_path / "gestures.csv").read_text(encoding="utf-8").splitlines()[0]
    label, _, numbers = first.partition(",")
    assert run("lstm_toolkit", "predict", "model", numbers).split("\t")[1] == label
