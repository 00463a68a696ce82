"""What an export that writes sentences can be asked."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from lstm_toolkit.targets.sentence_search import SentenceSearch
from lstm_toolkit.targets.signature import Signature


def sentence_signatures(
    written: SentenceSearch, inputs: tuple[tf.TensorSpec, ...]
) -> dict[str, Signature]:
    """Returns `serving_default`, `nbest`, the verb's own and, with attention, `attend`.

    Args:
        written: Reads, searches and writes.
        inputs: Of what is read, as people give it.
    """
    parameters = (
        tf.TensorSpec([], tf.int32, "beams"),
        tf.TensorSpec([], tf.float32, "length_penalty"),
    )
    examples = {"beams": 2, "length_penalty": 1.0}
    of_beams = (f"{written.noun}s", "scores", "lengths")

    attends = written.stepper.decoder.attention is not None
    # What copies keeps what each token looked at, so that one search does for all three.
    answered = written.attend if written.copies else written.answer

    def search(raw: Any, beams: Any, length_penalty: Any) -> dict[str, tf.Tensor]:
        return answered(raw, beams=beams, length_penalty=length_penalty)

    graph = tf.function(search, input_signature=[*inputs, *parameters], autograph=False)

    def write(raw: Any, beams: Any, length_penalty: Any) -> dict[str, tf.Tensor]:
        outputs = graph(raw, beams, length_penalty)
        return {name: value for name, value in outputs.items() if name not in written.attended}

    def nbest(raw: Any) -> dict[str, tf.Tensor]:
        writer = written.writer
        outputs = write(raw, tf.constant(writer.beams), tf.constant(writer.length_penalty))
        known = {name: tf.ensure_shape(outputs[name], [None, writer.beams]) for name in of_beams}
        return outputs | known

    def attend(raw: Any, beams: Any, length_penalty: Any) -> dict[str, tf.Tensor]:
        if written.copies:
            return dict(graph(raw, beams, length_penalty))
        return written.attend(raw, beams=beams, length_penalty=length_penalty)

    signatures = {
        "serving_default": Signature(written.best, inputs),
        "nbest": Signature(nbest, inputs),
        written.verb: Signature(write, inputs, parameters, examples),
    }
    if attends:
        signatures["attend"] = Signature(attend, inputs, parameters, examples)
    return signatures
