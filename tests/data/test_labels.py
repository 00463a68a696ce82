"""One form for all writings of a label."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.labels import Labels, class_key, label_key, label_text, one_spelling
from lstm_toolkit.data.readers.texts.labels import clean_labels
from lstm_toolkit.errors import DataError

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**9), 10**9))
def test_all_writings_of_a_whole_number_are_one(number: int) -> None:
    text = str(number)
    forms = [number, float(number), text, f" {text}\t", f"{text}.0", f"{text}.00", np.int64(number)]
    forms += [text.translate(WIDE), text.replace("-", "\u2212"), np.float64(number)]
    assert {label_text(form) for form in forms} == {text}


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1))
def test_spaces_capitals_and_widths_do_not_count(text: str) -> None:
    assert label_key(f" {text} ") == label_key(text) == label_key(label_text(text))
    ascii_text = text.encode("ascii", "ignore").decode()
    assert label_key(ascii_text.translate(WIDE)) == label_key(ascii_text.upper())
    assert label_text(label_text(text)) == label_text(text)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["not", "toxic", "don't", "say", "x1"]), min_size=1),
    st.sampled_from("\u2010\u2011\u2012\u2013\u2212"),
    st.sampled_from(['"{}"', "'{}'", "“{}”", "{}", ' "{}" ']),
)
def test_kinds_of_dashes_and_quotes_around_do_not_count(
    words: list[str], dash: str, quoted: str
) -> None:
    written = quoted.format(dash.join(words).replace("'", "’"))
    assert label_key(written) == label_key("-".join(words))


def test_any_number_of_quotes_around_does_not_count() -> None:
    assert label_key("'\"" * 2000 + " Non‑toxic " + "\"'" * 2000) == "non-toxic"
    assert label_key("'\"1.0\"'") == "1"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["a", "A", " a", "b", "1", "1.0", "01", "True", "true", ""])))
def test_every_label_has_one_name_and_none_is_lost(labels: list[str]) -> None:
    names = one_spelling(labels)
    assert set(names) == set(labels)
    for one in labels:
        for other in labels:
            same = class_key(labels)(one) == class_key(labels)(other)
            assert (names[one] == names[other]) == same


@settings(max_examples=100, deadline=None)
@given(st.integers(-(10**6), 10**6), st.integers(0, 6), st.sampled_from(["", ".0", ".50"]))
def test_zeros_before_a_number_do_not_count(number: int, zeros: int, fraction: str) -> None:
    sign, digits = "-" * (number < 0), f"{abs(number)}{fraction}"
    padded = f"{sign}{'0' * zeros}{digits}"
    assert label_key(padded) == label_text(f"{sign}{digits}")
    assert label_key(f"x{padded}") != label_key(padded)


YES, NO = ["true", "True", "TRUE", "1", "1.0", "01"], ["false", "False", "0", "0.0", "00"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*YES, *NO]), min_size=1))
def test_truth_values_are_their_numbers_where_nothing_else_is(labels: list[str]) -> None:
    names, remarks = clean_labels(labels)
    assert [names.index(name) for name in names] == [
        next(i for i, other in enumerate(labels) if (other in YES) == (label in YES))
        for label in labels
    ]
    assert not any(remark.startswith("warning") for remark in remarks)
    trained = Labels.learn(np.array(labels))
    assert trained.encode(np.array(labels)).tolist() == trained.encode(np.array(names)).tolist()
    assert trained.extended(Labels.learn(np.array(YES + NO))).names[: len(trained.names)] == (
        trained.names
    )


def test_truth_values_beside_other_classes_are_doubted() -> None:
    names, remarks = clean_labels(["True", "1", "2", "2", "0"])
    assert names == ["True", "1", "2", "2", "0"]
    assert remarks == ["warning: labels 1 and True may be one class; write it in one way"]


@settings(max_examples=30, deadline=None)
@given(
    width=st.integers(2, 5),
    codes=st.lists(st.integers(1, 9), min_size=2, max_size=5, unique=True),
    rows=st.integers(10, 30),
    share=st.sampled_from([0.05, 0.5, 2.0]),
)
def test_codes_and_their_numbers_are_two_classes_if_both_are_frequent(
    width: int, codes: list[int], rows: int, share: float
) -> None:
    padded = [f"{code:0{width}}" for code in codes for _ in range(rows)]
    number = str(codes[0])
    labels = [*padded, *[number] * max(1, int(share * rows))]
    names, remarks = clean_labels(labels)
    trained = Labels.learn(np.array(names))
    if share < 0.1:
        assert names == [*padded, *[padded[0]] * (len(names) - len(padded))]
        assert remarks == [f"label {number!r} merged into {padded[0]!r}"]
        return
    assert names == labels
    assert remarks == [
        f"warning: labels {padded[0]} and {number} may be one class; write it in one way"
    ]
    assert [trained.names[i] for i in trained.encode(np.array(labels))] == labels


def test_names_that_differ_stay_apart() -> None:
    names = [
        "1",
        "10",
        "1.5",
        "15",
        "0x1",
        "0.1",
        "01-1",
        "True",
        "x1",
        "1.2.3",
        "-1",
        ".",
        "+",
        "1e3",
    ]
    names += ["a-b", "a b", "ab", "'s", "a'", '"', "''"]
    assert len({label_key(name) for name in names}) == len(names)


def test_a_run_takes_other_writings_of_its_classes() -> None:
    labels = Labels(("0.0", "1.0"))
    assert labels.encode(np.array([1, 0])).tolist() == [1, 0]
    assert labels.encode(np.array(["1", " 0.00"])).tolist() == [1, 0]
    assert Labels.learn(np.array([1.0, 0.0, 1.0])).names == ("0", "1")
    assert Labels.learn(np.array(["b", "a", "A "])).names == ("a", "b")
    assert Labels.learn(np.array(["b", "B"]), exact=True).names == ("B", "b")


@pytest.mark.parametrize("missing", [None, float("nan"), "", "  "])
def test_a_row_without_a_label_is_named(missing: object) -> None:
    with pytest.raises(DataError) as error:
        Labels.learn(np.array(["a", missing], object))
    assert str(error.value) == "needs a label in every row. Received: none in row 2"


def test_unknown_labels_are_named_within_bounds() -> None:
    with pytest.raises(DataError) as error:
        Labels(("a",)).encode(np.array(["x" * 50, *"bcdefghij"]))
    assert str(error.value) == ("needs labels among a. Received: b, c, d, e, f, g, h, i and 2 more")
