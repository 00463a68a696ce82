"""Answers of taggers: tags, tokens with their places, entities; in the graph, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.tag_schemes import learns_ends, marks_entities, without_ends
from lstm_toolkit.layers.crf.decoding import crf_decode
from lstm_toolkit.layers.crf.inference import crf_marginals, crf_nbest
from lstm_toolkit.layers.crf.layer import FORBIDDEN, unpack

if TYPE_CHECKING:
    from lstm_toolkit.data.text.division import Divided


def answers(
    outputs: tf.Tensor, names: Sequence[str], divided: Divided, texts: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Returns what a tagger says of texts; in the graph.

    Args:
        outputs: What `layers.CRF` packed.
        names: Of the tags.
        divided: The tokens of the texts.
        texts: `string[batch]` as they were given.

    Returns:
        `tags` and `tokens` `string[batch, time]`, `confidence` `float32[batch, time]`, `starts`
        and `ends` `int32[batch, time]` in characters. Of tags that mark entities,
        `entity_labels` and `entity_texts` `string[batch, entities]`, `entity_starts` and
        `entity_ends` `int32[batch, entities]`, and `entity_confidence`, that of the least
        certain token. Behind the end stand "" and 0.
    """
    potentials, lengths, transitions = unpack(outputs)
    tags, _ = crf_decode(potentials, transitions, lengths)
    shares = tf.gather(crf_marginals(potentials, transitions, lengths), tags, batch_dims=2)
    time = tf.shape(tags)[1]
    real = tf.sequence_mask(divided.tokens.row_lengths(), time)
    shown = {
        "tags": tf.where(real, tf.gather(tf.constant(_shown(names)), tags), ""),
        "confidence": tf.where(real, shares, 0.0),
        "tokens": _dense(divided.tokens, time),
        "starts": _dense(divided.starts, time),
        "ends": _dense(divided.ends, time),
    }
    if not marks_entities(names):
        return shown
    return shown | _entities(shown, tags, real, names, texts)


def _shown(names: Sequence[str]) -> list[str]:
    return [without_ends(name) for name in names] if learns_ends(names) else list(names)


def _dense(rows: tf.RaggedTensor, time: tf.Tensor) -> tf.Tensor:
    """Pads rows to the steps of the network, of which a blank text has one."""
    dense = rows.to_tensor()
    return tf.pad(
        dense,
        [[0, 0], [0, time - tf.shape(dense)[1]]],
        constant_values="" if dense.dtype == tf.string else 0,
    )


def _entities(
    shown: Mapping[str, tf.Tensor],
    tags: tf.Tensor,
    real: tf.Tensor,
    names: Sequence[str],
    texts: tf.Tensor,
) -> dict[str, tf.Tensor]:
    from lstm_toolkit.data.text.division import clean
    from lstm_toolkit.data.text.spaced_tokens import GIVEN

    begin = tf.constant([name.startswith("B-") for name in _shown(names)])
    inside = tf.constant([name.startswith("I-") for name in _shown(names)])
    goes_on = tf.gather(inside, tags) & real
    before = tf.pad((tf.gather(begin, tags) & real) | goes_on, [[0, 0], [1, 0]])[:, :-1]
    # Networks of earlier versions may begin with I-.
    begins = (tf.gather(begin, tags) & real) | (goes_on & ~before)
    goes_on &= ~begins
    ends = (begins | goes_on) & ~tf.pad(goes_on[:, 1:], [[0, 0], [0, 1]])
    kinds = tf.gather(tf.constant([name[2:] for name in names]), tags)
    first = tf.ragged.boolean_mask(shown["starts"], begins)
    last = tf.ragged.boolean_mask(shown["ends"], ends)
    spaced = tf.strings.regex_replace(clean(texts), GIVEN, " ")
    of_row = tf.gather(spaced, first.value_rowids())
    sizes = last.flat_values - first.flat_values
    spelt = tf.strings.substr(of_row, first.flat_values, sizes, "UTF8_CHAR")
    held = tf.boolean_mask(shown["confidence"], begins | goes_on)
    number = tf.cumsum(tf.cast(tf.boolean_mask(begins, begins | goes_on), tf.int32)) - 1
    least = tf.math.unsorted_segment_min(held, number, tf.size(first.flat_values))
    return {
        "entity_labels": tf.ragged.boolean_mask(kinds, begins).to_tensor(),
        "entity_texts": first.with_flat_values(spelt).to_tensor(),
        "entity_starts": first.to_tensor(),
        "entity_ends": last.to_tensor(),
        "entity_confidence": first.with_flat_values(least).to_tensor(),
    }


def candidates(
    outputs: tf.Tensor, names: Sequence[str], divided: Divided, count: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Returns the best sequences of tags, the best first; in the graph.

    Args:
        outputs: What `layers.CRF` packed.
        names: Of the tags.
        divided: The tokens of the texts.
        count: `int32`, how many.

    Returns:
        `candidates` `string[batch, count, time]`, "" where there are no more, and
        `probabilities` `float32[batch, count]`.
    """
    potentials, lengths, transitions = unpack(outputs)
    tags, scores = crf_nbest(potentials, transitions, lengths, count)
    real = tf.sequence_mask(divided.tokens.row_lengths(), tf.shape(tags)[2])
    real = real[:, None, :] & (scores > FORBIDDEN / 2)[:, :, None]
    shown = tf.where(real, tf.gather(tf.constant(_shown(names)), tags), "")
    return {"candidates": shown, "probabilities": tf.exp(scores)}


def to_json(outputs: Mapping[str, NDArray[Any]], column: str) -> list[dict[str, Any]]:
    """Turns what `answers` and `candidates` returned into one JSON object an input."""
    told = []
    for row, tags in enumerate(outputs[column]):
        count = sum(1 for tag in tags if tag)
        answer: dict[str, Any] = {column: [tag.decode() for tag in tags[:count]]}
        if "tokens" in outputs:
            tokens = outputs["tokens"][row][:count]
            answer["tokens"] = [token.decode("utf-8", "replace") for token in tokens]
            for name in ("starts", "ends"):
                answer[name] = outputs[name][row][:count].tolist()
            answer["confidence"] = _rounded(outputs["confidence"][row][:count])
        if "entity_labels" in outputs:
            answer["entities"] = _entity_objects(outputs, row)
        if "candidates" in outputs:
            pairs = zip(outputs["candidates"][row], outputs["probabilities"][row], strict=True)
            answer["candidates"] = [
                {column: [tag.decode() for tag in tags[:count]], "probability": _rounded(share)}
                for tags, share in pairs
                if count and all(tags[:count])
            ]
        told.append(answer)
    return told


def _entity_objects(outputs: Mapping[str, NDArray[Any]], row: int) -> list[dict[str, Any]]:
    names = ("labels", "texts", "starts", "ends", "confidence")
    columns = (outputs[f"entity_{name}"][row] for name in names)
    return [
        {
            "label": label.decode(),
            "text": text.decode("utf-8", "replace"),
            "start": int(start),
            "end": int(end),
            "confidence": _rounded(confidence),
        }
        for label, text, start, end, confidence in zip(*columns, strict=True)
        if label
    ]


def _rounded(numbers: Any) -> Any:
    return np.round(np.asarray(numbers, np.float64), 6).tolist()
