"""A language model that writes token by token, its state handed from call to call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from lstm_toolkit.data.text.passages import END_ID, PAD_ID, START_ID
from lstm_toolkit.targets.text_generator import Choices, TextGenerator


def state_specs(generator: TextGenerator) -> tuple[tf.TensorSpec, ...]:
    """Returns what has to be remembered between calls; zeros before the first.

    The last token, which the network has not read yet; the state of the form; how many tokens
    were written; and the state of each layer.
    """
    names = ("last", "place", "written")
    specs = (tf.TensorSpec([None], tf.int32, name) for name in names)
    return (*specs, *generator.steps.specs)


def write_next(
    generator: TextGenerator,
    texts: tf.Tensor,
    choices: Choices,
    seed: tf.Tensor,
    state: Sequence[tf.Tensor],
) -> dict[str, tf.Tensor]:
    """Reads what is new of each row, and writes one token.

    Args:
        generator: The network.
        texts: `string[batch]`, what stands behind that which was read and written so far; "" to
            go on.
        choices: How tokens are drawn.
        seed: Other numbers give other tokens. Rows of a batch share it, so that those that are
            equal so far go on alike.
        state: See `state_specs`.

    Returns:
        `text`, what the token adds; `ended`, whether the text is at its end; and the state.
    """
    last, place, written, *layers = state
    begins = tf.equal(last, PAD_ID)
    place = tf.where(begins, generator.writer.form.first, place)
    ended = tf.equal(last, END_ID)
    numbers = generator.writer.encoder.numbers(texts)
    first = tf.where(begins, START_ID, last)[:, None]
    pending = tf.concat([tf.RaggedTensor.from_tensor(first), numbers], axis=1)
    place = generator.moved_over(place, numbers)
    scores, layers = _read(generator, pending, layers)
    pairs = tf.stack([tf.fill(tf.shape(last), seed), written], axis=1)
    chance = tf.map_fn(
        lambda pair: tf.random.stateless_uniform([], pair, alg="philox"),
        pairs,
        fn_output_signature=tf.float32,
    )
    token, _ = generator.next(scores, place, None, chance, choices)
    token = tf.where(ended, END_ID, token)
    place = tf.where(ended, place, generator.moved(place, token))
    # Behind what was read nothing is left out, as at the beginning of what `write` gives.
    before = tf.where(numbers.row_lengths() > 0, PAD_ID, last)
    names = [spec.name for spec in state_specs(generator)]
    after = (token, place, written + 1, *layers)
    return {
        "text": generator.writer.encoder.behind(before, token),
        "ended": tf.equal(token, END_ID),
        **dict(zip(names, after, strict=True)),
    }


def _read(
    generator: TextGenerator, pending: tf.RaggedTensor, layers: Sequence[tf.Tensor]
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """Returns the scores behind the last token of each row, and the states of the layers."""
    tokens, lengths = pending.to_tensor(), tf.cast(pending.row_lengths(), tf.int32)
    rows, size = tf.shape(tokens)[0], len(generator.writer.encoder.vocabulary)

    def step(time: tf.Tensor, scores: tf.Tensor, state: Any) -> tuple[Any, ...]:
        new, after = generator.steps(tokens[:, time], state)
        real = (time < lengths)[:, None]
        kept = tuple(tf.where(real, a, b) for a, b in zip(after, state, strict=True))
        return time + 1, tf.where(real, new, scores), kept

    first = (0, tf.zeros([rows, size]), tuple(layers))
    _, scores, state = tf.while_loop(lambda time, *_: time < tf.shape(tokens)[1], step, first)
    return scores, list(state)
