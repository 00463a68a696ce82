"""Units of TMX, the form in which translators' programs exchange their memories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.errors import DataError

_CODES = {"bpt", "ept", "it", "ph", "ut"}
"""Elements of TMX whose content is markup of another program, not text."""

_LANGUAGE = "http://www.w3.org/XML/1998/namespace}lang"

_PIECE = 2**16
"""Bytes read at a time."""


class TranslationMemory:
    """A TMX file, of which no more is held than one unit.

    Entities of its own are refused, since a few lines of them can stand for gigabytes.

    Args:
        file: Open for reading.
        path: Its name, for messages.

    Attributes:
        languages: Codes of languages in small letters, in the order in which they come.
        source: The code that the header names, "" without.
        further: How many variants were left out so far: of those of one language in a unit the
            first counts.
    """

    def __init__(self, file: BinaryIO, path: Path):
        self._file, self._path = file, path
        self.languages: dict[str, None] = {}
        self.source = ""
        self.further = 0
        self._unit: TreeBuilder | None = None
        self._depth = 0
        self._whole: list[Element] = []

    def units(self) -> Iterator[dict[str, str]]:
        """Yields the text of each language, unit by unit.

        Raises:
            DataError: With the line, if it is damaged, no XML, or declares entities.
        """
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._data
        parser.EntityDeclHandler = self._refuse_entity
        try:
            while piece := self._file.read(_PIECE):
                parser.Parse(piece)
                yield from map(self._texts_of, self._taken())
            parser.Parse(b"", True)
            # Expat 2.6 and later may hold back what is whole until it knows that no more comes.
            yield from map(self._texts_of, self._taken())
        except DataError:
            raise
        except (expat.ExpatError, LookupError, ValueError) as error:
            line = getattr(error, "lineno", None)
            message = f"is damaged, or no TMX file. {error}"
            raise DataError(message, path=self._path, line=line) from error

    def remarks(self) -> list[str]:
        """Tells of what was left out."""
        return count_note(self.further, "further variant", "of a language in its unit left out")

    def _taken(self) -> list[Element]:
        whole, self._whole = self._whole, []
        return whole

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition("}")[2]
        if tag == "header":
            self.source = attributes.get("srclang", "")
        if self._unit is None and tag == "tu":
            self._unit, self._depth = TreeBuilder(), 0
        if self._unit is not None:
            self._unit.start(tag, attributes)
            self._depth += 1

    def _data(self, text: str) -> None:
        if self._unit is not None:
            self._unit.data(text)

    def _end(self, name: str) -> None:
        if self._unit is None:
            return
        self._unit.end(name.rpartition("}")[2])
        self._depth -= 1
        if not self._depth:
            self._whole.append(self._unit.close())
            self._unit = None

    def _refuse_entity(self, name: str, *_: Any) -> None:
        raise DataError(
            f"needs TMX without entities of its own. Received: entity {name[:40]}", path=self._path
        )

    def _texts_of(self, unit: Element) -> dict[str, str]:
        row: dict[str, str] = {}
        for variant in unit.iterfind("tuv"):
            code = (variant.get(_LANGUAGE) or variant.get("lang") or "").casefold()
            segment = variant.find("seg")
            self.further += code in row
            text = "" if segment is None else "".join(_texts(segment))
            row.setdefault(code, " ".join(text.split()))
            self.languages.setdefault(code)
        return row


def _texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for part in element:
        if part.tag not in _CODES:
            yield from _texts(part)
        yield part.tail or ""


def name_columns(memory: TranslationMemory, units: int, path: Path) -> dict[str, str]:
    """Returns codes as they are written and the names of their columns, the source first.

    A name is the language alone, without the country, where no other code has the same.

    Args:
        memory: After its units were read.
        units: How many there were.
        path: The file, for the message.

    Raises:
        DataError: If there are fewer than two languages.
    """
    source = memory.source.casefold().partition("-")[0]
    codes = sorted(memory.languages, key=lambda code: code.partition("-")[0] != source)
    short = {code: code.replace("_", "-").partition("-")[0] or "unnamed" for code in codes}
    counts = Counter(short.values())
    names = {code: name if counts[name] == 1 else code for code, name in short.items()}
    if len(names) < 2:
        raise DataError(
            "needs units in two languages at least. "
            f"Received: {units:,} units, {', '.join(names.values()) or 'no language'}",
            path=path,
        )
    return names


def as_columns(
    rows: Sequence[Mapping[str, str]], languages: Mapping[str, str]
) -> dict[str, list[Any]]:
    """Returns units as columns, None where one lacks a language."""
    return {name: [row.get(code) for row in rows] for code, name in languages.items()}
