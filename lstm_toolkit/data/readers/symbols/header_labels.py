"""Classes of FASTA records: in their headers, or in a table beside the file."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from lstm_toolkit.data.readers.symbols.records import ID, LABEL, TITLE
from lstm_toolkit.data.readers.tables.columns import LABEL_NAMES, choose_columns, few_valued
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import Expected, read_table
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError

HeaderLabels = Literal["auto", "key", "bar", "space", "none"]

_KEY = re.compile(
    r"(?:^|[\s;|])(?:label|class|family|type)\s*[=:]\s*"
    r"(?:\"([^\"]*)\"|([^;|]+?)(?=\s+[\w.-]+\s*[=:]|[;|]|\s*$))",
    re.IGNORECASE,
)
"""A value in quotes, or up to the next key or bar."""


def _value(title: str) -> str:
    match = _KEY.search(title)
    return (match[1] or match[2] or "").strip() if match else ""


_WAYS: Mapping[str, Callable[[str], str]] = {
    "key": _value,
    "first word of key": lambda title: _value(title).partition(" ")[0],
    "bar": lambda title: title.rpartition("|")[2].strip() if "|" in title else "",
    "space": lambda title: title.partition(" ")[2].strip(),
}
"""`>id label=NAME`, of which a description may follow the name, `>id|NAME`, `>id NAME`."""


_NEEDS = (
    "needs the class of each record: in headers as `>id label`, `>id|label` or `>id label=name`, "
    "in a table of the same name beside it or as labels_file, or as a folder with a file a class "
    "(of splits train/CLASS.fasta, test/CLASS.fasta)"
)


def with_labels(
    table: Table,
    how: HeaderLabels = "auto",
    labels_file: str = "",
    known: Sequence[str] = (),
) -> Table:
    """Adds the column `label` to records.

    Args:
        table: What `read_records` returned, of one file.
        how: Where the class stands in headers; "auto" takes the first of the ways that gives
            few different ones, "none" leaves headers alone.
        labels_file: A table of ids and classes; "" takes one beside it that has its name.
        known: Classes of a trained network, of which headers may name few or one.

    Raises:
        DataError: If no way gives classes.
    """
    path = Path(labels_file) if labels_file else _beside(table.path)
    if path is not None:
        return _from_table(table, path)
    titles = table.columns[TITLE]
    ways = [way for way in _WAYS if how in ("auto", way) or (how == "key" and how in way)]
    labels_of = {way: [_WAYS[way](title) for title in titles] for way in ways}
    for way, labels in labels_of.items():
        if set(labels) <= set(known) or few_valued(labels):
            return _labelled(table, labels, f"classes by headers, {way}")
    for way, labels in labels_of.items():
        _check_all_named(table, labels, known)
        if how != "auto" and any(labels):
            return _labelled(table, labels, f"classes by headers, {way}")
    first = f">{titles[0][:60]}" if titles else "none"
    raise DataError(f"{_NEEDS}. Received: {first}", path=table.path)


def _check_all_named(table: Table, labels: Sequence[str], known: Sequence[str]) -> None:
    """Raises `DataError` for the first record without a class, where most have one."""
    named = [label for label in labels if label]
    few = set(named) <= set(known) or few_valued(named)
    if few and len(labels) / 2 < len(named) < len(labels):
        row = list(labels).index("")
        title = table.columns[TITLE][row][:60]
        raise DataError(
            f"needs the class of each record, as most headers have it. Received: >{title}",
            path=table.path,
            line=table.line(row),
        )


def _labelled(table: Table, labels: Sequence[str], remark: str) -> Table:
    columns = {**table.columns, LABEL: list(labels)}
    return dataclasses.replace(table, columns=columns, remarks=(*table.remarks, remark))


def _beside(path: Path | None) -> Path | None:
    if path is None:
        return None
    stem = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    tables = (stem.with_suffix(suffix) for suffix in (".csv", ".tsv"))
    return next((table for table in tables if table.is_file()), None)


def _from_table(table: Table, path: Path) -> Table:
    """Looks up the class of each record by its id."""
    known = Expected(names={*LABEL_NAMES, ID, fold("name"), fold("accession")}, labelled=True)
    labels = read_table(path, expected=known)
    ids = set(table.columns[ID])
    shared = {name: len(ids & set(labels.texts(name))) for name in labels.columns}
    column = max(shared, key=lambda name: shared[name])
    if not shared[column]:
        message = f"needs a column of the records' ids, such as {min(ids)[:40]}. Received: none"
        raise DataError(message, path=path)
    label = choose_columns(labels, column).label
    classes: dict[str, str] = {}
    for row, (name, value) in enumerate(
        zip(labels.texts(column), labels.texts(label), strict=True)
    ):
        if classes.setdefault(name, value) != value:
            message = f"needs one class for each id. Received: two for {name[:60]}"
            raise DataError(message, path=path, line=labels.line(row))
    found = [classes.get(name, "") for name in table.columns[ID]]
    return _labelled(table, found, f"classes by column {label} of {path.name}")
