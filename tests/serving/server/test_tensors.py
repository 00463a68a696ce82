"""Values go through JSON and back, whatever their dtype and shape."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lstm_toolkit.serving.server.answers import column
from lstm_toolkit.serving.server.json_body import read_object, write_json
from lstm_toolkit.serving.server.refusals import InvalidRequestError
from lstm_toolkit.serving.server.tensors import at, flatten, to_array

KINDS = ["bool", "int8", "uint8", "int32", "int64", "uint64", "float16", "float32", "float64"]


def through_json(value: Any, spec: tf.TensorSpec) -> Any:
    read = read_object(write_json({"value": value}))["value"]
    return to_array(read, spec, at("value"), max_text=10_000)


@given(st.data(), st.sampled_from(KINDS), arrays.array_shapes(min_dims=0, max_dims=3, max_side=4))
def test_numbers_come_back_equal(data: st.DataObject, kind: str, shape: tuple[int, ...]) -> None:
    array = data.draw(arrays.arrays(kind, shape))
    spec = tf.TensorSpec([None] * array.ndim, kind)
    back = through_json(column("x", array), spec)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


@given(st.lists(st.one_of(st.text(), st.binary()), min_size=1, max_size=5))
def test_texts_and_bytes_come_back_equal(texts: list[str | bytes]) -> None:
    array = np.empty(len(texts), object)
    array[:] = [
        each.encode("utf-8", "replace") if isinstance(each, str) else each for each in texts
    ]
    back = through_json(column("x", array), tf.TensorSpec([None], tf.string))
    assert back.tolist() == array.tolist()


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(VALUES, st.sampled_from([*KINDS, "string"]), st.integers(0, 3))
def test_any_value_is_taken_as_it_is_or_refused_with_its_place(
    value: Any, kind: str, rank: int
) -> None:
    spec = tf.TensorSpec([None] * rank, kind)
    try:
        array = through_json(value, spec)
    except InvalidRequestError as error:
        assert str(error).startswith("value")
        return
    again = json.loads(write_json(column("x", array)))
    assert str(again) == str(value) or np.allclose(
        np.asarray(again, "f8"), np.asarray(value, "f8"), rtol=1e-3, atol=1e-4, equal_nan=True
    )


def test_the_first_value_of_another_length_is_named() -> None:
    with pytest.raises(InvalidRequestError) as error:
        flatten([[[1], [2]], [[3], [4, 5]]], 3, at("x"))
    assert str(error.value) == "x[1][1]: needs a list of 1. Received: a list of 2"
