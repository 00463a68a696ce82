"""Sentences, written token by token."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

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
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.sentence_writer import SentenceWriter
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Direction, Predicted, Target
from lstm_toolkit.targets.token_settings import TokensOptions

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.figure import Figure

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.features.states import States


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
        "token_error": "min",
        "sentence_error": "min",
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
            learn_sentences(sentences, settings, self.side, fold="accents", writes=True),
            data.bleu_tokenizer(sentences),
            settings.beams,
            settings.length_penalty,
            settings.coverage_penalty,
        )

    def rows_to_learn(self, rows: Dataset, settings: Any) -> Dataset:
        """Marks numbers and the like that are the same on both sides, to be copied."""
        from lstm_toolkit.targets.copied_rows import marked_literals

        return marked_literals(rows, self.column) if settings.copy_unknown else rows

    def rows_to_encode(
        self, rows: Dataset, states: States, settings: Any, *, training: bool = False
    ) -> Dataset:
        """Marks unknown words that are the same on both sides too.

        In training further pairs follow, in which known words are left open.
        """
        from lstm_toolkit.targets.copied_rows import marked_unknown, with_words_left_open

        source, encoder = states.only, states.target.encoder
        if not (source.copy_ids and encoder.copy_ids):
            return rows
        marked = marked_unknown(self.rows_to_learn(rows, settings), self.column, source)
        if not training:
            return marked
        kinds = source.kind, encoder.kind
        return with_words_left_open(marked, self.column, kinds, seed=settings.seed)

    def extend(
        self, state: SentenceWriter, train: Dataset, settings: Any
    ) -> tuple[SentenceWriter, list[str]]:
        """Adds tokens that can be written."""
        sentences = train.targets[self.column]
        encoder, added = extend_sentences(
            state.encoder, sentences, settings, self.side, writes=True
        )
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
        names = [name for name in parts[0] if name != "rows"]
        counts = {name: np.concatenate([part[name] for part in parts]) for name in names}
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
        if state.encoder.copy_ids:
            from lstm_toolkit.data.text.copied_pairs import copying_note

            yield copying_note(train.counts["copied"], getattr(settings, "attention", "none"))

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[Any]:
        """Writes greedily and by beam search; returns rows of `scored_sentences.JUDGED`."""
        from lstm_toolkit.targets.scored_sentences import judge, judged

        if "judge" not in trained.graphs:
            trained.graphs["judge"] = judge(trained.model, self._search(trained))
        return judged(trained.graphs["judge"], batches, rows.inputs)

    def _search(self, trained: Trained) -> Any:
        from lstm_toolkit.targets.translator import Translator

        return Translator(trained.model, trained.states.only, trained.states.target)

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns `serving_default`, `nbest`, `translate` and, with attention, `attend`."""
        from lstm_toolkit.targets.sentence_signatures import sentence_signatures

        return sentence_signatures(self._search(trained), trained.specs)

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
        if beams > state.most:
            raise InputError(f"--beams must be at most {state.most}. Received: {beams}")
        penalty = options.length_penalty
        return {"beams": beams, "length_penalty": state.length_penalty if penalty < 0 else penalty}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns `translation` and `score`; `candidates` where there are several."""
        from lstm_toolkit.targets.translation_answers import translation_answers

        return translation_answers(outputs)

    def chosen(self, answer: dict[str, Any], options: Any) -> dict[str, Any]:
        """Leaves out candidates that come with attention, unless all are asked for."""
        if options.all or not options.attention:
            return answer
        return {name: value for name, value in answer.items() if name != "candidates"}

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns translation and score, those of all candidates if there are, by tabs."""
        shown = answer.get("candidates", [answer])
        cells = [f"{one['translation']}\t{one['score']:.4f}" for one in shown]
        if answer.get("truncated"):
            cells.append("(only its first tokens were read, see max_tokens)")
        if answer.get("unknown_tokens"):
            cells.append(f"({answer['unknown_tokens']} unknown to the vocabulary)")
        if answer.get("sentences"):
            cells.append(f"({answer['sentences']} sentences at once, some may be lost: give each)")
        return "\t".join(cells)

    def answer_columns(self) -> dict[str, Any]:
        """Returns translation and score, and what was lost of the sentence."""
        return {
            "translation": str,
            "score": float,
            "truncated": bool,
            "unknown_tokens": int,
            "sentences": int,
        }

    def needs_answers(self, options: Any) -> bool:
        """Tells whether an attention map is asked for."""
        return bool(options.attention)

    def on_predict_end(self, answers: Sequence[Mapping[str, Any]], options: Any) -> str:
        """Draws the attention map that `--attention` asks for, of the first sentence."""
        if options.attention:
            from lstm_toolkit.targets.translation_answers import draw_attention

            draw_attention(answers, Path(options.attention))
        return ""

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns BLEU and chrF, the loss, and samples."""
        from lstm_toolkit.targets.scored_sentences import scores

        return scores(predicted, self.column)

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
        from lstm_toolkit.targets.scored_sentences import report

        return report(scores)

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
        from lstm_toolkit.targets.scored_sentences import figures

        return figures(predicted, self.column)

    def pages(self, predicted: Predicted) -> dict[str, str]:
        """Returns a page of translations beside their references."""
        from lstm_toolkit.targets.scored_sentences import pages

        return pages(predicted, self.column)


def framed(rows: Any) -> Any:
    """Puts START before each row of numbers of tokens, and END behind it."""
    from lstm_toolkit.data.columns import Ragged
    from lstm_toolkit.data.text.sentence_encoder import END_ID, START_ID

    values = np.insert(rows.values, rows.offsets[:-1], START_ID)
    ends = rows.offsets[1:] + np.arange(1, len(rows) + 1)
    return Ragged.from_lengths(np.insert(values, ends, END_ID), rows.lengths + 2)
