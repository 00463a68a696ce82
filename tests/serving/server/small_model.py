"""A SavedModel of plain TensorFlow operations, with signatures of every kind that is served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

TEXT = tf.TensorSpec([None], tf.string, "text")
IMAGES = tf.TensorSpec([None, 2, 3], tf.float32, "images")


def spec(kind: Any, *shape: int | None, name: str = "x") -> tf.TensorSpec:
    return tf.TensorSpec(shape, kind, name)


def read(text: tf.Tensor) -> dict[str, tf.Tensor]:
    length = tf.strings.length(text, "UTF8_CHAR")
    return {"label": tf.strings.upper(text, "utf-8"), "length": length}


def total(images: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"total": tf.reduce_sum(images, [1, 2])}


def same(x: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"x": tf.identity(x)}


def scale(x: tf.Tensor, factor: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"scaled": x * factor}


def add(left: tf.Tensor, right: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"sum": left + right, "difference": left - right}


def tokens(text: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"tokens": tf.strings.split(text).to_tensor("")}


def positive(x: tf.Tensor) -> dict[str, tf.Tensor]:
    with tf.control_dependencies([tf.debugging.assert_non_negative(x, "too small")]):
        return {"root": tf.sqrt(x)}


def raw(text: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"raw_bytes": text, "cut": tf.strings.substr(text, 0, 1)}


@tf.nondifferentiable_batch_function(1, 8, 700_000)
def late(x: tf.Tensor) -> tf.Tensor:
    """Waits for others 0.7 seconds, without computing anything."""
    return x


def slow(x: tf.Tensor) -> dict[str, tf.Tensor]:
    return {"x": late(x), "shape": tf.shape(x)}


SIGNATURES = {
    "serving_default": (read, [TEXT]),
    "total": (total, [IMAGES]),
    "whole": (same, [spec(tf.int64, None)]),
    "byte": (same, [spec(tf.uint8, None)]),
    "half": (same, [spec(tf.float16, None)]),
    "brain": (same, [spec(tf.bfloat16, None)]),
    "truth": (same, [spec(tf.bool, None)]),
    "scale": (scale, [spec(tf.float32, None), spec(tf.float32, name="factor")]),
    "add": (add, [spec(tf.float32, None, name="left"), spec(tf.float32, None, name="right")]),
    "tokens": (tokens, [TEXT]),
    "positive": (positive, [spec(tf.float32, None)]),
    "raw": (raw, [TEXT]),
    "slow": (slow, [spec(tf.float32, None)]),
}


def save_small_model(folder: Path) -> None:
    """Writes it as a version in a folder of versions."""
    module = tf.Module()
    functions = {
        name: tf.function(function, input_signature=specs).get_concrete_function()
        for name, (function, specs) in SIGNATURES.items()
    }
    tf.saved_model.save(module, folder, signatures=functions)
