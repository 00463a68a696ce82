"""JSON values to arrays, as a signature's `TensorSpec` wants them.

What cannot be held exactly is refused with its place, such as `instances[2].text`: booleans for
numbers, fractions for whole numbers, numbers outside of their dtype, rows of unequal length.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.serving.server.json_body import NotFinite, describe
from lstm_toolkit.serving.server.refusals import InvalidRequestError, TooLargeError

if TYPE_CHECKING:
    import tensorflow as tf

Locate = Callable[[Sequence[int]], str]
"""Returns where in the request the value at an index stands."""

MOST_AXES = 32
"""Of an array; TensorFlow and NumPy have limits too."""

B64 = "b64"
"""The one name in an object that stands for bytes, as in TensorFlow Serving."""


def at(root: str) -> Locate:
    """Locates values by their index behind a name.

    >>> at("inputs.images")([0, 3])
    'inputs.images[0][3]'
    """
    return lambda index: root + "".join(f"[{place}]" for place in index)


def to_array(value: Any, spec: tf.TensorSpec, locate: Locate, *, max_text: int) -> NDArray[Any]:
    """Returns nested lists as an array of the spec's dtype, and of a shape that it allows.

    Args:
        value: Lists of numbers, booleans, or texts; or one of them where the rank is 0.
        spec: What the signature takes.
        locate: Where the values stand in the request.
        max_text: Bytes of one text at most.

    Raises:
        InvalidRequestError: If the spec does not allow it.
        TooLargeError: If a text is longer.
    """
    shape, leaves = flatten(value, spec.shape.rank, locate)
    array = from_leaves(leaves, shape, spec.dtype, locate, max_text=max_text)
    check_shape(array, spec, locate([]))
    return array


def flatten(value: Any, rank: int | None, locate: Locate) -> tuple[list[int], list[Any]]:
    """Returns the shape of nested lists, and their values one after the other.

    Raises:
        InvalidRequestError: If lists are of unequal length, or not nested `rank` times.
    """
    shape: list[int] = []
    level: list[Any] = [value]
    while len(shape) != rank and (rank is not None or (level and type(level[0]) is list)):
        if len(shape) == MOST_AXES:
            raise InvalidRequestError(
                f"{locate([])}: needs at most {MOST_AXES} lists in each other"
            )
        lengths = {len(each) if type(each) is list else -1 for each in level}
        if len(lengths) > 1 or -1 in lengths:
            _refuse_ragged(level, shape, locate)
        shape.append(lengths.pop() if lengths else 0)
        level = list(itertools.chain.from_iterable(level))
    return shape, level


def _refuse_ragged(level: list[Any], shape: list[int], locate: Locate) -> None:
    first = next((len(each) for each in level if type(each) is list), None)
    wanted = "a list" if first is None else f"a list of {first}"
    for place, each in enumerate(level):
        if type(each) is not list or len(each) != first:
            where = locate(_index(place, shape))
            raise InvalidRequestError(f"{where}: needs {wanted}. Received: {describe(each)}")


def _index(place: int, shape: Sequence[int]) -> list[int]:
    return [int(each) for each in np.unravel_index(place, tuple(shape))] if shape else []


def from_leaves(
    leaves: list[Any], shape: Sequence[int], dtype: tf.DType, locate: Locate, *, max_text: int
) -> NDArray[Any]:
    """Returns values one after the other as an array, see `to_array`."""
    if dtype.name == "string":
        values = _texts(leaves, shape, locate, max_text)
    elif dtype.is_bool:
        _check_types(leaves, {bool}, "true or false", shape, locate)
        values = np.array(leaves, np.bool_)
    elif dtype.is_integer:
        values = _integers(leaves, shape, dtype, locate)
    elif dtype.is_floating:
        values = _floats(leaves, shape, dtype, locate)
    else:
        raise InvalidRequestError(f"{locate([])}: JSON cannot give {dtype.name}")
    return values.reshape(shape)


def check_shape(array: NDArray[Any], spec: tf.TensorSpec, where: str) -> None:
    """Refuses an array of another shape than the signature takes."""
    if not spec.shape.is_compatible_with(array.shape):
        wanted = ", ".join("any" if side is None else str(side) for side in spec.shape)
        shown = ", ".join(map(str, array.shape))
        raise InvalidRequestError(f"{where}: needs shape [{wanted}]. Received: [{shown}]")


def _check_types(
    leaves: list[Any], kinds: set[type], wanted: str, shape: Sequence[int], locate: Locate
) -> None:
    if set(map(type, leaves)) <= kinds:
        return
    place = next(place for place, leaf in enumerate(leaves) if type(leaf) not in kinds)
    where = locate(_index(place, shape))
    raise InvalidRequestError(f"{where}: needs {wanted}. Received: {describe(leaves[place])}")


def _integers(
    leaves: list[Any], shape: Sequence[int], dtype: tf.DType, locate: Locate
) -> NDArray[Any]:
    _check_types(leaves, {int}, "a whole number", shape, locate)
    low, high = int(dtype.min), int(dtype.max)
    if leaves and (min(leaves) < low or max(leaves) > high):
        place = next(place for place, leaf in enumerate(leaves) if not low <= leaf <= high)
        _refuse_range(leaves[place], dtype, locate(_index(place, shape)))
    return np.array(leaves, dtype.as_numpy_dtype)


def _floats(
    leaves: list[Any], shape: Sequence[int], dtype: tf.DType, locate: Locate
) -> NDArray[Any]:
    _check_types(leaves, {int, float, NotFinite}, "a number", shape, locate)
    try:
        wide = np.array(leaves, np.float64)
    except OverflowError:
        place = next(place for place, leaf in enumerate(leaves) if abs(leaf) >= 2**1024 - 2**970)
        _refuse_range(leaves[place], dtype, locate(_index(place, shape)))
    with np.errstate(over="ignore"):
        values = wide.astype(dtype.as_numpy_dtype)
    for place in map(int, np.flatnonzero(~np.isfinite(values))):
        if type(leaves[place]) is not NotFinite:
            _refuse_range(leaves[place], dtype, locate(_index(place, shape)))
    return values


def _refuse_range(leaf: Any, dtype: tf.DType, where: str) -> None:
    shown = "more than 1.8e308" if leaf == math.inf else describe(leaf)
    raise InvalidRequestError(
        f"{where}: needs a number that {dtype.name} can hold. Received: {shown}"
    )


def _texts(leaves: list[Any], shape: Sequence[int], locate: Locate, max_text: int) -> NDArray[Any]:
    values = np.empty(len(leaves), object)
    for place, leaf in enumerate(leaves):
        try:
            values[place] = leaf.encode("utf-8") if type(leaf) is str else _bytes(leaf)
        except (UnicodeEncodeError, ValueError) as error:
            where = locate(_index(place, shape))
            raise InvalidRequestError(f"{where}: " + _what_text(leaf, error)) from None
        if len(values[place]) > max_text:
            where = locate(_index(place, shape))
            raise TooLargeError(
                f"{where}: needs at most {max_text:,} bytes a text. Received: "
                f"{len(values[place]):,}"
            )
    return values


def _bytes(leaf: Any) -> bytes:
    if type(leaf) is not dict or list(leaf) != [B64] or type(leaf[B64]) is not str:
        raise ValueError
    return base64.b64decode(leaf[B64], validate=True)


def _what_text(leaf: Any, error: Exception) -> str:
    if isinstance(error, UnicodeEncodeError):
        return "needs a text of whole characters. Received: half of a surrogate pair"
    if isinstance(error, binascii.Error) or (type(leaf) is dict and list(leaf) == [B64]):
        return 'needs bytes in base64, as in {"b64": "aGk="}. Received: something else'
    return f"needs a text. Received: {describe(leaf)}"
