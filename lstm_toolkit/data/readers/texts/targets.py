"""What is to come out of a text: its class, several labels, or a number."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.labels import class_key, one_spelling
from lstm_toolkit.data.readers.tables.cleaning import printable
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.texts.label_kinds import (
    LabelKind,
    are_ordered,
    as_lists,
    find_separator,
    look_like_numbers,
    number,
    plain_numbers,
    split_labels,
)
from lstm_toolkit.data.readers.texts.labels import check_missing, clean_labels, conflicts
from lstm_toolkit.data.readers.texts.selection import Selection
from lstm_toolkit.data.readers.texts.small_classes import (
    check_classes,
    class_sizes,
    pooled_names,
    told,
)
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION, fold
from lstm_toolkit.data.splits.text_keys import quick_key
from lstm_toolkit.errors import DataError

_ORDERED = "labels are numbers, taken as classes; train scoring learns them as numbers"


@dataclasses.dataclass(frozen=True)
class LabelOptions:
    """How a column of labels is read.

    Attributes:
        kind: What its cells hold; "auto" takes classes, and refuses what is none.
        separator: What stands between several labels of a cell, see `separator_of`.
        min_rows: Different texts to learn from that a class needs to stay; 0 refuses small ones.
        small_classes: What becomes of those that have fewer.
        known: The classes of a trained network.
        of_none: Folded labels of rows of no class, which need no text to learn from.
    """

    kind: LabelKind = "auto"
    separator: str = ""
    min_rows: int = 0
    small_classes: Literal["pool", "drop"] = "pool"
    known: Sequence[str] = ()
    of_none: Sequence[str] = ()


def read_target(
    table: Table, column: str, selection: Selection, texts: Sequence[str], options: LabelOptions
) -> tuple[list[Any], list[str]]:
    """Reads what is to come out, and leaves out the rows that lack it.

    Args:
        table: What a reader found.
        column: The column of labels.
        selection: Rows in use.
        texts: Of all rows.
        options: How labels are read.

    Returns:
        For each row of the table a class, a list of labels, or a number, and remarks.

    Raises:
        DataError: If too many rows lack a label, a class is too small or gone, or labels are
            not of the kind asked for.
    """
    lists = as_lists(table.columns[column])
    if options.kind == "several":
        values, remarks = _several(table, column, lists, options.separator)
        _leave_out_missing(selection, values)
        return values, remarks
    if lists is not None and all(cell is None or len(cell) < 2 for cell in lists):
        raw = ["".join(cell or ()) for cell in lists]
    elif lists is not None:
        raise _several_error(table, column, "in lists", next(c for c in lists if c and len(c) > 1))
    else:
        raw, _ = printable(table.texts(column))
    if options.kind == "numbers":
        _leave_out_missing(selection, raw)
        return _numbers(table, column, plain_numbers(raw)), []
    if options.kind == "auto" and not options.known:
        _check_one_class(table, column, raw)
    return _classes(raw, selection, texts, options)


def separator_of(table: Table, column: str, separator: str, known: Sequence[str] = ()) -> str:
    """Returns what stands between several labels of a cell.

    Args:
        table: What a reader found.
        column: The column of labels.
        separator: What was asked for; "" finds it.
        known: The labels of a trained network, to which rows of one label each are right.

    Returns:
        The sign; "" where cells hold lists.

    Raises:
        DataError: If each cell seems to hold one label.
    """
    if as_lists(table.columns[column]) is not None:
        return ""
    cells = printable(table.texts(column))[0]
    found = separator or find_separator(cells)
    if not found or not (known or any(found in cell for cell in cells)):
        raise DataError(
            "needs several labels a row, or what divides them, as in label_separator=;. "
            f"Received: {f'no `{separator}`' if separator else 'none found'} in column {column}",
            path=table.path,
        )
    return found


def as_target(values: Sequence[Any], kind: LabelKind) -> Any:
    """Returns targets as a column: `str[n]`, `Ragged` rows of `str`, or `float32[n]`."""
    if kind == "several":
        return Ragged.of(values, object)
    return np.array(values, np.float32 if kind == "numbers" else np.str_)


def _leave_out_missing(selection: Selection, values: Sequence[Any]) -> None:
    count = len(selection.rows)
    missing = selection.leave_out(lambda row: values[row] in ("", None), "without a label")
    line = selection.table.line(missing[0]) if missing else None
    check_missing(len(missing), count, path=selection.table.path, line=line)


def _classes(
    raw: Sequence[str], selection: Selection, texts: Sequence[str], options: LabelOptions
) -> tuple[list[str], list[str]]:
    labels, remarks = clean_labels(raw)
    key = class_key(options.known)
    known = {key(name): name for name in options.known}
    labels = [known.get(key(label), label) for label in labels]
    _leave_out_missing(selection, labels)
    selection.check_classes_left(labels)
    # Hashes of the keys, which take a tenth of their memory; two that differ are hardly ever alike.
    keys = np.fromiter((hash(quick_key(text)) for text in texts), np.int64, len(texts))
    if options.min_rows:
        labels, more = _without_small(labels, keys, selection, options)
        remarks += more
    rows = selection.rows
    if not options.known:
        _check_sizes(labels, keys, selection, options.of_none)
        remarks += _one_sided(labels, selection)
        if are_ordered(labels):
            remarks.append(_ORDERED)
    used = ([each[row] for row in rows] for each in (labels, texts))
    return labels, [*conflicts(keys[rows], *used), *remarks]


def _without_small(
    labels: list[str], keys: NDArray[np.int64], selection: Selection, options: LabelOptions
) -> tuple[list[str], list[str]]:
    """Pools small classes into one, or leaves out their rows."""
    if options.known:
        sizes = dict.fromkeys(options.known, options.min_rows)
    else:
        train = selection.published()[TRAIN]
        sizes = dict(class_sizes([labels[row] for row in train], keys[train]))
    used = [labels[row] for row in selection.rows]
    small = pooled_names(sizes, used, options.min_rows)
    if options.small_classes == "drop":
        reason = f"of classes with fewer than {options.min_rows} texts"
        if sizes and small.keys() >= sizes.keys():
            raise DataError(
                f"needs a class of at least min_rows={options.min_rows} texts to learn from. "
                f"Received: {max(sizes.values())} in the largest",
                path=selection.table.path,
            )
        selection.leave_out(lambda row: labels[row] in small, reason)
        return labels, told([*small], options.min_rows, "left out")
    if options.known and not set(small.values()) <= set(options.known):
        return labels, []
    names = set(small.values())
    remarks = told([*small], options.min_rows, f"pooled into {', '.join(names)}")
    return [small.get(label, label) for label in labels], remarks


def _check_sizes(
    labels: Sequence[str],
    keys: NDArray[np.int64],
    selection: Selection,
    of_none: Sequence[str],
) -> None:
    """Refuses classes that cannot be learnt or cannot be held out."""
    parts, path = selection.published(), selection.table.path
    if not selection.part(TRAIN):
        raise DataError(
            "needs texts to learn from. Received: published splits alone, none for train",
            path=path,
        )
    train = parts[TRAIN]
    sizes = class_sizes([labels[row] for row in train], keys[train])
    for part in (VALIDATION, TEST):
        rows = parts.get(part, ())
        unknown = [row for row in rows if labels[row] not in sizes]
        unknown = [row for row in unknown if fold(labels[row]) not in of_none]
        if unknown:
            names = ", ".join(sorted({labels[row][:40] for row in unknown})[:3])
            raise DataError(
                "needs texts to learn from of every class. "
                f"Received: none for train of class {names}, {len(unknown):,} for {part}",
                path=path,
                line=selection.table.line(unknown[0]),
            )
    check_classes(sizes, 4 - len(parts), path)


def _one_sided(labels: Sequence[str], selection: Selection) -> list[str]:
    """Tells of classes that a published split lacks."""
    parts = selection.published()
    train = {labels[row] for row in parts.pop(TRAIN)}
    remarks = []
    for part, rows in parts.items():
        lacking = sorted(train - {labels[row] for row in rows})
        more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
        remarks += [f"no row for {part} of class {', '.join(lacking[:3])}{more}"] if lacking else []
    return remarks


def _several(
    table: Table, column: str, lists: list[list[str] | None] | None, separator: str
) -> tuple[list[list[str] | None], list[str]]:
    remarks = []
    if lists is None:
        cells, _ = printable(table.texts(column))
        lists = [split_labels(cell, separator) if cell.strip() else None for cell in cells]
        remarks.append(f"labels divided by `{separator}`")
    every = [label for labels in lists for label in labels or ()]
    names = one_spelling(every)
    remarks += clean_labels(every)[1]
    rows = [
        None if labels is None else list(dict.fromkeys(names[label] for label in labels))
        for labels in lists
    ]
    return rows, remarks


def _numbers(table: Table, column: str, raw: Sequence[str]) -> list[float]:
    values = [number(cell) if cell.strip() else 0.0 for cell in raw]
    if None in values:
        row = values.index(None)
        raise DataError(
            f"needs a number in each cell of column {column}. Received: {raw[row][:40]}",
            path=table.path,
            line=table.line(row),
        )
    return [value or 0.0 for value in values]


def _check_one_class(table: Table, column: str, raw: Sequence[str]) -> None:
    """Refuses a column whose cells seem to be something else than classes."""
    raw = plain_numbers(raw)
    separator = find_separator(raw)
    if separator:
        several = next(split_labels(cell, separator) for cell in raw if separator in cell)
        raise _several_error(table, column, f"divided by `{separator}`", several)
    if look_like_numbers(raw):
        different = len({cell for cell in raw if cell.strip()})
        example = next(cell for cell in raw if cell.strip())
        raise DataError(
            "needs classes; train scoring learns numbers, and --set label_kind=classes takes "
            "each number as a class. "
            f"Received: {different:,} different numbers in column {column}, such as {example[:20]}",
            path=table.path,
        )


def _several_error(table: Table, column: str, how: str, example: Sequence[str]) -> DataError:
    shown = " and ".join(label[:30] for label in example[:2])
    return DataError(
        "needs one class a row; train labelling gives several labels a row, and --set "
        "label_kind=classes takes each cell as one class. "
        f"Received: several labels a row {how} in column {column}, such as {shown}",
        path=table.path,
    )
