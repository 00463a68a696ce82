"""Reads tagged sentences in any form, a file or a folder with published splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.labels import label_key
from lstm_toolkit.data.readers.tagged import conll, documents
from lstm_toolkit.data.readers.tagged.brat import annotations_in, read_brat
from lstm_toolkit.data.readers.tagged.sample import sample_sentences
from lstm_toolkit.data.readers.tagged.sentences import Sentence, TaggedFile, in_iob2
from lstm_toolkit.data.readers.tagged.words import read_words
from lstm_toolkit.data.readers.texts.class_folders import others_in
from lstm_toolkit.data.splits.parts import TRAIN, part_of, part_of_file
from lstm_toolkit.data.text.wrongly_decoded import wrongly_decoded
from lstm_toolkit.errors import DataError

FORMS = (
    "a file of lines with a token and its tag, a blank line after each sentence, JSON of texts "
    "with spans, a folder of brat, or a folder of such files named train, dev and test"
)
SUFFIXES = (*conll.SUFFIXES, ".utf8", *documents.SUFFIXES)


def read_tagged(
    data: Path | None,
    *,
    encoding: str = "utf-8",
    token_column: int = 1,
    tag_column: int = -1,
    tokens: str = "auto",
    learn: str = "tags",
) -> Source:
    """Reads tagged sentences.

    Args:
        data: A path, see `FORMS`; None takes made sentences with people, places and firms.
        encoding: Of the files.
        token_column: Of the tokens, where files are in columns; counted from 1, or from the end
            below 0.
        tag_column: Of their tags, likewise.
        tokens: How texts with spans are divided, see `features.WordsSettings`.
        learn: "tags"; or "words" for where words end, from words with spaces between them.

    Returns:
        `text` (`object[n]`: tokens with spaces between them), and the target `tags`, rows of
        texts (`Ragged`), entities in IOB2. Where texts were divided here, `found` has the rule
        of the training split, by which all splits are divided.

    Raises:
        DataError: If a line has no tag, with its number, or there is no sentence.
    """
    if data is None:
        made = [Sentence(*pair) for pair in sample_sentences()]
        if learn == "words":
            raise DataError("needs --data with words to learn where they end. Received: none")
        return _source({TRAIN: TaggedFile(None, made)}, "made sentences", {}, tokens)
    if not isinstance(data, Path):
        raise DataError(f"needs a file or folder. Received: a {type(data).__name__}")
    if not data.exists():
        raise DataError("no such file or folder; needs " + FORMS, path=data)
    files: dict[str, TaggedFile] = {}
    if data.is_dir() and (annotations := annotations_in(data)):
        parts = _by_part(data, annotations)
        for part, inside in parts.items():
            files[part] = read_brat(data, inside, encoding=encoding, tokens=_rule(files, tokens))
        used = {p for paths in parts.values() for a in paths for p in (a, a.with_suffix(".txt"))}
        return _source(files, str(data), others_in(data, used, "not read"), tokens)
    paths = _files(data) if data.is_dir() else {TRAIN: data}
    columns = {"token_column": token_column, "tag_column": tag_column}
    for part, path in paths.items():
        if documents.is_json(path):
            rule = _rule(files, tokens)
            files[part] = documents.read_documents(path, encoding=encoding, tokens=rule)
        elif learn == "words":
            files[part] = read_words(path, encoding=encoding, token_column=token_column)
        else:
            files[part] = conll.read_columns(path, encoding=encoding, **columns)
    unread = others_in(data, paths.values(), "not read") if data.is_dir() else {}
    return _source(files, str(data), unread, tokens)


def _rule(files: Mapping[str, TaggedFile], tokens: str) -> str:
    """Returns how texts are to be divided: all as those to learn from, which are read first."""
    return (files[TRAIN].division or tokens) if TRAIN in files else tokens


def _by_part(root: Path, annotations: list[Path]) -> dict[str, list[Path]]:
    """Returns the files of each published split by the folders in which they lie."""
    parts: dict[str, list[Path]] = {TRAIN: []}
    for path in annotations:
        names = path.relative_to(root).parts[:-1]
        part = next((part for name in names if (part := part_of(name))), TRAIN)
        parts.setdefault(part, []).append(path)
    if not parts[TRAIN]:
        raise DataError(f"needs .ann files to learn from. Received: {', '.join(parts)}", path=root)
    return parts


def _files(folder: Path) -> dict[str, Path]:
    """Returns the file of each published split, the one to learn from first."""
    files: dict[str, Path] = {}
    named = [each for each in sorted(folder.iterdir()) if each.name.lower().endswith(SUFFIXES)]
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


def _source(
    files: Mapping[str, TaggedFile], place: str, unread: Mapping[str, int], tokens: str
) -> Source:
    for file in files.values():
        if not file.sentences:
            raise DataError("needs at least one sentence. Received: none", path=file.path)
    mended, told = in_iob2(list(files.values()))
    parts = dict(zip(files, mended, strict=True))
    rows = {name: _dataset(file.sentences) for name, file in parts.items()}
    remarks = [remark for file in mended for remark in file.remarks]
    remarks += [*told, *wrongly_decoded(rows[TRAIN].inputs)]
    tags = {tag for sentence in parts[TRAIN].sentences for tag in sentence.tags}
    remarks += _alike(tags)
    counts = ", ".join(f"{len(part):,} for {name}" for name, part in rows.items())
    left_out: Counter[str] = Counter(unread)
    for file in mended:
        left_out.update(file.left_out)
    used = sum(map(len, rows.values()))
    unit = "sentences and files" if unread else "sentences"
    account = Account(used + left_out.total(), used, dict(left_out), unit)
    rule = parts[TRAIN].division
    note = f"sentences with {len(tags)} tags, {counts}, of {place}"
    return Source(
        rows[TRAIN],
        rows.get("test"),
        "; ".join([note, *account.remarks(), *remarks]),
        {"tokens": rule} if tokens == "auto" and rule else {},
        validation=rows.get("validation"),
        account=account,
    )


def _alike(tags: Iterable[str]) -> list[str]:
    """Warns of tags that read alike, since every writing of a tag is one of its own.

    >>> _alike(["B-PER", "b-per", "O"])
    ['warning: tags B-PER and b-per read alike, and are learnt apart']
    """
    groups: dict[str, list[str]] = {}
    for tag in sorted(tags):
        groups.setdefault(label_key(tag), []).append(tag)
    return [
        f"warning: tags {' and '.join(group)[:80]} read alike, and are learnt apart"
        for group in groups.values()
        if len(group) > 1
    ][:3]


def _dataset(sentences: list[Sentence]) -> Dataset:
    tags = Ragged.of([sentence.tags for sentence in sentences], object)
    rows = texts([" ".join(sentence.tokens) for sentence in sentences])
    return Dataset({"text": rows}, {"tags": tags})
