"""One form for all writings of a label."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.labels import Labels, label_key, label_text, one_spelling
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
            assert (names[one] == names[other]) == (label_key(one) == label_key(other))


def test_names_that_differ_stay_apart() -> None:
    names = ["1", "01", "1.5", "15", "True", "x1", "1.2.3", "-1", ".", "+", "1e3"]
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
