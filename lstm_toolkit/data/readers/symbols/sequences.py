"""Reads sequences of letters with a class each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.data.alphabets import Alphabet
from lstm_toolkit.data.columns import texts as column
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.symbols.letters import (
    check_sequences,
    chosen_alphabet,
    letter_remarks,
    without_blanks,
)
from lstm_toolkit.data.readers.symbols.made_promoters import sample_promoters
from lstm_toolkit.data.readers.symbols.records import ID, LABEL, SEQUENCE
from lstm_toolkit.data.readers.symbols.relatives import MOST_KMERS, is_sketched, related_groups
from lstm_toolkit.data.readers.symbols.tables import (
    SequenceFiles,
    read_sequence_table,
    row_names,
    sequence_column,
)
from lstm_toolkit.data.readers.tables.columns import Columns, choose_columns
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.texts.selection import Selection
from lstm_toolkit.data.readers.texts.targets import LabelOptions, read_target
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION, part_of
from lstm_toolkit.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd


def read_sequences(
    data: Path | pd.DataFrame | None,
    *,
    alphabet: str = "auto",
    group_column: str = "",
    homology: float = 0.3,
    known: Sequence[str] = (),
    **reading: Any,
) -> Source:
    """Reads sequences of DNA, RNA or proteins with their classes.

    Args:
        data: A data frame or a path, see `tables.FORMS`; None takes made promoters.
        alphabet: "dna", "protein", or "auto", which the letters tell.
        group_column: Of what may not stand in two splits, as families; "" looks for relatives.
        homology: Share of k-mers from which two sequences are relatives; see `related_groups`.
        known: The classes of a trained network, which labels are to be.
        **reading: Fields of `SequenceFiles`.

    Returns:
        `sequence` (`object[n]` of `str`, as they were written), the target `label`, and in `meta`
        the `group` of each.

    Raises:
        DataError: If the data is missing or damaged, columns or classes cannot be told, or a
            sequence has a letter that the alphabet lacks, with its record and place.
    """
    files = SequenceFiles(**reading, known=tuple(known))
    table = sample_table() if data is None else read_sequence_table(data, files)
    chosen = sequence_column(table, files.sequence_column)
    columns = choose_columns(table, chosen, files.label_column)
    sequences = [without_blanks(cell) for cell in table.texts(chosen)]
    selection = selected(table, columns.split, sequences, chosen)
    letters = checked(table, selection, sequences, chosen, alphabet)
    options = LabelOptions("classes", "", 0, "pool", tuple(known))
    labels, remarks = read_target(table, columns.label, selection, sequences, options)
    groups, told = grouped(table, sequences, selection, letters, group_column, homology)
    parts = {
        name: Dataset(
            {SEQUENCE: column([sequences[row] for row in rows])},
            {LABEL: column([labels[row] for row in rows])},
            {"group": groups[rows]},
        )
        for name, rows in selection.published().items()
    }
    used = [sequences[row] for row in selection.rows]
    told = [*told, *letter_remarks(used, letters, chosen=alphabet == "auto")]
    return assembled(table, parts, columns, letters, [*remarks, *told], selection)


def sample_table() -> Table:
    """Returns the made promoters."""
    ids, sequences, labels = zip(*sample_promoters(), strict=True)
    return Table({ID: list(ids), SEQUENCE: list(sequences), LABEL: list(labels)}, (), None)


def selected(table: Table, split: str, sequences: Sequence[str], chosen: str) -> Selection:
    """Returns the rows that hold a sequence and belong to a split.

    Raises:
        DataError: If there is none.
    """
    cells = table.texts(split) if split else []
    parts = [part_of(cell) for cell in cells] if split else [TRAIN] * len(table)
    selection = Selection(table, parts)
    selection.leave_out(lambda row: not parts[row], f"of no known split in column {split}")
    selection.leave_out(lambda row: not sequences[row], "with an empty sequence")
    if not selection.rows:
        message = f"needs at least one sequence. Received: {len(table):,} rows, all empty in "
        raise DataError(message + chosen, path=table.path)
    return selection


def checked(
    table: Table, selection: Selection, sequences: Sequence[str], chosen: str, alphabet: str
) -> Alphabet:
    """Returns the alphabet of the sequences in use, which are all written in it.

    Raises:
        DataError: If one is not, with its record and place.
    """
    letters = chosen_alphabet(alphabet, [sequences[row] for row in selection.rows])
    names = row_names(table, chosen)
    check_sequences(sequences, letters, names, table.path, table.line, rows=selection.rows)
    return letters


def grouped(
    table: Table,
    sequences: Sequence[str],
    selection: Selection,
    letters: Alphabet,
    group_column: str,
    homology: float,
) -> tuple[Any, list[str]]:
    """Returns the group of each row of the table, `str[n]`, and what is told of groups."""
    groups = np.full(len(table), "", object)
    if group_column:
        if group_column not in table.columns:
            hint = did_you_mean(group_column, table.columns)
            raise DataError(f"no column `{group_column}` for group_column, {hint}", path=table.path)
        cells = table.texts(group_column)
        for row in selection.rows:
            groups[row] = cells[row].strip() or f"alone {row}"
        return groups.astype(np.str_), [f"groups by column {group_column}"]
    rows = selection.rows
    used = [sequences[row] for row in rows]
    numbers = related_groups(used, letters, homology)
    groups[rows] = [f"{number}" for number in numbers]
    sizes = np.bincount(numbers)
    several = sizes[sizes > 1]
    told = (
        f"{len(several):,} groups of relatives with {int(several.sum()):,} of {len(rows):,} "
        f"sequences, the largest with {int(sizes.max()):,}, stay on one side of the split "
        f"(homology={homology:g})"
    )
    remarks = [told] if len(several) else []
    if homology > 0 and is_sketched(used, letters):
        remarks.append(
            f"relatives are looked for in a share of the k-mers, of more than {MOST_KMERS:,}, so "
            "that some may be missed; group_column= is exact"
        )
    return groups.astype(np.str_), [*remarks, *_shared(groups, selection)]


def _shared(groups: Any, selection: Selection) -> Iterator[str]:
    """Yields how many training sequences are relatives of a published split's."""
    train = groups[selection.part(TRAIN)]
    for part in (VALIDATION, TEST):
        shared = int(np.isin(train, groups[selection.part(part)]).sum())
        if shared:
            yield (
                f"warning: {shared:,} of {len(train):,} training sequences are relatives of the "
                f"published {part} split's, whose scores promise more than they hold"
            )


def assembled(
    table: Table,
    parts: dict[str, Dataset],
    columns: Columns,
    letters: Alphabet,
    remarks: Sequence[str],
    selection: Selection,
) -> Source:
    """Returns what was read, with a line on it."""
    account = selection.account()
    names = {VALIDATION: "validation", TEST: "the test"}
    count = f"{len(parts[TRAIN]):,} sequences"
    count += "".join(f", {len(parts[n]):,} for {name}" for n, name in names.items() if n in parts)
    sequence = columns.texts[0]
    where = "made data" if table.path is None else str(table.path)
    labelled = f", labels in column {columns.label}" if columns.label else ""
    note = f"{count}: column {sequence}{labelled}, of {where}"
    found = {"alphabet": letters.name}
    if sequence != SEQUENCE or columns.label != LABEL:
        found |= {"sequence_column": sequence, "label_column": columns.label}
    return Source(
        parts[TRAIN],
        parts.get(TEST),
        "; ".join([note, *table.remarks, *account.remarks(), *remarks]),
        found,
        validation=parts.get(VALIDATION),
        account=account,
    )
