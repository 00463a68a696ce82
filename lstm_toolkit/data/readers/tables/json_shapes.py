"""The shapes in which rows stand in JSON: lines, records, columns, and what wraps them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.columns import LABEL_NAMES, TEXT_NAMES, few_valued, listed
from lstm_toolkit.data.readers.tables.headers import Rows, named_table
from lstm_toolkit.data.readers.tables.json_records import (
    Records,
    concatenated,
    from_records,
    is_object,
    read_array,
    read_record,
    shortened,
)
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import TRAIN, fold, part_of
from lstm_toolkit.errors import DataError

MOST_WRAPS = 4
"""How deep the rows may lie under one name each."""

WithHeader = Callable[[Rows], Table]


def read_json(
    text: str,
    path: Path,
    with_header: WithHeader,
    *,
    by_line: bool = False,
    labelled: bool = False,
) -> Table:
    """Reads rows in any of the usual shapes.

    An object a line, or one after the other over several lines; an array of objects, or of
    rows; columns by name, pandas' "split", "columns" and "index"; splits by name; the texts of
    each class by its name; and any of these under one name, such as `{"data": [...]}`.

    Args:
        text: What the file holds.
        path: The file, for messages.
        with_header: Makes columns of rows that are arrays.
        by_line: Whether an object on each line is expected.
        labelled: Whether texts with labels are, so that lists may be classes.

    Raises:
        DataError: With the line where it can be known, if it is no JSON, or of another shape.
    """
    first = text.lstrip()[:1]
    if first == "[" and not by_line:
        return _shaped(read_array(text, path), path, with_header, labelled)
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if is_object(lines[0][1]) and len(lines) > 1:
        records = [read_record(line, path, number) for number, line in lines]
        return from_records(records, path, [number for number, _ in lines])
    values = concatenated(text, path) if first == "{" or not by_line else None
    if values is None:
        records = [read_record(line, path, number) for number, line in lines]
        return from_records(records, path, [number for number, _ in lines])
    if len(values) > 1:
        return _shaped(values, path, with_header, labelled)
    if by_line and isinstance(values[0], dict) and not _is_wrapped(values[0]):
        return from_records(values, path, [lines[0][0]])
    return _shaped(values[0], path, with_header, labelled)


def _shaped(
    value: Any,
    path: Path,
    with_header: WithHeader,
    labelled: bool,
    wraps: tuple[str, ...] = (),
) -> Table:
    """Returns the rows of a value, by the shape that it has."""
    remarks = (f"rows under {'.'.join(wraps)}",) if wraps else ()
    if isinstance(value, list):
        return _from_array(value, path, with_header, remarks)
    if not isinstance(value, dict):
        raise _unknown(shortened(json.dumps(value)), path)
    _check_names(value, path)
    columns = _split_orient(value) or _by_column(value)
    if columns and not (labelled and _are_classes(value)):
        return named_table(columns, columns.values(), (), path, remarks)
    records, told = _records_by_name(value, labelled=labelled)
    if records:
        return from_records(records, path, (), (*remarks, *told))
    where = _where_rows_are(value)
    if where:
        for name in where:
            value = value[name]
        return _shaped(value, path, with_header, labelled, (*wraps, *where))
    rows = any(map(_holds_rows, value.values()))
    if rows or not any(isinstance(each, str | int | float) for each in value.values()):
        raise _unknown(f"an object of {', '.join(list(value)[:5])[:80]}", path)
    return from_records([value], path, (), remarks)


def _records_by_name(
    value: dict[str, Any], *, labelled: bool
) -> tuple[Records | None, tuple[str, ...]]:
    """Returns records that stand under numbers, splits or classes, and what is told of it."""
    if records := _by_row(value):
        return records, ()
    if records := _by_part(value):
        others = [name for name in value if part_of(name) == ""]
        return records, (f"{listed(others)} left alone",) if others else ()
    return _by_class(value, labelled=labelled), ("texts by class",)


def _where_rows_are(value: dict[str, Any]) -> tuple[str, ...]:
    """Returns the names above the only rows at the least depth, none if there are no such."""
    level: list[tuple[tuple[str, ...], Any]] = [((), value)]
    for _ in range(MOST_WRAPS):
        level = [
            ((*names, name), inner)
            for names, outer in level
            if isinstance(outer, dict)
            for name, inner in outer.items()
        ]
        with_rows = [names for names, inner in level if _holds_rows(inner)]
        if with_rows:
            above = {names[:-1] for names in with_rows}
            parts = len(above) == 1 and all(part_of(names[-1]) for names in with_rows)
            return with_rows[0] if len(with_rows) == 1 else above.pop() if parts else ()
    return ()


def _from_array(
    values: list[Any], path: Path, with_header: WithHeader, remarks: tuple[str, ...]
) -> Table:
    if values and all(isinstance(row, list) for row in values):
        return with_header(Rows([[_cell(cell) for cell in row] for row in values], (), remarks))
    return from_records(_checked(values, path), path, (), remarks)


def _unknown(received: str, path: Path) -> DataError:
    needs = "needs rows: an array of JSON objects, an object a line, or columns by name"
    return DataError(f"{needs}. Received: {received}", path=path)


def _is_wrapped(value: dict[str, Any]) -> bool:
    """Tells whether an object alone on its line holds many rows."""
    whole = (_split_orient(value), _by_column(value), _by_row(value), _by_part(value))
    several = any(isinstance(each, list) and len(each) > 1 for each in value.values())
    return any(whole) or (several and any(map(_holds_rows, value.values())))


def _cell(value: Any) -> str:
    """Returns a cell of a row without names as text, as in a table of text."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value) if isinstance(value, list | dict) else str(value)


def _checked(values: list[Any], path: Path) -> Records:
    for number, record in enumerate(values, 1):
        if not isinstance(record, dict):
            received = f"{shortened(json.dumps(record))} as item {number}"
            raise DataError(f"needs an array of JSON objects. Received: {received}", path=path)
    return values


def _holds_rows(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    wide = all(isinstance(row, list) and len(row) > 1 for row in value)
    return wide or all(isinstance(row, dict) for row in value)


def _split_orient(value: Mapping[str, Any]) -> dict[str, list[Any]] | None:
    """Returns the columns of `{"columns": [...], "data": [[...], ...]}`."""
    names, rows = value.get("columns"), value.get("data")
    if not (isinstance(names, list) and isinstance(rows, list)):
        return None
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return {str(name): [row[place] for row in rows] for place, name in enumerate(names)}


def _check_names(value: Mapping[str, Any], path: Path) -> None:
    """Refuses columns of pandas' "split" that have one name, of which all but one would be lost."""
    names = value.get("columns")
    if isinstance(names, list) and _holds_rows(value.get("data")):
        name = next((name for name in names if names.count(name) > 1), None)
        if name is not None:
            raise DataError(f"needs each column once. Received: {name} twice", path=path)


def _by_column(value: Mapping[str, Any]) -> dict[str, list[Any]] | None:
    """Returns columns that are given whole: as arrays, or as objects with the same keys."""
    columns = list(value.values())
    if columns and all(isinstance(column, list) for column in columns):
        even = len({len(column) for column in columns}) == 1
        plain = not any(_holds_rows(column) for column in columns)
        return {str(name): column for name, column in value.items()} if even and plain else None
    if not columns or not all(isinstance(column, dict) and column for column in columns):
        return None
    keys = [list(column) for column in columns]
    numbered = all(key.isdecimal() for key in keys[0])
    if not numbered or any(each != keys[0] for each in keys):
        return None
    return {str(name): list(column.values()) for name, column in value.items()}


def _by_row(value: Mapping[str, Any]) -> Records | None:
    """Returns records that are given by their number, as in pandas' "index"."""
    rows = list(value.values())
    numbered = bool(rows) and all(str(key).isdecimal() for key in value)
    return rows if numbered and all(isinstance(row, dict) for row in rows) else None


def _by_part(value: Mapping[str, Any]) -> Records | None:
    """Returns the records of all published splits, each with the split's name."""
    parts = {name: _rows_of(rows) for name, rows in value.items() if part_of(name)}
    parts = {name: rows for name, rows in parts.items() if rows}
    if len(parts) < 2 or TRAIN not in map(part_of, parts):
        return None
    # What is said of the data may stand beside it, but no other rows.
    if any(_holds_rows(rows) or part_of(name) for name, rows in value.items() if name not in parts):
        return None
    return [{"split": name, **row} for name, rows in parts.items() for row in rows]


def _rows_of(value: Any) -> Records:
    """Returns the records of an array of objects, or of columns; none of anything else."""
    if isinstance(value, Mapping):
        columns = _split_orient(value) or _by_column(value)
        return (
            [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
            if columns
            else []
        )
    return value if _holds_rows(value) and isinstance(value[0], dict) else []


def _are_classes(value: Mapping[str, Any]) -> bool:
    """Tells whether an object holds the texts of each class under the class's name.

    Of lists that are equally long, which may be columns, none may hold labels, or be called as
    columns are.
    """
    lists = list(value.values())
    if len(lists) < 2 or any(map(part_of, value)):
        return False
    if not all(isinstance(texts, list) and texts for texts in lists):
        return False
    if not all(isinstance(text, str) for texts in lists for text in texts):
        return False
    if len({len(texts) for texts in lists}) > 1:
        return True
    known = {*TEXT_NAMES, *LABEL_NAMES}
    worded = all(sum(" " in text.strip() for text in texts) * 2 > len(texts) for texts in lists)
    return worded and not any(
        fold(name) in known or few_valued(texts) for name, texts in value.items()
    )


def _by_class(value: Mapping[str, Any], *, labelled: bool) -> Records | None:
    """Returns the texts of all classes, each with its class."""
    if not labelled or not _are_classes(value):
        return None
    return [{"text": text, "label": name} for name, texts in value.items() for text in texts]
