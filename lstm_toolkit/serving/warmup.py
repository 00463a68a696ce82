"""Warm-up requests, which a server answers to itself before a version is ready.

They stand in `assets.extra/tf_serving_warmup_requests`, a TFRecord of `PredictionLog`
(https://www.tensorflow.org/tfx/serving/saved_model_warmup). Its messages are declared here with
the fields that are needed, so that no package of TensorFlow Serving is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.targets.signature import Signature

FILE = "tf_serving_warmup_requests"

MOST = 1_000
"""Requests that are answered at most, as in TensorFlow Serving."""

_PACKAGE = "lstm_toolkit.warmup"
_TENSOR = ".tensorflow.TensorProto"
_MESSAGES: Mapping[str, tuple[tuple[str, int, str], ...]] = {
    "ModelSpec": (("name", 1, ""), ("signature_name", 3, "")),
    "Input": (("key", 1, ""), ("value", 2, _TENSOR)),
    "PredictRequest": (("model_spec", 1, "ModelSpec"), ("inputs", 2, "Input[]")),
    "PredictLog": (("request", 1, "PredictRequest"),),
    "PredictionLog": (("predict_log", 6, "PredictLog"),),
}
"""Name, number and kind of each field; "" is text. A map on the wire is a list of entries."""


def write_warmup(
    folder: Path, signatures: Mapping[str, Signature], samples: Mapping[str, NDArray[Any]]
) -> None:
    """Writes one request a signature that takes a batch and nothing else.

    Args:
        folder: The `assets.extra` of a SavedModel.
        signatures: By name.
        samples: Raw inputs by name; the first row is asked.
    """
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(folder / FILE)) as writer:
        for name, signature in signatures.items():
            if signature.batched and not signature.parameters and not signature.state:
                writer.write(
                    _request(name, signature, signature.samples(samples)).SerializeToString()
                )


def read_warmup(folder: Path) -> Iterator[tuple[str, dict[str, NDArray[Any]]]]:
    """Yields the signature and the inputs of each request that is kept for warming up.

    Args:
        folder: The `assets.extra` of a SavedModel; without requests in it, nothing is yielded.
    """
    import tensorflow as tf

    if not (folder / FILE).exists():
        return
    for record in tf.data.TFRecordDataset(str(folder / FILE)).take(MOST).as_numpy_iterator():
        log = _message("PredictionLog").FromString(record)
        if log.HasField("predict_log"):
            request = log.predict_log.request
            inputs = {each.key: tf.make_ndarray(each.value) for each in request.inputs}
            yield request.model_spec.signature_name or "serving_default", inputs


def _request(name: str, signature: Signature, samples: Mapping[str, NDArray[Any]]) -> Any:
    import tensorflow as tf

    log = _message("PredictionLog")()
    request = log.predict_log.request
    request.model_spec.signature_name = name
    for spec in signature.inputs:
        dtype = np.object_ if spec.dtype == tf.string else spec.dtype.as_numpy_dtype
        row = samples[spec.name][:1].astype(dtype)
        tensor = tf.make_tensor_proto(row, spec.dtype, row.shape)
        request.inputs.add(key=spec.name).value.CopyFrom(tensor)
    return log


@cache
def _message(name: str) -> Any:
    """Returns the class of one of the messages."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    from tensorflow.core.framework import tensor_pb2

    file = descriptor_pb2.FileDescriptorProto(
        name="lstm_toolkit/warmup.proto",
        package=_PACKAGE,
        syntax="proto3",
        dependency=[tensor_pb2.DESCRIPTOR.name],
    )
    for message, fields in _MESSAGES.items():
        described = file.message_type.add(name=message)
        for field, number, kind in fields:
            described.field.append(_field(field, number, kind))
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())  # the same file again changes nothing
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))


def _field(name: str, number: int, kind: str) -> Any:
    from google.protobuf import descriptor_pb2

    made = descriptor_pb2.FieldDescriptorProto
    several, plain = kind.endswith("[]"), kind.removesuffix("[]")
    field = made(
        name=name,
        number=number,
        label=made.LABEL_REPEATED if several else made.LABEL_OPTIONAL,
        type=made.TYPE_MESSAGE if plain else made.TYPE_STRING,
    )
    if plain:
        field.type_name = plain if plain.startswith(".") else f".{_PACKAGE}.{plain}"
    return field
