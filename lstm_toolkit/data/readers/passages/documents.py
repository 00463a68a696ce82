"""Documents of running text: whole files, their paragraphs or lines, or the rows of a table."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lstm_toolkit.data.readers.tables.columns import TEXT_NAMES, Columns, choose_columns, is_split
from lstm_toolkit.data.readers.tables.folders import split_of
from lstm_toolkit.data.readers.tables.tables import (
    SUFFIXES,
    Expected,
    from_frame,
    read_table,
    table_suffix,
)
from lstm_toolkit.data.readers.texts.class_folders import walk
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.splits.parts import TRAIN, fold, part_of
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.data.text.wrongly_decoded import decoding_remarks
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    from lstm_toolkit.data.readers.tables.table import Table

Unit = Literal["text", "paragraph", "line"]

FORMS = "a file of text, a folder of such files, or a table with a column of texts"

MOST_TOLD = 3
"""Remarks on files of a folder; the others are counted."""

_OTHER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Control characters that no text needs; tabs and the ends of lines stay."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclasses.dataclass(frozen=True)
class Document:
    r"""A text that begins and ends by itself.

    Attributes:
        text: With `\n` at the ends of lines.
        part: The published split that it belongs to, "" if none.
    """

    text: str
    part: str = ""


@dataclasses.dataclass(frozen=True)
class Documents:
    """What a reader found.

    Attributes:
        documents: In their order.
        note: What was read.
        left_out: How many were seen and are not among them, by the reason.
        remarks: What was taken for granted or replaced.
        found: Settings by which the same is chosen again.
    """

    documents: list[Document]
    note: str
    left_out: Mapping[str, int] = dataclasses.field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    found: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class HowToRead:
    """How files are read.

    Attributes:
        encoding: Of text files.
        unit: What a document of a text file is.
        text_column: Of tables; "" finds it.
        sheet: Of workbooks; "" finds it.
        separator: Between cells; "" finds it.
    """

    encoding: str = "utf-8"
    unit: Unit = "text"
    text_column: str = ""
    sheet: str = ""
    separator: str = ""

    @property
    def expected(self) -> Expected:
        """What tables are read for."""
        names = {*TEXT_NAMES, fold(self.text_column)} - {""}
        return Expected(forms=FORMS, names=names, sheet=self.sheet, separator=self.separator)


def read_documents(data: Any, how: HowToRead) -> Documents:
    """Reads documents from a path or a data frame.

    Raises:
        DataError: If there is no such file, none holds text, or a table has no column of texts.
    """
    if not isinstance(data, Path):
        return _cleaned(_of_table(from_frame(data), how))
    if not data.exists():
        raise DataError(f"no such file or folder; needs {FORMS}", path=data)
    if data.is_dir():
        return _cleaned(_of_folder(data, how))
    if is_table(data):
        return _cleaned(_of_table(read_table(data, how.encoding, how.expected), how))
    documents, remarks = _of_file(data, how)
    note = _counted(len(documents), how.unit, str(data))
    return _cleaned(Documents(documents, note, {}, tuple(remarks)))


def is_table(path: Path) -> bool:
    """Tells whether a file is a table by its name."""
    return table_suffix(path) in SUFFIXES


def read_text_file(path: Path, encoding: str) -> tuple[str, list[str]]:
    r"""Returns the text of a file, with `\n` at the ends of lines, and what is to be told of it.

    Raises:
        DataError: If it is no text in this encoding.
    """
    content = read_bytes(path)
    text = decode(content, encoding, path).replace("\r\n", "\n").replace("\r", "\n")
    return text, decoding_remarks(content, encoding)


def divided(text: str, unit: Unit) -> list[str]:
    r"""Divides the text of a file into documents, blank ones left out.

    >>> divided("one\ntwo\n\nthree\n", "paragraph"), divided("one\n\ntwo", "line")
    (['one\ntwo', 'three'], ['one', 'two'])
    """
    if unit == "text":
        return [text] if text.strip() else []
    parts = text.split("\n") if unit == "line" else re.split(r"\n[ \t]*\n\s*", text)
    return [part.strip("\n") for part in parts if part.strip()]


def _of_file(path: Path, how: HowToRead) -> tuple[list[Document], list[str]]:
    text, remarks = read_text_file(path, how.encoding)
    return [Document(part) for part in divided(text, how.unit)], remarks


def _of_folder(root: Path, how: HowToRead) -> Documents:
    """Reads the text files below a folder, or the tables where there are no others."""
    files = sorted(walk(root))
    plain = [file for file in files if not is_table(file)]
    documents: list[Document] = []
    left_out: Counter[str] = Counter()
    first: DataError | None = None
    remarks: list[str] = []
    for file in plain or files:
        part = split_of(file, root)
        try:
            if plain:
                inside, said = _of_file(file, how)
            else:
                read = _of_table(read_table(file, how.encoding, how.expected), how)
                inside, said = read.documents, list(read.remarks)
                left_out.update(read.left_out)
        except DataError as error:
            first = first or error
            left_out["files that are no text"] += 1
            continue
        remarks += [f"{file.relative_to(root)}: {each}" for each in said]
        if not inside:
            left_out["files without text"] += 1
        documents += [dataclasses.replace(each, part=each.part or part) for each in inside]
    if first is not None and (not documents or left_out["files that are no text"] * 2 > len(files)):
        raise first
    if plain and len(plain) < len(files):
        left_out["tables beside files of text"] = len(files) - len(plain)
    note = f"{_counted(len(documents), how.unit, str(root))} in {len(files):,} files"
    more = (f"{len(remarks) - MOST_TOLD:,} more such remarks",) if remarks[MOST_TOLD:] else ()
    return Documents(documents, note, left_out, (*remarks[:MOST_TOLD], *more))


def _of_table(table: Table, how: HowToRead) -> Documents:
    columns: Columns = choose_columns(table, how.text_column, labelled=False)
    splits = [name for name in table.columns if name not in columns.texts and is_split(table, name)]
    parts = [part_of(cell) for cell in table.texts(splits[0])] if splits else []
    cells = zip(*map(table.texts, columns.texts), strict=True)
    documents = [Document("\n".join(filter(None, each))) for each in cells]
    if parts:
        documents = [
            dataclasses.replace(each, part=part or TRAIN)
            for each, part in zip(documents, parts, strict=True)
        ]
    name = "+".join(columns.texts)
    where = str(table.path or "a data frame")
    note = f"{len(documents):,} texts in column {name} of {where}"
    return Documents(documents, note, table.left_out, table.remarks, {"text_column": name})


def _cleaned(read: Documents) -> Documents:
    """Leaves out empty documents and control characters, and tells it."""
    documents = list(_without_controls(read.documents))
    filled = [each for each in documents if each.text.strip()]
    left_out = Counter(read.left_out)
    left_out["empty texts"] += len(documents) - len(filled)
    zeros = sum(_controls(each.text) for each in read.documents)
    more = (f"{zeros:,} control characters left out",) if zeros else ()
    return dataclasses.replace(
        read, documents=filled, left_out=left_out, remarks=(*read.remarks, *more)
    )


def _controls(text: str) -> int:
    return len(_OTHER.findall(text))


def _without_controls(documents: list[Document]) -> Iterator[Document]:
    for each in documents:
        text = each.text.replace("\r\n", "\n").replace("\r", "\n")
        text = _SURROGATE.sub("\ufffd", _OTHER.sub("", text))
        yield dataclasses.replace(each, text=text)


def _counted(number: int, unit: str, where: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'} of {where}"
