"""Arrays to JSON values."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

BYTES_SUFFIX = "_bytes"
"""Ends the names of outputs that are bytes, as in TensorFlow Serving."""


def column(name: str, array: NDArray[Any]) -> Any:
    """Returns an output as nested lists, or one value where the rank is 0.

    Texts are decoded; what is no UTF-8, or is called bytes, becomes `{"b64": "…"}`.
    """
    if array.dtype == object or array.dtype.kind == "S":
        as_bytes = name.endswith(BYTES_SUFFIX)
        values = np.empty(array.size, object)
        values[:] = [text_or_bytes(value, as_bytes=as_bytes) for value in array.ravel().tolist()]
        return values.reshape(array.shape).tolist()
    return plain(array).tolist()


def text_or_bytes(value: bytes, *, as_bytes: bool = False) -> Any:
    r"""Returns a text, or bytes in base64.

    >>> text_or_bytes("é".encode()), text_or_bytes(b"\xff")
    ('é', {'b64': '/w=='})
    """
    if not as_bytes:
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return {"b64": base64.b64encode(value).decode("ascii")}


def plain(array: NDArray[Any]) -> NDArray[Any]:
    """Returns numbers as Python's own; those of 16 bits or fewer that NumPy lacks as float32."""
    return array if array.dtype.kind in "biuf" else array.astype(np.float32)
