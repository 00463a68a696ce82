"""Reads Mermaid's flowcharts, as far as pages here use them.

A chart begins with `flowchart` and a direction. Each further line is one of

    name["text<br/>second line"]      a box; `[…]` has corners, `(…)` and `([…])` are round
    one --> two & three -->|text| four
    accTitle: what the drawing is called, for those who cannot see it
    accDescr: what it shows
    %% a remark

Arrows are `-->`, `-.->` (dotted), `==>` (thick) and `---` (without a head). They lead one way: a
circle is an error.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import NoReturn

ARROWS = {"-->": "solid", "-.->": "dotted", "==>": "thick", "---": "plain"}
DIRECTIONS = {"TB": "TB", "TD": "TB", "BT": "BT", "LR": "LR", "RL": "RL"}

_NAME = r"[^\W\d][\w.]*(?:-\w+)*"
_HEAD = re.compile(rf"(?:flowchart|graph) ({'|'.join(DIRECTIONS)})")
_REMARK = re.compile(r"(accTitle|accDescr): *(\S.*)")
_ARROW = re.compile(rf" *({'|'.join(map(re.escape, ARROWS))})(?: *\|([^|]+)\|)? *")
_TEXT = r"(\"[^\"]+\"|(?:<br */?>|[^\"\[\](){}|<>])+)"
_BOX = re.compile(rf"(?!end\b|subgraph\b)({_NAME})(?:(\[|\(\[|\(){_TEXT}(\]\)|\]|\)))?")
_SHAPES = {("[", "]"): "square", ("(", ")"): "round", ("([", "])"): "round"}


class FlowchartError(ValueError):
    """A line that is not understood.

    Attributes:
        line: Its number, from 1.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class Box:
    """A box: the lines of its text, and whether it is `square` or `round`."""

    lines: list[str]
    shape: str = "square"


@dataclass(frozen=True)
class Arrow:
    """An arrow between two boxes, by their names; its kind is a value of `ARROWS`."""

    start: str
    end: str
    kind: str = "solid"
    lines: tuple[str, ...] = ()


@dataclass
class Flowchart:
    """What a chart says; `direction` is `TB`, `BT`, `LR` or `RL`."""

    direction: str
    boxes: dict[str, Box] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    title: str = ""
    description: str = ""

    def leads(self, start: str, end: str) -> bool:
        """Returns whether arrows lead from one box to another, or both are the same."""
        return start == end or any(
            self.leads(arrow.end, end) for arrow in self.arrows if arrow.start == start
        )


def read_flowchart(source: str) -> Flowchart:
    """Returns what a chart says.

    Raises:
        FlowchartError: If a line is not understood, with its number.
    """
    lines = [(n, line.strip()) for n, line in enumerate(source.splitlines(), 1)]
    lines = [(n, line) for n, line in lines if line and not line.startswith("%%")]
    number, first = lines[0] if lines else (1, "")
    if not (head := _HEAD.fullmatch(first)):
        raise FlowchartError("Mermaid: a chart begins with `flowchart TB` or `LR`", number)
    chart = Flowchart(DIRECTIONS[head[1]])
    for number, line in lines[1:]:
        _Line(chart, line, number).read()
    if not chart.boxes:
        raise FlowchartError("Mermaid: a chart needs a box", number)
    return chart


class _Line:
    """One line below the first, read from its left to its right."""

    def __init__(self, chart: Flowchart, line: str, number: int) -> None:
        self._chart, self._line, self._number = chart, line, number
        self._place = 0

    def read(self) -> None:
        if remark := _REMARK.fullmatch(self._line):
            attribute = {"accTitle": "title", "accDescr": "description"}[remark[1]]
            setattr(self._chart, attribute, remark[2])
            return
        starts = self._boxes()
        while self._place < len(self._line):
            arrow = self._next(_ARROW)
            ends = self._boxes()
            lines = tuple(_lines(arrow[2] or ""))
            for start, end in ((start, end) for start in starts for end in ends):
                self._add(Arrow(start, end, ARROWS[arrow[1]], lines))
            starts = ends

    def _boxes(self) -> list[str]:
        """Returns the names of boxes joined by `&`."""
        names = [self._box()]
        while self._line.startswith(" & ", self._place):
            self._place += 3
            names.append(self._box())
        return names

    def _box(self) -> str:
        found = self._next(_BOX)
        name, before, text, after = found.groups()
        box = self._chart.boxes.setdefault(name, Box([name]))
        if before:
            box.shape = _SHAPES.get((before, after)) or self._fail(f"no such box: `{found[0]}`")
            box.lines = _lines(text)
        return name

    def _add(self, arrow: Arrow) -> None:
        if self._chart.leads(arrow.end, arrow.start):
            self._fail(f"arrows lead in a circle: `{arrow.start}` to `{arrow.end}`")
        self._chart.arrows.append(arrow)

    def _next(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self._line, self._place)
        if not found:
            rest = self._line[self._place :].strip() or "the end"
            self._fail(f"not understood from here on: `{rest}`")
        self._place = found.end()
        return found

    def _fail(self, message: str) -> NoReturn:
        raise FlowchartError(f"Mermaid: {message}", self._number)


def _lines(text: str) -> list[str]:
    parts = re.split(r"<br */?>", text.strip().strip('"'))
    return [html.unescape(part).strip() for part in parts if part.strip()]
