"""JSON as requests bring it and answers take it: strict, exact, and in UTF-8.

As in TensorFlow Serving, the tokens NaN, Infinity and -Infinity are read and written. What Python's
reader would pass over is refused: a name that stands twice, and numbers that are infinite only
because they are too large.
"""

from __future__ import annotations

import json
from typing import Any

from lstm_toolkit.serving.server.refusals import InvalidRequestError
from lstm_toolkit.system.json_text import RepeatedNameError, unique_names


class NotFinite(float):
    """NaN or an infinity that was written as such."""


_DECODER = json.JSONDecoder(object_pairs_hook=unique_names, parse_constant=NotFinite)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def read_object(body: bytes) -> dict[str, Any]:
    """Returns the JSON object that a body holds.

    Raises:
        InvalidRequestError: If it holds anything else.
    """
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidRequestError(
            f"needs JSON in UTF-8. Received: byte 0x{body[error.start]:02x} at offset {error.start}"
        ) from None
    except json.JSONDecodeError as error:
        raise InvalidRequestError(
            f"needs JSON. {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except RepeatedNameError as error:
        raise InvalidRequestError(str(error)) from None
    except RecursionError:
        raise InvalidRequestError("needs JSON that is nested less deeply") from None
    except ValueError:  # Python reads no whole numbers of thousands of digits
        raise InvalidRequestError("needs JSON with shorter numbers") from None
    if not isinstance(value, dict):
        raise InvalidRequestError(f"needs a JSON object. Received: {describe(value)}")
    return value


def write_json(value: Any) -> bytes:
    """Returns JSON in UTF-8."""
    return _ENCODER.encode(value).encode("utf-8", "replace")


def describe(value: Any) -> str:
    """Tells in words what a JSON value is, shortly.

    >>> describe(None), describe([1, 2]), describe("abc"), describe(2.5), describe({"a": 1})
    ('null', 'a list of 2', "the text 'abc'", '2.5', 'an object with a')
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {value[:40]!r}" + ("…" if len(value) > 40 else "")
        case list():
            return f"a list of {len(value)}"
        case dict():
            return f"an object with {', '.join(map(str, value))[:60] or 'nothing'}"
        case _:
            return _number(value)


def _number(value: Any) -> str:
    try:
        shown = str(value)
    except ValueError:
        return "a number of thousands of digits"
    return shown if len(shown) <= 40 else f"{shown[:40]}…"
