"""What a request asks of a model, whichever form it came in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from lstm_toolkit.errors import did_you_mean
from lstm_toolkit.serving.server.refusals import InvalidRequestError, TooLargeError
from lstm_toolkit.serving.server.signatures import Arrays, ServedSignature


@dataclasses.dataclass(frozen=True)
class Call:
    """A signature and what it is asked with.

    Attributes:
        signature: Of the version that was asked for.
        inputs: By name.
        rows: How many, if the batch comes first in every input; else None.
    """

    signature: ServedSignature
    inputs: Arrays
    rows: int | None


def make_call(signature: ServedSignature, inputs: Arrays, where: str, max_rows: int) -> Call:
    """Returns a call whose inputs go together.

    Raises:
        InvalidRequestError: If inputs have unequal numbers of rows, or none.
        TooLargeError: If there are too many.
    """
    if not signature.takes_rows:
        return Call(signature, inputs, None)
    counts = {name: len(array) for name, array in inputs.items()}
    rows = max(counts.values())
    if len(set(counts.values())) > 1:
        shown = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise InvalidRequestError(f"{where}: needs as many rows in each. Received: {shown}")
    check_rows(rows, where, max_rows)
    return Call(signature, inputs, rows)


def check_rows(rows: int, where: str, max_rows: int) -> None:
    """Refuses none and too many."""
    if not rows:
        raise InvalidRequestError(f"{where}: needs at least one row. Received: none")
    if rows > max_rows:
        raise TooLargeError(f"{where}: needs at most {max_rows:,} rows. Received: {rows:,}")


def check_inputs(
    given: Mapping[str, Any] | list[str], signature: ServedSignature, where: str
) -> None:
    """Refuses names that the signature does not take, and misses none that it does."""
    for name in given:
        if name not in signature.inputs:
            hint = did_you_mean(name[:100], signature.inputs)
            raise InvalidRequestError(f"{where}: no input `{name[:100]}`, {hint}")
    missing = [name for name in signature.inputs if name not in given]
    if missing:
        raise InvalidRequestError(f"{where}: needs {', '.join(missing)} too")


def check_keys(request: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Refuses names of a request that say nothing to this server."""
    for name in request:
        if name not in known:
            raise InvalidRequestError(f"no field `{name[:100]}`, {did_you_mean(name[:100], known)}")
