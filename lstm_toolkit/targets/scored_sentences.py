"""Sentences that were written for rows with references: how they are judged, shown and drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from lstm_toolkit.figures import plots
from lstm_toolkit.figures.translation_page import page
from lstm_toolkit.layers import token_losses
from lstm_toolkit.metrics.translation_scores import first_rows, sentence_chrf, translation_scores
from lstm_toolkit.targets.sentence_search import Read

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.targets.sentence_search import SentenceSearch
    from lstm_toolkit.targets.target import Predicted

JUDGED = np.dtype([("greedy", object), ("beam", object), ("loss", "f8"), ("tokens", "i8")])
"""What is scored of each pair."""


def judge(model: keras.Model, written: SentenceSearch) -> Any:
    """Returns the graph for `judged`, to be traced once for all batches.

    Args:
        model: The network.
        written: Searches with this network.
    """
    return tf.function(partial(_judge, model, written), autograph=False)


def judged(graph: Any, batches: Batches, raw: Sequence[str] | None) -> NDArray[Any]:
    """Writes for rows greedily and by beam search, and takes the losses of their references.

    Args:
        graph: From `judge`.
        batches: Not shuffled.
        raw: What the rows of `batches` were encoded from, where more is read of it than that, as
            words to be copied; None takes what was encoded.

    Returns:
        Rows of `JUDGED`, in the order of the data.
    """
    rows = np.zeros(batches.size, JUDGED)
    data = batches.dataset()
    texts = None if raw is None else tf.TensorSpec([None], tf.string)
    run = graph.get_concrete_function(texts, *data.element_spec)
    for places, (inputs, targets) in zip(batches.order(0), data, strict=True):
        taken = None if raw is None else tf.constant([str(raw[place]) for place in places])
        for name, values in run(taken, inputs, targets).items():
            part = values.numpy()
            if part.dtype == object:
                part = [text.decode("utf-8", "replace") for text in part]
            rows[name][places] = part
    return rows


def _judge(
    model: keras.Model, written: SentenceSearch, texts: Any, inputs: Any, targets: Any
) -> dict[str, Any]:
    losses, real = token_losses(targets, model(inputs, training=False))
    read = Read(inputs["source"], None, {}) if texts is None else written.read(texts)
    greedy, beam = written.greedy(read), written.search(read, best_only=True)
    return {
        "loss": tf.reduce_sum(losses * real, axis=1),
        "tokens": tf.reduce_sum(real, axis=1),
        "greedy": written.sentences(greedy, read)[:, 0],
        "beam": written.sentences(beam, read)[:, 0],
    }


def scores(predicted: Predicted, column: str) -> dict[str, Any]:
    """Returns BLEU and chrF, the loss, and samples.

    Args:
        predicted: Of which the outputs are rows of `JUDGED`.
        column: Of the references.
    """
    return translation_scores(
        list(predicted.rows.inputs),
        list(predicted.rows.targets[column]),
        predicted.outputs,
        tokenizer=predicted.states.target.bleu_tokenizer,
        lowercase=predicted.states.target.encoder.lower,
    )


def report(scores: Mapping[str, Any]) -> str:
    """Returns sample translations, then the scores."""
    lines = [
        f"{sample['source']}\n  → {sample['translation']}\n  = {sample['reference']}"
        for sample in scores["samples"]
    ]
    lines += [
        f"BLEU {scores['bleu']:.2f} (greedy {scores['bleu_greedy']:.2f}), "
        f"chrF {scores['chrf']:.2f} (greedy {scores['chrf_greedy']:.2f}) on "
        f"{scores['sentences']:,} different sentences, first reference of each",
        f"{scores['token_error']:.2f}% of the tokens would have to be edited, "
        f"{100 - scores['sentence_error']:.2f}% of the sentences are right as they are",
        f"perplexity {scores['perplexity']:.2f}; {scores['unknown_tokens']:.1%} of the source "
        "tokens are unknown to the vocabulary",
        scores["sacrebleu_signature"],
    ]
    return "\n".join(lines)


def figures(predicted: Predicted, column: str) -> dict[str, Figure]:
    """Returns how chrF depends on the length of sentences."""
    (encoded,) = predicted.encoded.values()
    chrf = np.array(_chrf(predicted, column, np.arange(len(predicted.rows))))
    return {"chrf_by_length": plots.score_by_length(encoded.counts["tokens"], chrf, "chrF")}


def pages(predicted: Predicted, column: str) -> dict[str, str]:
    """Returns a page of translations beside their references."""
    sources, wanted = predicted.rows.inputs, predicted.rows.targets[column]
    rows = first_rows(list(sources))
    given = predicted.outputs["beam"]
    scored = zip(rows, _chrf(predicted, column, rows), strict=True)
    lines = [(str(sources[i]), str(given[i]), str(wanted[i]), chrf) for i, chrf in scored]
    return {"translations": page(lines)}


def _chrf(predicted: Predicted, column: str, rows: Any) -> list[float]:
    """Returns chrF of each of these rows alone."""
    sides = (predicted.outputs["beam"], predicted.rows.targets[column])
    given, wanted = ([str(side[row]) for row in rows] for side in sides)
    return sentence_chrf(given, wanted, lowercase=predicted.states.target.encoder.lower)
