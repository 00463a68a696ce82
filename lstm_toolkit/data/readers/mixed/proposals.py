"""What a column holds, judged by its cells, where no setting says it."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lstm_toolkit.data.readers.mixed.decimals import number_of
from lstm_toolkit.data.readers.mixed.missing import is_missing
from lstm_toolkit.data.readers.mixed.series_cells import series_of
from lstm_toolkit.data.readers.series.cells import grouped, number
from lstm_toolkit.data.readers.tables.table import as_text
from lstm_toolkit.data.splits.parts import fold

MOST = 0.9
"""Share of the cells from which they decide."""

FEW_CODES = 0.5
"""Share of different words among the cells from which they are no categories."""

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
"""How paths of pictures end."""

_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ]\d.*)?|\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})([T ]\d.*)?"
)
_IDS = {"id", "ids", "index", "idx", "uuid", "guid", "key", "sku", "ean", "isbn", "rowid", "url"}
_LAST = {"id", "ids", "uuid", "guid", "sku", "ean", "isbn", "编号"}
_OWNERS = {"user", "customer", "client", "product", "order", "item", "record", "patient", "account"}
_COUNTS = {"number", "no", "nr", "code"}
"""Last words of headings: of names of things, before `id` without a gap, and of rows' numbers."""

SOME_IDS = 0.25
"""Share of different ones from which names of things say nothing of other rows."""

_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?")
"""Of the clock."""

_LISTED = re.compile(r"-?\d[\d.]*(\s*,\s*-?\d[\d.]*)+")
"""Numbers with commas between, which may be a series, or one number."""

_CODE = re.compile(r"0\d+")
"""Digits that name something."""

SOME_CODES = 0.05
"""Share of the cells from which such digits make a column one of codes."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")


class Proposal(NamedTuple):
    """What a column is taken for.

    Attributes:
        kind: "" where it is left alone.
        reason: Why it is left alone; "" where it is not.
        doubt: A cell that speaks against all kinds; "" where there is none.
    """

    kind: str
    reason: str = ""
    doubt: str = ""


def propose(heading: str, cells: Sequence[Any], decimal: str = "point") -> Proposal:
    """Returns what a column is taken for.

    Args:
        heading: Of the column.
        cells: As a reader found them.
        decimal: "point" or "comma" before the fraction of numbers in text.

    >>> propose("price", ["1.5", "2", "", "3.25"])
    Proposal(kind='number', reason='', doubt='')
    >>> propose("sku", ["A-1", "A-2", "A-3"]).reason, propose("day", ["2024-01-02", "2024-03-04"])
    ('an identifier', Proposal(kind='', reason='dates', doubt=''))
    """
    known = [cell for cell in cells if not is_missing(cell)]
    if not known:
        return Proposal("", "empty")
    arrays = [cell for cell in known if isinstance(cell, list | tuple | np.ndarray)]
    if arrays:
        return Proposal("image") if _is_picture(arrays[0]) else _series(known, decimal)
    words = [as_text(cell).strip() for cell in known]
    if len(set(words)) == 1:
        return Proposal("", "the same in every row")
    if _are_codes(words):
        return Proposal("category")
    values = [number_of(cell, decimal) for cell in known]
    if None not in values:
        return _of_numbers(heading, [float(value) for value in values if value is not None])
    return _of_words(heading, known, words, values, decimal)


def _is_picture(cell: Any) -> bool:
    return isinstance(cell, np.ndarray) and cell.ndim > 1


def _of_numbers(heading: str, values: Sequence[float]) -> Proposal:
    whole = all(value.is_integer() for value in values)
    different = len(set(values)) == len(values) and len(values) > 2
    steps = set(np.diff(values).tolist())
    if whole and len(values) > 2 and _is_id(heading):
        repeated = len(set(values)) <= SOME_IDS * len(values)
        return Proposal("category") if repeated else Proposal("", "an identifier")
    if whole and different and (_names_rows(heading) or steps == {1.0}):
        return Proposal("", "an identifier")
    return Proposal("number")


def _of_words(
    heading: str,
    cells: Sequence[Any],
    words: Sequence[str],
    values: Sequence[float | None],
    decimal: str,
) -> Proposal:
    if _share(word.lower().endswith(PICTURES) for word in words) >= MOST:
        return Proposal("image")
    if _share(_DATE.fullmatch(word) is not None for word in words) >= MOST:
        return Proposal("", "dates")
    pairs = list(zip(words, values, strict=True))
    numeric = _share(value is not None or nearly_number(word) for word, value in pairs)
    if numeric >= MOST and not any(isinstance(cell, bool) for cell in cells):
        odd = next(word for word, value in pairs if value is None)
        return Proposal("", doubt=odd)
    series = _series(cells, decimal)
    return series if series.kind else _words(heading, words)


def nearly_number(word: str, decimal: str = "point") -> bool:
    """Tells whether a cell is a number, maybe with a sign around it, or between its digits."""
    plain = word.strip("%€$£¥ ")
    if not any(map(str.isdigit, plain)):
        return False
    if number_of(plain, decimal) is not None:
        return True
    return grouped(plain) or number(plain) is not None or _LISTED.fullmatch(plain) is not None


def _are_codes(words: Sequence[str]) -> bool:
    """Tells whether digits name something: all have one width, or several begin with zeros."""
    digits = [word for word in words if word.isdecimal()]
    codes = [word for word in digits if _CODE.fullmatch(word)]
    if not codes or len(digits) < MOST * len(words):
        return False
    one_width = len({len(word) for word in digits}) == 1
    return one_width or len(codes) >= max(2, SOME_CODES * len(digits))


def _series(cells: Sequence[Any], decimal: str) -> Proposal:
    series = [series_of(cell, decimal) for cell in cells]
    known = [each for each in series if each is not None]
    longer = sum(len(each) > 2 for each in known)
    if len(known) >= MOST * len(cells) and longer >= 0.5 * len(cells):
        return Proposal("series")
    received = as_text(cells[0])[:40] if isinstance(cells[0], str) else str(cells[0])[:40]
    return Proposal("", doubt=received)


def _words(heading: str, words: Sequence[str]) -> Proposal:
    different = len(set(words)) / len(words)
    lengths = [len(word.split()) + len(_UNSPACED.findall(word)) // 2 for word in words]
    if statistics.median(lengths) >= 3 and different > 0.05:
        return Proposal("text")
    if (
        different > FEW_CODES
        and _share(_TIME.fullmatch(word) is not None for word in words) >= MOST
    ):
        return Proposal("", "times")
    if different > SOME_IDS and len(words) > 2 and _is_id(heading):
        return Proposal("", "an identifier")
    if different == 1 and len(words) > 2 and (_names_rows(heading) or max(lengths) < 2):
        return Proposal("", "an identifier")
    several = statistics.mean(lengths) > 1.5
    return Proposal("text" if several and different > FEW_CODES else "category")


def _names_rows(heading: str) -> bool:
    """Tells whether a heading is, or ends in, a word for what counts or names rows."""
    return fold(heading) in _IDS or _is_id(heading) or _last_word(heading) in _COUNTS


def _is_id(heading: str) -> bool:
    """Tells whether a heading ends in a word for what names things, which may come again."""
    last = _last_word(heading)
    return last in _LAST or last.removesuffix("id") in _OWNERS


def _last_word(heading: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", unicodedata.normalize("NFKC", heading))
    words = re.findall(r"[^\W_]+", apart.casefold())
    return words[-1] if words else ""


def _share(of: Any) -> float:
    flags = list(of)
    return sum(flags) / len(flags)
