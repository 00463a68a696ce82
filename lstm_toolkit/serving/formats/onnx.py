"""ONNX, for run-times of other languages and makers: any number of rows, any length."""

from __future__ import annotations

from pathlib import Path

from lstm_toolkit.errors import ExportError, foreign_error
from lstm_toolkit.serving.formats.folder import Written
from lstm_toolkit.serving.formats.network import PlainNetwork
from lstm_toolkit.system.runtime import errors_alone
from lstm_toolkit.system.tensorflow_start import silent_stderr

MODEL = "model.onnx"

OPSET = 17
"""The version of ONNX's operations: what run-times since 2022 know."""


def write_onnx(network: PlainNetwork, folder: Path) -> list[Written]:
    """Writes the network in float32.

    Raises:
        ExportError: If tf2onnx knows no operation for something in it.
    """
    import tensorflow as tf
    import tf2onnx

    specs = network.specs()
    try:
        with silent_stderr(), errors_alone("tf2onnx", "tensorflow"):
            tf2onnx.convert.from_function(
                tf.function(network.answer, input_signature=specs),
                input_signature=specs,
                opset=OPSET,
                output_path=str(folder / MODEL),
            )
    except Exception as error:  # whatever tf2onnx raises
        raise ExportError(
            f"{network.task.name} cannot be converted to onnx: {foreign_error(error, 150)}"
        ) from error
    return [Written(MODEL, facts={"opset": OPSET})]
