"""Explained answers: colours in a terminal, and a page that is whole and safe."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import click

from lstm_toolkit.inspection.explanation import coloured, page

VOID = {"meta", "!doctype"}


class Reader(HTMLParser):
    """Notes the tags of a page, checks that they nest, and keeps the text of each."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text: dict[str, list[str]] = {}
        self.attributes: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes.append(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text.setdefault(self.open[-1], []).append(data)


def read(content: str) -> Reader:
    reader = Reader()
    reader.feed(content)
    reader.close()
    assert reader.open == []
    return reader


def tokens(*pairs: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"token": token, "weight": weight} for token, weight in pairs]


def answer(label: str, *pairs: tuple[str, float]) -> dict[str, Any]:
    return {"label": label, "probability": 0.9316, "tokens": tokens(*pairs)}


def test_tokens_are_coloured_by_sign_and_strength() -> None:
    found = coloured(
        tokens(("great", 0.4), ("film", 0.03), ("but", -0.1), ("dull", -0.25), ("so", 0.19))
    )
    assert found == " ".join(
        [
            click.style("great", fg="blue", bold=True),
            "film",
            click.style("but", fg="yellow", bold=False),
            click.style("dull", fg="yellow", bold=True),
            click.style("so", fg="blue", bold=False),
        ]
    )
    assert click.unstyle(found) == "great film but dull so"


def test_shares_at_the_limits() -> None:
    assert coloured(tokens(("a", 1.0), ("b", 0.15), ("c", 0.149), ("d", -0.5))) == " ".join(
        [
            click.style("a", fg="blue", bold=True),
            click.style("b", fg="blue", bold=False),
            "c",
            click.style("d", fg="yellow", bold=True),
        ]
    )


def test_weights_of_zero_colour_nothing() -> None:
    assert coloured(tokens(("a", 0.0), ("b", 0.0))) == "a b"
    assert coloured([]) == ""


def test_the_page_is_one_whole_document() -> None:
    content = page([answer("good", ("fine", 0.5), ("film", -0.25)), answer("bad", ("dull", 0.1))])
    assert content.startswith("<!doctype html>\n")
    reader = read(content)
    for tag in ("html", "title", "style", "h1"):
        assert reader.seen.count(tag) == 1
    assert reader.seen.count("article") == reader.seen.count("h2") == 2
    assert reader.text["h2"] == ["good ", "bad "]
    assert reader.text["span"] == ["93.2%", "93.2%"]
    assert reader.text["b"][2:] == ["fine", "film", "dull"]
    assert {"dir": "auto"} in reader.attributes
    assert content.count('<div dir="auto">') == 2
    assert '<b style="background:rgba(0,110,200,0.60)" title="+0.5000">fine</b>' in content
    assert '<b style="background:rgba(215,95,0,0.30)" title="-0.2500">film</b>' in content
    assert not re.search(r"https?://|src=|href=|<script", content)


def test_the_page_escapes_what_it_shows() -> None:
    hostile = ["<script>alert(1)</script>", "</div>", '"&amp;', "{articles}", "'"]
    content = page([answer("<b>&label", *((token, 1.0) for token in hostile))])
    reader = read(content)
    assert "script" not in reader.seen
    assert reader.text["b"][2:] == hostile
    assert reader.text["h2"] == ["<b>&label "]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in content


def test_a_page_of_no_answers_and_of_other_scripts() -> None:
    assert "article" not in read(page([])).seen
    assert read(page([answer("good")])).text["h2"] == ["good "]
    assert read(page([answer("טוב", ("סרט", 0.1), ("好", 0.0))])).text["b"][2:] == ["סרט", "好"]
