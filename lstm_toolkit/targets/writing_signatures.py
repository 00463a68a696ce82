"""What an export that writes can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_toolkit.targets.signature import Signature

if TYPE_CHECKING:
    import tensorflow as tf

    from lstm_toolkit.targets.text_generator import TextGenerator

DRAWING = ("temperature", "top_k", "top_p", "repetition_penalty")
"""Parameters by which tokens are drawn."""


def writing_signatures(
    generator: TextGenerator, inputs: tuple[tf.TensorSpec, ...]
) -> dict[str, Signature]:
    """Returns `serving_default`, `generate` and `stream`.

    Args:
        generator: Rates and writes.
        inputs: Of the raw texts.
    """
    return {
        "serving_default": Signature(generator.rate, inputs),
        "generate": _generate(generator, inputs),
        "stream": _stream(generator, inputs),
    }


def _drawing() -> tuple[tf.TensorSpec, ...]:
    import tensorflow as tf

    kinds = (tf.float32, tf.int32, tf.float32, tf.float32)
    return tuple(tf.TensorSpec([], kind, name) for kind, name in zip(kinds, DRAWING, strict=True))


_EXAMPLES = {"temperature": 0.8, "top_k": 3, "top_p": 0.9, "repetition_penalty": 1.1, "seed": 1}


def _generate(generator: TextGenerator, inputs: tuple[tf.TensorSpec, ...]) -> Signature:
    import tensorflow as tf

    parameters = (
        tf.TensorSpec([], tf.int32, "length"),
        *_drawing(),
        tf.TensorSpec([], tf.int32, "seed"),
        tf.TensorSpec([], tf.int32, "samples"),
        tf.TensorSpec([], tf.string, "stop"),
    )

    def generate(prompts: Any, length: Any, *others: Any) -> dict[str, tf.Tensor]:
        *drawing, seed, samples, stop = others
        chosen = dict(zip(DRAWING, drawing, strict=True))
        return generator.write(
            prompts, chosen, length=length, seed=seed, samples=samples, stop=stop
        )

    examples = {**_EXAMPLES, "length": 8, "samples": 2, "stop": "zz"}
    return Signature(generate, inputs, parameters, examples)


def _stream(generator: TextGenerator, inputs: tuple[tf.TensorSpec, ...]) -> Signature:
    """Returns the signature that reads what is new of each row, and writes one token."""
    import tensorflow as tf

    from lstm_toolkit.targets.text_stream import state_specs, write_next

    # What came before is not at hand, so nothing that came again costs more.
    *drawing, _ = _drawing()
    parameters = (*drawing, tf.TensorSpec([], tf.int32, "seed"))

    def stream(texts: Any, *others: Any) -> dict[str, tf.Tensor]:
        *given, seed = others[: len(parameters)]
        chosen = dict(zip(DRAWING, given, strict=False))
        return write_next(generator, texts, chosen, seed, others[len(parameters) :])

    def samples(raw: Mapping[str, Any]) -> dict[str, Any]:
        short = [str(text)[:8] for text in raw[inputs[0].name]]
        return {**raw, inputs[0].name: np.array(short, np.str_)}

    state = state_specs(generator)
    return Signature(stream, inputs, parameters, _EXAMPLES, state, samples=samples)
