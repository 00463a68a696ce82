"""The Open Inference Protocol, version 2 of KServe's, over REST, without its binary extension.

https://github.com/kserve/open-inference-protocol: tensors with name, shape, datatype and data, in
row-major order or as nested lists. `{"parameters": {"signature_name": …}}` chooses a signature.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

from numpy.typing import NDArray

from lstm_toolkit.errors import did_you_mean
from lstm_toolkit.serving.server.answers import column
from lstm_toolkit.serving.server.calls import Call, check_inputs, check_keys, make_call
from lstm_toolkit.serving.server.json_body import describe
from lstm_toolkit.serving.server.refusals import InvalidRequestError
from lstm_toolkit.serving.server.settings import ServerSettings
from lstm_toolkit.serving.server.signatures import (
    DEFAULT,
    Arrays,
    ServedSignature,
    pick,
)
from lstm_toolkit.serving.server.tensors import MOST_AXES, at, check_shape, flatten, from_leaves

if TYPE_CHECKING:
    import tensorflow as tf

DATATYPES = {
    **{"bool": "BOOL", "string": "BYTES", "half": "FP16", "float16": "FP16", "bfloat16": "BF16"},
    **{"float32": "FP32", "float64": "FP64", "int8": "INT8", "int16": "INT16", "int32": "INT32"},
    **{"int64": "INT64", "uint8": "UINT8", "uint16": "UINT16", "uint32": "UINT32"},
    "uint64": "UINT64",
}
FIELDS = ("id", "parameters", "inputs", "outputs")
TENSOR_FIELDS = ("name", "shape", "datatype", "parameters", "data")
BINARY = ("binary_data_size", "binary_data", "binary_data_output")


def read_call(
    request: dict[str, Any], signatures: Mapping[str, ServedSignature], limits: ServerSettings
) -> Call:
    """Returns what an `infer` asks for.

    Raises:
        RequestError: If it is not as the signature wants it.
    """
    check_keys(request, FIELDS)
    if not isinstance(request.get("id", ""), str):
        raise InvalidRequestError(f"id: needs a text. Received: {describe(request['id'])}")
    parameters = _parameters(request, "parameters")
    signature = pick(signatures, parameters.get("signature_name"))
    tensors = _by_name(request, "inputs")
    check_inputs(list(tensors), signature, "inputs")
    _requested(request, signature)
    inputs = {
        name: _array(tensor, place, signature.inputs[name], limits.max_text)
        for place, (name, tensor) in enumerate(tensors.items())
    }
    return make_call(signature, inputs, "inputs", limits.max_rows)


def _parameters(holder: Mapping[str, Any], where: str) -> dict[str, Any]:
    parameters = holder.get("parameters", {})
    if not isinstance(parameters, dict):
        raise InvalidRequestError(f"{where}: needs an object. Received: {describe(parameters)}")
    for name in BINARY:
        if parameters.get(name):
            raise InvalidRequestError(f"{where}: needs data as JSON. Received: {name}")
    return parameters


def _by_name(request: Mapping[str, Any], field: str) -> dict[str, dict[str, Any]]:
    """Returns the tensors of a request by name."""
    given = request.get(field)
    if not isinstance(given, list) or not given:
        raise InvalidRequestError(f"{field}: needs a list of tensors. Received: {describe(given)}")
    tensors: dict[str, dict[str, Any]] = {}
    for place, tensor in enumerate(given):
        name = tensor.get("name") if isinstance(tensor, dict) else None
        if not isinstance(name, str):
            raise InvalidRequestError(
                f"{field}[{place}]: needs an object with a name. Received: {describe(tensor)}"
            )
        if name in tensors:
            raise InvalidRequestError(f"{field}[{place}]: needs each tensor once. Received: {name}")
        tensors[name] = tensor
    return tensors


def _requested(request: Mapping[str, Any], signature: ServedSignature) -> list[str]:
    """Returns the names of the outputs that are asked for; all by default."""
    if not request.get("outputs"):
        return list(signature.outputs)
    tensors = _by_name(request, "outputs")
    for place, (name, tensor) in enumerate(tensors.items()):
        _parameters(tensor, f"outputs[{place}].parameters")
        if name not in signature.outputs:
            hint = did_you_mean(name[:100], signature.outputs)
            raise InvalidRequestError(f"outputs[{place}]: no output `{name[:100]}`, {hint}")
    return list(tensors)


def _array(
    tensor: Mapping[str, Any], place: int, spec: tf.TensorSpec, max_text: int
) -> NDArray[Any]:
    where = f"inputs[{place}]"
    check_keys(tensor, TENSOR_FIELDS)
    _parameters(tensor, f"{where}.parameters")
    wanted = datatype(spec)
    if tensor.get("datatype") != wanted:
        raise InvalidRequestError(
            f"{where}.datatype: needs {wanted}. Received: {describe(tensor.get('datatype'))}"
        )
    shape, data = tensor.get("shape"), tensor.get("data")
    if not _is_shape(shape):
        raise InvalidRequestError(
            f"{where}.shape: needs a list of whole numbers from 0. Received: {describe(shape)}"
        )
    if not isinstance(data, list):
        raise InvalidRequestError(f"{where}.data: needs a list. Received: {describe(data)}")
    nested, leaves = flatten(data, None, at(f"{where}.data"))
    if len(leaves) != math.prod(shape) or (len(nested) > 1 and nested != shape):
        shown, sides = "×".join(map(str, nested)), "×".join(map(str, shape[:20])) or "1"
        raise InvalidRequestError(f"{where}.data: needs {sides[:60]} values. Received: {shown}")
    array = from_leaves(leaves, nested, spec.dtype, at(f"{where}.data"), max_text=max_text)
    array = array.reshape(shape)
    check_shape(array, spec, f"{where}.shape")
    return array


def _is_shape(shape: Any) -> TypeGuard[list[int]]:
    """Tells whether this is a list of sides that an array may have."""
    if not isinstance(shape, list) or len(shape) > MOST_AXES:
        return False
    return all(type(side) is int and 0 <= side < 2**63 for side in shape)


def datatype(spec: tf.TensorSpec) -> str:
    """Returns the protocol's name of a dtype; TensorFlow's own where it has none."""
    return DATATYPES.get(spec.dtype.name, spec.dtype.name)


def write_answer(
    request: Mapping[str, Any], call: Call, outputs: Arrays, model: str, version: int
) -> dict[str, Any]:
    """Returns the outputs that were asked for, each in row-major order."""
    answer: dict[str, Any] = {"model_name": model, "model_version": str(version)}
    if request.get("id"):
        answer["id"] = request["id"]
    answer["outputs"] = [
        {
            "name": name,
            "shape": list(outputs[name].shape),
            "datatype": datatype(call.signature.outputs[name]),
            "data": column(name, outputs[name].reshape(-1)),
        }
        for name in _requested(request, call.signature)
    ]
    return answer


def metadata(
    name: str, versions: list[int], signatures: Mapping[str, ServedSignature]
) -> dict[str, Any]:
    """Returns what a model takes and gives by its default signature, or by its only one."""
    first = signatures.get(DEFAULT) or next(iter(signatures.values()))
    return {
        "name": name,
        "versions": [str(each) for each in versions],
        "platform": "tensorflow_savedmodel",
        "inputs": _tensors(first.inputs),
        "outputs": _tensors(first.outputs),
    }


def _tensors(specs: Mapping[str, tf.TensorSpec]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "datatype": datatype(spec),
            "shape": [-1 if side is None else side for side in spec.shape]
            if spec.shape.rank is not None
            else [-1],
        }
        for name, spec in specs.items()
    ]
