"""TensorFlow Serving's REST form (https://www.tensorflow.org/tfx/serving/api_rest).

By rows, `{"instances": [{"text": "a"}, …]}` is answered by `{"predictions": [{…}, …]}`; by
columns, `{"inputs": {"text": ["a", …]}}` by `{"outputs": {…}}`. Where a signature has one input
or one output, its name may be, or is, left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from lstm_toolkit.serving.server.answers import column
from lstm_toolkit.serving.server.calls import (
    Call,
    check_inputs,
    check_keys,
    check_rows,
    make_call,
)
from lstm_toolkit.serving.server.json_body import describe
from lstm_toolkit.serving.server.refusals import InvalidRequestError
from lstm_toolkit.serving.server.settings import ServerSettings
from lstm_toolkit.serving.server.signatures import Arrays, ServedSignature, pick
from lstm_toolkit.serving.server.tensors import B64, at, to_array

if TYPE_CHECKING:
    import tensorflow as tf

ROWS, COLUMNS = "instances", "inputs"
FIELDS = ("signature_name", ROWS, COLUMNS)


def read_call(
    request: dict[str, Any], signatures: Mapping[str, ServedSignature], limits: ServerSettings
) -> Call:
    """Returns what a `:predict` asks for.

    Raises:
        RequestError: If it is not as the signature wants it.
    """
    check_keys(request, FIELDS)
    if (ROWS in request) == (COLUMNS in request):
        received = "both" if ROWS in request else "neither"
        raise InvalidRequestError(f"needs `instances` or `inputs`. Received: {received}")
    signature = pick(signatures, request.get("signature_name"))
    read = _by_rows if ROWS in request else _by_columns
    where = ROWS if ROWS in request else COLUMNS
    return make_call(signature, read(request[where], signature, limits), where, limits.max_rows)


def _by_rows(rows: Any, signature: ServedSignature, limits: ServerSettings) -> Arrays:
    if not signature.takes_rows:
        raise InvalidRequestError(
            f"{ROWS}: signature `{signature.name}` has inputs that are no rows; ask by `inputs`"
        )
    if not isinstance(rows, list):
        raise InvalidRequestError(f"{ROWS}: needs a list. Received: {describe(rows)}")
    check_rows(len(rows), ROWS, limits.max_rows)
    bare = len(signature.inputs) == 1 and not _named(rows[0], signature)
    for place, row in enumerate(rows):
        if not bare and type(row) is not dict:
            raise InvalidRequestError(
                f"{ROWS}[{place}]: needs an object of inputs by name. Received: {describe(row)}"
            )
        if not bare:
            check_inputs(row, signature, f"{ROWS}[{place}]")
    return {
        name: to_array(
            rows if bare else [row[name] for row in rows],
            spec,
            at(ROWS) if bare else partial(_in_row, name),
            max_text=limits.max_text,
        )
        for name, spec in signature.inputs.items()
    }


def _named(row: Any, signature: ServedSignature) -> bool:
    """Whether a row names its input, rather than being bytes."""
    return type(row) is dict and (list(row) != [B64] or B64 in signature.inputs)


def _in_row(name: str, index: Sequence[int]) -> str:
    if not index:
        return f"{ROWS}, {name}"
    return at(f"{ROWS}[{index[0]}].{name}")(index[1:])


def _by_columns(given: Any, signature: ServedSignature, limits: ServerSettings) -> Arrays:
    if not _named(given, signature):
        if len(signature.inputs) != 1:
            names = ", ".join(signature.inputs)
            raise InvalidRequestError(
                f"{COLUMNS}: needs an object with {names}. Received: {describe(given)}"
            )
        (name,) = signature.inputs
        locate = at(COLUMNS)
        spec = signature.inputs[name]
        return {name: to_array(given, spec, locate, max_text=limits.max_text)}
    check_inputs(given, signature, COLUMNS)
    return {
        name: to_array(given[name], spec, at(f"{COLUMNS}.{name}"), max_text=limits.max_text)
        for name, spec in signature.inputs.items()
    }


def write_answer(request: Mapping[str, Any], call: Call, outputs: Arrays) -> dict[str, Any]:
    """Returns the answer in the form of the request.

    Raises:
        InvalidRequestError: If rows were asked and an output has not one for each.
    """
    columns = {name: column(name, array) for name, array in outputs.items()}
    if COLUMNS in request:
        return {"outputs": next(iter(columns.values())) if len(columns) == 1 else columns}
    _check_rows(outputs, call.rows)
    if len(columns) == 1:
        return {"predictions": next(iter(columns.values()))}
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    return {"predictions": [dict(zip(names, row, strict=True)) for row in rows]}


def _check_rows(outputs: Arrays, rows: int | None) -> None:
    for name, array in outputs.items():
        if not array.ndim or len(array) != rows:
            raise InvalidRequestError(
                f"{ROWS}: the output {name} has not a row for each; ask by `inputs`"
            )


def status(versions: Mapping[int, tuple[str, str]]) -> dict[str, Any]:
    """Returns which versions there are, newest first.

    Args:
        versions: State and error by number.
    """
    return {
        "model_version_status": [
            {
                "version": str(number),
                "state": state,
                "status": {
                    "error_code": "UNKNOWN" if error else "OK",
                    "error_message": error,
                },
            }
            for number, (state, error) in sorted(versions.items(), reverse=True)
        ]
    }


def metadata(name: str, version: int, signatures: Mapping[str, ServedSignature]) -> dict[str, Any]:
    """Returns what a version takes and gives."""
    described = {
        key: {
            "inputs": _tensors(key, each.inputs),
            "outputs": _tensors("StatefulPartitionedCall", each.outputs),
            "method_name": "tensorflow/serving/predict",
        }
        for key, each in signatures.items()
    }
    return {
        "model_spec": {"name": name, "signature_name": "", "version": str(version)},
        "metadata": {"signature_def": {"signature_def": described}},
    }


def _tensors(prefix: str, specs: Mapping[str, tf.TensorSpec]) -> dict[str, Any]:
    return {
        name: {
            "dtype": f"DT_{_dtype_name(spec)}",
            "tensor_shape": {
                "dim": [
                    {"size": str(-1 if side is None else side), "name": ""}
                    for side in (spec.shape if spec.shape.rank is not None else [])
                ],
                "unknown_rank": spec.shape.rank is None,
            },
            "name": f"{prefix}_{name}:0",
        }
        for name, spec in specs.items()
    }


def _dtype_name(spec: tf.TensorSpec) -> str:
    from tensorflow.core.framework import types_pb2

    return str(types_pb2.DataType.Name(spec.dtype.as_datatype_enum)).removeprefix("DT_")
