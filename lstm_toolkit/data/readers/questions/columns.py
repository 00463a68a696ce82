"""Which columns of a table hold questions, and which their answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from lstm_toolkit.data.readers.tables.columns import is_split, listed
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError, did_you_mean

QUESTION_NAMES = (
    *("question", "query", "utterance", "q", "ask", "questions", "text", "sentence", "message"),
    *("instruction", "prompt", "title", "问题", "提问", "问句", "问", "文本"),
)
"""Names of a column of questions, best first; case, spaces and signs do not count."""

ANSWER_NAMES = (
    *("answer", "response", "reply", "answers", "a", "答案", "回答", "回复", "答"),
    *("intent", "category", "label", "class", "topic", "意图", "标签", "类别"),
)
"""Names of a column of answers, or of what questions are about, likewise."""

RIGHT_NAMES = ("label", "correct", "isright", "right", "relevant", "relevance")
"""Names of a column that says whether an answer is right, see `MARKS`."""

MARKS = {
    **dict.fromkeys(("1", "1.0", "true", "t", "yes", "y", "right", "correct", "relevant"), True),
    **dict.fromkeys(("是", "对", "正确"), True),
    **dict.fromkeys(("0", "0.0", "-1", "false", "f", "no", "n", "wrong", "incorrect"), False),
    **dict.fromkeys(("irrelevant", "否", "错", "错误"), False),
}
"""What its cells may say, in any case of letters."""


@dataclasses.dataclass(frozen=True)
class QuestionColumns:
    """The columns that were chosen.

    Attributes:
        question: Of the questions.
        answer: Of their answers.
        right: Says by `MARKS` whether an answer is right; "" where all are.
        split: Marks published splits; "" if there is none.
    """

    question: str
    answer: str
    right: str
    split: str


def choose_questions(table: Table, question: str, answer: str) -> QuestionColumns:
    """Chooses columns as told, else by their names, else the only two of texts.

    Args:
        table: What a reader found.
        question: The column of questions; "" finds it.
        answer: The column of answers; "" finds it.

    Raises:
        DataError: If there is no such column, the choice is open, or a column named as if it
            said which answers are right says something else.
    """
    for option, name in (("text_column", question), ("answer_column", answer)):
        if name and name not in table.columns:
            hint = did_you_mean(name, table.columns)
            raise DataError(f"no column `{name}` for {option}, {hint}", path=table.path)
    if question and question == answer:
        raise DataError(
            "needs questions and answers in different columns. "
            f"Received: text_column={question}, answer_column={answer}",
            path=table.path,
        )
    split = next((name for name in table.columns if is_split(table, name, partly=True)), "")
    left = [name for name in table.columns if name not in (question, answer, split)]
    chosen = question or _by_name(left, QUESTION_NAMES)
    left = [name for name in left if name != chosen]
    told = answer or _by_name(left, ANSWER_NAMES)
    left = [name for name in left if name != told]
    if (chosen and not told) or (told and not chosen):
        if len(left) != 1:
            raise _undecided(table)
        chosen, told = chosen or left[0], told or left[0]
    elif not chosen:
        if len(left) != 2:
            raise _undecided(table)
        chosen, told = left
    marks = (name for name in left if fold(name) in RIGHT_NAMES)
    right = next((name for name in marks if _says_what_is_right(table, name)), "")
    return QuestionColumns(chosen, told, right, split)


def choose_question(table: Table, question: str) -> str:
    """Returns the column of questions alone, as they are asked without answers.

    Raises:
        DataError: If there is no such column, or the choice is open.
    """
    if question and question in table.columns:
        return question
    named = _by_name(list(table.columns), QUESTION_NAMES)
    if named or len(table.columns) == 1:
        return named or next(iter(table.columns))
    raise DataError(
        "needs one column of questions, named `question` or by the setting text_column. "
        f"Received: {listed(list(table.columns))}",
        path=table.path,
    )


def _by_name(names: Iterable[str], known: Iterable[str]) -> str:
    here = {fold(name): name for name in reversed(list(names))}
    return next((here[name] for name in known if name in here), "")


def mark_of(cell: str) -> bool | None:
    """Returns what a cell says of an answer, None where it is blank or something else.

    >>> mark_of("True"), mark_of(" no"), mark_of("")
    (True, False, None)
    """
    return MARKS.get(cell.strip().casefold())


def _says_what_is_right(table: Table, name: str) -> bool:
    """Tells whether any cell of the column is a mark; all are or are blank.

    Raises:
        DataError: If one is something else: wrong answers would be learnt from as right ones.
    """
    cells = table.texts(name)
    for row, cell in enumerate(cells):
        if cell.strip() and mark_of(cell) is None:
            raise DataError(
                f"needs 1 and 0, true and false or yes and no in column {name}, by which answers "
                "are right or wrong; rename a column that says something else. "
                f"Received: {cell.strip()[:40]}",
                path=table.path,
                line=table.line(row),
            )
    return any(cell.strip() for cell in cells)


def _undecided(table: Table) -> DataError:
    return DataError(
        "needs a column of questions and one of answers, named `question` and `answer` or by the "
        "settings text_column and answer_column. "
        f"Received: {listed(list(table.columns))}",
        path=table.path,
    )
