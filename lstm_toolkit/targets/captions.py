"""What there is to see in pictures, written token by token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.columns import Ragged, texts
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.settings.fields import POSITIVE, Bounds, SettingsGroup, settings
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.signature import Trained
from lstm_toolkit.targets.target import Predicted
from lstm_toolkit.targets.tokens import Tokens

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.features.states import States
    from lstm_toolkit.targets.sentence_writer import SentenceWriter

TokenKind = Literal["auto", "word", "character", "subword"]


@settings()
class CaptionsSettings(SettingsGroup):
    """How captions are divided into tokens."""

    caption_tokens: TokenKind = "auto"
    """What a token is; auto: characters where words are not spaced, else words."""
    caption_lower: bool = False
    """Write small letters alone; scores then ignore capitals too."""
    caption_vocabulary: Annotated[int, Bounds(5)] = 10_000
    """Tokens that can be written, at most."""
    min_count: Annotated[int, POSITIVE] = 1
    """Occurrences in the training captions that a token needs to be known; not for subwords."""
    max_tokens: Annotated[int, POSITIVE] = 40
    """Tokens of a caption that are written, at most."""
    copy_unknown: ClassVar[bool] = False
    """Pictures have no words that could be copied."""


class Captions(Tokens):
    """Sentences about pictures from the decoder of `builders.captioner`, by beam search.

    The one feature has to be a `features.Picture`. A picture has one or several captions: it is
    trained on each, and scored against all.

    Args:
        column: Of `Dataset.targets`: `Ragged` rows of texts.
        side: The beginning of the names of its settings, as `caption_tokens`.
    """

    def __init__(self, column: str = "caption", side: str = "caption"):
        super().__init__(column, side)

    def given(self, column: Any) -> Ragged:
        """Returns a row of texts for each picture, of one text or several."""
        return column if isinstance(column, Ragged) else Ragged.of([_row(each) for each in column])

    def learn(self, train: Dataset, settings: Any) -> SentenceWriter:
        """Learns the vocabulary of all captions."""
        return super().learn(_flat(train, self.column), settings)

    def extend(
        self, state: SentenceWriter, train: Dataset, settings: Any
    ) -> tuple[SentenceWriter, list[str]]:
        """Adds tokens that can be written."""
        return super().extend(state, _flat(train, self.column), settings)

    def rows_to_learn(self, rows: Dataset, settings: Any) -> Dataset:
        """Returns the rows as they are."""
        return rows

    def rows_to_encode(
        self, rows: Dataset, states: States, settings: Any, *, training: bool = False
    ) -> Dataset:
        """Returns a row for each further caption too, behind the others, in training."""
        captions = rows.targets[self.column]
        if not training or (captions.lengths == 1).all():
            return rows
        more = np.maximum(captions.lengths - 1, 0)
        further = np.repeat(np.arange(len(rows)), more)
        first = np.ones(len(captions.values), bool)
        first[captions.offsets[:-1]] = False
        flat = np.concatenate([captions.values[captions.offsets[:-1]], captions.values[first]])
        every = rows.take(np.concatenate([np.arange(len(rows)), further]))
        one_each = Ragged.from_lengths(flat, np.ones(len(flat), np.int64))
        return type(rows)(every.columns, {**every.targets, self.column: one_each}, every.meta)

    def encode(self, rows: Dataset, state: SentenceWriter, settings: Any) -> EncodedColumn:
        """Returns rows of `int32` numbers of tokens of the first captions, framed."""
        captions = rows.targets[self.column]
        first = type(rows)(rows.columns, {self.column: captions.values[captions.offsets[:-1]]})
        return super().encode(first, state, settings)

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[Any]:
        """Writes greedily and by beam search; returns rows of `scored_sentences.JUDGED`."""
        from lstm_toolkit.targets.scored_sentences import judge, judged

        if "judge" not in trained.graphs:
            trained.graphs["judge"] = judge(trained.model, self._search(trained))
        return judged(trained.graphs["judge"], batches, None)

    def _search(self, trained: Trained) -> Any:
        from lstm_toolkit.targets.captioner import Captioner

        return Captioner(trained)

    def signature_for(self, options: Any) -> str:
        """Returns the signature that does no more than is asked for."""
        name = super().signature_for(options)
        return "describe" if name == "translate" else name

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns `caption` and `score`; `candidates` where there are several."""
        from lstm_toolkit.targets.caption_answers import caption_answers

        return caption_answers(outputs)

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns caption and score, those of all candidates if there are, by tabs."""
        shown = answer.get("candidates", [answer])
        return "\t".join(f"{one['caption']}\t{one['score']:.4f}" for one in shown)

    def answer_columns(self) -> dict[str, Any]:
        """Returns caption and score."""
        return {"caption": str, "score": float}

    def on_predict_end(self, answers: Sequence[Mapping[str, Any]], options: Any) -> str:
        """Draws where each word looked, of the first picture, into the file of `--attention`."""
        if options.attention:
            from lstm_toolkit.targets.caption_answers import draw_attention

            draw_attention(answers, Path(options.attention))
        return ""

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns BLEU and chrF against all captions of a picture, the loss, and samples.

        The loss and the perplexity are of the first caption of each picture. BLEU is left out
        where no caption has four words.
        """
        from lstm_toolkit.metrics.simple_captions import judged_by
        from lstm_toolkit.metrics.translation_scores import translation_scores

        names = [f"picture {row + 1}" for row in range(len(predicted.rows))]
        how = _how(predicted.states.target)
        wanted = predicted.rows.targets[self.column].to_list()
        scores = translation_scores(names, wanted, predicted.outputs, **how)
        return judged_by(scores, wanted, how["tokenizer"])

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the n-grams of each caption, which corpus scores add up."""
        from lstm_toolkit.metrics.simple_captions import judged_by
        from lstm_toolkit.metrics.translation_scores import ngram_counts

        wanted = predicted.rows.targets[self.column].to_list()
        given = [str(text) for text in predicted.outputs["beam"]]
        how = _how(predicted.states.target)
        counts = judged_by(ngram_counts(given, wanted, **how), wanted, how["tokenizer"])
        return JudgedRows([" | ".join(each) for each in wanted], given, counts)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns sample captions, then the scores."""
        lines = [
            f"{each['source']}: {each['translation']}\n  = {each['reference']}"
            for each in scores["samples"]
        ]
        count = f"on {scores['sentences']:,} pictures, all captions of each"
        chrf = f"chrF {scores['chrf']:.2f} (greedy {scores['chrf_greedy']:.2f})"
        bleu = "no BLEU, as no caption has four words"
        if "bleu" in scores:
            bleu = f"BLEU {scores['bleu']:.2f} (greedy {scores['bleu_greedy']:.2f})"
        lines += [
            f"{bleu}, {chrf} {count}",
            f"{100 - scores['sentence_error']:.2f}% of the captions are one of the picture's as "
            f"they are; perplexity of its first caption {scores['perplexity']:.2f}",
            scores.get("sacrebleu_signature", scores["chrf_signature"]),
        ]
        return "\n".join(lines)

    def baselines(
        self,
        train: Dataset,
        test: Dataset,
        features: Mapping[str, Feature[Any]],
        state: SentenceWriter,
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the commonest caption, and that of the picture with the nearest colours."""
        from lstm_toolkit.metrics.simple_captions import commonest, nearest

        (feature,) = features.values()
        known, wanted = (part.targets[self.column].to_list() for part in (train, test))
        yield "commonest", partial(commonest, known, wanted, **_how(state))
        yield (
            "nearest",
            partial(
                nearest,
                feature.simple_model(),
                train.inputs,
                known,
                test.inputs,
                wanted,
                **_how(state),
            ),
        )

    def figures(self, predicted: Predicted) -> dict[str, Figure]:
        """Returns pictures with what was written of them."""
        from lstm_toolkit.figures.captions import captioned

        count = min(len(predicted.rows), 12)
        wanted = predicted.rows.targets[self.column].to_list()
        given = [str(text) for text in predicted.outputs["beam"][:count]]
        return {"captions": captioned(predicted.rows.inputs[:count], given, wanted[:count])}

    def pages(self, predicted: Predicted) -> dict[str, str]:
        """Returns none: pictures stand in `figures`."""
        return {}


def _how(state: SentenceWriter) -> dict[str, Any]:
    return {"tokenizer": state.bleu_tokenizer, "lowercase": state.encoder.lower}


def _row(captions: Any) -> list[str]:
    return [captions] if isinstance(captions, str) else [str(each) for each in captions]


def _flat(rows: Dataset, column: str) -> Dataset:
    """Returns all captions as a column, one a row."""
    flat = rows.targets[column].values
    return type(rows)({"row": np.arange(len(flat))}, {column: texts(list(flat))})
