"""Reads pairs of sentences that translate each other, from whatever form they come in."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import texts
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.pairs.columns import PairColumns, choose_pair, name_language_columns
from lstm_toolkit.data.readers.pairs.directions import RequestedColumns
from lstm_toolkit.data.readers.pairs.doubts import find_doubts
from lstm_toolkit.data.readers.pairs.exchange import read_exchange
from lstm_toolkit.data.readers.pairs.folders import read_folder, read_two, split_path
from lstm_toolkit.data.readers.tables.cleaning import count_note, printable
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected, read_data
from lstm_toolkit.data.samples import sample_path
from lstm_toolkit.data.splits.parts import part_of
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

FORMS = (
    f"{TABLES}, a .tmx, a .txt with tabs or ||| between sides, two files aligned line by line as "
    "a.en+a.zh, or a folder of such files, train.en and train.zh"
)

LABELS = 0.05
"""Share of the rows below which different translations are so few that they must be labels."""


def read_pairs(
    data: Path | pd.DataFrame | None,
    *,
    source_column: str = "",
    target_column: str = "",
    direction: str = "",
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
    common_targets: bool = False,
    labelled: bool = True,
) -> Source:
    """Reads sentences and their translations.

    Pairs with an empty side are dropped, and so are pairs to learn from that stood before;
    control characters become spaces. The note tells what was dropped, replaced or ignored,
    how many pairs look swapped or copied, and begins with "warning:" if it is more than one in
    twenty, or if translations have slipped by some rows, see `plausibility`.
    Validation and test are those published: files named so beside `train.XX`, or rows of a
    column `split` that says so.

    Args:
        data: A data frame or a path, see `FORMS`; None takes the sample pairs.
        source_column: The column of source sentences; see `choose_pair`.
        target_column: The column of their translations.
        direction: Both columns or languages, as `en-zh`, or their numbers, as `2-1`.
        encoding: Of CSV, TSV, JSON and text files.
        sheet: Name or number of the sheet of a workbook; "" finds it.
        separator: Between the cells of CSV and TSV; "" finds it.
        common_targets: Whether few different targets may stand beside very many sources, as
            replies beside prompts.
        labelled: Whether translations are needed; if not, all labels are "", and no pair is
            dropped for its translation.

    Returns:
        Sentences `object[n]`, each a `str`; the labels are their translations, likewise.

    Raises:
        DataError: If the data is missing, damaged or of unequal length, its columns cannot be
            told apart, or no pair is whole.
    """
    asked = RequestedColumns(source_column, target_column, direction)
    expected = Expected(
        FORMS, asked.names_header, tabbed=(".txt",), blank=True, sheet=sheet, separator=separator
    )
    table, place = _read(data, encoding, asked, expected)
    columns = _columns(table, asked, labelled)
    pairs, whole, remarks = _sentences(table, columns)
    if labelled and not common_targets:
        _check_translations([pairs[row][1] for row in whole], columns, table)
    parts = _published(table, columns.split, whole)
    others = _marked_otherwise(table, columns.split, parts.pop("", []))
    table = dataclasses.replace(table, left_out={**table.left_out, **others})
    remarks = list(table.remarks) + _ignored(table, columns) + remarks
    for reason, count in table.left_out.items():
        remarks += count_note(count, "row", f"left out, {reason}")
    warnings: list[str] = []
    left_out = {**table.left_out, "with an empty side": len(pairs) - len(whole)}
    if labelled:
        left_out["repeated"] = len(parts["train"])
        warnings, unusual = find_doubts(table, pairs, whole)
        parts["train"], more = _different(pairs, parts["train"])
        left_out["repeated"] -= len(parts["train"])
        remarks += more + unusual
    if not parts["train"]:
        raise DataError(
            "needs pairs to learn from. Received: published splits alone", path=table.path
        )
    examples = {part: _examples([pairs[row] for row in rows]) for part, rows in parts.items()}
    what = f"{_count(parts, labelled)}: {_told(table, columns)}, of {place}"
    return Source(
        examples["train"],
        examples.get("test"),
        "; ".join([*warnings, what, *remarks]),
        _found(asked, columns) if labelled else {},
        validation=examples.get("validation"),
        account=Account(
            len(pairs) + sum(table.left_out.values()) - sum(others.values()),
            sum(map(len, parts.values())),
            left_out,
            "pairs",
        ),
    )


def _read(
    data: Path | pd.DataFrame | None, encoding: str, asked: RequestedColumns, expected: Expected
) -> tuple[Table, str]:
    """Returns what is read, and how to call where it is from."""
    if data is None:
        return _table(sample_path("pairs"), encoding, asked, expected), "the sample pairs"
    if not isinstance(data, Path):
        return _table(data, encoding, asked, expected), "a data frame"
    both = None if data.exists() else split_path(data)
    if both is None:
        return _table(data, encoding, asked, expected), str(data)
    return read_two(*both, encoding, asked), f"{both[0]} and {both[1]}"


def _table(
    data: Path | pd.DataFrame, encoding: str, asked: RequestedColumns, expected: Expected
) -> Table:
    table = None
    if isinstance(data, Path) and data.is_file():
        table = read_exchange(data, encoding, asked.names_header)
    table = table or read_data(
        data, encoding, partial(read_folder, encoding=encoding, asked=asked), expected
    )
    return table if table.layout else name_language_columns(table)


def _columns(table: Table, asked: RequestedColumns, labelled: bool) -> PairColumns:
    if not table.layout:
        return choose_pair(table, asked, labelled=labelled)
    source, target, *split = table.columns
    return PairColumns(source, target, "".join(split)) if labelled else PairColumns(source, "")


def _sentences(
    table: Table, columns: PairColumns
) -> tuple[list[tuple[str, str]], list[int], list[str]]:
    """Returns all pairs, the rows without an empty side, and what was dropped or replaced."""
    sources = table.texts(columns.source)
    targets = table.texts(columns.target) if columns.target else []
    cells, replaced = printable([*sources, *targets])
    count = len(sources)
    pairs = list(zip(cells[:count], cells[count:] or [""] * count, strict=True))
    sides = 2 if targets else 1
    rows = [row for row, pair in enumerate(pairs) if all(map(str.strip, pair[:sides]))]
    if not rows:
        message = f"needs at least one pair. Received: {count:,}, all with an empty side"
        raise DataError(message, path=table.path)
    dropped = count_note(count - len(rows), "pair", "with an empty side dropped")
    if not targets:
        dropped = count_note(count - len(rows), "empty sentence", "dropped")
    return pairs, rows, dropped + replaced


def _check_translations(targets: Sequence[str], columns: PairColumns, table: Table) -> None:
    """Refuses labels where translations are wanted: few, each of very many rows.

    Raises:
        DataError: If the column of translations holds so few different ones.
    """
    different = len(set(targets))
    if different <= len(targets) * LABELS:
        raise DataError(
            "needs sentences and their translations; to sort texts into classes, train sentiment. "
            f"Received: {different:,} different texts in {len(targets):,} rows of column "
            f"{columns.target}",
            path=table.path,
        )


def _published(table: Table, split: str, rows: Sequence[int]) -> dict[str, list[int]]:
    """Returns the rows of each published split, those to learn from as `train`, others as ""."""
    parts: dict[str, list[int]] = {"train": []}
    cells = table.texts(split) if split else []
    for row in rows:
        part = part_of(cells[row]) if split else "train"
        parts.setdefault(part, []).append(row)
    return parts


def _marked_otherwise(table: Table, split: str, rows: Sequence[int]) -> dict[str, int]:
    """Counts rows that belong to no split, by the reason."""
    if not rows:
        return {}
    cells = table.texts(split)
    words = sorted({cells[row].strip() or "nothing" for row in rows})
    more = ", …" if len(words) > 3 else ""
    return {f"marked {', '.join(words[:3])}{more} in column {split}": len(rows)}


def _different(
    pairs: Sequence[tuple[str, str]], rows: Sequence[int]
) -> tuple[list[int], list[str]]:
    """Returns the rows whose pairs did not stand before, and a remark on the others."""
    first = {pairs[row]: row for row in reversed(rows)}
    repeats = len(rows) - len(first)
    return sorted(first.values()), count_note(repeats, "repeated pair", "dropped")


def _examples(pairs: Sequence[tuple[str, str]]) -> Dataset:
    sources, targets = (texts([pair[side] for pair in pairs]) for side in (0, 1))
    return Dataset({"text": sources}, {"translation": targets})


def _ignored(table: Table, columns: PairColumns) -> list[str]:
    used = {columns.source, columns.target, columns.split} - {""}
    others = 0 if table.layout else len(table.columns) - len(used)
    return count_note(others, "other column", "ignored")


def _count(parts: dict[str, list[int]], labelled: bool) -> str:
    noun = "pair" if labelled else "sentence"
    count = len(parts["train"])
    told = f"{count:,} {noun}{'' if count == 1 else 's'}"
    for part, name in (("validation", "validation"), ("test", "the test")):
        told += f", {len(parts[part]):,} for {name}" if part in parts else ""
    return told


def _told(table: Table, columns: PairColumns) -> str:
    noun = "" if table.layout else "column "
    if not columns.target:
        return f"in {noun}{columns.source}"
    told = f"from {noun}{columns.source} to {noun}{columns.target}"
    if table.layout:
        return f"{told}, {table.layout}"
    return f"{told}, splits by column {columns.split}" if columns.split else told


def _found(asked: RequestedColumns, columns: PairColumns) -> dict[str, str]:
    if asked.source_column or asked.target_column or "-" in columns.source + columns.target:
        return {"source_column": columns.source, "target_column": columns.target, "direction": ""}
    return {"direction": f"{columns.source}-{columns.target}"}
