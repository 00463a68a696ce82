"""Runs what the README and the guide to tuning tell people to run; holds links and reference."""

from __future__ import annotations

import importlib
import inspect
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lstm_toolkit.cli.commands import cli
from lstm_toolkit.tasks import task_names
from tests.shared import made_once
from tests.warm import warm_python

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
SVG = "{http://www.w3.org/2000/svg}"


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
    """Returns what a command prints; Python that runs the toolkit begins with it imported."""
    if words[0] == sys.executable and words[1] in ("-m", "-c", "-W"):
        words = (*warm_python(*words[1:]),)
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
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


@pytest.mark.slow
def test_the_commands_of_the_readme_run_in_their_order(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((30, 20), np.uint8)).save(tmp_path / "photo.png")
    (tmp_path / "sales.csv").write_text(
        "unique_id,ds,y\n"
        + "".join(
            f"shop,{day:%Y-%m-%d},{place % 7 + place / 100}\n"
            for place, day in enumerate(pd.date_range("2024-01-01", periods=400))
        )
    )
    copy_samples(tmp_path)
    lines = commands()
    assert [line[0] for line in lines] == [
        "train", "predict", "tasks", "train", "train", "evaluate", "export", "predict",
        "train", "predict", "predict", "train", "predict", "train", "train", "train", "train",
        "train", "train", "tune", "runs", "doctor",
    ]  # fmt: skip
    for line in lines:
        run(sys.executable, "-m", "lstm_toolkit", *line, folder=tmp_path)
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


SMALL_CHART = """
    flowchart LR
        %% a remark
        rows["raw rows<br/>x < y & z"] -->|read, once| model("keras.Model")
        accTitle: A small chart
        model -.-> weights & scores
"""


@pytest.fixture
def flowchart(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "docs")
    return importlib.import_module("flowchart")


def drawn(chart: Any) -> ElementTree.Element:
    return ElementTree.fromstring(
        importlib.import_module("flowchart_drawing").draw_flowchart(chart)
    )


def parts(svg: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [part for part in svg.iter(f"{SVG}g") if part.get("class", "").split()[0] == kind]


def texts(svg: ElementTree.Element, kind: str) -> list[list[str]]:
    return [[line.text or "" for line in part.iter(f"{SVG}tspan")] for part in parts(svg, kind)]


def test_a_flowchart_becomes_boxes_arrows_and_labels(flowchart: Any) -> None:
    svg = drawn(flowchart.read_flowchart(SMALL_CHART))
    assert texts(svg, "box") == [
        ["raw rows", "x < y & z"], ["keras.Model"], ["weights"], ["scores"],
    ]  # fmt: skip
    assert texts(svg, "label") == [["read, once"]]
    arrows = [(part.get("data-from"), part.get("data-to")) for part in parts(svg, "arrow")]
    assert arrows == [("rows", "model"), ("model", "weights"), ("model", "scores")]
    assert [part.get("class") for part in parts(svg, "arrow")][1:] == ["arrow dotted"] * 2
    title, description = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "A small chart"
    assert description is not None
    assert description.text is not None
    assert description.text.startswith("Arrows: raw rows to keras.Model (read, once); ")


ROOM_CHART = """
    flowchart TB
        cli --> tuning & training & serving & tasks & settings & system
        tuning --> training & tasks & settings
        training --> tasks & metrics & optimizers & data & system
        serving --> training & tasks & system
        tasks --> features & targets & builders & data & metrics & settings
        features --> data & builders
        targets --> data & metrics & layers
        builders --> layers & optimizers
        data & metrics & layers & optimizers --> settings --> system
"""


@pytest.mark.parametrize("source", [SMALL_CHART, ROOM_CHART, ROOM_CHART.replace("TB", "RL")])
def test_nothing_overlaps_or_is_cut_off(flowchart: Any, source: str) -> None:
    svg = drawn(flowchart.read_flowchart(source))
    _, _, *size = map(float, svg.attrib["viewBox"].split())
    boxes = [
        [float(place.attrib[name]) for name in ("x", "y", "width", "height")]
        for place in svg.iter(f"{SVG}rect")
    ]
    for x, y, width, height in boxes:
        assert min(x, y) > 0
        assert x + width < size[0]
        assert y + height < size[1]
    for (x, y, width, height), (left, top, wide, high) in combinations(boxes, 2):
        beside = x + width < left or left + wide < x
        assert beside or y + height < top or top + high < y


def test_arrows_lead_down_past_boxes(flowchart: Any) -> None:
    layout = importlib.import_module("flowchart_layout")
    chart = flowchart.read_flowchart(ROOM_CHART)
    spans = [layout.Span(arrow.start, arrow.end) for arrow in chart.arrows]
    placed = layout.lay_out(dict.fromkeys(chart.boxes, (90.0, 40.0)), spans)
    for span, line in zip(spans, placed.lines, strict=True):
        assert placed.boxes[span.upper][1] < placed.boxes[span.lower][1]
        assert line == sorted(line, key=lambda point: point[1])
        for x, y in line[1:-1]:
            assert not any(
                abs(x - left) < 45 and abs(y - top) < 20 for left, top in placed.boxes.values()
            )


def test_boxes_are_ordered_so_that_arrows_need_not_cross(flowchart: Any) -> None:
    layout = importlib.import_module("flowchart_layout")
    above, below = layout.order_ranks(
        {"a": 0, "b": 0, "c": 0, "x": 1, "y": 1, "z": 1}, [["a", "z"], ["b", "x"], ["c", "y"]]
    )
    assert ["abc".index(one) for one in above] == ["zxy".index(one) for one in below]


def test_a_flowchart_wider_than_a_page_is_turned(flowchart: Any) -> None:
    names = " --> ".join(f"a_long_name_{n}" for n in range(8))
    for direction in ("LR", "TB"):
        svg = drawn(flowchart.read_flowchart(f"flowchart {direction}\n{names}"))
        _, _, width, height = map(float, svg.attrib["viewBox"].split())
        assert width < 200 < height
    short = drawn(flowchart.read_flowchart("flowchart LR\na --> b --> c"))
    _, _, width, height = map(float, short.attrib["viewBox"].split())
    assert height < width


@pytest.mark.parametrize(
    ("lines", "number", "message"),
    [
        (["sequenceDiagram"], 1, "a chart begins with `flowchart TB` or `LR`"),
        (["flowchart LR"], 1, "a chart needs a box"),
        (["flowchart LR", "a", "style a fill:red"], 3, "not understood from here on: `a fill:red`"),
        (["flowchart LR", "", "a --> b{choice}"], 3, "not understood from here on: `{choice}`"),
        (["flowchart LR", "a --o b"], 2, "not understood from here on: `--o b`"),
        (["flowchart LR", "a -->"], 2, "not understood from here on: `the end`"),
        (["flowchart LR", "a[text)"], 2, "no such box: `a[text)`"),
        (["flowchart LR", "a --> b", "subgraph g"], 3, "not understood from here on: `subgraph g`"),
        (["flowchart LR", "a --> b --> c", "c --> a"], 3, "arrows lead in a circle: `c` to `a`"),
        (["flowchart LR", "a --> a"], 2, "arrows lead in a circle: `a` to `a`"),
    ],
)  # fmt: skip
def test_what_a_flowchart_does_not_know_is_an_error(
    flowchart: Any, lines: list[str], number: int, message: str
) -> None:
    with pytest.raises(flowchart.FlowchartError) as error:
        flowchart.read_flowchart("\n".join(lines))
    assert str(error.value) == f"Mermaid: {message}"
    assert error.value.line == number


@pytest.mark.parametrize(
    "source",
    [
        chart
        for page in ROOT.glob("docs/*.md")
        for chart in re.findall(r"^```mermaid\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    ],
)
def test_flowcharts_of_pages_are_drawn(flowchart: Any, source: str) -> None:
    assert len(parts(drawn(flowchart.read_flowchart(source)), "box")) > 2


def test_a_flowchart_that_is_not_understood_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(
        f"import sys; sys.path.insert(0, {str(ROOT / 'docs')!r})\n"
        "extensions = ['myst_parser', 'diagrams']; myst_fence_as_directive = ['mermaid']\n"
    )
    (tmp_path / "index.md").write_text(
        "# Title\n\n```mermaid\nflowchart LR\n    a --> b\n    click a\n```\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", ".", "site"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "index.md:6: ERROR: Mermaid: not understood from here on: `a`" in done.stderr


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
    order = ["tasks", "train", "tune", "evaluate", "export", "predict", "serve"]
    order += ["runs", "doctor", "completion"]
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
