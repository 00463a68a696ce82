"""Reads questions with their answers from whatever table they come in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import texts as column
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.questions.columns import (
    ANSWER_NAMES,
    QUESTION_NAMES,
    QuestionColumns,
    choose_questions,
    mark_of,
)
from lstm_toolkit.data.readers.questions.sample import sample_questions
from lstm_toolkit.data.readers.tables.cleaning import count_note, printable
from lstm_toolkit.data.readers.tables.folders import choose_tables, read_tables
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.readers.tables.tables import TABLES, Expected, read_data, read_table
from lstm_toolkit.data.readers.texts.class_folders import others_in
from lstm_toolkit.data.readers.texts.texts import tables_in
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION, fold, part_of
from lstm_toolkit.data.splits.text_keys import quick_key
from lstm_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

FORMS = f"{TABLES}, with a column of questions and one of answers, or a folder of such tables"

KIND, ASKED, ANSWER = "kind", "question", "answer"
"""Of a row: whether its text is a question, or an answer that is to be found by its own words."""


_UNMARKED = "without a mark whether the answer is right"

_Key = tuple[str, str, str]
"""What is the same for repeated rows: of the question, of the answer, and the split."""


@dataclasses.dataclass(frozen=True)
class Faq:
    """Questions and answers of a table, each pair once.

    Attributes:
        questions: Those with a right answer.
        answers: Of each.
        parts: The published split of each, `train` where there is none.
        others: Wrong answers of the training split that belong to no question, which are to be
            told apart from right ones.
        remarks: What is to be told, warnings first.
        account: What became of each row.
        columns: The columns that were read.
    """

    questions: list[str]
    answers: list[str]
    parts: list[str]
    others: list[str]
    remarks: list[str]
    account: Account
    columns: QuestionColumns


def read_questions(
    data: Path | pd.DataFrame | None,
    *,
    text_column: str = "",
    answer_column: str = "",
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
    scored: bool = False,
) -> Source:
    """Reads questions and their answers.

    Questions with the same answer are ways to ask the same. Each answer gives one more row whose
    text is the answer itself, so that it is found by its own words too. Rows without a question
    or an answer are left out, and so are repeated ones; a column `label` of 1 and 0, true and
    false or yes and no says which answers are right. The note tells what was left out, and which
    questions have several answers.

    Args:
        data: A data frame or a path, see `FORMS`; None takes the sample questions.
        text_column: The column of questions; "" finds it.
        answer_column: The column of answers; "" finds it.
        encoding: Of CSV, TSV, JSON and text files.
        sheet: Name or number of the sheet of an Excel workbook; "" finds it.
        separator: Between the cells of CSV and TSV, one sign or "tab"; "" finds it.
        scored: Whether questions alone are wanted, of any number of answers, to be scored.

    Returns:
        Texts `object[n]` with the target `answer`, likewise, and `kind` in `meta`.

    Raises:
        DataError: If the data is missing, damaged, its columns cannot be told apart, or it
            holds fewer than two different answers.
    """
    faq, where = read_faq(
        data,
        text_column=text_column,
        answer_column=answer_column,
        encoding=encoding,
        sheet=sheet,
        separator=separator,
    )
    different = list(dict.fromkeys(faq.answers))
    path = data if isinstance(data, Path) else None
    if len(different) < (1 if scored else 2):
        received = f"{len(different)} in {len(faq.questions):,} rows"
        raise DataError(f"needs at least two different answers. Received: {received}", path=path)
    parts = {
        part: _asked(faq, [row for row, name in enumerate(faq.parts) if name == part])
        for part in (TRAIN, VALIDATION, TEST)
    }
    if not len(parts[TRAIN]) and not scored:
        raise DataError(
            "needs questions to learn from. Received: published splits alone", path=path
        )
    answers = [] if scored else [*different, *dict.fromkeys(faq.others)]
    rows = _with_answers(parts[TRAIN], answers)
    published = {name: parts[name] for name in (VALIDATION, TEST) if len(parts[name])}
    asked = len(parts[TRAIN])
    note = f"{asked:,} question{'' if asked == 1 else 's'}"
    names = {VALIDATION: "validation", TEST: "the test"}
    note += "".join(f", {len(part):,} for {names[name]}" for name, part in published.items())
    note += f": {len(different):,} answers in column {faq.columns.answer}, "
    note += f"questions in column {faq.columns.question}, of {where}"
    return Source(
        rows,
        published.get(TEST),
        "; ".join([note, *faq.remarks]),
        {"text_column": faq.columns.question, "answer_column": faq.columns.answer},
        validation=published.get(VALIDATION),
        account=faq.account,
    )


def read_faq(
    data: Path | pd.DataFrame | None,
    *,
    text_column: str = "",
    answer_column: str = "",
    encoding: str = "utf-8",
    sheet: str = "",
    separator: str = "",
    required: Collection[str] = ("text_column", "answer_column"),
) -> tuple[Faq, str]:
    """Returns questions with their answers, and where they are from; see `read_questions`.

    Args:
        data: As there, and so are the others.
        text_column: See there.
        answer_column: Likewise.
        encoding: Likewise.
        sheet: Likewise.
        separator: Likewise.
        required: Which of the settings of columns have to name one; the others are "" where
            there is none of that name.

    Raises:
        DataError: As there, but for the number of answers.
    """
    names = {"text_column": text_column, "answer_column": answer_column}
    told = {fold(name) for name in names.values() if name}

    def choose(table: Table) -> QuestionColumns:
        question, answer = (
            name if setting in required or name in table.columns else ""
            for setting, name in names.items()
        )
        return choose_questions(table, question, answer)

    expected = Expected(
        FORMS, names={*QUESTION_NAMES, *ANSWER_NAMES, *told}, sheet=sheet, separator=separator
    )
    table = read_data(
        sample_questions() if data is None else data,
        encoding,
        partial(_folder, encoding=encoding, expected=expected, choose=choose),
        expected,
    )
    where = "the sample questions" if data is None else str(table.path or "a data frame")
    return _faq(table, choose(table)), where


def _folder(
    root: Path, encoding: str, expected: Expected, choose: Callable[[Table], QuestionColumns]
) -> Table:
    used = choose_tables(tables_in(root), root)
    read = partial(read_table, encoding=encoding, expected=expected)

    def needed(table: Table) -> set[str]:
        columns = choose(table)
        return {columns.question, columns.answer}

    table = read_tables(used, root, read, needed)
    others = others_in(root, used, "not among the tables read")
    return dataclasses.replace(table, left_out={**table.left_out, **others})


def _faq(table: Table, columns: QuestionColumns) -> Faq:
    """Takes each pair once, and counts what is left out."""
    questions, remarks = printable(table.texts(columns.question))
    answers, more = printable(table.texts(columns.answer))
    marks = [mark_of(cell) for cell in table.texts(columns.right)] if columns.right else []
    rights = marks or [True] * len(questions)
    cells = table.texts(columns.split) if columns.split else []
    parts = [part_of(cell) for cell in cells] or [TRAIN] * len(questions)
    reasons = ("without a question", "without an answer", "repeated", "in no known split")
    left_out = dict.fromkeys((*reasons, *([_UNMARKED] if columns.right else [])), 0)
    rows: dict[_Key, int] = {}
    others: list[str] = []
    wrong = 0
    for row, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        # A published split is used as it is; what it shares with training is left out there.
        key = quick_key(question), quick_key(answer), parts[row]
        reason = _reason(key, rows) or (_UNMARKED if rights[row] is None else "")
        if reason:
            left_out[reason] += 1
        elif not rights[row]:
            wrong += 1
            # Those of the other splits may not be seen in training.
            others += [answer.strip()] if parts[row] == TRAIN else []
        else:
            rows[key] = row
    used = list(rows.values())
    spelt: dict[str, str] = {}
    chosen = [spelt.setdefault(quick_key(answers[row]), answers[row].strip()) for row in used]
    seen = len(questions) + sum(table.left_out.values())
    account = Account(seen, len(used) + wrong, {**left_out, **table.left_out}, table.unit)
    remarks = [*several_answers(table, list(rows), used), *remarks, *more, *account.remarks()]
    remarks = [*table.remarks, *remarks, *count_note(wrong, "wrong answer", "told apart")]
    used_columns = {columns.question, columns.answer, columns.right, columns.split} - {""}
    remarks += count_note(len(table.columns) - len(used_columns), "other column", "ignored")
    return Faq(
        [questions[row].strip() for row in used],
        chosen,
        [parts[row] for row in used],
        [other for other in others if quick_key(other) not in spelt],
        sorted(remarks, key=lambda remark: not remark.startswith("warning:")),
        account,
        columns,
    )


def _reason(key: _Key, rows: Mapping[_Key, int]) -> str:
    """Returns why a row is left out, "" if it is not."""
    question, answer, part = key
    if not question:
        return "without a question"
    if not answer:
        return "without an answer"
    if not part:
        return "in no known split"
    return "repeated" if key in rows else ""


def several_answers(table: Table, keys: Sequence[_Key], rows: Sequence[int]) -> list[str]:
    """Tells of questions that have different answers, with the first of them and its lines."""
    by_question: dict[str, dict[str, int]] = {}
    for (question, answer, _), row in zip(keys, rows, strict=True):
        by_question.setdefault(question, {}).setdefault(answer, row)
    several = [
        (question, list(found.values()))
        for question, found in by_question.items()
        if len(found) > 1
    ]
    if not several:
        return []
    question, found = several[0]
    lines = [table.line(row) or row + 1 for row in found[:2]]
    unit = "lines" if table.lines else "rows"
    count = len(several)
    return [
        f"warning: {count:,} question{'' if count == 1 else 's'} with different answers, such as "
        f"`{question[:60]}` in {unit} {lines[0]:,} and {lines[1]:,}; in a score "
        "the answer of each row alone counts as right"
    ]


def _asked(faq: Faq, rows: Sequence[int]) -> Dataset:
    return Dataset(
        {"text": column([faq.questions[row] for row in rows])},
        {"answer": column([faq.answers[row] for row in rows])},
        {KIND: np.full(len(rows), ASKED)},
    )


def _with_answers(asked: Dataset, answers: Sequence[str]) -> Dataset:
    """Puts a row behind the questions for each answer, whose text is the answer itself."""
    texts = column([*asked.columns["text"], *map(spoken, answers)])
    kinds = np.concatenate([asked.meta[KIND], np.full(len(answers), ANSWER)])
    return Dataset({"text": texts}, {"answer": column([*asked.labels, *answers])}, {KIND: kinds})


def spoken(answer: str) -> str:
    """Returns an answer as a text; names of intents become words.

    >>> spoken("card_not_working"), spoken("Until 8 p.m.")
    ('card not working', 'Until 8 p.m.')
    """
    return answer.replace("_", " ") if " " not in answer else answer
