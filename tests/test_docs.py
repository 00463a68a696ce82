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
TUNING = (ROOT / "docs" / "tuning.md").read_text(encoding="utf-8")
SHORT = {
    "train": ["--epochs", "1"],
    "tune": [
        "--trials", "2", "--max-epochs", "1", "--set", "epochs=1", "--search", "units=4..8",
    ],
}  # fmt: skip
"""Added to commands that would train for long; the last one given counts."""


def snippets(language: str, page: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def commands(page: str = README) -> list[list[str]]:
    """Returns the words of each call of the toolkit, after its name, made short."""
    lines = [
        shlex.split(line.partition("lstm-toolkit ")[2], comments=True)
        for block in snippets("bash", page)
        for line in block.replace("\\\n", " ").splitlines()
        if re.match(r"([A-Z_]+=\S+ )?lstm-toolkit ", line)
    ]
    return [[*line, *SHORT.get(line[0], [])] for line in lines]


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
    lines = commands()
    assert [line[0] for line in lines] == [
        "tasks", "train", "train", "evaluate", "export", "predict", "train", "predict",
        "train", "predict", "doctor", "tune",
    ]  # fmt: skip
    for line in lines:
        run(sys.executable, "-m", "lstm_toolkit", *line, folder=tmp_path)
    assert (tmp_path / "models" / "mine" / "1" / "saved_model.pb").exists()
    asked = run(
        sys.executable, str(ROOT / "examples" / "ask_saved_model.py"), "models/mine/1",
        "runs/mine/samples.npz", folder=tmp_path,
    )  # fmt: skip
    assert "of 64 held-out images are right" in asked


@pytest.mark.slow
def test_the_python_of_the_guide_to_tuning_runs(tmp_path: Path) -> None:
    ours, own = snippets("python", TUNING)
    said = run(sys.executable, "-W", "error::UserWarning", "-c", ours, folder=tmp_path)
    assert said.splitlines()[-1].startswith("(")
    said = run(sys.executable, "-W", "error::UserWarning", "-c", own, folder=tmp_path)
    assert said.splitlines()[-1] == "['dropout', 'units']"


@pytest.mark.slow
def test_the_commands_of_the_guide_to_tuning_run_in_their_order(tmp_path: Path) -> None:
    lines = [line for line in commands(TUNING) if not {"--serve", "--join"} & {*line}]
    names = ["tune", "evaluate", "export", "tune", "tune", "tune", "tune"]
    assert [line[0] for line in lines] == names
    for line in lines:
        run(sys.executable, "-m", "lstm_toolkit", *line, folder=tmp_path)
    assert (tmp_path / "models" / "tuned" / "1" / "saved_model.pb").exists()
    for name in ("other", "cut", "two"):
        assert (tmp_path / "tuning" / name / "best" / "metrics.json").exists()


@pytest.mark.slow
def test_the_chief_and_the_workers_of_the_guide_to_tuning_work_together(tmp_path: Path) -> None:
    from lstm_toolkit.tuning.workers import Address

    address = str(Address.unused())
    chief, *workers = (
        [sys.executable, "-m", "lstm_toolkit", *line]
        for line in commands(TUNING.replace("127.0.0.1:8900", address))
        if {"--serve", "--join"} & {*line}
    )
    assert len(workers) == 2
    with subprocess.Popen(chief, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as serving:
        try:
            run(*workers[0], folder=tmp_path)
            said = serving.communicate(timeout=300)[1]
        finally:
            serving.kill()
    assert serving.returncode == 0, said
    assert f"waiting for workers at {address}" in said
    assert (tmp_path / "tuning" / "far" / "best" / "metrics.json").exists()


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
