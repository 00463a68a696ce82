"""Runs what the README and the guide to tuning tell people to run; holds links and reference."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lstm_toolkit.cli.commands import cli
from lstm_toolkit.tasks import task_names
from tests.shared import made_once
from tests.warm import warm_python
from tests.warm.server import AS_TRACED

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


def run(*words: str, folder: Path, short: bool = False) -> str:
    """Returns what a command prints; Python that runs the toolkit begins with it imported.

    Args:
        *words: Of the command.
        folder: Where it is run.
        short: Whether graphs run too few times to be optimized first.
    """
    if words[0] == sys.executable and words[1] in ("-m", "-c", "-W"):
        words = (*warm_python(*words[1:]),)
    variables = os.environ | ({AS_TRACED: "1"} if short else {})
    done = subprocess.run(
        words, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


def copy_samples(folder: Path) -> None:
    """Puts the sample reviews where a clone has them."""
    (folder / "data").mkdir()
    shutil.copy(ROOT / "data" / "reviews.csv", folder / "data")


def first_screen(factory: pytest.TempPathFactory) -> Path:
    """Runs the first Python of the README, and returns the folder in which it was run."""

    def make(folder: Path) -> None:
        copy_samples(folder)
        code = snippets("python")[0]
        said = run(sys.executable, "-W", "error::UserWarning", "-c", code, folder=folder)
        (folder / "said.txt").write_text(said, encoding="utf-8")

    return made_once(factory, "first-screen", make)


@pytest.mark.slow
def test_the_python_of_the_readme_runs(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = first_screen(tmp_path_factory)
    assert (first / "said.txt").read_text(encoding="utf-8").splitlines()[-1] == "negative"
    assert (first / "models" / "reviews" / "1" / "saved_model.pb").exists()
    digits = snippets("python")[1]
    said = run(sys.executable, "-W", "error::UserWarning", "-c", digits, folder=tmp_path)
    accuracy, labels = said.splitlines()[-2:]
    assert float(accuracy) > 0.9
    assert "tf.Tensor" in labels
    said = run(
        sys.executable, "-W", "error::UserWarning", "-c", snippets("python")[2], folder=tmp_path
    )
    assert "'label': 'PER', 'text': 'Anna Leeds'" in said
    assert "Mei Zhang" in said


def test_the_readme_shows_the_same_in_chinese() -> None:
    chinese = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    for language in ("python", "bash"):
        ours, theirs = (
            [re.sub(r"\s+#.*|\".*\"", "", line) for line in "".join(found).splitlines()]
            for found in (snippets(language), snippets(language, chinese))
        )
        assert ours == theirs
    numbers = [
        sorted(re.findall(r"\d+\.\d+|\d+,\d{3}", page.partition("\n## Limits")[0]))
        for page in (README, chinese.partition("\n## 局限")[0])
    ]
    assert numbers[0] == numbers[1]


def chains(lines: list[list[str]]) -> dict[str, list[list[str]]]:
    """Returns commands by the run that they train or ask; others go with those before them.

    A command that asks several runs comes behind those that train them.
    """
    found: dict[str, list[list[str]]] = {}
    for line in lines:
        folders = re.findall(r"\b(?:runs|models|tuning)/(\w+)", " ".join(line))
        known = [name for name in folders if name in found] or folders[:1] or [*found][-1:]
        before = [each for name in known[:-1] for each in found.pop(name)]
        found[known[-1]] = [*before, *found.get(known[-1], []), line]
    return found


CHAINS = chains(commands())


def test_the_readme_tells_these_commands() -> None:
    assert {name: [line[0] for line in lines] for name, lines in CHAINS.items()} == {
        "reviews": ["train", "predict", "tasks"],
        "mine": ["train", "train", "evaluate", "export", "predict"],
        "texts": ["train", "predict", "predict"],
        "zh": ["train", "predict"],
        **{
            name: ["train"]
            for name in (
                "themes", "scores", "names", "stories", "tales", "next", "sales", "gestures",
                "clean", "watch", "promoters", "helices",
                "shop", "scenes", "motions", "words", "said", "offers",
            )
        },
        "faq": ["train", "train", "desk"],
        "plain": ["tune", "runs", "doctor"],
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAINS)
def test_the_commands_of_the_readme_run_in_their_order(name: str, tmp_path: Path) -> None:
    Image.fromarray(np.zeros((30, 20), np.uint8)).save(tmp_path / "photo.png")
    (tmp_path / "sales.csv").write_text(
        "unique_id,ds,y\n"
        + "".join(
            f"shop,{day:%Y-%m-%d},{place % 7 + place / 100}\n"
            for place, day in enumerate(pd.date_range("2024-01-01", periods=400))
        )
    )
    copy_samples(tmp_path)
    for line in CHAINS[name]:
        run(sys.executable, "-m", "lstm_toolkit", *line, folder=tmp_path, short=True)
    if name == "mine":
        assert (tmp_path / "models" / "mine" / "1" / "saved_model.pb").exists()
        asked = run(
            sys.executable, str(ROOT / "examples" / "ask_saved_model.py"), "models/mine/1",
            "runs/mine/samples.npz", folder=tmp_path,
        )  # fmt: skip
        assert asked.endswith("64 held-out images are read\n")


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
        run(sys.executable, "-m", "lstm_toolkit", *line, folder=tmp_path, short=True)
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


def prose(page: str) -> str:
    """Returns a page without what stands in code."""
    return re.sub(r"``.+?``|`[^`\n]*`", "", re.sub(r"^```.*?^```", "", page, flags=re.M | re.S))


def anchors(page: str) -> set[str]:
    """Returns what GitHub calls the headings of a page."""
    page = re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    plain = (re.sub(r"\[(.+?)\]\(.+?\)", r"\1", title).strip().lower() for title in titles)
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in plain}


PAGES = [
    page
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")]
    if not page.parent.name.startswith(".")
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_anchors_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(<?([^)\s>]+)>?\)", prose(page.read_text(encoding="utf-8"))):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        leads = page.parent / name if name else page
        assert leads.exists(), f"{page}: {link}"
        if anchor:
            assert anchor in anchors(leads.read_text(encoding="utf-8")), f"{page}: {link}"


ROOMS = ("lstm_toolkit", *(f"lstm_toolkit.{name}" for name in (
    "builders", "comparison", "data", "features", "layers", "figures.plots", "figures.search",
    "targets", "testing", "tracking", "tuning",
)))  # fmt: skip


def handed_on(room: Any) -> set[str]:
    """Returns the public names of a room that are no rooms themselves."""
    own = [
        n for n, f in vars(room).items() if inspect.isfunction(f) and f.__module__ == room.__name__
    ]
    names = getattr(room, "__all__", None) or [name for name in own if not name.startswith("_")]
    return {n for n in names if n != "__version__" and not inspect.ismodule(getattr(room, n))}


def documented() -> set[str]:
    """Returns the full names of all that the reference documents."""
    found = set()
    for page in ROOT.glob("docs/reference/*.rst"):
        room = ""
        for kind, name in re.findall(r"^\.\. (\w+):: (\S+)$", page.read_text(), re.MULTILINE):
            room = name if kind == "currentmodule" else room
            if kind.startswith("auto"):
                found.add(name if name.startswith("lstm_toolkit.") else f"{room}.{name}")
    return found


@pytest.mark.parametrize("name", ROOMS)
def test_each_public_name_stands_in_the_reference(name: str) -> None:
    names = handed_on(importlib.import_module(name))
    assert len(names) > 2
    assert {f"{name}.{one}" for one in names} - documented() == set()


def test_the_command_line_stands_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "command-line.rst").read_text()
    assert re.findall(r"^\.\. help:: (\w+)$", page, re.MULTILINE) == list_commands()
    page = (ROOT / "docs" / "reference" / "tasks.rst").read_text()
    assert re.findall(r"^\.\. settings:: (\w+)$", page, re.MULTILINE) == task_names()


def list_commands() -> list[str]:
    order = ["tasks", "train", "tune", "evaluate", "export", "desk", "predict"]
    order += ["monitor", "serve", "runs", "doctor", "completion"]
    assert sorted(order) == sorted(cli.commands)
    return order


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    run(
        sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html",
        "-d", str(tmp_path / "trees"), "docs", str(tmp_path / "site"), folder=ROOT,
    )  # fmt: skip
    pages = [page.read_text(encoding="utf-8") for page in tmp_path.glob("site/reference/*.html")]
    named = r' id="(?:module-)?(lstm_toolkit[\w.]+)"'
    built = {name for page in pages for name in re.findall(named, page)}
    assert documented() - built == set()
    for page in ROOT.glob("docs/*.md"):
        site = (tmp_path / "site" / f"{page.stem}.html").read_text(encoding="utf-8")
        charts = re.findall(r"^```mermaid$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert site.count('<svg class="flowchart"') == len(charts)
    for page in tmp_path.glob("site/**/*.html"):
        site = page.read_text(encoding="utf-8")
        assert not re.search(
            r"highlight-mermaid|^\s*(flowchart|graph) (TB|TD|LR|RL|BT)$", site, re.M
        )


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
    assert "lstm_toolkit/data/readers/images/images.py" in names
    assert "lstm_toolkit/py.typed" in names
    assert "lstm_toolkit/serving/page/index.html" in names
    for sample in ("pairs_en_zh.tsv", "reviews.csv"):
        assert any(name.endswith(f"share/lstm_toolkit/{sample}") for name in names)
    assert not [name for name in names if name.startswith(("tests", "notebooks", "models", "data"))]
    metadata = next(tmp_path.glob("site/*.dist-info/METADATA")).read_text(encoding="utf-8")
    assert "Requires-Dist: tensorflow<2.22,>=2.21" in metadata
    assert "Provides-Extra: gpu" in metadata
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); import lstm_toolkit; "
        f"assert lstm_toolkit.__file__.startswith({str(tmp_path)!r}); "
        "from lstm_toolkit.cli.commands import main; main(['tasks'])"
    )
    assert "digits" in run(sys.executable, "-I", "-c", code, folder=tmp_path)
