"""Draws flowcharts as SVG, which the site's style sheet colours.

Widths of texts are estimated, generously: which font a reader has is not known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from itertools import pairwise
from unicodedata import east_asian_width

from flowchart import Arrow, Box, Flowchart
from flowchart_layout import Point, Size, Span, lay_out

FONT = 14
"""Size of texts in pixels; `_static/flowchart.css` has it too."""
LINE = 19
PAGE = 736
"""Width of a page's text in the theme Furo, in pixels."""
EDGE = 2
"""Room around a drawing, in pixels, for the strokes that stand on its border."""
LEAST_SCALE = 0.6
"""A drawing shrinks this far where the window is narrow; then it scrolls."""

TURNED = {"LR": "TB", "RL": "BT"}


def draw_flowchart(chart: Flowchart, key: str = "flowchart") -> str:
    """Returns an `<svg>` that shrinks with the page.

    A chart from left to right that is wider than a page is drawn from top to bottom, if it is
    narrower so.

    Args:
        chart: What to draw.
        key: What ids in the SVG begin with; needed where a page has several drawings.
    """
    drawing = _Drawing(chart)
    if drawing.width > PAGE and chart.direction in TURNED:
        turned = _Drawing(replace(chart, direction=TURNED[chart.direction]))
        drawing = min(drawing, turned, key=lambda one: one.width)
    return drawing.svg(key)


class _Drawing:
    """A chart with the places of its parts; a layout from top to bottom is turned as needed."""

    def __init__(self, chart: Flowchart) -> None:
        self._chart = chart
        self._sideways = chart.direction in ("LR", "RL")
        self._layout = lay_out(
            {name: self._turned(box_size(box)) for name, box in chart.boxes.items()},
            [
                Span(
                    arrow.start, arrow.end, self._turned(label_size(arrow)) if arrow.lines else None
                )
                for arrow in chart.arrows
            ],
        )
        width, height = self._turned(self._layout.size)
        self.width, self.height = math.ceil(width) + 2 * EDGE, math.ceil(height) + 2 * EDGE

    def svg(self, key: str) -> str:
        arrows = list(enumerate(self._chart.arrows))
        parts = [
            f'<svg class="flowchart" role="img" aria-labelledby="{key}-title {key}-text"'
            f' xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}"'
            f' style="max-width:{self.width}px;min-width:{self.width * LEAST_SCALE:.0f}px">',
            f'<title id="{key}-title">{escape(title(self._chart))}</title>',
            f'<desc id="{key}-text">{escape(description(self._chart))}</desc>',
            *(self._arrow(number, arrow) for number, arrow in arrows),
            *(self._label(number, arrow) for number, arrow in arrows if arrow.lines),
            *(self._box(name, box) for name, box in self._chart.boxes.items()),
            "</svg>",
        ]
        return "\n".join(parts)

    def _turned(self, size: Size) -> Size:
        return size[::-1] if self._sideways else size

    def _point(self, place: Point) -> Point:
        """Returns where a place of the layout is in the drawing."""
        across, down = place
        if self._chart.direction in ("BT", "RL"):
            down = self._layout.size[1] - down
        x, y = (down, across) if self._sideways else (across, down)
        return x + EDGE, y + EDGE

    def _box(self, name: str, box: Box) -> str:
        middle, size = self._point(self._layout.boxes[name]), box_size(box)
        shape = _rectangle(middle, size, size[1] / 2 if box.shape == "round" else 4)
        return f'<g class="box" data-name="{escape(name)}">{shape}{_text(middle, box.lines)}</g>'

    def _arrow(self, number: int, arrow: Arrow) -> str:
        """Returns curves that are upright where they pass a rank, and a head."""
        line = self._layout.lines[number]
        parts = [f"M{self._spelt(line[0])}"]
        for (x, y), (end, floor) in pairwise(line):
            bends = ((x, (y + floor) / 2), (end, (y + floor) / 2), (end, floor))
            parts.append("C" + " ".join(map(self._spelt, bends)))
        shapes = f'<path d="{"".join(parts)}"/>'
        if arrow.kind != "plain":
            x, y = line[-1]
            corners = map(self._spelt, (line[-1], (x - 4, y - 8), (x + 4, y - 8)))
            shapes += f'<path class="head" d="M{"L".join(corners)}Z"/>'
        names = f'data-from="{escape(arrow.start)}" data-to="{escape(arrow.end)}"'
        return f'<g class="arrow {arrow.kind}" {names}>{shapes}</g>'

    def _label(self, number: int, arrow: Arrow) -> str:
        middle = self._point(self._layout.labels[number])
        shape = _rectangle(middle, label_size(arrow), 4)
        return f'<g class="label">{shape}{_text(middle, arrow.lines)}</g>'

    def _spelt(self, place: Point) -> str:
        x, y = self._point(place)
        return f"{x:.1f},{y:.1f}"


def box_size(box: Box) -> Size:
    """Returns width and height in pixels; the first of several lines is bold."""
    bold = 1.08 if len(box.lines) > 1 else 1.0
    widths = [text_width(box.lines[0]) * bold, *map(text_width, box.lines[1:])]
    return math.ceil(max(widths)) + 22, LINE * len(box.lines) + 16


def label_size(arrow: Arrow) -> Size:
    """Returns width and height of an arrow's text in pixels."""
    return math.ceil(max(map(text_width, arrow.lines))) + 6, LINE * len(arrow.lines)


def text_width(text: str) -> float:
    """Returns how many pixels a text takes at most in a common font without serifs."""
    return FONT * sum(map(_character_width, text))


def _character_width(character: str) -> float:
    if east_asian_width(character) in "WF":
        return 1.0
    if character in "iIjl.,:;'|!()[] ":
        return 0.4
    return 0.95 if character in "mwMW@%…→" else 0.63


def _rectangle(middle: Point, size: Size, radius: float) -> str:
    x, y = middle[0] - size[0] / 2, middle[1] - size[1] / 2
    place = f'x="{x:.1f}" y="{y:.1f}" width="{size[0]}" height="{size[1]}"'
    return f'<rect {place} rx="{radius}"/>'


def _text(middle: Point, lines: Sequence[str]) -> str:
    first = middle[1] - (len(lines) - 1) * LINE / 2 + FONT * 0.36
    spans = (
        f'<tspan x="{middle[0]:.1f}" y="{first + LINE * n:.1f}">{escape(line)}</tspan>'
        for n, line in enumerate(lines)
    )
    several = ' class="several"' if len(lines) > 1 else ""
    return f"<text{several}>{''.join(spans)}</text>"


def title(chart: Flowchart) -> str:
    """Returns what a chart is called: by itself, or by its first and last boxes."""
    ends, starts = {arrow.end for arrow in chart.arrows}, {arrow.start for arrow in chart.arrows}
    first = [box.lines[0] for name, box in chart.boxes.items() if name not in ends]
    last = [box.lines[0] for name, box in chart.boxes.items() if name not in starts]
    return chart.title or f"Flowchart from {', '.join(first)} to {', '.join(last)}"


def description(chart: Flowchart) -> str:
    """Returns what a chart says of itself, or each arrow in words."""
    arrows = (
        f"{chart.boxes[arrow.start].lines[0]} to {chart.boxes[arrow.end].lines[0]}"
        + f" ({' '.join(arrow.lines)})" * bool(arrow.lines)
        for arrow in chart.arrows
    )
    return chart.description or "Arrows: " + "; ".join(arrows)
