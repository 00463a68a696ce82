"""Items in one text, by Python and in the graph."""

from __future__ import annotations

import tensorflow as tf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lstm_toolkit.data.text.item_lists import divide_items, item_name, join_items, split_items

SIGNS = st.text(st.sampled_from("ab0.1 -7\t\x1f"), max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.lists(SIGNS, min_size=1, max_size=5))
@example(["red shirt\x1f", "\x1f\x1f", "12.0 007.00 1.50", ""])
def test_the_graph_divides_as_python_does(texts: list[str]) -> None:
    rows = divide_items(tf.constant(texts, tf.string)).to_list()
    assert [[item.decode() for item in row] for row in rows] == [split_items(t) for t in texts]


@settings(max_examples=40, deadline=None)
@given(st.lists(SIGNS.map(item_name).filter(bool), min_size=1, max_size=5))
def test_joined_items_come_back(items: list[str]) -> None:
    assert split_items(join_items(items)) == items
