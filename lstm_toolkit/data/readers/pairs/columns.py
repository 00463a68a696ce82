"""Which column of a table holds the source sentences, and which their translations."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence

from lstm_toolkit.data.readers.pairs.directions import RequestedColumns
from lstm_toolkit.data.readers.pairs.languages import language
from lstm_toolkit.data.readers.tables.columns import is_split, listed
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.data.text.scripts import usual_scripts
from lstm_toolkit.errors import DataError

SOURCE_NAMES = ("source", "src", "sourcetext", "sourcesentence")
"""Names of a column of source sentences; case, spaces and signs do not count."""

TARGET_NAMES = ("target", "tgt", "trg", "translation", "targettext", "targetsentence")
"""Names of a column of their translations, likewise."""

_LETTER = re.compile(r"[^\W\d_]")


@dataclasses.dataclass(frozen=True)
class PairColumns:
    """The columns that were chosen.

    Attributes:
        source: The source sentences.
        target: Their translations; "" where none are asked for.
        split: The column that marks published splits; "" if there is none.
    """

    source: str
    target: str
    split: str = ""


def choose_pair(table: Table, asked: RequestedColumns, *, labelled: bool = True) -> PairColumns:
    """Chooses columns as told, else by their names, else by what they hold.

    By name they are `source` and `target`, or else the only two that are named after
    languages; by content the only two that hold sentences, or the first two where columns
    have no names. The first is the source.

    Args:
        table: What a reader found, and `named` made of it.
        asked: What is told.
        labelled: Whether translations are needed.

    Raises:
        DataError: If there is no such column, or the choice is open.
    """
    names = list(table.columns)
    if labelled and len(names) < 2:
        message = "needs two columns, of sentences and of their translations. Received: one column"
        raise DataError(f"{message}, {names[0]}", path=table.path)
    split = next((name for name in names if is_split(table, name, partly=True)), "")
    sentences = [name for name in sentence_columns(table) if name != split]
    if not labelled and (len(names) == 1 or (len(sentences) == 1 and not asked)):
        return PairColumns((sentences or names)[0], "")
    source, target = asked.among(names, sentences or names, table.path, labelled=labelled)
    source = source or _default(table, sentences, SOURCE_NAMES, target)
    if not labelled:
        return PairColumns(source, "")
    target = target or _default(table, sentences, TARGET_NAMES, source)
    return PairColumns(source, target, split)


def sentence_columns(table: Table) -> list[str]:
    """Returns the columns whose cells are words, and empty ones where there are no two."""
    empty, full = [], []
    for name, cells in table.columns.items():
        if not any(hasattr(cell, "__len__") and not isinstance(cell, str) for cell in cells):
            filled = [text for text in table.texts(name) if text and not text.isspace()]
            if not filled:
                empty.append(name)
            elif sum(bool(_LETTER.search(text)) for text in filled) * 2 > len(filled):
                full.append(name)
    return full if len(full) > 1 else [name for name in table.columns if name in {*full, *empty}]


def name_language_columns(table: Table) -> Table:
    """Gives columns their languages' names where they have none.

    Of columns that are counted, the first two of sentences become `en` and `zh` where one is
    in Latin letters and the other in Han. A column of objects with one name a language
    becomes one column a language.

    Args:
        table: What a reader found.

    Returns:
        The same cells; what was named is told in the remarks.
    """
    if not _counted(list(table.columns)):
        return _unfolded(table)
    first = sentence_columns(table)[:2]
    codes = [_language_of(table.texts(name)) for name in first]
    if sorted(codes) != ["en", "zh"]:
        return table
    names = dict(zip(first, codes, strict=True))
    columns = {names.get(name, name): cells for name, cells in table.columns.items()}
    told = " and ".join(f"column {name} taken for {code}" for name, code in names.items())
    return dataclasses.replace(table, columns=columns, remarks=(*table.remarks, told))


def _counted(names: Sequence[str]) -> bool:
    """Tells whether columns have no names of their own, perhaps but for what `named` gave."""
    numbers = [name for name in names if name.isdecimal()]
    return len(numbers) > 0 and all(
        name in ("en", "zh") or name in (str(place), str(place + 1))
        for place, name in enumerate(names)
    )


def _language_of(texts: Sequence[str]) -> str:
    scripts = usual_scripts(texts)
    return {frozenset({"Latin"}): "en", frozenset({"Han"}): "zh"}.get(scripts, "")


def _unfolded(table: Table) -> Table:
    for name, cells in table.columns.items():
        objects = [cell for cell in cells if isinstance(cell, dict)]
        keys = dict.fromkeys(str(key) for cell in objects for key in cell)
        whole = len(objects) == sum(cell is not None for cell in cells)
        if len(keys) > 1 and whole and keys.keys().isdisjoint(table.columns):
            inner = {key: [(cell or {}).get(key) for cell in cells] for key in keys}
            others = {other: table.columns[other] for other in table.columns if other != name}
            return dataclasses.replace(table, columns=inner | others)
    return table


def _default(table: Table, sentences: Sequence[str], known: Iterable[str], other: str) -> str:
    """Returns the source or target column where none is asked for, the other may be chosen."""
    left = [name for name in sentences if name != other]
    roles = {fold(name): name for name in reversed(left)}
    by_role = next((roles[role] for role in known if role in roles), "")
    if by_role:
        return by_role
    for names in ([name for name in left if language(name)], left):
        if len(names) == (1 if other else 2) or (names and _counted(list(table.columns))):
            return names[0]
    raise DataError(
        "needs two columns of sentences, or the setting direction that names them, such as "
        f"direction=en-zh. Received: {listed(list(table.columns))}",
        path=table.path,
    )
