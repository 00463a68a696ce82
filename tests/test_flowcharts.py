"""Flowcharts of the pages, which are drawn when the site is built."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"


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
