"""Labels as they are cleaned, and the data that is refused for them."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.readers.texts.labels import check_missing, clean_labels, conflicts
from lstm_toolkit.data.readers.texts.small_classes import check_classes, pooled_names, told
from lstm_toolkit.data.readers.texts.texts import read_texts
from lstm_toolkit.data.splits.at_random import AtRandom
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


@pytest.mark.parametrize("missing", ["", " ", "\t", "\u200b"])
def test_missing_labels_become_empty(missing: str) -> None:
    assert clean_labels(["a", missing, "a"]) == (["a", "", "a"], [])


def test_words_for_nothing_are_classes_and_told() -> None:
    labels = ["None", "nan", "NA", "null", "?", "#N/A", "0"]
    assert clean_labels(labels) == (
        labels,
        ["#N/A, ?, NA, None, nan, null taken for classes like any other; only empty cells are "
         "without a label"],
    )  # fmt: skip


def test_numbers_and_widths_are_one_class() -> None:
    labels, remarks = clean_labels(["1", "1.0", " 1 ", "１", "0.0", "0", "-0", "2.50", "007"])
    assert labels == [*["1"] * 4, *["0"] * 3, "2.5", "007"]
    assert remarks == [
        "label '1.0' merged into '1'",
        "label ' 1 ' merged into '1'",
        "label '１' merged into '1'",
        "2 more spellings merged",
    ]


def test_more_than_one_in_twenty_may_not_be_missing() -> None:
    check_missing(5, 100)
    with pytest.raises(DataError) as error:
        check_missing(6, 100, path=Path("a.csv"), line=7)
    assert str(error.value) == (
        "a.csv, line 7: needs a label for at least 95% of the texts. Received: none for 6 of 100"
    )


@pytest.mark.parametrize(
    ("sizes", "most", "message"),
    [
        ({"a": 1200}, 1, "needs at least two classes. Received: 1,200 different texts, classes=a"),
        (
            {"a": 2, "b": 1, "c": 3, "d": 5},
            1,
            "needs at least three different texts in every class, one for each split; --set "
            "min_rows=3 pools smaller classes into `other`, and with --set small_classes=drop "
            "leaves them out. Received: 1 of class b",
        ),
        (
            {"a": 2, "b": 1, "c": 3},
            2,
            "needs at least three different texts in every class, one for each split; --set "
            "min_rows=3 pools smaller classes into `other`. Received: 1 or 2 of class a, b",
        ),
        (
            {"a": 9, "b": 2, "c": 3},
            2,
            "needs at least three different texts in every class, one for each split; --set "
            "min_rows=3 --set small_classes=drop leaves smaller classes out. "
            "Received: 2 of class b",
        ),
        (
            dict.fromkeys([*"zyxwvut", "s" * 50], 1),
            1,
            "needs at least three different texts in every class, one for each split; add texts "
            f"to smaller ones. Received: 1 of class {'s' * 40}…, t, u, v and 4 more",
        ),
    ],
)
def test_classes_too_small_are_named(sizes: dict[str, int], most: int, message: str) -> None:
    with pytest.raises(DataError) as error:
        check_classes(sizes, most=most)
    assert str(error.value) == message


def test_one_text_will_do_where_splits_are_published() -> None:
    check_classes({"a": 1, "b": 5}, 1)


def test_small_classes_go_into_the_one_called_other() -> None:
    assert pooled_names({"a": 5, "Other": 1, "b": 2}, ["a", "Other", "b"], 3) == {"b": "Other"}
    assert told(["b"], 3, "pooled") == ["1 class of fewer than 3 texts pooled: b"]


def test_texts_with_several_labels_are_told() -> None:
    assert conflicts([*"abc"], "xyx", "ABC") == []
    assert conflicts([*"abcba"], "xyxxx", ["A", "B", "C", "long " * 9, "A"]) == [
        "warning: 1 text stands there with different labels, in 2 rows, such as "
        "“long long long long long long long long …” with y and x"
    ]


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(1, 9), min_size=2, max_size=6), seed=st.integers(0, 99))
def test_advice_on_small_classes_works(sizes: list[int], seed: int) -> None:
    rows = [
        (f"text {n} of {name}", f"c{name}") for name, size in enumerate(sizes) for n in range(size)
    ]
    frame = pd.DataFrame(rows, columns=["text", "label"])

    def divide(**options: Any) -> None:
        source = read_texts(frame, text_column="text", label_column="label", **options)
        AtRandom(pools=True).split(source, validation=0.1, test=0.2, seed=seed)

    try:
        divide()
    except DataError as error:
        told = dict(re.findall(r"--set (\w+)=(\w+)", str(error)))
        ways = [way for way, word in (("pool", "pools"), ("drop", "drop")) if word in str(error)]
        assert bool(ways) == bool(told)
        for way in ways:
            divide(min_rows=int(told["min_rows"]), small_classes=way)
    else:
        assert min(sizes) >= 3


def partition(labels: list[str]) -> list[int]:
    return [labels.index(label) for label in labels]


KINDS = {
    "truth": [True, False, 1, 0, "true", "FALSE", 1.0],
    "numbers": [1, "01", 2, "2.0", "002", 3.0],
    "mixed": [True, 1, "x", 0, "False"],
    "words": ["yes", "Yes ", "no", "NO"],
}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.sampled_from(list(KINDS)).flatmap(lambda kind: st.permutations(KINDS[kind])))
def test_every_form_of_a_table_gives_the_same_classes(cells: list[Any]) -> None:
    rows = [
        {"text": f"a fine day {row} of {place}", "label": cell}
        for place, cell in enumerate(cells)
        for row in range(8)
    ]
    frame = pd.DataFrame(rows)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"a{suffix}") for suffix in (".csv", ".jsonl", ".json", ".parquet")]
        frame.to_csv(paths[0], index=False)
        paths[1].write_text("".join(json.dumps(row) + "\n" for row in rows))
        paths[2].write_text(json.dumps({name: [row[name] for row in rows] for name in rows[0]}))
        frame.astype({"label": str}).to_parquet(paths[3])
        sources = [read_texts(path) for path in paths] + [read_texts(frame.astype(object))]
    first = sources[0]
    for source in sources[1:]:
        assert partition(source.rows.labels.tolist()) == partition(first.rows.labels.tolist())
        assert ("may be one class" in source.note) == ("may be one class" in first.note)
