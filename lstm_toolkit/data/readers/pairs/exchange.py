"""Pairs as translators' programs write them: TMX, and lines with `|||` between the sides."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

from lstm_toolkit.data.readers.tables.cleaning import count_note
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.texts.folders import read_bytes
from lstm_toolkit.data.text.encodings import decode
from lstm_toolkit.errors import DataError

BARS = "|||"
"""What stands between two sides in files for word alignment, as of fast_align."""

_OTHERS = {
    **dict.fromkeys((".xlf", ".xliff", ".sdlxliff", ".mxliff", ".mqxliff"), "XLIFF"),
    **dict.fromkeys((".po", ".pot", ".mo"), "gettext"),
    ".tbx": "TBX",
}
"""Forms that hold more than pairs: states, comments, plurals."""

_CODES = {"bpt", "ept", "it", "ph", "ut"}
"""Elements of TMX whose content is markup of another program, not text."""

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read_exchange(
    path: Path, encoding: str, names_header: Callable[[Sequence[Sequence[str]]], bool]
) -> Table | None:
    """Reads a file in one of these forms.

    Args:
        path: The file, packed if its name ends in `.gz`.
        encoding: Of text files; XML says its own.
        names_header: Tells from all rows whether the first names the columns.

    Returns:
        A column a language or side; None if the file is of another form.

    Raises:
        DataError: If the file is damaged, or of a form that is not read.
    """
    form = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    suffix = form.suffix.lower()
    if suffix in _OTHERS:
        raise DataError(
            "needs pairs as .tmx, or as a table with a column a side; most programs export "
            f"one of them. Received: {_OTHERS[suffix]} ({suffix})",
            path=path,
        )
    if suffix == ".tmx":
        return _tmx(read_bytes(path), path)
    if suffix in (".txt", ""):
        return _bars(decode(read_bytes(path), encoding, path), path, names_header)
    return None


def _bars(
    text: str, path: Path, names_header: Callable[[Sequence[Sequence[str]]], bool]
) -> Table | None:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines or BARS not in lines[0][1] or "\t" in lines[0][1]:
        return None
    rows = [[cell.strip() for cell in line.split(BARS)] for _, line in lines]
    for (number, _), row in zip(lines, rows, strict=True):
        if len(row) != 2:
            raise DataError(
                f"needs two sides with {BARS} between them. Received: {len(row)}",
                path=path,
                line=number,
            )
    numbers, names = [number for number, _ in lines], ["1", "2"]
    if names_header(rows):
        names, rows, numbers = rows[0], rows[1:], numbers[1:]
    if not rows:
        raise DataError("needs at least one row under the header. Received: none", path=path)
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return Table(columns, numbers, path, (f"sides divided by {BARS}",))


def _tmx(content: bytes, path: Path) -> Table:
    """Reads `tu` elements; the first variant of each language in one counts."""
    rows: list[dict[str, str]] = []
    further, source = 0, ""
    try:
        for kind, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):
            name = element.tag.rpartition("}")[2]
            if kind == "start" and name == "header":
                source = element.get("srclang", "")
            elif kind == "end" and name == "tu":
                row, more = _unit(element)
                rows.append(row)
                further += more
                element.clear()
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        line = getattr(error, "position", (None,))[0]
        raise DataError(f"is damaged, or no TMX file. {error}", path=path, line=line) from error
    languages = _languages(rows, source)
    if len(languages) < 2:
        raise DataError(
            "needs units in two languages at least. "
            f"Received: {len(rows):,} units, {', '.join(languages.values()) or 'no language'}",
            path=path,
        )
    columns: dict[str, list[str | None]] = {
        name: [row.get(code) for row in rows] for code, name in languages.items()
    }
    remarks = count_note(further, "further variant", "of a language in its unit left out")
    return Table(dict(columns), (), path, tuple(remarks))


def _unit(element: ElementTree.Element) -> tuple[dict[str, str], int]:
    """Returns the text of each language, and how many variants are left out."""
    row: dict[str, str] = {}
    further = 0
    for variant in element:
        if variant.tag.rpartition("}")[2] != "tuv":
            continue
        code = (variant.get(_LANGUAGE) or variant.get("lang") or "").casefold()
        segment = next((part for part in variant if part.tag.rpartition("}")[2] == "seg"), None)
        further += code in row
        row.setdefault(code, "" if segment is None else " ".join("".join(_texts(segment)).split()))
    return row, further


def _texts(element: ElementTree.Element) -> Iterator[str]:
    yield element.text or ""
    for part in element:
        if part.tag.rpartition("}")[2] not in _CODES:
            yield from _texts(part)
        yield part.tail or ""


def _languages(rows: Sequence[dict[str, str]], source: str) -> dict[str, str]:
    """Returns codes as they are written and the names of their columns, the source first.

    A name is the language alone, without the country, where no other code has the same.
    """
    codes = list(dict.fromkeys(code for row in rows for code in row))
    codes.sort(key=lambda code: code.partition("-")[0] != source.casefold().partition("-")[0])
    short = {code: code.replace("_", "-").partition("-")[0] or "unnamed" for code in codes}
    counts = Counter(short.values())
    return {code: name if counts[name] == 1 else code for code, name in short.items()}
