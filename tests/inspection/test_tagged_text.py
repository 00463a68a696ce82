"""Tagged texts for people."""

from __future__ import annotations

import re

from lstm_toolkit.inspection.tagged_text import bracketed, coloured, page

ENTITY = {"label": "PER", "text": "A<b", "start": 3, "end": 6, "confidence": 0.875}


def test_a_page_holds_every_text_with_its_parts_marked() -> None:
    answers = [
        {"input": "Hi A<b!", "tags": ["O", "B-PER", "O"], "entities": [ENTITY]},
        {"input": "no\none", "tags": ["O", "O"], "entities": []},
    ]
    shown = page(answers, "tags")
    assert '<b style="background:rgba(0,110,200,.3)" title="PER 87.5%">A&lt;b<small>PER' in shown
    paragraphs = re.findall(r'<p dir="auto">(.*?)</p>', shown, re.DOTALL)
    assert [re.sub("<small>.*?</small>|<[^>]+>", "", text) for text in paragraphs] == [
        "Hi A&lt;b!",
        "no\none",
    ]


def test_tags_that_mark_no_entities_are_marked_each() -> None:
    answer = {
        "input": "dogs bark",
        "tags": ["NOUN", "VERB"],
        "starts": [0, 5],
        "ends": [4, 9],
        "confidence": [1.0, 0.5],
    }
    shown = page([answer], "tags")
    assert 'title="VERB 50.0%">bark<small>VERB' in shown


def test_nothing_to_mark_is_no_error() -> None:
    assert "No entities" in page([], "tags")
    assert bracketed([], []) == ""
    assert coloured(["a"], ["O"]) == "a"
    assert "Ann PER" in coloured(["Ann"], ["B-PER"])
