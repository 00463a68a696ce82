"""Which columns of a table go in, of which kinds, and which one comes out."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from lstm_toolkit.data.labels import label_text
from lstm_toolkit.data.readers.mixed.decimals import number_of
from lstm_toolkit.data.readers.mixed.missing import is_missing
from lstm_toolkit.data.readers.mixed.names import KINDS, input_name, join_names, split_names
from lstm_toolkit.data.readers.mixed.proposals import MOST, nearly_number, propose
from lstm_toolkit.data.readers.mixed.values import advice
from lstm_toolkit.data.readers.tables.columns import LABEL_NAMES
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.data.readers.texts.label_kinds import FEW_NUMBERS
from lstm_toolkit.data.splits.parts import SPLIT_NAMES, fold, part_of
from lstm_toolkit.errors import DataError, did_you_mean

MOST_COLUMNS = 200
"""That one network is built for."""

_SURE = ("label", "target", "y", "标签")
"""Names of labels that decide where others are there too."""


@dataclasses.dataclass(frozen=True)
class MixedColumns:
    """The columns that were chosen.

    Attributes:
        kinds: Of those that go in, by heading.
        label: That comes out; "" where none is asked for.
        numbers: Whether numbers come out.
        split: That tells the published split of each row; "" if there is none.
        unused: Why the others are left alone, by heading.
        remarks: What is to be told, warnings first.
    """

    kinds: Mapping[str, str]
    label: str
    numbers: bool
    split: str
    unused: Mapping[str, str]
    remarks: Sequence[str] = ()

    @property
    def inputs(self) -> dict[str, str]:
        """Headings by the names of inputs, in their order."""
        return dict(sorted((input_name(kind, name), name) for name, kind in self.kinds.items()))

    def found(self) -> dict[str, str]:
        """Returns the settings by which the same columns are chosen again."""
        named = {
            f"{kind}_columns": join_names(n for n, each in self.kinds.items() if each == kind)
            for kind in KINDS
        }
        kind = "numbers" if self.numbers else "classes"
        return {**named, "label_column": self.label, "label_kind": kind}

    def note(self) -> str:
        """Returns in words what goes in, and what is left alone."""
        by_kind: dict[str, list[str]] = defaultdict(list)
        for name, kind in self.kinds.items():
            by_kind[kind].append(name)
        parts = [f"{kind} {_listed(by_kind[kind])}" for kind in KINDS if by_kind[kind]]
        left = [f"{name} ({reason})" for name, reason in self.unused.items()]
        unused = f"; not used: {_listed(left)}" if left else ""
        return f"columns {', '.join(parts)}{unused}"


def choose_mixed(
    table: Table,
    named: Mapping[str, str],
    *,
    label_column: str = "",
    label_kind: str = "auto",
    unused_columns: str = "",
    decimal: str = "point",
) -> MixedColumns:
    """Chooses columns as told, else by what they hold.

    Args:
        table: What a reader found.
        named: Settings by kind, as `split_names` reads them.
        label_column: That comes out; "" finds it by its name.
        label_kind: "classes", "numbers" or "auto".
        unused_columns: Columns that are left alone.
        decimal: "point" or "comma" before the fraction of numbers in text.

    Raises:
        DataError: If a column is not there or the choice is open.
    """
    told = {name: kind for kind, each in named.items() for name in split_names(each)}
    unused = dict.fromkeys(split_names(unused_columns), "as told")
    for name in (*told, *unused, *filter(None, [label_column])):
        _check_there(table, name)
    label = label_column or find_label(table, {*told, *unused})
    if label in told or label in unused:
        raise DataError(
            f"needs a label column that does not go in. Received: {label} twice", path=table.path
        )
    numbers = _holds_numbers(table, label, label_kind, decimal)
    rest = [name for name in table.columns if name not in {*told, *unused, label}]
    split = split_column(table, rest)
    kinds = dict(told)
    for name in rest:
        if name == split:
            continue
        kind, reason = _proposed(table, name, decimal)
        if kind:
            kinds[name] = kind
        else:
            unused[name] = reason
    remarks = [
        f"warning: column {name} is empty"
        for name in told
        if not any(map(as_text, table.columns[name]))
    ]
    outcome = Outcome(label, numbers, decimal)
    remarks += _copies(table, kinds, told, outcome)
    columns = MixedColumns(kinds, label, numbers, split, unused, remarks)
    _check_names(table, columns)
    return columns


def _check_there(table: Table, name: str) -> None:
    if name not in table.columns:
        raise DataError(f"no column {name}, {did_you_mean(name, table.columns)}", path=table.path)


def find_label(table: Table, taken: set[str]) -> str:
    """Returns the column that is called like a label, of those that are not taken.

    Raises:
        DataError: If there is none, or more than one.
    """
    folded = {name: fold(name) for name in table.columns if name not in taken}
    for names in (_SURE, LABEL_NAMES):
        several = [name for name, plain in folded.items() if plain in names]
        if len(several) == 1:
            return several[0]
        if several:
            break
    received = ", ".join(several or list(folded))[:160]
    raise DataError(
        f"needs to know what is to come out; add --set label_column=NAME. Received: {received}",
        path=table.path,
    )


def _holds_numbers(table: Table, label: str, kind: str, decimal: str) -> bool:
    """Tells whether numbers come out, which is told where it is not plain."""
    if kind != "auto":
        return kind == "numbers"
    labels = [text for cell in table.columns[label] if not is_missing(text := label_text(cell))]
    different = sorted({*labels})
    numeric = sum(nearly_number(text, decimal) for text in labels)
    if len(different) <= 2 or numeric < MOST * len(labels):
        return False
    if len(different) > FEW_NUMBERS:
        what = f"many different numbers, such as {labels[0][:40]}"
    else:
        what = f"numbers, such as {', '.join(each[:20] for each in different[:5])}"
    raise DataError(
        f"column {label[:60]} holds {what}; add --set label_kind=numbers for numbers to come out, "
        "or label_kind=classes for a class each",
        path=table.path,
    )


def split_column(table: Table, names: Iterable[str]) -> str:
    """Returns which of these columns tells the published split of each row; "" if none does.

    Raises:
        DataError: If a row of it tells none.
    """
    name = next((name for name in names if _tells_split(table, name)), "")
    for row, cell in enumerate(table.columns[name] if name else ()):
        if not part_of(as_text(cell)):
            received = as_text(cell)[:40] or "an empty cell"
            raise DataError(
                f"column {name[:60]}: needs train, validation or test in each row. Received: "
                f"{received}; or add it to unused_columns",
                path=table.path,
                line=table.line(row),
            )
    return name


def _tells_split(table: Table, name: str) -> bool:
    if fold(name) not in SPLIT_NAMES:
        return False
    cells = [text for cell in table.columns[name] if (text := as_text(cell).strip())]
    return bool(cells) and sum(bool(part_of(cell)) for cell in cells) >= MOST * len(cells)


def _proposed(table: Table, name: str, decimal: str) -> tuple[str, str]:
    """Returns the kind of a column, or "" and why it is left alone.

    Raises:
        DataError: If that is open.
    """
    proposal = propose(name, table.columns[name], decimal)
    if proposal.doubt:
        row = _row_of(table.columns[name], proposal.doubt)
        raise DataError(
            f"column {name[:60]} seems to hold numbers. Received: {proposal.doubt[:40]}"
            f"{advice(proposal.doubt)}; or name the column, as in --set unused_columns, "
            "category_columns or text_columns",
            path=table.path,
            line=None if row is None else table.line(row),
        )
    return proposal.kind, proposal.reason


def _row_of(cells: Sequence[Any], text: str) -> int | None:
    return next((row for row, cell in enumerate(cells) if as_text(cell).strip() == text), None)


def _check_names(table: Table, columns: MixedColumns) -> None:
    if not columns.kinds:
        received = columns.note()[9:][:200] or "none"
        raise DataError(f"needs a column to learn from. Received: {received}", path=table.path)
    if len(columns.kinds) > MOST_COLUMNS:
        raise DataError(
            f"needs at most {MOST_COLUMNS} columns; name those without use in unused_columns. "
            f"Received: {len(columns.kinds)}",
            path=table.path,
        )
    seen: dict[str, str] = {}
    for name, kind in columns.kinds.items():
        other = seen.setdefault(input_name(kind, name), name)
        if other != name:
            raise DataError(
                f"columns {other[:80]} and {name[:80]} have one name in exports; rename one "
                "of them",
                path=table.path,
            )


class Outcome(NamedTuple):
    """What comes out: its column, whether as numbers, and how they are written."""

    label: str
    numbers: bool
    decimal: str


def _copies(
    table: Table, kinds: Mapping[str, str], told: Mapping[str, str], outcome: Outcome
) -> Iterator[str]:
    """Yields warnings of columns that tell the label; refuses copies that nobody named."""
    label = outcome.label
    labels = [label_text(cell) for cell in table.columns[label]]
    for name in [*kinds]:
        if kinds[name] not in ("number", "category"):
            continue
        cells = [label_text(cell) for cell in table.columns[name]]
        copy = _is_copy(cells, labels, outcome)
        if copy and name not in told:
            raise DataError(
                f"column {name[:60]} is a copy of the label {label[:60]}, which is not known when "
                f"answers are needed; add --set unused_columns={name[:60]}, or name it as a "
                "column that goes in",
                path=table.path,
            )
        if copy:
            yield f"warning: column {name} is a copy of the label {label}"
        elif not outcome.numbers and _tells(cells, labels):
            yield f"warning: column {name} tells the label in every row"


def _is_copy(cells: Sequence[str], labels: Sequence[str], outcome: Outcome) -> bool:
    """Tells whether a column and the label say the same in other words."""
    pairs = [(cell, label) for cell, label in zip(cells, labels, strict=True) if cell and label]
    if len(pairs) < max(4, len(cells) // 2):
        return False
    if outcome.numbers:
        return _in_a_line(pairs, outcome.decimal)
    sides = [set(side) for side in zip(*pairs, strict=True)]
    return len(set(pairs)) == len(sides[0]) == len(sides[1]) <= len(pairs) / 2


def _in_a_line(pairs: Sequence[tuple[str, str]], decimal: str) -> bool:
    values = [(number_of(cell, decimal), number_of(label, decimal)) for cell, label in pairs]
    values = [pair for pair in values if pair[0] is None or not np.isnan(pair[0])]
    if not values or any(value is None for pair in values for value in pair):
        return False
    first, second = np.array(values, np.float64).T
    if not first.std() or not second.std():
        return False
    return bool(abs(np.corrcoef(first, second)[0, 1]) > 1 - 1e-9)


def _tells(cells: Sequence[str], labels: Sequence[str]) -> bool:
    """Tells whether each of a column's few values has one label."""
    pairs = {(cell, label) for cell, label in zip(cells, labels, strict=True) if cell and label}
    values = {cell for cell, _ in pairs}
    return 1 < len(values) == len(pairs) <= len(cells) / 10


def _listed(names: Sequence[str]) -> str:
    """Returns the first names that a line holds, and how many others there are."""
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(name[:40] for name in names[:8]) + more
