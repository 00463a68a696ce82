"""Reads sentences in columns: a token and its tag a line, a blank line after each sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.tagged.sample import sample_sentences
from lstm_toolkit.data.readers.texts.class_folders import others_in
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.splits.parts import TRAIN, part_of_file
from lstm_toolkit.data.text.encodings import decode, wrongly_decoded
from lstm_toolkit.errors import DataError

FORMS = (
    "a file of lines with a token and its tag, a blank line after each sentence, or a folder "
    "of such files named train, dev and test"
)
SUFFIXES = (".conll", ".tsv", ".txt", ".bio", ".iob", ".gz")

_TOKEN = re.compile(r"[^ \t\n\r\v\f]+")

Sentences = list[tuple[list[str], list[str]]]
"""Tokens and tags of each sentence."""


def read_tagged(data: Path | None, *, encoding: str = "utf-8") -> Source:
    """Reads tagged sentences; the first column is the token, the last its tag.

    Args:
        data: A path, see `FORMS`; None takes made sentences with people, places and firms.
        encoding: Of the files.

    Returns:
        `text` (`object[n]`: tokens with spaces between them), and the target `tags`, rows of
        texts (`Ragged`).

    Raises:
        DataError: If a line has no tag, with its number, or there is no sentence.
    """
    if data is None:
        return _source({TRAIN: sample_sentences()}, "made sentences", {})
    if not isinstance(data, Path):
        raise DataError(f"needs a file or folder. Received: a {type(data).__name__}")
    if not data.exists():
        raise DataError("no such file or folder; needs " + FORMS, path=data)
    files = _files(data) if data.is_dir() else {TRAIN: data}
    sentences = {part: _read(file, encoding) for part, file in files.items()}
    unread = others_in(data, files.values(), "not read") if data.is_dir() else {}
    return _source(sentences, str(data), unread)


def _files(folder: Path) -> dict[str, Path]:
    """Returns the file of each published split, the one to learn from first."""
    files: dict[str, Path] = {}
    named = [each for each in sorted(folder.iterdir()) if each.name.endswith(SUFFIXES)]
    for each in named:
        part = part_of_file(each)
        if part in files:
            message = f"needs one file for {part}. Received: {files[part].name} and {each.name}"
            raise DataError(message, path=folder)
        if part:
            files[part] = each
    if TRAIN not in files:
        got = ", ".join(each.name for each in named[:3]) or "none"
        raise DataError(f"needs {FORMS}. Received: {got}", path=folder)
    return {TRAIN: files.pop(TRAIN)} | files


def _source(parts: dict[str, Sentences], place: str, unread: Mapping[str, int]) -> Source:
    mended = {
        name: [(tokens, as_iob2(tags)) for tokens, tags in sentences]
        for name, sentences in parts.items()
    }
    remarks = [] if mended == parts else ["entities that began with I- now begin with B-"]
    rows = {name: _dataset(sentences) for name, sentences in mended.items()}
    remarks += wrongly_decoded(rows[TRAIN].inputs)
    tags = {tag for _, sentence in mended[TRAIN] for tag in sentence}
    counts = ", ".join(f"{len(part):,} for {name}" for name, part in rows.items())
    used = sum(map(len, rows.values()))
    unit = "sentences and files" if unread else "sentences"
    account = Account(used + sum(unread.values()), used, unread, unit)
    note = f"sentences with {len(tags)} tags, {counts}, of {place}"
    return Source(
        rows[TRAIN],
        rows.get("test"),
        "; ".join([note, *account.remarks(), *remarks]),
        validation=rows.get("validation"),
        account=account,
    )


def _dataset(sentences: Sentences) -> Dataset:
    tags = Ragged.of([tags for _, tags in sentences], object)
    return Dataset({"text": texts([" ".join(t) for t, _ in sentences])}, {"tags": tags})


def _read(path: Path, encoding: str) -> Sentences:
    text = decode(read_bytes(path), encoding, path)
    found = list(_sentences(text.split("\n"), path))
    if not found:
        raise DataError("needs at least one sentence. Received: none", path=path)
    return found


def _sentences(lines: Sequence[str], path: Path) -> Iterator[tuple[list[str], list[str]]]:
    tokens: list[str] = []
    tags: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        cells = tokens_in(line)
        if line.startswith("# ") and len(cells) > 2:  # a comment, as in CoNLL-U
            continue
        if not cells or cells[0] == "-DOCSTART-":
            if tokens:
                yield tokens, tags
            tokens, tags = [], []
            continue
        if len(cells) == 1:
            message = f"needs a token and its tag. Received: {cells[0]}"
            raise DataError(message, path=path, line=number)
        tokens.append(cells[0])
        tags.append(cells[-1])


def tokens_in(text: str) -> list[str]:
    r"""Splits at ASCII white space alone, as the graph does.

    >>> tokens_in("10\u00a0000 Euro")
    ['10\xa0000', 'Euro']
    """
    return _TOKEN.findall(text)


def as_iob2(tags: Sequence[str]) -> list[str]:
    """Returns tags whose entities all begin with B-; in IOB1 only touching ones do.

    >>> as_iob2(["I-PER", "I-PER", "O", "I-LOC"])
    ['B-PER', 'I-PER', 'O', 'B-LOC']
    """
    found: list[str] = []
    for before, tag in zip(["O", *tags], tags, strict=False):
        begins = tag.startswith("I-") and before[2:] != tag[2:]
        found.append(f"B-{tag[2:]}" if begins else tag)
    return found
