"""Objects of JSON: one a line, or one after the other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lstm_toolkit.data.readers.tables.headers import named_table
from lstm_toolkit.data.readers.tables.table import Table
from lstm_toolkit.errors import DataError
from lstm_toolkit.system.json_text import RepeatedNameError, unique_names

Records = list[dict[str, Any]]

# Not strict: a control character that stands in a string as it is becomes a space later.
DECODER = json.JSONDecoder(strict=False, object_pairs_hook=unique_names)


def is_object(line: str) -> bool:
    """Tells whether a line holds a whole JSON object."""
    try:
        return isinstance(DECODER.decode(line.strip()), dict)
    except RepeatedNameError:
        return True
    except (ValueError, RecursionError):
        return False


def concatenated(text: str, path: Path) -> list[Any] | None:
    """Returns the values that stand one after the other, None if something else does too.

    Raises:
        DataError: With the line, if an object in one has a name twice.
    """
    values: list[Any] = []
    end = 0
    try:
        while end < len(text):
            if text[end].isspace() or (text[end] == "," and values):
                end += 1
                continue
            value, end = DECODER.raw_decode(text, end)
            values.append(value)
    except RepeatedNameError as error:
        raise DataError(str(error), path=path, line=text.count("\n", 0, end) + 1) from None
    except (ValueError, RecursionError):
        return None
    return values


def read_array(text: str, path: Path) -> Any:
    """Returns the only value that a text holds.

    Raises:
        DataError: With the line, if it is no JSON; if an object in it has a name twice.
    """
    try:
        return DECODER.decode(text)
    except json.JSONDecodeError as error:
        message = f"needs an array of JSON objects. {error.msg} at character {error.colno}"
        raise DataError(message, path=path, line=error.lineno) from error
    except RepeatedNameError as error:
        raise DataError(str(error), path=path) from None
    except (ValueError, RecursionError) as error:  # a number too long, or too deep a nesting
        raise DataError(f"needs an array of JSON objects. {error}", path=path) from error


def read_record(text: str, path: Path, line: int) -> dict[str, Any]:
    """Returns the object on a line.

    Raises:
        DataError: If it holds something else, or a name stands twice in it.
    """
    needs = "needs a JSON object on each line. "
    try:
        record = DECODER.decode(text.strip("\r\n"))
    except json.JSONDecodeError as error:
        message = f"{needs}{error.msg} at character {error.colno}"
        raise DataError(message, path=path, line=line) from error
    except RepeatedNameError as error:
        raise DataError(str(error), path=path, line=line) from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{needs}{error}", path=path, line=line) from error
    if not isinstance(record, dict):
        raise DataError(f"{needs}Received: {shortened(text.strip())}", path=path, line=line)
    return record


def from_records(
    records: Records, path: Path, lines: Sequence[int], remarks: tuple[str, ...] = ()
) -> Table:
    """Returns a column for each name in any record."""
    names = list(dict.fromkeys(name for record in records for name in record))
    cells = ([record.get(name) for record in records] for name in names)
    return named_table(names, cells, lines, path, remarks)


def shortened(text: str) -> str:
    """Returns the beginning of a text, for a message."""
    return text if len(text) <= 40 else f"{text[:40]}…"
