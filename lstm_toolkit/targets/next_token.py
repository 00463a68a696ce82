"""The token that comes next: texts that a language model writes and rates."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.passage import extend_passages, learn_passages
from lstm_toolkit.features.states import additions
from lstm_toolkit.metrics.row_scores import RowScore, quotient
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Direction, Predicted, Target
from lstm_toolkit.targets.text_writer import (
    BETWEEN,
    CHOICES,
    DRAWN,
    TextWriter,
    cutoffs_of,
    unescaped,
)
from lstm_toolkit.targets.writing_settings import WritingOptions

if TYPE_CHECKING:
    from pathlib import Path

    import keras
    import tensorflow as tf

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset


def _perplexity(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(sums[..., 0] / np.maximum(sums[..., 1], 1))


def _bits(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return sums[..., 0] / np.maximum(sums[..., 1], 1) / np.log(2)


class NextToken(Target[TextWriter]):
    """Texts of a network such as `builders.language_model`. Settings: `WritingSettings`.

    The one feature has to be a `features.Passage`. What stands before a passage is read with it and
    masked out of the loss, so that passages can be trained on in any order.

    Args:
        column: Of `Dataset.targets`: `object[n]` of `str`, what stands before each passage.
        text: The feature.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        "loss": "min",
        "perplexity": "min",
        "nats_per_token": "min",
        "nats_per_character": "min",
        "bits_per_character": "min",
        "accuracy": "max",
    }
    main_score = "perplexity"
    row_scores = (
        RowScore("perplexity", ("nats", "tokens"), _perplexity),
        quotient("nats_per_token", "nats", "tokens"),
        quotient("nats_per_character", "nats", "characters"),
        RowScore("bits_per_character", ("nats", "characters"), _bits),
    )
    options: ClassVar[type[PredictOptions]] = WritingOptions
    takes_apart = True

    def __init__(self, column: str = "before", text: str = "text"):
        self.column, self.text = column, text

    def learn(self, train: Dataset, settings: Any) -> TextWriter:
        """Learns the vocabulary, and keeps the text to tell what is copied from it.

        Raises:
            InputError: If the vocabulary lacks what `form` needs.
        """
        from lstm_toolkit.targets.kept_text import kept_text

        encoder = learn_passages(train.columns[self.text], settings)
        choices = {name: getattr(settings, name) for name in CHOICES}
        text = kept_text(train, self.text) if settings.keep_text else ""
        cutoffs = cutoffs_of(len(encoder.vocabulary), settings.adaptive)
        writer = TextWriter(encoder, choices, text, cutoffs)
        writer.form  # noqa: B018  # which is found out now, not when the training has ended
        return writer

    def extend(
        self, state: TextWriter, train: Dataset, settings: Any
    ) -> tuple[TextWriter, list[str]]:
        """Adds tokens, and the other text behind that which is known; the softmax stays its kind.

        Raises:
            InputError: If the vocabulary lacks what `form` needs.
        """
        from lstm_toolkit.targets.kept_text import behind, kept_text

        encoder = extend_passages(state.encoder, train.columns[self.text], settings)
        text = behind(state.text, kept_text(train, self.text)) if settings.keep_text else ""
        choices = {name: getattr(settings, name) for name in CHOICES}
        grown = dataclasses.replace(state, encoder=encoder, choices=choices, text=text)
        grown.form  # noqa: B018  # as in `learn`
        sizes = len(state.encoder.vocabulary), len(encoder.vocabulary)
        return grown, additions(*sizes, "token to write", "tokens to write")

    def load(self, folder: Path) -> TextWriter:
        """Reads the vocabulary, and how to write.

        Raises:
            DataError: If the vocabulary was changed since.
        """
        return TextWriter.load(folder)

    def state_to_export(self, state: TextWriter, options: Any) -> TextWriter:
        """Leaves the training text out of exports."""
        return state.without_text

    def encode(self, rows: Dataset, state: TextWriter, settings: Any) -> EncodedColumn:
        """Returns `int32` rows: numbers of the tokens before a passage, then END or 0."""
        from lstm_toolkit.targets.passage_rows import contexts

        return EncodedColumn(contexts(rows, self.column, state.encoder))

    def training_pair(
        self, inputs: Any, targets: tf.RaggedTensor, state: TextWriter
    ) -> tuple[Any, Any]:
        """Tells every token but the last, and asks for those of the passage."""
        from lstm_toolkit.targets.passage_rows import training_pair

        tokens, wanted = training_pair(inputs, targets)
        return ({"tokens": tokens, "next": wanted}, wanted) if state.cutoffs else (tokens, wanted)

    def loss(self, settings: Any) -> keras.Loss:
        """Returns cross-entropy of tokens."""
        from lstm_toolkit.layers import TokenCrossentropy

        return TokenCrossentropy(settings.label_smoothing)

    def metrics(self, settings: Any) -> list[keras.Metric]:
        """Returns accuracy of tokens, if the best weights are chosen by it, and perplexity."""
        from lstm_toolkit.layers import Perplexity, TokenAccuracy

        metrics: list[keras.Metric] = [Perplexity(name="perplexity")]
        if settings.monitor == "val_accuracy":
            metrics.append(TokenAccuracy(name="accuracy"))
        return metrics

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[Any]:
        """Returns rows of `rated_passages.RATED`: nats and tokens of each passage."""
        from lstm_toolkit.targets.rated_passages import rated

        return rated(trained, batches)

    def _generator(self, trained: Trained) -> Any:
        from lstm_toolkit.targets.text_generator import TextGenerator

        # An export keeps the table of the feature's encoder, which is the same.
        writer = dataclasses.replace(trained.states.target, encoder=trained.states.only)
        return TextGenerator(trained.model, writer)

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns `serving_default`, which rates texts but for their end, `generate`, `stream`."""
        from lstm_toolkit.targets.writing_signatures import writing_signatures

        return writing_signatures(self._generator(trained), trained.specs)

    def signature_for(self, options: Any) -> str:
        """Returns `generate` unless texts are to be rated."""
        return "serving_default" if options.rate else "generate"

    def arguments(self, options: Any, state: TextWriter) -> Mapping[str, Any]:
        """Returns how to write: as is asked for, or as the run was told."""
        if options.rate:
            return {}
        chosen = {name: getattr(options, name) for name in DRAWN}
        chosen = {k: state.choices[k] if value is None else value for k, value in chosen.items()}
        stop = BETWEEN.join(map(unescaped, options.stop))
        return {**chosen, "seed": options.random_seed, "samples": options.samples, "stop": stop}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns `text` and its log-probability, `samples` where several are asked for."""
        from lstm_toolkit.targets.writing_answers import to_json

        return to_json(outputs)

    def completed(self, answer: dict[str, Any], state: TextWriter) -> dict[str, Any]:
        """Tells how much of what was written is copied from the training text."""
        from lstm_toolkit.targets.writing_answers import with_copied

        return with_copied(answer, state)

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns what was written, or how likely a text is."""
        from lstm_toolkit.targets.writing_answers import line_of

        return line_of(answer)

    def answer_columns(self) -> dict[str, Any]:
        """Returns the text that was written, and facts on it."""
        return {
            "text": str,
            "log_probability": float,
            "tokens": int,
            "unknown_tokens": int,
            "ended": bool,
            "stopped": bool,
            "copied_characters": int,
            "copied": str,
        }

    def needs_answers(self, options: Any) -> bool:
        """Tells whether a MIDI file is asked for."""
        return bool(options.midi)

    def on_predict_end(self, answers: Sequence[Mapping[str, Any]], options: Any) -> str:
        """Writes the MIDI file that `--midi` asks for, of the first tune."""
        if not options.midi:
            return ""
        from lstm_toolkit.targets.writing_answers import first_tune

        return first_tune(answers, options.midi)

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns perplexity, and nats and bits by tokens and characters."""
        from lstm_toolkit.targets.rated_passages import scores

        return scores(predicted, self.text)

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the beginning of each passage, and what it costs."""
        from lstm_toolkit.targets.rated_passages import judged_rows

        return judged_rows(predicted, self.text)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the scores in a line."""
        return (
            f"perplexity {scores['perplexity']:.3f}   nats a token "
            f"{scores['nats_per_token']:.4f}   nats a character "
            f"{scores['nats_per_character']:.4f}   ({scores['scored_tokens']:,} tokens)"
        )

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: TextWriter
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields unigrams and interpolated Kneser-Ney n-grams, with the same vocabulary."""
        from lstm_toolkit.targets.rated_passages import ngram_scores

        parts = train, test, state.encoder, self.text, self.column
        yield "unigram", partial(ngram_scores, *parts, orders=(1,))
        yield "kneser_ney", partial(ngram_scores, *parts, orders=range(3, 9))
