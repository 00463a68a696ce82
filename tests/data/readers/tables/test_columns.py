"""Which columns are taken, by option, by name and by content."""

from __future__ import annotations

from typing import Any

import pytest

from lstm_toolkit.data.readers.tables.columns import Columns, choose_columns, has_header
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError

TEXTS = [f"a film that is worth {i} hours of one's life" for i in range(8)]
LABELS = ["good", "bad"] * 4


def table(**columns: list[Any]) -> Table:
    return Table(columns, (), None)


def chosen(columns: dict[str, list[Any]], **options: str) -> tuple[str, str]:
    found = choose_columns(Table(columns, (), None), **options)
    return " + ".join(found.texts), found.label


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["label", "fine", "text"], ("text", "label")),
        (["label", "is_sentence", "text"], ("text", "label")),
        (["id", "label", "rating", "text"], ("text", "label")),
        (["text", "label", "language"], ("text", "label")),
        (["Sentiment", "Review Text"], ("Review Text", "Sentiment")),
        (["title", "CLASS", "review"], ("review", "CLASS")),
        (["标签", "评论"], ("评论", "标签")),
        (["stars", "y", "comment"], ("comment", "y")),
    ],
)
def test_names_choose_in_their_order(names: list[str], expected: tuple[str, str]) -> None:
    # What the columns hold must not count, so that all hold the same.
    assert chosen(dict.fromkeys(names, LABELS)) == expected


def test_content_chooses_where_no_name_is_known() -> None:
    columns = {
        "no": [str(10**60 + i) for i in range(8)],
        "when": [f"2026-11-21 {'10:00:00 ' * 9}{i}" for i in range(8)],
        "v1": LABELS,
        "who": [f"author {i}" for i in range(8)],
        "v2": TEXTS,
        "gaps": ["x", "y", *[""] * 6],
    }
    assert chosen(columns) == ("v2", "v1")
    assert chosen(columns, text_column="who") == ("who", "v1")
    assert chosen(columns, label_column="who") == ("v2", "who")


def test_columns_of_arrays_are_passed_over() -> None:
    assert chosen({"a": [["x"]] * 8, "b": TEXTS, "c": LABELS}) == ("b", "c")


def test_options_choose_and_plus_joins() -> None:
    columns = {"text": TEXTS, "other": TEXTS, "a+b": TEXTS, "label": LABELS, "fine": LABELS}
    assert chosen(columns, text_column="other", label_column="fine") == ("other", "fine")
    assert chosen(columns, text_column="text + other") == ("text + other", "label")
    assert chosen(columns, text_column="a+b") == ("a+b", "label")
    assert chosen(columns, text_column="label", label_column="text") == ("label", "text")


def test_a_column_of_splits_is_found_and_is_no_label() -> None:
    split = ["train", "Test", "validation", "train"] * 2
    found = choose_columns(table(Split=split, a=TEXTS, b=LABELS))
    assert found == Columns(("a",), "b", "Split")
    found = choose_columns(table(split=["left", "right"] * 4, text=TEXTS))
    assert found == Columns(("text",), "split", "")


def test_labels_are_not_looked_for_where_none_are_needed() -> None:
    found = choose_columns(table(a=TEXTS), "", "none", labelled=False)
    assert found == Columns(("a",), "", "")


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        (
            {"text": TEXTS, "label": LABELS},
            {"text_column": "txt"},
            "no column `txt` for text_column, did you mean `text`?",
        ),
        (
            {"text": TEXTS, "label": LABELS},
            {"label_column": "stars"},
            "no column `stars` for label_column, choose from: text, label",
        ),
        (
            {"title": TEXTS, "label": LABELS},
            {"text_column": "title+body"},
            "no column `body` for text_column, choose from: title, label",
        ),
        (
            {"text": TEXTS, "label": LABELS},
            {"text_column": "text", "label_column": "text"},
            "needs texts and labels in different columns. "
            "Received: text_column=text, label_column=text",
        ),
        (
            {"a": TEXTS, "b": TEXTS, "label": LABELS},
            {},
            "needs one column of texts, named `text` or by the setting text_column. "
            "Received: a, b, label",
        ),
        (
            {"id": [str(i) for i in range(8)], "label": LABELS},
            {},
            "needs one column of texts, named `text` or by the setting text_column. "
            "Received: id, label",
        ),
        (
            {"text": TEXTS, "a": LABELS, "b": LABELS},
            {},
            "needs one column of labels, named `label` or by the setting label_column. "
            "Received: text, a, b",
        ),
        (
            {"text": TEXTS} | {f"c{i}": TEXTS for i in range(30)},
            {},
            "needs one column of labels, named `label` or by the setting label_column. "
            f"Received: text, {', '.join(f'c{i}' for i in range(19))} and 11 more",
        ),
    ],
)
def test_an_open_choice_lists_the_columns(
    columns: dict[str, list[str]], options: dict[str, str], message: str
) -> None:
    with pytest.raises(DataError) as error:
        chosen(columns, **options)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["text", "label"], *zip(TEXTS, LABELS, strict=True)], True),
        ([["words", "kind"], *zip(TEXTS, LABELS, strict=True)], True),
        ([*zip(TEXTS, LABELS, strict=True)], False),
        ([*zip(LABELS, TEXTS, strict=True)], False),
        ([*zip(LABELS, TEXTS, TEXTS, strict=True)], False),
        ([("label", "good"), *zip(TEXTS, LABELS, strict=True)], True),
        ([*zip(TEXTS, TEXTS, strict=True)], True),
        ([("good", "a fine film")], True),
    ],
)
def test_a_first_row_whose_class_comes_again_is_no_header(
    rows: list[tuple[str, ...]], expected: bool
) -> None:
    assert has_header(rows) is expected


def test_a_cell_that_holds_an_array_is_refused() -> None:
    with pytest.raises(DataError) as error:
        table(text=["a", ["b"]]).texts("text")
    assert str(error.value) == "needs a text in each cell of column text. Received: list"
