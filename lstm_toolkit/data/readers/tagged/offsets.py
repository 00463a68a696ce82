"""Where spans stand: held against what they say of themselves, and counted in characters."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

from lstm_toolkit.data.readers.tagged.spans import Document, Span
from lstm_toolkit.errors import DataError

CONVERTED = "texts whose spans count UTF-16 units, now characters"


def is_said(text: str, said: str) -> bool:
    r"""Tells whether a part of a text is what a span says it is, but for white space.

    Label Studio writes a line break as a backslash and an n.

    >>> is_said("Port\nAlden", "Port\\nAlden"), is_said("Port", "Po")
    (True, False)
    """
    first, second = (each.replace("\\n", " ").split() for each in (text, said))
    return first == second


def in_characters(documents: Sequence[Document], counts: Counter[str]) -> list[Document]:
    """Returns documents whose spans stand where their own texts do.

    Older versions of Label Studio count UTF-16 units, of which 😀 has two. Where spans fit both
    counts, the other documents decide.

    Args:
        documents: Of one file; spans without a text of their own are taken as they are.
        counts: What is to be told; `CONVERTED` is added.

    Raises:
        DataError: If what a span says stands at its place by neither count, with file and line.
            Those outside of their text are left to `tagged_documents`.
    """
    converted = [_from_utf16(document) for document in documents]
    fits = [
        (_misfit(document) is None, _misfit(other) is None)
        for document, other in zip(documents, converted, strict=True)
    ]
    units_alone = (False, True) in fits and (True, False) not in fits
    chosen = []
    for document, other, (as_is, in_units) in zip(documents, converted, fits, strict=True):
        if not (as_is or in_units):
            _refuse(document)
        use_units = in_units and other is not document and (units_alone or not as_is)
        counts.update([CONVERTED] * use_units)
        chosen.append(other if use_units else document)
    return chosen


def _refuse(document: Document) -> None:
    """Refuses a document for its first span that says another text than stands there."""
    for span in document.spans:
        stands = document.text[max(span.start, 0) : span.end]
        inside = 0 <= span.start < span.end <= len(document.text)
        if inside and span.text is not None and not is_said(stands, span.text):
            raise DataError(
                f"needs what stands at {span.start} to {span.end}, {stands[:40]!r}. "
                f"Received: {span.text[:40]!r}",
                path=document.path,
                line=document.line,
            )


def _from_utf16(document: Document) -> Document:
    """Returns a document whose spans were counted in UTF-16; places inside of a sign stay off."""
    told = any(span.text is not None for span in document.spans)
    if not told or max(document.text, default="") <= "\uffff":
        return document
    places, units = {}, 0
    for place, sign in enumerate(document.text):
        places[units] = place
        units += 2 if sign > "\uffff" else 1
    places[units] = len(document.text)
    spans = [
        dataclasses.replace(span, start=places.get(span.start, -1), end=places.get(span.end, -1))
        for span in document.spans
    ]
    return dataclasses.replace(document, spans=spans)


def _misfit(document: Document) -> Span | None:
    """Returns the first span that is not what it says it is, or not inside of the text."""
    size = len(document.text)
    for span in document.spans:
        inside = 0 <= span.start <= span.end <= size
        said = span.text is None or is_said(document.text[span.start : span.end], span.text)
        if not (inside and said):
            return span
    return None
