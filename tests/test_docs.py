"""Runs what the README tells people to run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def snippets(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def run(*words: str, folder: Path) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    digits, texts, pairs = snippets("python")
    said = run(sys.executable, "-W", "error::UserWarning", "-c", digits, folder=tmp_path)
    accuracy, labels = said.splitlines()[-2:]
    assert float(accuracy) > 0.9
    assert "tf.Tensor" in labels
    said = run(sys.executable, "-W", "error::UserWarning", "-c", texts, folder=tmp_path)
    assert said.endswith("of a data frame (None, 2)\n")
    said = run(sys.executable, "-W", "error::UserWarning", "-c", pairs, folder=tmp_path)
    assert said == "(1, 3)\n"


@pytest.mark.slow
def test_the_commands_of_the_readme_run_in_their_order(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((30, 20), np.uint8)).save(tmp_path / "photo.png")
    lines = [
        shlex.split(line, comments=True)
        for block in snippets("bash")
        for line in block.splitlines()
        if line.startswith("lstm-toolkit ")
    ]
    assert [line[1] for line in lines] == [
        "tasks", "train", "train", "evaluate", "export", "predict", "train", "predict",
        "train", "predict", "doctor",
    ]  # fmt: skip
    for line in lines:
        short = ["--epochs", "1"] if line[1] == "train" else []
        run(sys.executable, "-m", "lstm_toolkit", *line[1:], *short, folder=tmp_path)
    assert (tmp_path / "models" / "mine" / "1" / "saved_model.pb").exists()
    asked = run(
        sys.executable, str(ROOT / "examples" / "ask_saved_model.py"), "models/mine/1",
        "runs/mine/samples.npz", folder=tmp_path,
    )  # fmt: skip
    assert "of 64 held-out images are right" in asked


def test_links_in_the_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")]
    pages = [page for page in pages if not page.parent.name.startswith(".")]
    assert len(pages) > 5
    for page in pages:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page}: {link}"


def test_make_targets_that_are_documented_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for text in (README, (ROOT / "CONTRIBUTING.md").read_text()):
        for target in re.findall(r"^make ([a-z-]+)", text, re.MULTILINE):
            assert f"\n{target}:" in makefile


@pytest.mark.slow
def test_a_wheel_runs_outside_the_checkout(tmp_path: Path) -> None:
    run(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--outdir",
        str(tmp_path),
        str(ROOT),
        folder=tmp_path,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    assert "lstm_toolkit/tasks/digits.py" in names
    assert "lstm_toolkit/data/images.py" in names
    assert "lstm_toolkit/py.typed" in names
    for sample in ("pairs_en_zh.tsv", "reviews.csv"):
        assert any(name.endswith(f"share/lstm_toolkit/{sample}") for name in names)
    assert not [name for name in names if name.startswith(("tests", "notebooks", "models", "data"))]
    metadata = next(tmp_path.glob("site/*.dist-info/METADATA")).read_text(encoding="utf-8")
    assert "Requires-Dist: tensorflow<2.22,>=2.21" in metadata
    assert "Provides-Extra: gpu" in metadata
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); import lstm_toolkit; "
        f"assert lstm_toolkit.__file__.startswith({str(tmp_path)!r}); "
        "from lstm_toolkit.cli import main; main(['tasks'])"
    )
    assert "digits" in run(sys.executable, "-I", "-c", code, folder=tmp_path)
