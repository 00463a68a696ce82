"""Rows of several columns stay together, and every change of them is noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_toolkit.data import Dataset, Source
from lstm_toolkit.data.columns import Ragged, texts


def rows(count: int = 6) -> Dataset:
    """Each row holds its number in every column."""
    numbers = np.arange(count)
    return Dataset(
        {
            "images": np.broadcast_to(numbers[:, None, None], (count, 2, 3)),
            "text": texts([str(number) for number in numbers]),
            "series": Ragged.of([[number] * (number % 3) for number in range(count)], np.int64),
        },
        {"label": numbers.astype(str)},
        {"group": numbers * 10},
    )


@settings(deadline=None, max_examples=50)
@given(taken=st.lists(st.integers(0, 5), max_size=9))
def test_columns_targets_and_meta_are_taken_together(taken: list[int]) -> None:
    part = rows().take(np.array(taken, np.int64))
    assert len(part) == len(taken)
    assert part.columns["images"][:, 1, 2].tolist() == taken
    assert part.columns["text"].tolist() == [str(row) for row in taken]
    assert part.columns["series"].to_list() == [[row] * (row % 3) for row in taken]
    assert part.targets["label"].tolist() == [str(row) for row in taken]
    assert part.meta["group"].tolist() == [10 * row for row in taken]


def test_columns_are_replaced_by_name() -> None:
    shown = rows().replace(text=texts(["x"] * 6))
    assert shown.columns["text"].tolist() == ["x"] * 6
    assert shown.columns["images"] is not None
    assert list(shown.columns) == list(rows().columns)
    assert shown.targets["label"].tolist() == rows().targets["label"].tolist()


def test_the_only_column_and_target() -> None:
    one = Dataset({"text": texts(["a"])}, {"label": np.array(["x"])})
    assert (one.inputs.tolist(), one.labels.tolist()) == (["a"], ["x"])
    with pytest.raises(ValueError, match="too many values to unpack"):
        _ = rows().inputs
    with pytest.raises(ValueError, match="not enough values to unpack"):
        _ = Dataset({"text": texts(["a"])}).labels


def test_columns_of_unequal_length_give_the_full_message() -> None:
    with pytest.raises(ValueError) as error:
        Dataset({"text": texts(["a", "b"])}, {"label": np.array(["x"])}, {"group": np.arange(2)})
    assert str(error.value) == (
        "columns must be equally long, at least one. Received: {'text': 2, 'label': 1, 'group': 2}"
    )
    with pytest.raises(ValueError) as error:
        Dataset({})
    assert str(error.value) == "columns must be equally long, at least one. Received: {}"


def test_what_is_scored_and_what_is_published() -> None:
    one, test, validation = rows(), rows(3), rows(2)
    alone = Source(one, None, "")
    assert alone.scored is one
    assert alone.published == ()
    both = Source(one, test, "", validation=validation)
    assert both.scored is test
    assert both.published == (validation, test)


def pairs(sources: list[str], targets: list[str]) -> Dataset:
    return Dataset({"text": texts(sources)}, {"translation": texts(targets)})


def test_the_fingerprint_covers_every_split_and_every_column() -> None:
    one, more = pairs(["a", "b"], ["x", "y"]), pairs(["c"], ["z"])
    sources = [
        Source(one, None, ""),
        Source(one, more, ""),
        Source(one, None, "", validation=more),
        Source(one, None, "", validation=pairs(["c"], ["\ud800"])),
        Source(one, more, "", validation=more),
        Source(pairs(["a", "b"], ["y", "x"]), None, ""),
        Source(pairs(["b", "a"], ["y", "x"]), None, ""),
        Source(Dataset({"text": one.inputs}, {"label": one.labels}), None, ""),
        Source(Dataset(one.columns, one.targets, {"group": np.arange(2)}), None, ""),
        Source(Dataset(one.columns, one.targets, {"group": np.arange(2) + 1}), None, ""),
    ]
    assert len({each.fingerprint() for each in sources}) == len(sources)
    assert Source(pairs(["a", "b"], ["x", "y"]), None, "note").fingerprint() == (
        sources[0].fingerprint()
    )


def test_the_order_of_columns_changes_no_fingerprint() -> None:
    one = rows()
    turned = Dataset(dict(reversed(one.columns.items())), one.targets, one.meta)
    assert Source(one, None, "").fingerprint() == Source(turned, None, "").fingerprint()
