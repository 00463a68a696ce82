"""Reads JSON: texts with spans, tokens with tags, and what Label Studio exports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tagged.offsets import in_characters
from lstm_toolkit.data.readers.tagged.sentences import Sentence, TaggedFile
from lstm_toolkit.data.readers.tagged.spans import Document, Span, tagged_documents
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.data.text.spaced_tokens import tokens_in, without_given
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.json_text import RepeatedNameError, read_json

SUFFIXES = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz")

_SPANS = ("spans", "entities", "label", "labels", "annotations")
_TOKENS, _TAGS = ("tokens", "words"), ("tags", "ner_tags", "labels", "slots", "pos_tags")
_START = ("start", "start_offset", "begin", "startOffset")
_END = ("end", "end_offset", "endOffset")
_NOT_ACCEPTED = ("reject", "ignore")
"""What Prodigy answers of records that are not to be learnt from."""

_LABEL = ("label", "labels", "type", "entity_group", "entity", "tag")

FORM = 'records such as {"text": "Anna ran", "spans": [[0, 4, "PER"]]}'

Record = tuple[int, Any]
"""Its line, or its number in a file of one list, and what it holds."""


def is_json(path: Path) -> bool:
    """Tells whether a file holds JSON by its name."""
    return path.name.lower().endswith(SUFFIXES)


def read_documents(path: Path, *, encoding: str = "utf-8", tokens: str = "auto") -> TaggedFile:
    """Reads a JSON file.

    Args:
        path: With a record a line, or one list of records; see `FORM`. Spans may be objects with
            `start`, `end` and `label`, too; records may have `tokens` and `tags` in place of
            them; Label Studio's exports are read in both of their JSON forms.
        encoding: Of the file.
        tokens: How texts are divided, see `tagged_documents`.

    Raises:
        DataError: If a record is none of these, with its line.
    """
    left_out: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    sentences: list[Sentence] = []
    documents: list[Document] = []
    for line, record in records_in(path, encoding):
        flat = _flat(record, path, line, left_out, counts)
        if flat is None:
            continue
        pair = _tokens_and_tags(flat, path, line, counts)
        if pair is None:
            documents.append(_document(flat, path, line))
        elif pair[0]:
            sentences.append(Sentence(*pair, line))
        else:
            left_out["empty"] += 1
    if not documents:
        return TaggedFile(path, sentences, left_out, _remarks(counts))
    documents = in_characters(documents, counts)
    file = tagged_documents(path, documents, tokens, left_out)
    division = file.division if len(file.sentences) >= len(sentences) else ""
    remarks = (*file.remarks, *_remarks(counts))
    return TaggedFile(path, [*sentences, *file.sentences], left_out, remarks, division)


def _remarks(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{what}: {count:,}" for what, count in counts.items())


def records_in(path: Path, encoding: str) -> Iterator[Record]:
    """Yields the records of a file with its lines, or their numbers in one list.

    Raises:
        DataError: If the file is no JSON, or holds halves of characters, with the line.
    """
    text = decode(read_bytes(path), encoding, path)
    try:
        whole = read_json(text)
    except RepeatedNameError as error:
        if text.lstrip().startswith("["):
            raise DataError(str(error), path=path) from None
        whole = None  # of a record a line, which tells the line
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, list):
        for number, record in enumerate(whole, 1):
            yield number, _checked(record, text, path, number)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _checked(_record(line, path, number), line, path, number)


def _record(written: str, path: Path, line: int) -> Any:
    try:
        return read_json(written)
    except RepeatedNameError as error:
        message = str(error)
    except RecursionError:
        message = "needs JSON. Received: lists in lists, too deep to be read"
    except ValueError as error:
        message = f"needs JSON. {str(error)[:200]}"
    raise DataError(message, path=path, line=line)


def _checked(record: Any, written: str, path: Path, line: int) -> Any:
    """Refuses halves of characters, which JSON can write and no text can hold."""
    if "\\ud" in written.lower():
        try:
            json.dumps(record, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            half = ascii(error.object[error.start])
            message = f"needs whole characters. Received: one half of a pair, {half}"
            raise DataError(message, path=path, line=line) from None
    return record


def text_of(record: Any, between: str = " ", counts: Counter[str] | None = None) -> str | None:
    """Returns the text of a record, or its tokens with a sign between; None if it has neither.

    Args:
        record: Any.
        between: The sign.
        counts: What is to be told of tokens, see `without_given`.
    """
    counts = Counter() if counts is None else counts
    data = record.get("data") if isinstance(record, Mapping) else None
    for each in (record, data):
        if isinstance(each, Mapping):
            if isinstance(each.get("text"), str):
                return str(each["text"])
            tokens = next((each[key] for key in _TOKENS if key in each), None)
            if isinstance(tokens, list):
                tokens = [without_given(str(token), counts) for token in tokens]
                return between.join([*tokens, ""]).removesuffix(" ")
    return None


def _flat(
    record: Any, path: Path, line: int, left_out: Counter[str], counts: Counter[str]
) -> dict[str, Any] | None:
    """Returns a record with text and spans side by side; None if it is not to be learnt from."""
    if isinstance(record, list) and len(record) == 2 and isinstance(record[1], Mapping):
        record = {"text": record[0], **record[1]}  # as spaCy's examples have it
    if not isinstance(record, Mapping):
        raise DataError(f"needs {FORM}. Received: {str(record)[:60]}", path=path, line=line)
    if record.get("answer") in _NOT_ACCEPTED:
        left_out["rejected or ignored"] += 1
        return None
    if not isinstance(record.get("data"), Mapping):
        return dict(record)
    annotations = _objects(record, "annotations", path, line)
    done = [each for each in annotations if not each.get("was_cancelled")]
    if not done:
        left_out["not annotated"] += 1
        return None
    if len(done) > 1:
        counts["texts annotated several times, of which the first annotation is read"] += 1
    results = [each for each in _objects(done[0], "result", path, line) if "value" in each]
    values = [value for value in _values(results, path, line) if "start" in value]
    return {"text": text_of(record), "spans": values}


def _objects(holder: Mapping[str, Any], key: str, path: Path, line: int) -> list[Any]:
    """Returns the objects of a list; none where it is missing.

    Raises:
        DataError: If it is no list of objects.
    """
    items = holder.get(key) or []
    if not (isinstance(items, list) and all(isinstance(each, Mapping) for each in items)):
        received = json.dumps(items)[:60]
        raise DataError(f"needs objects as {key}. Received: {received}", path=path, line=line)
    return items


def _values(results: Sequence[Any], path: Path, line: int) -> list[Any]:
    return _objects({"value": [each["value"] for each in results]}, "value", path, line)


def _tokens_and_tags(
    record: Mapping[str, Any], path: Path, line: int, counts: Counter[str]
) -> tuple[list[str], list[str]] | None:
    tokens = next((record[key] for key in _TOKENS if isinstance(record.get(key), list)), None)
    tags = next((record[key] for key in _TAGS if isinstance(record.get(key), list)), None)
    if tokens is None or tags is None or not all(isinstance(token, str) for token in tokens):
        return None
    if len(tokens) != len(tags) or not all(isinstance(tag, str) for tag in tags):
        received = f"{len(tags)} tags for {len(tokens)} tokens"
        if len(tokens) == len(tags):
            received = f"the tags {str(tags)[:60]}"
        raise DataError(
            f"needs the name of a tag for each token. Received: {received}", path=path, line=line
        )
    if not all(len(tokens_in(token)) == 1 for token in tokens):
        raise DataError("needs tokens without spaces, none empty", path=path, line=line)
    return [without_given(token, counts) for token in tokens], list(tags)


def _document(record: Mapping[str, Any], path: Path, line: int) -> Document:
    text = record.get("text")
    spans = next((record[key] for key in _SPANS if isinstance(record.get(key), list)), None)
    if not isinstance(text, str) or spans is None:
        received = ", ".join(map(str, record))[:80] or "none"
        raise DataError(f"needs {FORM}. Received: the keys {received}", path=path, line=line)
    return Document(text, [_span(span, path, line) for span in spans], path, line)


def _span(span: Any, path: Path, line: int) -> Span:
    values: Sequence[Any] = ()
    if isinstance(span, list) and len(span) == 3:
        values = span
    elif isinstance(span, Mapping):
        values = [
            next((span[key] for key in keys if key in span), None)
            for keys in (_START, _END, _LABEL)
        ]
    start, end, label = values if len(values) == 3 else (None, None, None)
    if isinstance(label, list) and len(label) == 1:
        label = label[0]
    if not (type(start) is int and type(end) is int and isinstance(label, str) and label.strip()):
        raise DataError(
            f'needs spans such as [0, 4, "PER"]. Received: {json.dumps(span)[:80]}',
            path=path,
            line=line,
        )
    text = span.get("text") if isinstance(span, Mapping) else None
    said = text if isinstance(text, str) and text.strip() else None
    return Span(start, end, "-".join(label.split()), said)
