"""A table of questions and answers in place of the training's."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lstm_toolkit.data.readers.questions.questions import read_faq, spoken
from lstm_toolkit.errors import DataError
from lstm_toolkit.targets.known_questions import KnownQuestions

NOTES: dict[str, str] = {}
"""What was read of each file last, a line for people."""


@lru_cache(maxsize=2)
def read_table(
    path: Path,
    changed: int = 0,
    reader: tuple[tuple[str, str], ...] = (),
    stated: frozenset[str] = frozenset(),
) -> KnownQuestions:
    """Returns questions and answers of a file, answers found by their own words too.

    Args:
        path: A table as training reads it.
        changed: When it was, so that a file is read once.
        reader: Settings of `read_faq` by name. Columns that are not there are found by their names,
            as the table need not be called like the training's,
        stated: unless they were stated for this one.

    Returns:
        The table; `NOTES` then says what was read.

    Raises:
        DataError: As `read_faq` does, or if nothing is in it.
    """
    faq, where = read_faq(path, **dict(reader), required=stated)
    if not faq.questions:
        raise DataError("needs at least one question with an answer. Received: none", path=path)
    different = list(dict.fromkeys(faq.answers))
    texts, answers = [*faq.questions, *map(spoken, different)], [*faq.answers, *different]
    note = f"answered from {len(faq.questions):,} questions and {len(different):,} answers of "
    NOTES[str(path)] = "; ".join([f"{note}{where}", *faq.remarks])
    return KnownQuestions(tuple(texts), tuple(answers))
