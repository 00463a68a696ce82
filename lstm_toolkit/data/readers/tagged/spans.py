"""Texts with spans of characters to sentences with a tag a token."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lstm_toolkit.data.columns import texts
from lstm_toolkit.data.readers.tagged.sentences import Sentence, TaggedFile
from lstm_toolkit.data.tag_schemes import OUTSIDE
from lstm_toolkit.data.text.scripts import is_unspaced
from lstm_toolkit.data.text.spaced_tokens import without_given
from lstm_toolkit.errors import DataError


@dataclasses.dataclass(frozen=True)
class Span:
    """What a part of a text is: its first character, and the one behind its last.

    Attributes:
        start: Counted from 0.
        end: Likewise.
        label: Of one word.
        text: What stands there, as the file says it; None if it does not.
    """

    start: int
    end: int
    label: str
    text: str | None = None


@dataclasses.dataclass(frozen=True)
class Document:
    """A text with spans, and the file and the line or the number of the record it comes from."""

    text: str
    spans: list[Span]
    path: Path
    line: int | None = None


Token = tuple[str, int, int]


def tagged_documents(
    path: Path, documents: Sequence[Document], tokens: str, left_out: Counter[str]
) -> TaggedFile:
    """Divides documents into lines and tokens, and tags these.

    Spans that end inside of a token take the whole of it; of spans that overlap the longest
    stays. Both are told.

    Args:
        path: Where all of them were read.
        documents: With their spans.
        tokens: How texts are divided, see `features.WordsSettings`; auto takes characters where
            letters are of scripts without spaces, words elsewhere.
        left_out: Texts that are not among them, by the reason.

    Raises:
        DataError: If a span is not inside of its text, or holds nothing, with file and line.
    """
    from lstm_toolkit.data.text.division import divided

    for document in documents:
        _check(document)
    parts = [part for document in documents for part in _lines(document)]
    division = _division(documents) if tokens == "auto" else tokens
    counts: Counter[str] = Counter()
    rows = divided(texts([without_given(part.text, counts) for part in parts]), division)  # type: ignore[arg-type]
    sentences = []
    for part, row in zip(parts, rows, strict=True):
        if row:
            tags = _tags(part, row, counts)
            sentences.append(Sentence([token for token, *_ in row], tags, part.line or 0))
        else:
            left_out["empty"] += 1
    remarks = [f"{what}: {count:,}" for what, count in counts.items()]
    return TaggedFile(path, sentences, left_out, tuple(remarks), division)


def _division(documents: Sequence[Document]) -> str:
    letters = Counter(
        is_unspaced(letter)
        for document in documents
        for letter in document.text
        if letter.isalpha()
    )
    return "character" if letters[True] > letters[False] else "treebank"


def _check(document: Document) -> None:
    size = len(document.text)
    for span in document.spans:
        if not 0 <= span.start < span.end <= size:
            raise DataError(
                f"needs spans inside of the text, which has {size:,} characters. "
                f"Received: {span.start} to {span.end}, {span.label[:40]}",
                path=document.path,
                line=document.line,
            )
        if not document.text[span.start : span.end].strip():
            raise DataError(
                f"needs spans of something. Received: {span.start} to {span.end}, "
                f"{span.label[:40]}, which is blank",
                path=document.path,
                line=document.line,
            )


def _lines(document: Document) -> Iterator[Document]:
    """Divides a document at line breaks, but for those inside of spans."""
    text, spans = document.text, sorted(document.spans, key=lambda span: span.start)
    inside = {place for span in spans for place in _breaks(text, span.start, span.end)}
    starts = [span.start for span in spans]
    start = 0
    for place in (*_breaks(text, 0, len(text)), len(text)):
        if place not in inside:
            held = spans[bisect_left(starts, start) : bisect_left(starts, place)]
            yield _part(document, start, place, held)
            start = place + 1


def _breaks(text: str, start: int, end: int) -> Iterator[int]:
    """Yields where line breaks stand."""
    while (place := text.find("\n", start, end)) >= 0:
        yield place
        start = place + 1


def _part(document: Document, start: int, end: int, held: Sequence[Span]) -> Document:
    spans = [Span(span.start - start, span.end - start, span.label) for span in held]
    return dataclasses.replace(document, text=document.text[start:end], spans=spans)


def _tags(document: Document, row: Sequence[Token], counts: Counter[str]) -> list[str]:
    tags = [OUTSIDE] * len(row)
    starts, ends = [start for _, start, _ in row], [end for *_, end in row]
    for span in sorted(document.spans, key=lambda span: span.start - span.end):
        places = range(bisect_right(ends, span.start), bisect_left(starts, span.end))
        if not places:
            counts["spans without a token, left out"] += 1
            continue
        if any(tags[place] != OUTSIDE for place in places):
            counts["spans that overlap a longer one, left out"] += 1
            continue
        first, last = row[places[0]], row[places[-1]]
        inner = document.text[span.start : span.end]
        outer = (span.end - len(inner.lstrip()), span.start + len(inner.rstrip()))
        if (first[1], last[2]) != outer:
            counts["spans that end inside of a token, and take the whole of it"] += 1
        for place in places:
            tags[place] = f"{'B' if place == places[0] else 'I'}-{span.label}"
    return tags
