"""Rows that are to be answered, and how they are asked for."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lstm_toolkit.errors import DataError

TABLE_SUFFIXES = (
    *(".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".parquet", ".feather", ".arrow"),
    *(".xlsx", ".xls", ".xlsm", ".ods", ".txt", ".conll", ".npz", ".npy", ".h5", ".mat"),
    *(".fasta", ".fastq", ".fna", ".faa"),
    *(".zip", ".gz", ".bz2", ".xz", ".pdf", ".docx", ".png", ".jpg", ".jpeg"),
)
"""What the name of a file ends in, also of those that are not read."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One row to be answered.

    Attributes:
        name: What it is called beside its answer: the text itself, or a place in a file.
        value: A word as `predict` takes it, numbers of the shape that the one feature takes, raw
            values by the names of features, or what keeps the row from being answered.
        cells: What stands in the row, by column.
        places: Of the rows that it gives to a table of answers, among all of these; empty where
            they stand as rows come.
        group: The series that it is a step of, "" where there is one.
        time: When that step is; "" if it is none of a series.
        source: The file that it stands in, where there may be several.
    """

    name: str
    value: Any | DataError
    cells: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    places: Sequence[int] = ()
    group: str = ""
    time: str = ""
    source: str = ""


@dataclasses.dataclass(frozen=True)
class Inputs:
    """Rows of a file or a folder, in their order.

    Attributes:
        rows: Each is made when it is asked for.
        columns: Names of the cells of every row, with all values where they are at hand.
        note: One line that says what is read.
    """

    rows: Iterator[Row]
    columns: Mapping[str, Sequence[Any]]
    note: str


@dataclasses.dataclass(frozen=True)
class ReadingContext:
    """What a reader of inputs is told.

    Attributes:
        settings: Of the training, or the task's own, with what was stated for this data.
        states: What was learnt from the training split.
        options: Of `predict`.
        stated: Names of settings that were stated for this data; others are those of the
            training, whose data may have stood in other columns.
    """

    settings: Any
    states: Any
    options: Any
    stated: frozenset[str] = frozenset()

    def column(self, name: str, columns: Mapping[str, Any]) -> str:
        """Returns the column that a setting names, "" if it is not here and was not stated."""
        value: str = getattr(self.settings, name)
        here = value in columns or all(part.strip() in columns for part in value.split("+"))
        return value if here or name in self.stated else ""


InputReader = Callable[[Path, ReadingContext], Inputs]
"""Reads what is to be answered from a file or a folder.

Raises `DataError` if it is missing, damaged, or in no known form.
"""


GivenReader = Callable[[Any, ReadingContext], Sequence[Row]]
"""Makes rows to be answered of a data frame, or of a mapping of cells by their headings.

Raises `DataError` if it lacks what is needed.
"""


def given_reader(name: str) -> GivenReader:
    """Returns what makes rows of data in memory, see `input_reader`."""
    return partial(_by_name, name)


def _by_name(name: str, *arguments: Any) -> Any:
    module, function = name.split(".")
    return getattr(importlib.import_module(f"lstm_toolkit.data.inputs.{module}"), function)(
        *arguments
    )


def input_reader(name: str) -> InputReader:
    """Returns a reader of this room, which is imported when it is first called.

    Args:
        name: Of its module and function, as in `tables.text_inputs`.
    """
    return partial(_by_name, name)  # which can be pickled, for workers of a search


def counted(number: int, noun: str) -> str:
    """Returns a number of things.

    >>> counted(1, "row"), counted(2000, "line")
    ('1 row', '2,000 lines')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def names_file(word: str) -> bool:
    """Tells whether a word names something on the disk, or ends like the name of a file.

    >>> names_file("new.csv"), names_file("a fine film")
    (True, False)
    """
    if not word.strip():
        return False
    if word.strip().lower().endswith(TABLE_SUFFIXES):
        return True
    try:
        return len(word) < 4096 and Path(word).exists()
    except (OSError, ValueError):  # such as a text with a zero in it
        return False
