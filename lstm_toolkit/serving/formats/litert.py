"""LiteRT, for phones and small boards: batch 1, fixed lengths, in float32 and in 8 bits."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from lstm_toolkit.errors import ExportError, foreign_error
from lstm_toolkit.serving.formats.folder import Written
from lstm_toolkit.serving.formats.network import PlainNetwork
from lstm_toolkit.system.runtime import errors_alone
from lstm_toolkit.system.tensorflow_start import silent_stderr

FLOAT32, INT8 = "float32.tflite", "int8.tflite"


def write_litert(network: PlainNetwork, folder: Path) -> list[Written]:
    """Writes the network in float32, and with its weights in 8 bits (dynamic range).

    Raises:
        ExportError: If LiteRT has no operation for something in it.
    """
    with (
        tempfile.TemporaryDirectory() as saved,
        silent_stderr(),
        errors_alone("tensorflow"),
    ):
        _save(network, saved)
        for name, smaller in ((FLOAT32, False), (INT8, True)):
            (folder / name).write_bytes(_convert(network, saved, smaller))
    return [Written(FLOAT32), Written(INT8, exact=False)]


def _save(network: PlainNetwork, folder: str) -> None:
    import keras

    archive = keras.export.ExportArchive()
    archive.track(network.model)
    archive.add_endpoint("serving_default", network.answer, input_signature=network.specs(1))
    archive.write_out(folder, verbose=False)


def _convert(network: PlainNetwork, folder: str, smaller: bool) -> bytes:
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if smaller:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    try:
        converted: Any = converter.convert()
    except Exception as error:  # the converter raises its own kinds, and others
        raise ExportError(
            f"{network.task.name} cannot be converted to litert: {foreign_error(error, 150)}"
        ) from error
    return bytes(converted)
