"""Reads running text as passages: rows of a length that a network can be trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstm_toolkit.data.account import Account
from lstm_toolkit.data.columns import texts
from lstm_toolkit.data.dataset import Dataset, Source
from lstm_toolkit.data.readers.passages.cuts import before, passages
from lstm_toolkit.data.readers.passages.documents import (
    FORMS,
    Document,
    Documents,
    HowToRead,
    read_documents,
)
from lstm_toolkit.data.splits.parts import TEST, TRAIN, VALIDATION
from lstm_toolkit.data.splits.passages import DOCUMENT, LAST
from lstm_toolkit.errors import DataError

FEWEST = 20
"""Passages that a text is cut into at least, so that all splits get some."""


def read_passages(
    data: Any,
    *,
    encoding: str = "utf-8",
    unit: Any = "text",
    text_column: str = "",
    sheet: str = "",
    separator: str = "",
    window: int = 128,
    context: int = 64,
    by_words: bool = False,
    tunes_alone: bool = False,
    sample: str = "stories",
    fewest: int = FEWEST,
) -> Source:
    """Reads running text, cut into passages.

    Texts that come again are read once, of words whatever spaces are between them. Control
    characters other than tabs and the ends of lines are left out. Both are told.

    Args:
        data: A path or a data frame, see `documents.FORMS`; None takes made texts.
        encoding: Of text files.
        unit: What a document of a text file is: the whole "text", a "paragraph", between blank
            lines, or a "line". A row of a table is a document.
        text_column: Of tables; "" finds it.
        sheet: Of workbooks; "" finds it.
        separator: Between cells of CSV and TSV; "" finds it.
        window: Characters of a passage, or words.
        context: Characters or words before it that are read with it.
        by_words: Whether these are words.
        tunes_alone: Whether texts are tunes in ABC: those that cannot be learnt note by note are
            left out, and those come again that differ in title and number alone.
        sample: Which made texts: "stories", "verse" or "tunes".
        fewest: Passages that a text has to give, or it is cut into smaller ones.

    Returns:
        `text` (`object[n]`), and the target `before`, what stands before it in its document;
        `document` in `meta` numbers these, `last` marks the passages with which they end.

    Raises:
        DataError: If there is no text, or what holds it cannot be read.
    """
    if data is None:
        from lstm_toolkit.data.readers.passages.sample import made_texts

        made = [Document(text) for text in made_texts(sample)]
        read = Documents(made, f"{len(made):,} made {sample}")
    else:
        how = HowToRead(
            encoding=encoding,
            unit=unit,
            text_column=text_column,
            sheet=sheet,
            separator=separator,
        )
        read = read_documents(data, how)
    documents, others = _fitting(read.documents, tunes_alone)
    if read.documents and not documents:
        raise DataError(
            "needs tunes of one voice, with no tuplets but triplets and no change of key, metre or "
            f"unit inside of a line. Received: {len(read.documents):,} texts, none of them"
        )
    if not documents:
        where = data if hasattr(data, "exists") else None
        raise DataError(f"needs text; {FORMS}. Received: none", path=where)
    different, repeated = _different(documents, _keys(documents, by_words, tunes_alone))
    sizes = _size_of(different, window, fewest, by_words), context
    rows = {
        part: _rows([each for each in different if (each.part or TRAIN) == part], *sizes, by_words)
        for part in (TRAIN, VALIDATION, TEST)
    }
    train = rows[TRAIN]
    if train is None:
        raise DataError("needs text to learn from. Received: texts of other splits alone")
    left_out = {**read.left_out, **others, "that come again": repeated}
    seen = len(different) + sum(left_out.values())
    account = Account(seen, len(different), left_out, "texts")
    count = sum(len(each.text) for each in different)
    notes = [f"{count:,} characters: {read.note}", *account.remarks(), *read.remarks]
    if sizes[0] < window:
        notes.append(f"the text is short: passages of {sizes[0]} in place of window={window}")
    return Source(
        train,
        rows[TEST],
        "; ".join(notes),
        read.found,
        validation=rows[VALIDATION],
        account=account,
    )


def _fitting(
    documents: list[Document], tunes_alone: bool
) -> tuple[list[Document], Mapping[str, int]]:
    """Returns documents that can be learnt, and how many cannot, by the reason."""
    if not tunes_alone:
        return documents, {}
    from lstm_toolkit.data.readers.passages.tunes import tunes

    return tunes(documents)


def _keys(documents: Sequence[Document], by_words: bool, tunes_alone: bool) -> list[str]:
    """Returns what is equal of documents that are the same to a network."""
    if tunes_alone:
        from lstm_toolkit.data.readers.passages.tunes import tune_keys

        return tune_keys(documents)
    return [" ".join(t.text.split()) if by_words else t.text.strip() for t in documents]


def _different(documents: Sequence[Document], keys: Sequence[str]) -> tuple[list[Document], int]:
    """Returns documents without those that come again; one is kept where it is scored.

    Args:
        documents: All of them.
        keys: What is equal of those that are the same.
    """
    order = {TEST: 0, VALIDATION: 1}
    kept: dict[str, Document] = {}
    pairs = zip(keys, documents, strict=True)
    for key, each in sorted(pairs, key=lambda pair: order.get(pair[1].part, 2)):
        kept.setdefault(key, each)
    chosen = {id(each) for each in kept.values()}
    different = [each for each in documents if id(each) in chosen]
    return different, len(documents) - len(different)


def _size_of(documents: Sequence[Document], window: int, fewest: int, by_words: bool) -> int:
    """Returns the size of passages, smaller where the whole text would give too few."""
    total = sum(len(each.text.split()) if by_words else len(each.text) for each in documents)
    return window if len(documents) >= fewest else max(1, min(window, total // fewest))


def _rows(
    documents: Sequence[Document], window: int, context: int, by_words: bool
) -> Dataset | None:
    if not documents:
        return None
    parts, contexts, numbers, last = [], [], [], []
    for number, each in enumerate(documents):
        text = each.text
        for begin, end in passages(text, window, by_words=by_words):
            parts.append(text[begin:end])
            contexts.append(before(text, begin, context, by_words=by_words))
            numbers.append(number)
            last.append(end == len(text))
    return Dataset(
        {"text": texts(parts)},
        {"before": texts(contexts)},
        {DOCUMENT: np.array(numbers, np.int64), LAST: np.array(last, bool)},
    )


def as_whole_texts(rows: Dataset) -> list[str]:
    """Returns the texts of documents, their passages put together."""
    whole: dict[int, list[str]] = {}
    for text, number in zip(rows.columns["text"], rows.meta[DOCUMENT], strict=True):
        whole.setdefault(int(number), []).append(str(text))
    return ["".join(parts) for parts in whole.values()]
