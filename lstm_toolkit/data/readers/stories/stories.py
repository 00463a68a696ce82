"""Reads stories, questions about them, answers, and the sentences that support these."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import texts as column
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.stories.sample import sample_stories
from lstm_toolkit.data.readers.tables.cleaning import count_note, printable
from lstm_toolkit.data.readers.tables.columns import is_split, listed
from lstm_toolkit.data.readers.tables.folders import choose_tables, read_tables
from lstm_toolkit.data.readers.tables.table import Table, as_text
from lstm_toolkit.data.readers.tables.tables import (
    TABLES,
    Expected,
    from_frame,
    read_data,
    read_table,
)
from lstm_toolkit.data.readers.texts.texts import tables_in
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION, fold, part_of
from lstm_toolkit.data.text.sentences import ITEM, sentences
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

FORMS = f"{TABLES}, with columns story, question and answer, or a folder of such tables"

STORY_NAMES = (
    "story",
    "context",
    "passage",
    "facts",
    "paragraph",
    "text",
    "故事",
    "文章",
    "上下文",
)
QUESTION_NAMES = ("question", "query", "问题")
ANSWER_NAMES = ("answer", "label", "答案", "回答")
SUPPORT_NAMES = ("support", "supports", "supporting", "evidence")
"""Names of columns, best first; case, spaces and signs do not count."""

SUPPORTS = 3
"""Supporting sentences of a question that are learnt from, at most."""


def read_stories(
    data: Path | pd.DataFrame | None,
    *,
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
    labelled: bool = True,
) -> Source:
    """Reads stories with questions about them.

    A story is a list of sentences, or a text, of which sentences end at a line's end or at one of
    `.!?。！？`; items of a list and the question are never divided. A column
    `support` holds the places of the sentences that the answer follows from, counted from 0: a
    list, or numbers with spaces.

    Args:
        data: A data frame or a path, see `FORMS`; None takes made stories.
        encoding: Of CSV, TSV, JSON and text files.
        sheet: Name or number of the sheet of an Excel workbook; "" finds it.
        separator: Between the cells of CSV and TSV; "" finds it.
        labelled: Whether answers are needed; if not, all are "".

    Returns:
        Texts `object[n]` with the targets `label`, likewise, and `support`, `int32[n,
        SUPPORTS]`: how many sentences each stands before the question, 0 for none.

    Raises:
        DataError: If the data is missing, damaged or incomplete, or its columns cannot be told.
    """
    names = {*STORY_NAMES, *QUESTION_NAMES, *ANSWER_NAMES}
    expected = Expected(FORMS, names=names, sheet=sheet, separator=separator)
    table = _read(data, encoding, expected)
    where = "made stories" if data is None else str(table.path or "a data frame")
    story, question = (find_column(table, known) for known in (STORY_NAMES, QUESTION_NAMES))
    answer = find_column(table, ANSWER_NAMES) if labelled else ""
    support = find_column(table, SUPPORT_NAMES, needed=False)
    split = next((name for name in table.columns if is_split(table, name, partly=True)), "")
    parts = [part_of(cell) for cell in table.texts(split)] if split else [TRAIN] * len(table)
    rows: dict[str, list[Any]] = {name: [] for name in (TRAIN, VALIDATION, TEST)}
    left_out = dict.fromkeys(("without a story", "without a question", "without an answer"), 0)
    left_out["in no known split"] = 0
    answers = table.texts(answer) if answer else [""] * len(table)
    questions = table.texts(question)
    for row, part in enumerate(parts):
        items = story_sentences(table.columns[story][row])
        reason = _missing(items, questions[row], answers[row], part, labelled=labelled)
        if reason:
            left_out[reason] += 1
            continue
        places = _places(table, support, row, items) if support else []
        text = with_question(items, questions[row])
        rows[part].append((text, " ".join(answers[row].split()), places))
    used = sum(map(len, rows.values()))
    if not rows[TRAIN]:
        received = "none" if not used else "published splits alone"
        raise DataError(f"needs stories to learn from. Received: {received}", path=table.path)
    account = Account(
        len(table) + sum(table.left_out.values()), used, {**left_out, **table.left_out}, table.unit
    )
    datasets = {name: _dataset(part) for name, part in rows.items() if part}
    note = f"{len(rows[TRAIN]):,} questions about stories"
    for name, called in ((VALIDATION, "validation"), (TEST, "the test")):
        note += f", {len(rows[name]):,} for {called}" if rows[name] else ""
    ignored = len(set(table.columns) - {story, question, answer, support, split})
    note += f", {'with' if support else 'without'} supporting sentences, of {where}"
    return Source(
        datasets[TRAIN],
        datasets.get(TEST),
        "; ".join(
            [
                note,
                *table.remarks,
                *account.remarks(),
                *count_note(ignored, "other column", "ignored"),
            ]
        ),
        validation=datasets.get(VALIDATION),
        account=account,
    )


def _read(data: Path | pd.DataFrame | None, encoding: str, expected: Expected) -> Table:
    import pandas as pd

    if data is None:
        return from_frame(pd.DataFrame(sample_stories()))
    return read_data(data, encoding, partial(_folder, encoding, expected), expected)


def _folder(encoding: str, expected: Expected, root: Path) -> Table:
    used = choose_tables(tables_in(root), root)
    read = partial(read_table, encoding=encoding, expected=expected)
    return read_tables(used, root, read, lambda table: set(table.columns))


def find_column(table: Table, known: Sequence[str], *, needed: bool = True) -> str:
    """Returns the first column of a name that is known, "" if none is and none is needed.

    Raises:
        DataError: If there is none.
    """
    here = {fold(name): name for name in reversed(list(table.columns))}
    name = next((here[name] for name in known if name in here), "")
    if needed and not name:
        raise DataError(
            f"needs a column {known[0]}. Received: {listed(list(table.columns))}", path=table.path
        )
    return name


def story_sentences(cell: Any) -> list[str]:
    """Returns the items of a list as they are, blank ones as "", or the sentences of a text."""
    if not isinstance(cell, list | tuple | np.ndarray):
        return [line for text in sentences(as_text(cell)) for line in printable([text])[0]]
    cleaned, _ = printable([as_text(item) for item in cell])
    return [" ".join(item.split()) for item in cleaned]


def with_question(items: Sequence[str], question: str) -> str:
    """Returns a story with its question behind, each item and the question whole."""
    cleaned, _ = printable([question])
    return ITEM.join([*filter(None, items), " ".join(cleaned[0].split())])


def _missing(items: Sequence[str], question: str, answer: str, part: str, *, labelled: bool) -> str:
    """Returns why a row is left out, "" if it is not."""
    if not part:
        return "in no known split"
    if not any(items):
        return "without a story"
    if not question.strip():
        return "without a question"
    return "without an answer" if labelled and not answer.strip() else ""


def _places(table: Table, name: str, row: int, items: Sequence[str]) -> list[int]:
    """Returns how many sentences before the question those stand that support the answer.

    Raises:
        DataError: If one is no place in the story.
    """
    cell = table.columns[name][row]
    try:
        numbers = list(map(int, _numbers(cell)))
        if any(not 0 <= number < len(items) or not items[number] for number in numbers):
            raise ValueError
    except (ValueError, TypeError):
        raise DataError(
            f"needs places of sentences from 0 to {len(items) - 1} in column {name}. "
            f"Received: {as_text(cell)[:60]}",
            path=table.path,
            line=table.line(row),
        ) from None
    return [sum(map(bool, items[number:])) for number in numbers]


def _numbers(cell: Any) -> Iterable[Any]:
    if isinstance(cell, list | tuple | np.ndarray):
        return cell
    text = as_text(cell).strip()
    return json.loads(text) if text.startswith("[") else text.replace(",", " ").split()


def _dataset(rows: Sequence[tuple[str, str, list[int]]]) -> Dataset:
    support = np.zeros((len(rows), SUPPORTS), np.int32)
    for row, (_, _, places) in enumerate(rows):
        support[row, : len(places[:SUPPORTS])] = places[:SUPPORTS]
    labels = column([answer for _, answer, _ in rows])
    return Dataset(
        {"text": column([text for text, _, _ in rows])}, {"label": labels, "support": support}
    )
