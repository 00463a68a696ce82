"""Which column of a table holds the texts, and which the labels."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from lstm_toolkit.data.labels import label_key
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import SPLIT_NAMES, TRAIN, fold, part_of
from lstm_toolkit.errors import DataError, did_you_mean

TEXT_NAMES = (
    *("text", "review", "reviewtext", "sentence", "content", "comment", "body", "tweet"),
    *("message", "document", "question", "description", "title", "headline"),
    *("文本", "评论", "内容", "评价", "正文", "标题"),
)
"""Names of a column of texts, best first; case, spaces and signs do not count."""

LABEL_NAMES = (
    *("label", "sentiment", "class", "category", "target", "polarity", "topic", "intent"),
    *("y", "stars", "rating", "标签", "类别", "情感", "分类"),
    *("labels", "tags", "categories", "topics", "classes", "score", "stance", "emotion"),
)
"""Names of a column of labels, likewise."""

MOST_CLASSES = 100
"""A column of more different values is not taken for labels by its content."""

MOST_MISSING = 0.05
"""Share of the texts that may lack a label."""

_FRACTION = re.compile(r"[+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?")
_LETTER = re.compile(r"[^\W\d_]")


@dataclasses.dataclass(frozen=True)
class Columns:
    """The columns that were chosen.

    Attributes:
        texts: One, or several whose cells are joined by a space.
        label: "" where labels are not asked for.
        split: The column that tells the published split of each row; "" if there is none.
    """

    texts: tuple[str, ...]
    label: str
    split: str


def choose_columns(
    table: Table, text_column: str = "", label_column: str = "", *, labelled: bool = True
) -> Columns:
    """Chooses columns as told, else by their names, else by what they hold.

    By content the texts are the column with the longest cells on average, of those that
    hold words; the labels are the only one of few different values, from two to a hundred
    and to half the rows.

    Args:
        table: What a reader found.
        text_column: The column of texts, or several with `+` between.
        label_column: The column of labels.
        labelled: Whether labels are needed.

    Raises:
        DataError: If there is no such column, or the choice is open.
    """
    if not labelled and _is_undivided(table):
        raise _undecided(table, "texts", "text")
    texts = _asked(table, "text_column", text_column)
    label = _asked(table, "label_column", label_column if labelled else "")
    if set(label) & set(texts):
        raise DataError(
            "needs texts and labels in different columns. "
            f"Received: text_column={text_column}, label_column={label_column}",
            path=table.path,
        )
    others = [name for name in table.columns if name not in (*texts, *label)]
    others = [name for name in others if fold(name) not in LABEL_NAMES]
    split = next((name for name in others if is_split(table, name, partly=True)), "")
    label = label or _by_name(table, LABEL_NAMES, (*texts, split))
    texts = texts or _by_name(table, TEXT_NAMES, label) or _longest(table, (*label, split))
    if labelled and not label:
        label = _few_valued(table, (*texts, split))
    return Columns(texts, label[0] if labelled else "", split if labelled else "")


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Tells whether the first row names the columns.

    It does where a name is known and does not come again below, but for headers that are
    repeated. Else it is a row like the others if a cell of it comes again in a column of few,
    short and different values, beside a column of longer ones.

    Args:
        rows: The cells of each row, all rows of one length.

    >>> has_header([["x", "z"], ["a fine film", "good"], ["a bad film", "bad"]])
    True
    >>> has_header([["y", "a fine film"], ["n", "a bad film"], ["y", "good"], ["n", "poor"]])
    False
    >>> has_header([["a fine film, all told", "0"], ["a bad film, all told", "1"]] * 2)
    False
    """
    first = list(rows[0])
    others = list(rows[1:])
    if all(map(_is_name, first)):  # a text that comes again is no header that is repeated
        others = [row for row in others if list(row) != first]
    columns = list(zip(*others, strict=True)) or [()] * len(first)
    known = {*TEXT_NAMES, *LABEL_NAMES}
    if any(
        fold(cell) in known and cell not in column
        for cell, column in zip(first, columns, strict=True)
    ):
        return True
    longest = max(sum(map(len, column)) for column in columns)
    return not any(
        cell.strip()
        and cell in column
        and few_valued((cell, *column))
        and sum(map(len, column)) < longest
        for cell, column in zip(first, columns, strict=True)
    )


def _is_name(cell: str) -> bool:
    return len(cell.split()) < 5 and not re.fullmatch(r"[-+.,\d\s]+|.*[.!?。！？]\s*", cell)


def _asked(table: Table, option: str, value: str) -> tuple[str, ...]:
    """Returns the columns that an option names."""
    if not value:
        return ()
    several = option == "text_column" and value not in table.columns
    names = tuple(name.strip() for name in value.split("+")) if several else (value,)
    for name in names:
        if name not in table.columns:
            hint = did_you_mean(name, table.columns)
            raise DataError(f"no column `{name}` for {option}, {hint}", path=table.path)
    return names


def _by_name(table: Table, known: Iterable[str], taken: Collection[str]) -> tuple[str, ...]:
    left = [name for name in reversed(table.columns) if name not in taken]
    # A name inside of another, as in `review.text`, counts after whole names.
    names = {fold(name.rpartition(".")[2]): name for name in left}
    names |= {fold(name): name for name in left}
    return next(((names[name],) for name in known if name in names), ())


def _longest(table: Table, taken: Collection[str]) -> tuple[str, ...]:
    """Returns the column of words with the longest cells."""
    lengths = {}
    for name in table.columns:
        cells = [] if name in taken else _cells(table, name)
        if sum(bool(_LETTER.search(cell)) for cell in cells) * 2 > len(cells):
            lengths[name] = sum(map(len, cells))
    longest = [name for name, length in lengths.items() if length == max(lengths.values())]
    if len(longest) != 1:
        raise _undecided(table, "texts", "text")
    return (longest[0],)


def _few_valued(table: Table, taken: Collection[str]) -> tuple[str, ...]:
    """Returns the only column that holds few different values, or else numbers with fractions."""
    left = {name: _cells(table, name) for name in table.columns if name not in taken}
    labels = [name for name, cells in left.items() if few_valued(cells)]
    labels = labels or [name for name, cells in left.items() if _measured(cells)]
    if len(labels) != 1:
        raise _undecided(table, "labels", "label")
    return (labels[0],)


def few_valued(cells: Sequence[str]) -> bool:
    """Tells whether cells may be labels: short, of two to a hundred values, each twice at least."""
    counts = Counter(cells)
    different = {key for cell in counts if (key := label_key(cell))}
    missing = sum(count for cell, count in counts.items() if not cell.strip())
    return (
        missing <= MOST_MISSING * len(cells)
        and all(len(value) <= 100 for value in different)
        and 2 <= len(different) <= min(MOST_CLASSES, len(cells) / 2)
    )


def _measured(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(map(_FRACTION.fullmatch, filled)) and any("." in c for c in filled)


def _cells(table: Table, name: str) -> list[str]:
    """Returns a column's cells as text; none if some hold arrays or objects."""
    try:
        return table.texts(name)
    except DataError:
        return []


def is_split(table: Table, name: str, *, partly: bool = False) -> bool:
    """Tells whether a column says to which published split each row belongs.

    It does if training rows and others are marked, by whatever their names, and nothing else
    stands in it. One that is named so may mark validation and test alone.

    Args:
        table: What a reader found.
        name: The column's name.
        partly: Whether a column that is named so may hold other words too, as `unlabelled`.
    """
    words = set(_cells(table, name))
    if len(words) > MOST_CLASSES:  # texts, at which no closer look is needed
        return False
    parts = set(map(part_of, words))
    known = parts - {""}
    named = fold(name) in SPLIT_NAMES
    return len(known) > 1 and (TRAIN in known or named) and (known == parts or (partly and named))


def unknown_splits(table: Table, chosen: Collection[str]) -> list[str]:
    """Tells of columns that are named like one of splits, and hold no names of such.

    Args:
        table: What a reader found.
        chosen: Columns that are used in another way.
    """
    left = [name for name in table.columns if fold(name) in SPLIT_NAMES and name not in chosen]
    cells = {name: _cells(table, name) for name in left}
    return [
        f"column {name} of {listed(sorted(set(words))[:4])} names no splits, as train, validation "
        "and test do, and is not followed"
        for name, words in cells.items()
        if few_valued(words)
    ]


def listed(names: Sequence[str]) -> str:
    """Returns the names of columns for a message, not more than twenty."""
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _undecided(table: Table, what: str, option: str) -> DataError:
    names = list(table.columns)
    sign = next(filter(None, map(odd_sign, names if len(names) == 1 else ())), "")
    hint = f"; or the sign between cells, as in --set separator={sign}" if sign else ""
    return DataError(
        f"needs one column of {what}, named `{option}` or by the setting {option}_column{hint}. "
        f"Received: {listed(names)}",
        path=table.path,
    )


def _is_undivided(table: Table) -> bool:
    """Tells whether the only column holds several, with a sign between them that was not seen."""
    (name, *others) = table.columns
    sign = odd_sign(name)
    if others or not sign:
        return False
    known = {*TEXT_NAMES, *LABEL_NAMES}
    cells = _cells(table, name)
    names = [fold(piece) for piece in name.split(sign)]
    return any(piece in known for piece in names) and all(sign in cell for cell in cells if cell)


def odd_sign(text: str) -> str:
    """Returns a sign in a header of one cell that may stand between cells, "" if there is none.

    >>> odd_sign("text^label"), odd_sign("my text"), odd_sign("text::label")
    ('^', '', ':')
    """
    signs = [sign for sign in text.strip() if not (sign.isalnum() or sign in " _-.'\"()")]
    return signs[0] if signs else ""
