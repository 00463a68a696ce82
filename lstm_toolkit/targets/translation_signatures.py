"""What an export that translates can be asked."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from lstm_toolkit.targets.signature import Signature
from lstm_toolkit.targets.translator import Translator


def translation_signatures(
    translator: Translator, inputs: tuple[tf.TensorSpec, ...]
) -> dict[str, Signature]:
    """Returns `serving_default`, `nbest`, `translate` and, with attention, `attend`.

    Args:
        translator: Reads, searches and writes.
        inputs: Of the raw sentences.
    """
    parameters = (
        tf.TensorSpec([], tf.int32, "beams"),
        tf.TensorSpec([], tf.float32, "length_penalty"),
    )
    examples = {"beams": 2, "length_penalty": 1.0}

    def translate(text: Any, beams: Any, length_penalty: Any) -> dict[str, tf.Tensor]:
        return translator.answer(text, beams=beams, length_penalty=length_penalty)

    def attend(text: Any, beams: Any, length_penalty: Any) -> dict[str, tf.Tensor]:
        return translator.attend(text, beams=beams, length_penalty=length_penalty)

    signatures = {
        "serving_default": Signature(translator.best, inputs),
        "nbest": Signature(translator.answer, inputs),
        "translate": Signature(translate, inputs, parameters, examples),
    }
    if translator.stepper.decoder.attention is not None:
        signatures["attend"] = Signature(attend, inputs, parameters, examples)
    return signatures
