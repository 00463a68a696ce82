"""A tag for each token, by a conditional random field."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.data.tag_schemes import (
    OUTSIDE,
    Scheme,
    learns_ends,
    marks_ends,
    marks_entities,
    mend,
    with_ends,
)
from lstm_toolkit.errors import DataError
from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.features.states import additions
from lstm_toolkit.metrics.row_scores import f1, quotient
from lstm_toolkit.settings.fields import NOT_SEARCHED, TRAINING, SettingsGroup, settings
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.tag_names import TagNames, best_cost
from lstm_toolkit.targets.tag_options import CANDIDATES, TagsOptions
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.columns import Ragged
    from lstm_toolkit.data.dataset import Dataset
    from lstm_toolkit.data.text.division import Divided


JUDGED = np.dtype([("tags", object), ("others", object), ("loss", "f8")])
"""What is scored of each sentence: the best tags, and those of other costs of being outside."""


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
    row_scores = (
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
        tags = _as_learnt(train.targets[self.column], ends=settings.scheme == "iobes")
        labels = TagNames.learn(tags.values, exact=True)
        if len(labels.names) < 2:
            raise DataError(
                f"needs at least two tags. Received: {', '.join(labels.names) or 'none'}"
            )
        return labels

    def extend(self, state: TagNames, train: Dataset, settings: Any) -> tuple[TagNames, list[str]]:
        """Adds tags."""
        tags = _as_learnt(train.targets[self.column], ends=learns_ends(state.names))
        names = state.extended(TagNames.learn(tags.values, exact=True)).names
        grown = TagNames(names)
        return grown, additions(len(state.names), len(grown.names), "tag", "tags")

    def load(self, folder: Path) -> TagNames:
        """Reads the names, and what being outside costs."""
        return TagNames.load(folder)

    def after_training(self, predicted: Predicted) -> TagNames:
        """Chooses what being outside of entities costs."""
        state: TagNames = predicted.states.target
        names = np.array(state.shown, object)
        given = [[names[row].tolist() for row in rows] for rows in predicted.outputs["others"]]
        truth = predicted.rows.targets[self.column].to_list()
        cost, _ = best_cost(truth, given) if marks_entities(state.names) else (0.0, 0.0)
        return dataclasses.replace(state, outside_cost=cost)

    def encode(self, rows: Dataset, state: TagNames, settings: Any) -> EncodedColumn:
        """Returns rows of `int32` numbers of tags, counted from 1.

        Raises:
            DataError: If a sentence has no token, one with U+001F, or another number of tags than
                of tokens.
        """
        from lstm_toolkit.data.columns import Ragged
        from lstm_toolkit.data.text.spaced_tokens import GIVEN, tokens_in

        tags = _as_learnt(rows.targets[self.column], ends=learns_ends(state.names))
        tokens = [len(tokens_in(str(text))) for text in rows.columns[self.text]]
        wrong = np.flatnonzero(tags.lengths != tokens)
        if len(wrong):
            row = int(wrong[0])
            raise DataError(
                f"needs a tag for each token. Received: {tags.lengths[row]} tags for "
                f"{tokens[row]} tokens in: {rows.columns[self.text][row][:60]}"
            )
        if without := tokens.count(0):
            raise DataError(f"needs a token in each sentence. Received: {without:,} without any")
        if marked := [text for text in rows.columns[self.text] if GIVEN in str(text)]:
            raise DataError(f"needs tokens without U+001F. Received: {marked[0][:60]!r}")
        number = {name: place for place, name in enumerate(state.names, 1)}
        # A tag that training never saw counts as wrong; in its place the loss takes one that may
        # stand anywhere.
        instead = number.get(OUTSIDE, 1)
        numbers = np.array([number.get(str(tag), instead) for tag in tags.values], np.int32)
        unknown = np.array([str(tag) not in number for tag in tags.values], np.int64)
        return EncodedColumn(Ragged(numbers, tags.offsets), {"unknown": unknown})

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
        """Returns rows of `JUDGED`: numbers of the best tags, and what the right ones lose.

        Before the cost of being outside is chosen, the tags of each one are there, too.
        """
        import tensorflow as tf

        from lstm_toolkit.layers.crf.layer import best_tags, tag_losses

        state: TagNames = trained.states.target

        def judge(inputs: Any, targets: Any) -> tuple[tf.Tensor, ...]:
            outputs = trained.model(inputs, training=False)
            every = [best_tags(state.with_cost(outputs, cost)) for cost in state.costs]
            tags = tf.stack([tags for tags, _ in every], axis=1)
            return tags, every[0][1], tag_losses(targets, outputs)[0]

        dataset = batches.dataset()
        traced = tf.function(judge, dataset.element_spec, autograph=False)
        graph = traced.get_concrete_function()  # or TensorFlow warns of tracing too often
        judged = np.empty(batches.size, JUDGED)
        done = 0
        for inputs, targets in dataset:
            for taken, length, loss in zip(*map(np.asarray, graph(inputs, targets)), strict=True):
                judged[done] = (taken[0, :length], taken[:, :length], loss)
                done += 1
        return batches.in_row_order(judged)

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
        import tensorflow as tf

        from lstm_toolkit.targets.tag_answers import answers, candidates

        feature = trained.features[self.text]
        if len(trained.features) > 1 or not hasattr(feature, "divide"):
            return super().signatures(trained)
        tags: TagNames = trained.states.target
        names, state = list(tags.names), trained.states[self.text]

        def network(text: tf.Tensor) -> tuple[tf.Tensor, Divided, dict[str, tf.Tensor]]:
            brought, unlike = trained.brought(text)
            outputs = tags.with_cost(trained.outputs(*brought), tags.costs[0])
            divided = feature.divide(text, state)
            told = answers(outputs, names, divided, text)
            return outputs, divided, told if unlike is None else told | {"unlike": unlike}

        def tag(text: tf.Tensor) -> dict[str, tf.Tensor]:
            return network(text)[2]

        def nbest(text: tf.Tensor, count: tf.Tensor) -> dict[str, tf.Tensor]:
            outputs, divided, told = network(text)
            return told | candidates(outputs, names, divided, count)

        count = tf.TensorSpec([], tf.int32, CANDIDATES)
        return {
            "serving_default": Signature(tag, trained.specs),
            "nbest": Signature(nbest, trained.specs, (count,), {CANDIDATES: 3}),
        }

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

    def on_predict_end(self, answers: Sequence[Mapping[str, Any]], options: Any) -> None:
        """Writes the page that `--html` asks for."""
        if options.html:
            from lstm_toolkit.inspection.tagged_text import page
            from lstm_toolkit.system.files import write_text

            tagged = [answer for answer in answers if self.column in answer]
            write_text(Path(options.html), page(tagged, self.column))

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns F1 of entities where tags begin and continue them, and accuracy of tokens."""
        from lstm_toolkit.metrics.tag_scores import tag_scores

        given = self._given(predicted)
        truth = predicted.rows.targets[self.column]
        loss = predicted.outputs["loss"].sum() / max(len(truth.values), 1)
        of_entities = marks_entities(predicted.states.target.names)
        scores = tag_scores(truth.to_list(), given, of_entities=of_entities)
        return {**scores, "loss": round(float(loss), 6)}

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns the tags, how many are right, and the loss of each sentence."""
        from lstm_toolkit.metrics.tag_scores import tag_counts

        given = self._given(predicted)
        truth = predicted.rows.targets[self.column].to_list()
        of_entities = marks_entities(predicted.states.target.names)
        counts = tag_counts(truth, given, of_entities=of_entities)
        columns = {**counts, "loss": predicted.outputs["loss"].astype(np.float64)}
        wanted, answers = ([" ".join(map(str, row)) for row in side] for side in (truth, given))
        return JudgedRows(wanted, answers, columns)

    def _given(self, predicted: Predicted) -> list[list[str]]:
        names = np.array(predicted.states.target.shown, object)
        return [names[row].tolist() for row in predicted.outputs["tags"]]

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


def _as_learnt(tags: Ragged, *, ends: bool) -> Ragged:
    """Returns rows of tags as a network learns them."""
    from lstm_toolkit.data.columns import Ragged

    if not ends or not marks_entities(map(str, tags.values)):
        return tags
    return Ragged.of([with_ends(row) for row in tags.to_list()], object)
