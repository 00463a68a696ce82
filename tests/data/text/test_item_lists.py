"""Items in one text, by Python and in the graph."""

from __future__ import annotations

import sys

import tensorflow as tf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.text.item_lists import (
    divide_items,
    item_name,
    join_items,
    read_items,
    split_items,
)

SPACES = "".join(sign for sign in map(chr, range(sys.maxunicode + 1)) if sign.isspace())
SIGNS = st.text(st.sampled_from("ab0.1 -7[]\t\x1f" + SPACES), max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.lists(SIGNS, min_size=1, max_size=5))
@example([f"a{space}b" for space in SPACES])
@example(["red shirt\x1f", "\x1f\x1f", "12.0 007.00 1.50", ""])
def test_the_graph_divides_as_python_does(texts: list[str]) -> None:
    rows = divide_items(tf.constant(texts, tf.string)).to_list()
    assert [[item.decode() for item in row] for row in rows] == [split_items(t) for t in texts]


@settings(max_examples=40, deadline=None)
@given(st.lists(SIGNS.map(item_name).filter(bool), min_size=1, max_size=5))
def test_joined_items_come_back(items: list[str]) -> None:
    assert split_items(join_items(items)) == items
    assert read_items(join_items(items)) == items


def test_items_that_look_like_json_stay_as_they_are() -> None:
    assert read_items(join_items(["[0]"])) == ["[0]"]
    assert read_items('["[0]", 1]') == ["[0]", "1"]
