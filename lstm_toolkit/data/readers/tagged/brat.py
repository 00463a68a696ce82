"""Reads what brat writes: a text in a `.txt`, its spans in an `.ann` of the same name."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from lstm_toolkit.data.readers.tagged.offsets import is_said
from lstm_toolkit.data.readers.tagged.sentences import TaggedFile
from lstm_toolkit.data.readers.tagged.spans import Document, Span, tagged_documents
from lstm_toolkit.data.readers.texts.class_folders import walk
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.errors import DataError

_SPAN = re.compile(r"T\d+\t(\S+) (\d+) (\d+)((?:;\d+ \d+)*)\t(.*)")


def annotations_in(folder: Path) -> list[Path]:
    """Returns the `.ann` files of a folder, however deep."""
    return [path for path in walk(folder) if path.name.lower().endswith(".ann")]


def read_brat(
    root: Path, annotations: Sequence[Path], *, encoding: str = "utf-8", tokens: str = "auto"
) -> TaggedFile:
    """Reads documents of brat.

    Relations, events and notes are counted, and so are spans of several parts.

    Args:
        root: The folder.
        annotations: The `.ann` files.
        encoding: Of the files.
        tokens: How texts are divided, see `tagged_documents`.

    Raises:
        DataError: If a text is missing, or a line is damaged or of another text.
    """
    counts: Counter[str] = Counter()
    documents = []
    for path in annotations:
        text_path = path.with_suffix(".txt")
        if not text_path.exists():
            raise DataError(f"needs its text, {text_path.name}, beside it", path=path)
        text = decode(read_bytes(text_path), encoding, text_path)
        lines = decode(read_bytes(path), encoding, path).split("\n")
        spans = [
            span
            for number, line in enumerate(lines, 1)
            if (span := _span(line.rstrip("\r"), text, path, number, counts)) is not None
        ]
        documents.append(Document(text, spans, text_path))
    file = tagged_documents(root, documents, tokens, Counter())
    remarks = [f"{what}: {count:,}" for what, count in counts.items()]
    return dataclasses.replace(file, remarks=(*file.remarks, *remarks))


def _span(line: str, text: str, path: Path, number: int, counts: Counter[str]) -> Span | None:
    if not line.strip():
        return None
    if not line.startswith("T"):
        counts["relations, events and notes, not read"] += 1
        return None
    match = _SPAN.fullmatch(line)
    if match is None:
        message = f"needs a span such as T1<tab>PER 0 4<tab>Anna. Received: {line[:60]}"
        raise DataError(message, path=path, line=number)
    label, start, end, more, shown = match.groups()
    if more:
        counts["spans of several parts, left out"] += 1
        return None
    stands = text[int(start) : int(end)]
    if not is_said(stands, shown):
        raise DataError(
            f"needs what stands at {start} to {end}, {stands[:40]!r}. Received: {shown[:40]!r}",
            path=path,
            line=number,
        )
    return Span(int(start), int(end), label)
