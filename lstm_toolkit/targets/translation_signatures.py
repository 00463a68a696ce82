"""What an export that translates can be asked."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from lstm_toolkit.targets.signature import Signature
from lstm_toolkit.targets.translator import Translator

OF_BEAMS = ("translations", "scores", "lengths")
"""What is told of each beam."""

ATTENDED = ("source_tokens", "target_tokens", "attention")
"""What `attend` gives beyond `translate`."""


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

    attends = translator.stepper.decoder.attention is not None
    # What copies keeps what each token looked at, so that one search does for all three.
    answered = translator.attend if translator.copies else translator.answer

    def search(text: Any, beams: Any, length_penalty: Any) -> dict[str, tf.Tensor]:
        return answered(text, beams=beams, length_penalty=length_penalty)

    graph = tf.function(search, input_signature=[*inputs, *parameters], autograph=False)

    def translate(text: Any, beams: Any, length_penalty: Any) -> dict[str, tf.Tensor]:
        outputs = graph(text, beams, length_penalty)
        return {name: value for name, value in outputs.items() if name not in ATTENDED}

    def nbest(text: Any) -> dict[str, tf.Tensor]:
        writer = translator.writer
        outputs = translate(text, tf.constant(writer.beams), tf.constant(writer.length_penalty))
        known = {name: tf.ensure_shape(outputs[name], [None, writer.beams]) for name in OF_BEAMS}
        return outputs | known

    def attend(text: Any, beams: Any, length_penalty: Any) -> dict[str, tf.Tensor]:
        if translator.copies:
            return dict(graph(text, beams, length_penalty))
        return translator.attend(text, beams=beams, length_penalty=length_penalty)

    signatures = {
        "serving_default": Signature(translator.best, inputs),
        "nbest": Signature(nbest, inputs),
        "translate": Signature(translate, inputs, parameters, examples),
    }
    if attends:
        signatures["attend"] = Signature(attend, inputs, parameters, examples)
    return signatures
