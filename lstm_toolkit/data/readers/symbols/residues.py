"""Reads sequences of letters with a tag for each letter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.data.columns import Ragged
from lstm_toolkit.data.columns import texts as column
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.symbols.letters import letter_remarks, without_blanks
from lstm_toolkit.data.readers.symbols.made_proteins import sample_proteins
from lstm_toolkit.data.readers.symbols.records import ID, SEQUENCE, record_suffix
from lstm_toolkit.data.readers.symbols.sequences import assembled, checked, grouped, selected
from lstm_toolkit.data.readers.symbols.tables import (
    SequenceFiles,
    read_sequence_table,
    row_names,
    sequence_column,
)
from lstm_toolkit.data.readers.symbols.three_lines import read_three_lines
from lstm_toolkit.data.readers.tables.columns import Columns, is_split
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import TRAIN, fold
from lstm_toolkit.data.tag_schemes import marks_entities
from lstm_toolkit.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

TAGS = "tags"

TAG_NAMES = (
    *("tags", "structure", "secondarystructure", "ss", "ss3", "sst3", "ss8", "sst8", "dssp"),
    *("dssp3", "dssp8", "q3", "q8", "topology", "labels", "label", "annotation", "disorder"),
)
"""Names of a column of tags, best first."""

TAG_FORMS = "a table with a column of sequences and one of tags, or FASTA with tags in a third line"


def read_residues(
    data: Path | pd.DataFrame | None,
    *,
    alphabet: str = "auto",
    group_column: str = "",
    homology: float = 0.3,
    tag_column: str = "",
    **reading: Any,
) -> Source:
    """Reads sequences with a tag, one sign, for each letter.

    Args:
        data: A data frame or a path, see `TAG_FORMS`; None takes made proteins.
        alphabet: As of `read_sequences`.
        group_column: Likewise.
        homology: Likewise.
        tag_column: The column of tags; "" finds it.
        **reading: Fields of `SequenceFiles`.

    Returns:
        `sequence` (`object[n]`: letters with spaces between them), the target `tags`, rows of texts
        (`Ragged`), and in `meta` the `group` of each.

    Raises:
        DataError: If the data is missing or damaged, columns cannot be told, a row has not as many
            tags as letters, or a letter is none of the alphabet's.
    """
    files = SequenceFiles(**reading, labelled=False)
    table = _table(data, files)
    chosen = sequence_column(table, files.sequence_column)
    sequences = [without_blanks(cell) for cell in table.texts(chosen)]
    tags_in, others = tags_column(table, chosen, sequences, tag_column)
    tags = [without_blanks(cell) for cell in table.texts(tags_in)]
    split = next((name for name in table.columns if is_split(table, name)), "")
    selection = selected(table, split, sequences, chosen)
    selection.leave_out(lambda row: not tags[row], "without tags")
    _check_lengths(table, selection.rows, sequences, tags, row_names(table, chosen))
    _check_kinds(table, [tags[row] for row in selection.rows])
    letters = checked(table, selection, sequences, chosen, alphabet)
    groups, told = grouped(table, sequences, selection, letters, group_column, homology)
    parts = {
        name: Dataset(
            {SEQUENCE: column([" ".join(sequences[row]) for row in rows])},
            {TAGS: Ragged.of([list(tags[row]) for row in rows], object)},
            {"group": groups[rows]},
        )
        for name, rows in selection.published().items()
    }
    used = [sequences[row] for row in selection.rows]
    told = [*others, *told, *letter_remarks(used, letters, chosen=alphabet == "auto")]
    columns = Columns((chosen,), tags_in, split)
    source = assembled(table, parts, columns, letters, told, selection)
    if not parts[TRAIN]:
        raise DataError("needs sequences to learn from. Received: none", path=table.path)
    found = {"alphabet": letters.name}
    if table.path is not None:
        found |= {"sequence_column": chosen, "tag_column": tags_in}
    return Source(
        source.rows,
        source.test,
        source.note,
        found,
        validation=source.validation,
        account=source.account,
    )


def _table(data: Any, files: SequenceFiles) -> Table:
    if data is None:
        ids, sequences, tags = zip(*sample_proteins(), strict=True)
        return Table({ID: list(ids), SEQUENCE: list(sequences), TAGS: list(tags)}, (), None)
    if isinstance(data, Path) and data.is_file() and record_suffix(data):
        return read_three_lines(data, files.encoding)
    return read_sequence_table(data, files)


def tags_column(
    table: Table, chosen: str, sequences: Sequence[str], stated: str
) -> tuple[str, list[str]]:
    """Returns the column of tags: as stated, else of those as long as the sequences; and remarks.

    Raises:
        DataError: If there is no such column, or several without a name that is known.
    """
    if stated:
        if stated not in table.columns:
            hint = did_you_mean(stated, table.columns)
            raise DataError(f"no column `{stated}` for tag_column, {hint}", path=table.path)
        return stated, []
    fitting = [
        name for name in table.columns if name != chosen and _as_long(table, name, sequences)
    ]
    by_name = {fold(name): name for name in reversed(table.columns) if name != chosen}
    known = [by_name[name] for name in TAG_NAMES if name in by_name]
    best = [name for name in known if name in fitting] or known or fitting
    if not best or (len(best) > 1 and not known):
        raise DataError(
            f"needs one column of tags, as long as the sequences, named by tag_column; needs "
            f"{TAG_FORMS}. Received: {', '.join(table.columns)[:120]}",
            path=table.path,
        )
    others = [name for name in fitting if name != best[0]]
    told = f"tags in column {best[0]}, not in {', '.join(others[:3])} (tag_column)"
    return best[0], [told] if others else []


def _as_long(table: Table, name: str, sequences: Sequence[str]) -> bool:
    try:
        cells = [without_blanks(cell) for cell in table.texts(name)]
    except DataError:
        return False
    lengths = np.array([[len(a), len(b)] for a, b in zip(cells, sequences, strict=True)])
    return bool((lengths[:, 0] == lengths[:, 1]).mean() > 0.5 and lengths[:, 0].sum())


def _check_lengths(
    table: Table,
    rows: Sequence[int],
    sequences: Sequence[str],
    tags: Sequence[str],
    names: Sequence[str],
) -> None:
    for row in rows:
        if len(sequences[row]) != len(tags[row]):
            raise DataError(
                f"needs a tag for each letter. Received: {len(tags[row]):,} tags for "
                f"{len(sequences[row]):,} letters of {names[row][:60]}",
                path=table.path,
                line=table.line(row),
            )


def _check_kinds(table: Table, tags: Sequence[str]) -> None:
    """Refuses tags that would be read as beginnings and insides of entities."""
    kinds = sorted(set().union(*tags))
    if marks_entities(kinds):
        raise DataError(
            "needs tags that do not read as beginnings and insides of entities; write other signs "
            f"for B. Received: {', '.join(kinds)}",
            path=table.path,
        )
