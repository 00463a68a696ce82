"""Sentences, written token by token."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.errors import InputError
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.sentence import (
    extend_sentences,
    learn_sentences,
    sentence_chunks,
    sentence_warnings,
)
from lstm_toolkit.metrics.row_scores import bleu, chrf
from lstm_toolkit.settings.fields import (
    CHANGES_LOSS,
    NOT_NEGATIVE,
    NOT_SEARCHED,
    POSITIVE,
    SHARE,
    TRAINING,
    SettingsGroup,
    settings,
)
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.system.files import check_writable, write_json
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.data.text.sentence_encoder import SentenceEncoder

JUDGED = np.dtype([("greedy", object), ("beam", object), ("loss", "f8"), ("tokens", "i8")])
"""What is scored of each pair."""


@settings()
class TokensSettings(SettingsGroup):
    """How sentences are learnt and written."""

    label_smoothing: Annotated[float, SHARE, TRAINING, CHANGES_LOSS] = 0.1
    """Share of each target spread over the whole vocabulary."""
    beams: Annotated[int, POSITIVE] = 5
    """Beams that are followed in writing; 1 is greedy."""
    length_penalty: Annotated[float, NOT_NEGATIVE] = 1.0
    """Exponent by which longer translations are favoured."""
    coverage_penalty: Annotated[float, NOT_NEGATIVE] = 0.0
    """What it costs to leave words of the source out; needs attention."""
    monitor: Annotated[
        Literal["val_accuracy", "val_loss", "val_perplexity"], TRAINING, NOT_SEARCHED
    ] = "val_accuracy"
    """Which score on the validation split chooses the best weights."""

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.coverage_penalty and getattr(self, "attention", "") == "none":
            yield (
                "coverage_penalty needs attention. "
                f"Received: coverage_penalty={self.coverage_penalty:g}, attention=none"
            )


@dataclasses.dataclass(frozen=True)
class TokensOptions(PredictOptions):
    """What `predict` can be told about translations."""

    beams: int = -1
    """Beams to follow instead of the trained setting; 1 is greedy (translation)."""
    length_penalty: float = -1.0
    """Exponent that favours longer translations, instead of the trained setting (translation)."""
    all: bool = False
    """Show every candidate with its score (translation)."""
    attention: str = ""
    """Draw what each token looked at into this PNG file, of the first sentence (translation)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.beams < 1 and self.beams != -1:
            raise InputError(f"--beams must be at least 1. Received: {self.beams}")
        if self.length_penalty < 0 and self.length_penalty != -1.0:
            raise InputError(
                f"--length-penalty must be at least 0. Received: {self.length_penalty}"
            )
        if self.attention:
            check_writable(Path(self.attention).parent)


@dataclasses.dataclass(frozen=True)
class SentenceWriter:
    """How sentences are written.

    Attributes:
        encoder: From numbers of tokens to sentences.
        bleu_tokenizer: How sacreBLEU divides them into words.
        beams: Beams to follow.
        length_penalty: See `layers.beam_search`.
        coverage_penalty: Likewise.
    """

    encoder: SentenceEncoder
    bleu_tokenizer: str
    beams: int
    length_penalty: float
    coverage_penalty: float

    def save(self, folder: Path) -> None:
        """Writes `writer.json` beside the encoder's files."""
        self.encoder.save(folder)
        names = ("bleu_tokenizer", "beams", "length_penalty", "coverage_penalty")
        write_json(folder / "writer.json", {name: getattr(self, name) for name in names})

    @classmethod
    def load(cls, folder: Path) -> SentenceWriter:
        """Reads what `save` wrote.

        Raises:
            DataError: If the vocabulary was changed since.
        """
        from lstm_toolkit import data

        facts = json.loads((folder / "writer.json").read_text(encoding="utf-8"))
        return cls(data.SentenceEncoder.load(folder), **facts)


class Tokens(Target[SentenceWriter]):
    """Sentences from the decoder of a network such as `builders.seq2seq`, by beam search.

    The one feature has to be a `features.Sentence`. The network is told the right tokens a
    step late in training, as its input `target`.

    Args:
        column: Of `Dataset.targets`: `object[n]` of `str`; answers are named so, too.
        side: The beginning of the names of its settings: `target_tokens`, `target_lower`,
            `target_vocabulary`.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        "loss": "min",
        "perplexity": "min",
        "accuracy": "max",
        "bleu": "max",
        "bleu_greedy": "max",
        "chrf": "max",
        "chrf_greedy": "max",
    }
    main_score = "chrf"
    row_scores = (chrf("chrf"), bleu("bleu"))
    options: ClassVar[type[PredictOptions]] = TokensOptions
    takes_apart = True

    def __init__(self, column: str = "translation", side: str = "target"):
        self.column, self.side = column, side

    def learn(self, train: Dataset, settings: Any) -> SentenceWriter:
        """Learns the vocabulary of what is written."""
        from lstm_toolkit import data

        sentences = train.targets[self.column]
        return SentenceWriter(
            learn_sentences(sentences, settings, self.side, "accents"),
            data.bleu_tokenizer(sentences),
            settings.beams,
            settings.length_penalty,
            settings.coverage_penalty,
        )

    def extend(
        self, state: SentenceWriter, train: Dataset, settings: Any
    ) -> tuple[SentenceWriter, list[str]]:
        """Adds tokens that can be written."""
        sentences = train.targets[self.column]
        encoder, added = extend_sentences(state.encoder, sentences, settings, self.side)
        grown = dataclasses.replace(
            state,
            encoder=encoder,
            beams=settings.beams,
            length_penalty=settings.length_penalty,
            coverage_penalty=settings.coverage_penalty,
        )
        return grown, added

    def load(self, folder: Path) -> SentenceWriter:
        """Reads the vocabulary, and how to write.

        Raises:
            DataError: If the vocabulary was changed since.
        """
        return SentenceWriter.load(folder)

    def encode(self, rows: Dataset, state: SentenceWriter, settings: Any) -> EncodedColumn:
        """Returns rows of `int32` numbers of tokens between START and END."""
        from lstm_toolkit.data.columns import Ragged

        parts = list(sentence_chunks(rows.targets[self.column], state.encoder))
        counts = {
            name: np.concatenate([part[name] for part in parts]) for name in ("tokens", "unknown")
        }
        return EncodedColumn(framed(Ragged.concatenate([part["rows"] for part in parts])), counts)

    def training_pair(
        self, inputs: Any, targets: tf.RaggedTensor, state: SentenceWriter
    ) -> tuple[Any, Any]:
        """Tells the decoder every token but the last, and asks for every one but START."""
        written = targets.to_tensor()
        return {"source": inputs, "target": written[:, :-1]}, written[:, 1:]

    def loss(self, settings: Any) -> keras.Loss:
        """Returns cross-entropy of tokens."""
        from lstm_toolkit.layers import TokenCrossentropy

        return TokenCrossentropy(settings.label_smoothing)

    def metrics(self, settings: Any) -> list[keras.Metric]:
        """Returns accuracy and perplexity of tokens."""
        from lstm_toolkit.layers import Perplexity, TokenAccuracy

        return [TokenAccuracy(name="accuracy"), Perplexity(name="perplexity")]

    def data_warnings(
        self,
        train: EncodedColumn,
        validation: EncodedColumn,
        settings: Any,
        state: SentenceWriter,
    ) -> Iterator[str]:
        """Tells what the vocabulary covers, and what is too long."""
        yield from sentence_warnings(self.side, train, state.encoder)

    def predict_outputs(self, trained: Trained, batches: Batches, settings: Any) -> NDArray[Any]:
        """Writes greedily and by beam search; returns rows of `JUDGED`."""
        import tensorflow as tf

        judge = partial(_judged, trained.model, self._translator(trained))
        graph = tf.function(judge, reduce_retracing=True, autograph=False)
        rows = np.zeros(batches.size, JUDGED)
        done = 0
        for inputs, targets in batches.dataset():
            for name, values in graph(inputs, targets).items():
                part = values.numpy()
                if part.dtype == object:
                    part = [text.decode("utf-8", "replace") for text in part]
                rows[name][done : done + len(part)] = part
            done += len(part)
        return batches.in_row_order(rows)

    def _translator(self, trained: Trained) -> Any:
        from lstm_toolkit.targets.translator import Translator

        return Translator(trained.model, trained.states.only, trained.states.target)

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns `serving_default`, `nbest`, `translate` and, with attention, `attend`."""
        import tensorflow as tf

        translator, inputs = self._translator(trained), trained.specs
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

    def signature_for(self, options: Any) -> str:
        """Returns the signature that does no more than is asked for."""
        if options.attention:
            return "attend"
        return "serving_default" if options == type(options)() else "translate"

    def arguments(self, options: Any, state: SentenceWriter) -> Mapping[str, Any]:
        """Returns beams and length penalty: those asked for, or those trained with."""
        if self.signature_for(options) == "serving_default":
            return {}
        beams = state.beams if options.beams == -1 else options.beams
        if beams > len(state.encoder.vocabulary):
            raise InputError(
                "--beams must be at most the tokens that can be written, "
                f"{len(state.encoder.vocabulary)}. Received: {beams}"
            )
        penalty = options.length_penalty
        return {"beams": beams, "length_penalty": state.length_penalty if penalty < 0 else penalty}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns `translation` and `score`; `candidates` where there are several."""
        from lstm_toolkit.targets.translation_answers import translation_answers

        return translation_answers(outputs)

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns translation and score, those of all candidates if there are, by tabs."""
        shown = answer.get("candidates", [answer])
        cells = [f"{one['translation']}\t{one['score']:.4f}" for one in shown]
        if answer.get("truncated"):
            cells.append("(only its first tokens were read, see max_tokens)")
        if answer.get("unknown_tokens"):
            cells.append(f"({answer['unknown_tokens']} unknown to the vocabulary)")
        return "\t".join(cells)

    def answer_columns(self) -> dict[str, Any]:
        """Returns translation and score, and what was lost of the sentence."""
        return {"translation": str, "score": float, "truncated": bool, "unknown_tokens": int}

    def needs_answers(self, options: Any) -> bool:
        """Tells whether an attention map is asked for."""
        return bool(options.attention)

    def on_predict_end(self, answers: Sequence[Mapping[str, Any]], options: Any) -> None:
        """Draws the attention map that `--attention` asks for, of the first sentence."""
        drawn = next((answer for answer in answers if "attention" in answer), None)
        if options.attention and drawn is not None:
            from lstm_toolkit.figures import plots

            parts = drawn["attention"]
            if not parts["weights"]:
                raise InputError("--attention has nothing to draw: the translation is empty")
            weights = np.array(parts["weights"], np.float32)
            figure = plots.attention_map(weights, parts["source"], parts["target"])
            plots.save(figure, Path(options.attention))

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns BLEU and chrF, the loss, and samples."""
        from lstm_toolkit.metrics.translation_scores import translation_scores

        return translation_scores(
            list(predicted.rows.inputs),
            list(predicted.rows.targets[self.column]),
            predicted.outputs,
            tokenizer=predicted.states.target.bleu_tokenizer,
            lowercase=predicted.states.target.encoder.lower,
        )

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the n-grams of each different sentence, which corpus scores add up."""
        from lstm_toolkit.metrics.translation_scores import first_rows, ngram_counts

        rows = np.array(first_rows(list(predicted.rows.inputs)), np.int64)
        wanted, given = (
            [str(side[row]) for row in rows]
            for side in (predicted.rows.targets[self.column], predicted.outputs["beam"])
        )
        state = predicted.states.target
        how: dict[str, Any] = {"tokenizer": state.bleu_tokenizer, "lowercase": state.encoder.lower}
        return JudgedRows(wanted, given, ngram_counts(given, wanted, **how), rows=rows)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns sample translations, then the scores."""
        lines = [
            f"{sample['source']}\n  → {sample['translation']}\n  = {sample['reference']}"
            for sample in scores["samples"]
        ]
        lines += [
            f"BLEU {scores['bleu']:.2f} (greedy {scores['bleu_greedy']:.2f}), "
            f"chrF {scores['chrf']:.2f} (greedy {scores['chrf_greedy']:.2f}) on "
            f"{scores['sentences']:,} different sentences, first reference of each",
            f"perplexity {scores['perplexity']:.2f}; {scores['unknown_tokens']:.1%} of the source "
            "tokens are unknown to the vocabulary",
            scores["sacrebleu_signature"],
        ]
        return "\n".join(lines)

    def baselines(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        state: SentenceWriter,
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields copying the sentence, and the translation of the most similar one."""
        from lstm_toolkit.metrics.simple_translations import copies, nearest

        (feature,) = features.values()
        how: dict[str, Any] = {"tokenizer": state.bleu_tokenizer, "lowercase": state.encoder.lower}
        trained, tested = ((part.inputs, part.targets[self.column]) for part in (train, test))
        yield "copy", partial(copies, *tested, **how)
        yield "nearest", partial(nearest, feature.simple_model(), *trained, *tested, **how)

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns how chrF depends on the length of sentences."""
        from lstm_toolkit.figures import plots

        (encoded,) = predicted.encoded.values()
        chrf = np.array(self._chrf(predicted, np.arange(len(predicted.rows))))
        return {"chrf_by_length": plots.score_by_length(encoded.counts["tokens"], chrf, "chrF")}

    def pages(self, predicted: Predicted) -> dict[str, str]:
        """Returns a page of translations beside their references."""
        from lstm_toolkit.figures.translation_page import page
        from lstm_toolkit.metrics.translation_scores import first_rows

        sources, wanted = predicted.rows.inputs, predicted.rows.targets[self.column]
        rows = first_rows(list(sources))
        given = predicted.outputs["beam"]
        scored = zip(rows, self._chrf(predicted, rows), strict=True)
        lines = [(str(sources[i]), str(given[i]), str(wanted[i]), chrf) for i, chrf in scored]
        return {"translations": page(lines)}

    def _chrf(self, predicted: Predicted, rows: Any) -> list[float]:
        """Returns chrF of each of these rows alone."""
        from lstm_toolkit.metrics.translation_scores import sentence_chrf

        sides = (predicted.outputs["beam"], predicted.rows.targets[self.column])
        given, wanted = ([str(side[row]) for row in rows] for side in sides)
        return sentence_chrf(given, wanted, lowercase=predicted.states.target.encoder.lower)


def framed(rows: Any) -> Any:
    """Puts START before each row of numbers of tokens, and END behind it."""
    from lstm_toolkit.data.columns import Ragged
    from lstm_toolkit.data.text.sentence_encoder import END_ID, START_ID

    values = np.insert(rows.values, rows.offsets[:-1], START_ID)
    ends = rows.offsets[1:] + np.arange(1, len(rows) + 1)
    return Ragged.from_lengths(np.insert(values, ends, END_ID), rows.lengths + 2)


def _judged(model: keras.Model, translator: Any, inputs: Any, targets: Any) -> dict[str, Any]:
    """Scores and translates one batch."""
    import tensorflow as tf

    from lstm_toolkit.layers import token_losses

    losses, real = token_losses(targets, model(inputs, training=False))
    source = inputs["source"]
    return {
        "loss": tf.reduce_sum(losses * real, axis=1),
        "tokens": tf.reduce_sum(real, axis=1),
        "greedy": translator.sentences(translator.greedy(source))[:, 0],
        "beam": translator.sentences(translator.search(source, best_only=True))[:, 0],
    }
