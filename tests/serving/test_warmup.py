"""Requests that TensorFlow Serving asks itself before a version is ready."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from lstm_toolkit.serving.warmup import FILE, _message, write_warmup
from lstm_toolkit.targets.signature import Signature

TEXT = tf.TensorSpec([None], tf.string, "text")
IMAGE = tf.TensorSpec([None, 2, 2], tf.uint8, "images")
BEAMS = tf.TensorSpec([], tf.int32, "beams")


def unused(*_: tf.Tensor) -> dict[str, tf.Tensor]:
    raise AssertionError


def test_one_request_a_signature_that_takes_a_batch_alone(tmp_path: Path) -> None:
    signatures = {
        "serving_default": Signature(unused, (TEXT,)),
        "uint8": Signature(unused, (IMAGE,)),
        "translate": Signature(unused, (TEXT,), (BEAMS,)),
        "step": Signature(unused, (TEXT,), state=(IMAGE,)),
        "labels": Signature(unused, (TEXT,), batched=False),
    }
    samples = {"text": np.array(["你好", "b"]), "images": np.ones((3, 2, 2), np.float32)}
    write_warmup(tmp_path, signatures, samples)
    records = [record.numpy() for record in tf.data.TFRecordDataset(str(tmp_path / FILE))]
    logs = [_message("PredictionLog").FromString(record) for record in records]
    requests = [log.predict_log.request for log in logs]
    assert [each.model_spec.signature_name for each in requests] == ["serving_default", "uint8"]
    text, image = (tf.make_ndarray(each.inputs[0].value) for each in requests)
    assert [value.decode() for value in text] == ["你好"]
    assert image.dtype == np.uint8
    assert image.shape == (1, 2, 2)


def test_the_bytes_are_those_of_tensorflow_serving(tmp_path: Path) -> None:
    """Numbers of fields as in tensorflow_serving/apis/prediction_log.proto, worked out by hand."""
    write_warmup(tmp_path, {"s": Signature(unused, (TEXT,))}, {"text": np.array(["a"])})
    (record,) = (each.numpy() for each in tf.data.TFRecordDataset(str(tmp_path / FILE)))
    # 6: predict_log, 1: request, 1: model_spec, 3: signature_name "s"; 2: inputs, 1: key "text"
    assert record.startswith(bytes([6 << 3 | 2, len(record) - 2, 1 << 3 | 2, len(record) - 4]))
    assert bytes([1 << 3 | 2, 3, 3 << 3 | 2, 1]) + b"s" in record
    assert bytes([1 << 3 | 2, 4]) + b"text" in record
