"""Texts with spans of characters to sentences with a tag a token."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.readers.tagged.spans import Document, Span, _tags, tagged_documents

PATH = Path("a.json")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["ab", "c\nd", "\n", "\n\n"]), st.booleans())))
def test_texts_are_divided_at_breaks_outside_of_spans_and_no_span_is_lost(
    parts: list[tuple[str, bool]],
) -> None:
    text, spans = "", []
    for part, marked in parts:
        if marked and part.strip():
            spans.append(Span(len(text), len(text) + len(part), "X"))
        text += f"{part} "
    file = tagged_documents(PATH, [Document(text, spans[::-1], PATH)], "space", Counter())
    tags = [tag for sentence in file.sentences for tag in sentence.tags]
    assert tags.count("B-X") == len(spans)
    assert tags.count("I-X") == sum("\n" in text[span.start : span.end] for span in spans)
    outside = list(text)
    for span in spans:
        outside[span.start : span.end] = ["x"] * (span.end - span.start)
    lines = "".join(outside).split("\n")
    assert len(file.sentences) == sum(bool(line.strip()) for line in lines)


def test_a_long_text_with_many_spans_takes_little_time() -> None:
    text = "ab\n" * 10_000 + "ab " * 10_000
    spans = [Span(place, place + 2, "X") for place in range(0, len(text), 3)]
    begun = process_time()
    file = tagged_documents(PATH, [Document(text, spans, PATH)], "space", Counter())
    assert process_time() - begun < 10
    assert {tag for sentence in file.sentences for tag in sentence.tags} == {"B-X"}


def test_a_span_without_a_token_is_no_overlap() -> None:
    counts: Counter[str] = Counter()
    spans = [Span(0, 1, "X"), Span(1, 2, "X"), Span(0, 1, "Y")]
    assert _tags(Document("a b", spans, PATH), [("a", 0, 1), ("b", 2, 3)], counts) == ["B-X", "O"]
    assert counts == {
        "spans without a token, left out": 1,
        "spans that overlap a longer one, left out": 1,
    }
