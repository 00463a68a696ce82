"""Turns Mermaid's flowcharts in pages into drawings when the site is built, without the net."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from flowchart import FlowchartError, read_flowchart
from flowchart_drawing import draw_flowchart
from sphinx.application import Sphinx


class Mermaid(Directive):
    """A fence of Mermaid in Markdown becomes SVG; a line that is not understood fails the build."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Returns the drawing."""
        env = self.state.document.settings.env
        try:
            chart = read_flowchart("\n".join(self.content))
        except FlowchartError as error:
            # MyST counts the offset from the fence; docutils would count it from the page's top.
            line = self.lineno + self.content_offset + error.line
            return [self.state_machine.reporter.error(str(error), line=line)]
        svg = draw_flowchart(chart, f"flowchart-{env.new_serialno('flowchart') + 1}")
        return [nodes.raw("", f'<div class="flowchart" tabindex="0">{svg}</div>', format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Makes the directive known, and Markdown's fences that name it."""
    app.add_directive("mermaid", Mermaid)
    app.add_css_file("flowchart.css")
    return {"parallel_read_safe": True}
