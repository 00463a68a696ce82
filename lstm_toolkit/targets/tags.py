"""A tag for each token, by a conditional random field."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from numpy.typing import NDArray

from lstm_toolkit.data.tag_schemes import (
    Scheme,
    learns_ends,
    marks_ends,
    marks_entities,
    mend,
)
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.states import additions
from lstm_toolkit.metrics.row_scores import RowScore, f1, quotient
from lstm_toolkit.settings.fields import NOT_SEARCHED, TRAINING, SettingsGroup, settings
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.tag_names import TagNames
from lstm_toolkit.targets.tag_options import CANDIDATES, TagsOptions
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset


@settings()
class TagsSettings(SettingsGroup):
    """How tags are learnt."""

    scheme: Scheme = "iobes"
    """How entities are learnt: with their ends marked, too (iobes), or without (iob2). Answers are
    in IOB2."""
    monitor: Annotated[Literal["val_accuracy", "val_loss"], TRAINING, NOT_SEARCHED] = "val_accuracy"
    """Which score on the validation split chooses the best weights."""


class Tags(Target[TagNames]):
    """Tags of tokens, from a network that ends in `layers.CRF`. Settings: `TagsSettings`.

    What being outside of entities costs is chosen on the validation split after the training,
    where F1 is best.

    Args:
        column: Of `Dataset.targets`: rows of texts (`Ragged`), one a token; answers are named
            so, too.
        text: The feature with the tokens, which the simplest method looks up.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        "loss": "min",
        "accuracy": "max",
        "f1": "max",
        "precision": "max",
        "recall": "max",
    }
    main_score = "f1"
    chooses_on_validation = True
    options: ClassVar[type[PredictOptions]] = TagsOptions
    row_scores: ClassVar[tuple[RowScore, ...]] = (
        f1("f1", "hits", "given", "wanted"),
        quotient("accuracy", "right", "tokens", points=100.0),
        quotient("loss", "loss", "tokens"),
    )

    def __init__(self, column: str = "tags", text: str = "text"):
        self.column, self.text = column, text

    def given(self, column: Any) -> Any:
        """Returns tags that are given in Python, entities in IOB2."""
        from lstm_toolkit.data.columns import Ragged

        if not isinstance(column, Ragged):
            return column
        tags = set(map(str, column.values))
        if not marks_entities(tags):
            return column
        ends = marks_ends(tags)
        return Ragged.of([mend(row, ends=ends).tags for row in column.to_list()], object)

    def learn(self, train: Dataset, settings: Any) -> TagNames:
        """Learns the names of the tags, as the network is to learn them."""
        from lstm_toolkit.targets.learnt_tags import as_learnt

        tags = as_learnt(train.targets[self.column], ends=settings.scheme == "iobes")
        labels = TagNames.learn(tags.values, exact=True)
        if len(labels.names) < 2:
            raise DataError(
                f"needs at least two tags. Received: {', '.join(labels.names) or 'none'}"
            )
        return labels

    def extend(self, state: TagNames, train: Dataset, settings: Any) -> tuple[TagNames, list[str]]:
        """Adds tags."""
        from lstm_toolkit.targets.learnt_tags import as_learnt

        tags = as_learnt(train.targets[self.column], ends=learns_ends(state.names))
        names = state.extended(TagNames.learn(tags.values, exact=True)).names
        grown = TagNames(names)
        return grown, additions(len(state.names), len(grown.names), "tag", "tags")

    def load(self, folder: Path) -> TagNames:
        """Reads the names, and what being outside costs."""
        return TagNames.load(folder)

    def after_training(self, predicted: Predicted) -> TagNames:
        """Chooses what being outside of entities costs."""
        from lstm_toolkit.targets.scored_tags import chosen_cost

        state: TagNames = predicted.states.target
        return dataclasses.replace(state, outside_cost=chosen_cost(predicted, self.column))

    def encode(self, rows: Dataset, state: TagNames, settings: Any) -> EncodedColumn:
        """Returns rows of `int32` numbers of tags, counted from 1.

        Raises:
            DataError: If a sentence has no token, one with U+001F, or another number of tags than
                of tokens.
        """
        from lstm_toolkit.targets.learnt_tags import numbered

        return numbered(rows.columns[self.text], rows.targets[self.column], state)

    def data_warnings(
        self, train: EncodedColumn, validation: EncodedColumn, settings: Any, state: TagNames
    ) -> Iterator[str]:
        """Tells of tags that stand in the validation split alone."""
        if unknown := int(validation.counts["unknown"].sum()):
            yield f"{unknown:,} tags of validation are not in training, and count as wrong"

    def training_pair(
        self, inputs: Any, targets: tf.RaggedTensor, state: TagNames
    ) -> tuple[Any, Any]:
        """Pads tags with zeros."""
        return inputs, targets.to_tensor()

    def loss(self, settings: Any) -> keras.Loss:
        """Returns the negative log-likelihood of the field."""
        from lstm_toolkit.layers import CRFLoss

        return CRFLoss()

    def metrics(self, settings: Any) -> list[keras.Metric]:
        """Returns the accuracy of tokens, if the best weights are chosen by it."""
        from lstm_toolkit.layers import CRFAccuracy

        return [CRFAccuracy()] if settings.monitor == "val_accuracy" else []

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[Any]:
        """Returns rows of `scored_tags.JUDGED`: numbers of the best tags, and losses."""
        from lstm_toolkit.targets.scored_tags import judged

        return judged(trained, batches)

    def decode(self, outputs: tf.Tensor, state: TagNames) -> dict[str, tf.Tensor]:
        """Returns `string[batch, time]` tags, "" behind a text's end."""
        import tensorflow as tf

        from lstm_toolkit.layers.crf.layer import best_tags

        tags, lengths = best_tags(state.with_cost(outputs, state.costs[0]))
        real = tf.sequence_mask(lengths, tf.shape(tags)[1])
        # Here, not outside: a graph can only hold constants that are made in it.
        names = tf.constant(state.shown)
        return {self.column: tf.where(real, tf.gather(names, tags), "")}

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns `serving_default`, and `nbest`, which takes how many candidates are wanted.

        Both say where each token stands in the text that they were given; see `tag_answers`.
        """
        from lstm_toolkit.targets.tag_signatures import tag_signatures

        feature = trained.features[self.text]
        if len(trained.features) > 1 or not hasattr(feature, "divide"):
            return super().signatures(trained)
        return tag_signatures(trained, self.text)

    def signature_for(self, options: Any) -> str:
        """Returns `nbest` if candidates are asked for."""
        return "nbest" if options.candidates else "serving_default"

    def arguments(self, options: Any, state: TagNames) -> Mapping[str, Any]:
        """Returns how many candidates are wanted."""
        return {CANDIDATES: options.candidates} if options.candidates else {}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns the tags of each input, with tokens, entities and candidates where given."""
        from lstm_toolkit.targets.tag_answers import to_json

        return to_json(outputs, self.column)

    def answer_columns(self) -> dict[str, Any]:
        """Returns the columns of answers; entities are JSON."""
        return {
            self.column: list[str],
            "tokens": list[str],
            "starts": list[int],
            "ends": list[int],
            "confidence": list[float],
            "entities": dict,
        }

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the tokens with what they are, in colour on a terminal."""
        from lstm_toolkit.inspection.tagged_text import bracketed, coloured

        shown = coloured if sys.stdout.isatty() else bracketed
        lines = [shown(answer["tokens"], answer[self.column])]
        for candidate in answer.get("candidates", ()):
            tagged = bracketed(answer["tokens"], candidate[self.column])
            lines.append(f"{candidate['probability']:.4f} {tagged}")
        return "\t".join(lines)

    def needs_answers(self, options: Any) -> bool:
        """Tells whether a page is asked for."""
        return bool(options.html)

    def on_predict_end(self, answers: Sequence[Mapping[str, Any]], options: Any) -> str:
        """Writes the page that `--html` asks for."""
        if options.html:
            from lstm_toolkit.inspection.tagged_text import page
            from lstm_toolkit.system.files import write_text

            tagged = [answer for answer in answers if self.column in answer]
            write_text(Path(options.html), page(tagged, self.column))
        return ""

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns F1 of entities where tags begin and continue them, and accuracy of tokens."""
        from lstm_toolkit.targets.scored_tags import scores

        return scores(predicted, self.column)

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the tags, how many are right, and the loss of each sentence."""
        from lstm_toolkit.targets.scored_tags import judged_rows

        return judged_rows(predicted, self.column)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the scores in a line."""
        return (
            f"F1 {scores['f1']:.4f}   precision {scores['precision']:.4f}   recall "
            f"{scores['recall']:.4f}   accuracy of tokens {scores['accuracy']:.4f}   "
            f"({scores['examples']:,} sentences)"
        )

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: TagNames
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields the tag that each word has most often in training."""
        from lstm_toolkit.data.text.spaced_tokens import tokens_in
        from lstm_toolkit.metrics.tag_scores import commonest_tags

        def tagged(part: Dataset) -> tuple[list[list[str]], list[list[str]]]:
            rows = [tokens_in(str(text)) for text in part.columns[self.text]]
            return rows, part.targets[self.column].to_list()

        fitted = partial(commonest_tags, *tagged(train), *tagged(test))
        of_entities = marks_entities(state.names)
        yield "most_frequent_tag", partial(fitted, of_entities=of_entities)
