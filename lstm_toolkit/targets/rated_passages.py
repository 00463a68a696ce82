"""Passages that a language model has rated: how they are judged and scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.data.splits.passages import LAST
from lstm_toolkit.data.text.passages import PAD_ID, START_ID, UNK_ID, PassageEncoder
from lstm_toolkit.features.feature import chunks
from lstm_toolkit.layers.losses.token_scores import token_losses
from lstm_toolkit.metrics.kneser_ney import KneserNey, Tokens, fitted_order
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.passage_rows import own_tokens

if TYPE_CHECKING:
    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.targets.signature import Trained
    from lstm_toolkit.targets.target import Predicted

RATED = np.dtype([("nats", "f8"), ("tokens", "i8")])
"""What is scored of each passage."""

SHOWN = 60
"""Characters of a passage that are kept beside its score."""


def rated(trained: Trained, batches: Batches) -> NDArray[Any]:
    """Returns rows of `RATED`, in the order in which they were read."""

    def rate(inputs: Any, targets: Any) -> tuple[tf.Tensor, tf.Tensor]:
        losses, real = token_losses(targets, trained.model(inputs, training=False))
        return tf.reduce_sum(losses * real, axis=1), tf.reduce_sum(real, axis=1)

    dataset = batches.dataset()
    traced = tf.function(rate, dataset.element_spec, autograph=False)
    graph = traced.get_concrete_function()  # or TensorFlow warns of tracing too often
    rows = np.empty(batches.size, RATED)
    done = 0
    for inputs, targets in dataset:
        nats, tokens = graph(inputs, targets)
        count = len(nats)
        rows["nats"][done : done + count] = nats
        rows["tokens"][done : done + count] = tokens
        done += count
    return batches.in_row_order(rows)


def scores(predicted: Predicted, text: str) -> dict[str, Any]:
    """Returns perplexity, and nats and bits by tokens and characters."""
    rows = predicted.outputs
    nats, tokens = rows["nats"], rows["tokens"].astype(np.float64)
    characters = _characters(predicted.rows, text, predicted.states.target.encoder).sum()
    per_token = nats.sum() / max(tokens.sum(), 1)
    # Of a quotient of sums: how passages scatter around it.
    spread = np.sqrt(((nats - per_token * tokens) ** 2).sum()) / max(tokens.sum(), 1)
    return {
        "perplexity": float(np.exp(per_token)),
        "nats_per_token": float(per_token),
        "nats_per_character": float(nats.sum() / max(characters, 1)),
        "bits_per_character": float(nats.sum() / max(characters, 1) / np.log(2)),
        "loss": float(per_token),
        "standard_error": float(np.exp(per_token) * spread),
        "examples": len(rows),
        "scored_tokens": int(tokens.sum()),
    }


def judged_rows(predicted: Predicted, text: str) -> JudgedRows:
    """Returns the beginning of each passage, and what it costs."""
    rows = predicted.outputs
    columns = {
        "nats": rows["nats"].astype(np.float64),
        "tokens": rows["tokens"].astype(np.float64),
        "characters": _characters(predicted.rows, text, predicted.states.target.encoder),
    }
    truth = [str(each)[:SHOWN] for each in predicted.rows.columns[text]]
    answers = [f"{each['nats']:.2f} nats in {each['tokens']} tokens" for each in rows]
    return JudgedRows(truth, answers, columns)


def _characters(rows: Dataset, text: str, encoder: PassageEncoder) -> NDArray[np.float64]:
    """Returns how many characters each passage has, the end of a text counted as one.

    Of tokens other than characters, those that they write: what is left out when a text is
    divided, or is unknown, costs nothing or little, and must not be divided by.
    """
    last = np.asarray(rows.meta.get(LAST, np.ones(len(rows), bool)))
    if encoder.kind == "character":
        return np.array([len(str(each)) for each in rows.columns[text]], np.float64) + last
    sizes = []
    for chunk in chunks(rows.columns[text]):
        numbers = encoder.numbers(tf.constant(chunk, tf.string)).to_tensor()
        known = encoder.joined(tf.where(tf.equal(numbers, UNK_ID), PAD_ID, numbers))
        sizes.append(tf.strings.length(known, "UTF8_CHAR").numpy())
    return np.concatenate([np.zeros(0), *sizes]) + last


def ngram_scores(
    train: Dataset,
    test: Dataset,
    encoder: PassageEncoder,
    text: str,
    column: str,
    *,
    orders: Sequence[int],
) -> dict[str, float]:
    """Scores n-grams on the same tokens as the network, each with what stands before it.

    Args:
        train: Rows to fit on.
        test: Rows to score.
        encoder: Numbers tokens as for the network.
        text: The column of passages.
        column: The column of what stands before them.
        orders: Lengths of n-grams, see `fitted_order`.
    """
    longest = max(orders)
    sides = [
        Tokens.of(own_tokens(rows, text, column, encoder), longest=longest, start=START_ID)
        for rows in (train, test)
    ]
    # Neither padding nor START can come next.
    count = len(encoder.vocabulary) - 2
    order = fitted_order(sides[0], orders, count)
    losses = KneserNey(sides[0], order, count).losses(sides[1])
    characters = _characters(test, text, encoder).sum()
    return {
        "perplexity": float(np.exp(losses.mean())),
        "nats_per_token": float(losses.mean()),
        "nats_per_character": float(losses.sum() / max(characters, 1)),
        "bits_per_character": float(losses.sum() / max(characters, 1) / np.log(2)),
        "order": float(order),
    }
