"""Labels as they are cleaned, and the data that is refused for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstm_toolkit.data.readers.texts.labels import check_classes, check_missing, clean_labels
from lstm_toolkit.errors import DataError


def test_spellings_merge_into_the_most_frequent() -> None:
    labels, remarks = clean_labels(["POS", "pos", "pos ", "Very\n bad", "very bad", "Very bad"])
    assert labels == ["pos", "pos", "pos", "Very bad", "Very bad", "Very bad"]
    assert remarks == [
        "label 'POS' merged into 'pos'",
        "label 'pos ' merged into 'pos'",
        "label 'Very\\n bad' merged into 'Very bad'",
        "1 more spelling merged",
    ]


def test_of_two_equally_frequent_spellings_the_first_stays() -> None:
    assert clean_labels(["Pos", "pos"])[0] == ["Pos", "Pos"]


@pytest.mark.parametrize("missing", ["", " ", "\t", "nan", "NaN", "NaT", "None", " nan "])
def test_missing_labels_become_empty(missing: str) -> None:
    assert clean_labels(["a", missing, "a"]) == (["a", "", "a"], [])


def test_other_words_stay_labels() -> None:
    assert clean_labels(["none", "NA", "null", "0"]) == (["none", "NA", "null", "0"], [])


def test_more_than_one_in_twenty_may_not_be_missing() -> None:
    check_missing(5, 100)
    with pytest.raises(DataError) as error:
        check_missing(6, 100, path=Path("a.csv"), line=7)
    assert str(error.value) == (
        "a.csv, line 7: needs a label for at least 95% of the texts. Received: none for 6 of 100"
    )


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"] * 1200, "needs at least two classes. Received: 1,200 texts, classes=a"),
        (
            ["a", "a", "b", "c", "c"],
            "needs at least three different texts in every class, one for each split. "
            "Received: 1 of class b",
        ),
        (
            [*"zyxwvut", "s" * 50],
            "needs at least three different texts in every class, one for each split. "
            f"Received: 1 of class {'s' * 40}…, t, u, v, w and 3 more",
        ),
    ],
)
def test_classes_too_small_are_named(labels: list[str], message: str) -> None:
    with pytest.raises(DataError) as error:
        check_classes(labels)
    assert str(error.value) == message
