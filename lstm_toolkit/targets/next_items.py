"""The items that come next in a session, by a network and by sessions that were alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_toolkit.features.feature import EncodedColumn, Feature
from lstm_toolkit.metrics.ranks import score_names
from lstm_toolkit.metrics.row_scores import quotient
from lstm_toolkit.settings.fields import (
    NOT_SEARCHED,
    POSITIVE,
    TRAINING,
    Bounds,
    SettingsGroup,
    settings,
)
from lstm_toolkit.settings.options import PredictOptions
from lstm_toolkit.targets.item_names import ItemNames
from lstm_toolkit.targets.judged_rows import JudgedRows
from lstm_toolkit.targets.signature import Signature, Trained
from lstm_toolkit.targets.target import Direction, Predicted, Target

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from lstm_toolkit.data.batches import Batches
    from lstm_toolkit.data.dataset import Dataset


@settings()
class NextItemsSettings(SettingsGroup):
    """How items are recommended."""

    neighbours: Annotated[int, Bounds(0), NOT_SEARCHED] = 500_000
    """Sessions of the training split, the latest, in which those like the one at hand are looked
    for, to be blended with what the network says; 0 leaves them out."""
    names_file: Annotated[str, NOT_SEARCHED] = ""
    """Table of items with their names, which answers tell; empty tells none."""
    least_clicks: Annotated[int, POSITIVE, NOT_SEARCHED] = 1
    """Clicks that must stand before one that is scored; the network learns from all."""
    monitor: Annotated[Literal["val_loss"], TRAINING, NOT_SEARCHED] = "val_loss"
    """Which score on the validation split chooses the best weights."""


@dataclasses.dataclass(frozen=True)
class NextItemsOptions(PredictOptions):
    """What `predict` can be told about recommendations."""

    k: int = 20
    """Items that are recommended, at most."""
    leave_out_seen: bool = False
    """Recommend no item that stands in the session."""


class NextItems(Target[ItemNames]):
    """Items of a network such as `builders.session_recommender`. Settings: `NextItemsSettings`.

    The one feature has to be a `features.Items`.

    Args:
        column: Of `Dataset.targets`: `object[n]` of `str`, the item behind each session.
        sessions: The feature.
    """

    directions: ClassVar[Mapping[str, Direction]] = {
        "loss": "min",
        **dict.fromkeys(score_names(), "max"),
    }
    main_score = "mrr_at_20"
    row_scores = (
        quotient("mrr_at_20", "mrr_at_20", "steps", points=100.0),
        quotient("recall_at_20", "recall_at_20", "steps", points=100.0),
    )
    options: ClassVar[type[PredictOptions]] = NextItemsOptions
    takes_apart = True
    chooses_on_validation = True

    def __init__(self, column: str = "next", sessions: str = "session"):
        self.column, self.sessions = column, sessions

    def rows_to_learn(self, rows: Dataset, settings: Any) -> Dataset:
        """Returns whole sessions: an item may come last alone."""
        from lstm_toolkit.data.columns import texts
        from lstm_toolkit.data.text.item_lists import join_items

        return rows.replace(**{self.sessions: texts(list(map(join_items, self._whole(rows))))})

    def _whole(self, rows: Dataset) -> list[list[str]]:
        from lstm_toolkit.data.text.item_lists import item_name, split_items

        pairs = zip(rows.columns[self.sessions], rows.targets[self.column], strict=True)
        return [[*split_items(str(session)), item_name(str(last))] for session, last in pairs]

    def learn(self, train: Dataset, settings: Any) -> ItemNames:
        """Learns the items, and keeps the sessions."""
        from lstm_toolkit.features.items import KnownItems

        return self._state(
            KnownItems.learn(train.columns[self.sessions], settings), train, settings
        )

    def extend(
        self, state: ItemNames, train: Dataset, settings: Any
    ) -> tuple[ItemNames, list[str]]:
        """Adds items, and takes the sessions of the other data."""
        from lstm_toolkit.features.items import KnownItems

        learnt = KnownItems.learn(train.columns[self.sessions], settings)
        grown = self._state(state.items.extended(learnt), train, settings)
        names = {**state.names, **grown.names}
        return dataclasses.replace(grown, names=names), []

    def _state(self, items: Any, train: Dataset, settings: Any) -> ItemNames:
        from lstm_toolkit.data.readers.sessions.names import read_names

        sessions: tuple[tuple[int, ...], ...] = ()
        if settings.neighbours:
            rows = items.encode_rows(train.columns[self.sessions]).to_list()
            # Those without a known item are like no other, and none of a file's lines.
            sessions = tuple(tuple(row) for row in rows if row)[-settings.neighbours :]
        names = {}
        if settings.names_file:
            names = read_names(Path(settings.names_file), settings.encoding)
        known = {item: names[item] for item in items.numbers if item in names}
        return ItemNames(items, sessions, known, settings.least_clicks)

    def numbers(self, rows: Dataset, items: Any, *, whole: bool = False) -> Any:
        """Returns numbers of the items of whole sessions; 0 for an unknown last one if `whole`."""
        from lstm_toolkit.data.columns import Ragged

        before = items.encode_rows(rows.columns[self.sessions]).to_list()
        last = self._next(rows, items)
        both = [
            [*row, number] if number or whole else row
            for row, number in zip(before, last.tolist(), strict=True)
        ]
        return Ragged.of(both, np.int32)

    def _next(self, rows: Dataset, items: Any) -> NDArray[np.int32]:
        from lstm_toolkit.data.text.item_lists import item_name

        wanted = rows.targets[self.column]
        return np.array([items.numbers.get(item_name(str(item)), 0) for item in wanted], np.int32)

    def load(self, folder: Path) -> ItemNames:
        """Reads the items, names and sessions."""
        return ItemNames.load(folder)

    def encode(self, rows: Dataset, state: ItemNames, settings: Any) -> EncodedColumn:
        """Returns `int32[n]`, the number of the item behind each session, 0 of an unknown one."""
        return EncodedColumn(self._next(rows, state.items))

    def training_pair(self, inputs: Any, targets: tf.Tensor, state: ItemNames) -> tuple[Any, Any]:
        """Asks at each click for the next one."""
        import tensorflow as tf

        steps = tf.shape(inputs)[1]
        lengths = tf.math.count_nonzero(inputs, axis=1, dtype=tf.int32)
        behind = tf.one_hot(lengths - 1, steps, dtype=tf.int32) * targets[:, None]
        wanted = tf.pad(inputs[:, 1:], [[0, 0], [0, 1]]) + behind
        return {"session": inputs, "next": wanted}, wanted

    def loss(self, settings: Any) -> keras.Loss:
        """Returns cross-entropy of items."""
        from lstm_toolkit.layers import TokenCrossentropy

        return TokenCrossentropy()

    def predict_outputs(
        self, trained: Trained, batches: Batches, settings: Any, rows: Dataset
    ) -> NDArray[Any]:
        """Returns rows of facts, see `scored_sessions`."""
        from lstm_toolkit.targets.scored_sessions import judged

        return judged(trained, batches, self._steps(rows, trained.states.target))

    def _steps(self, rows: Dataset, state: ItemNames) -> NDArray[np.float64]:
        """Returns how many clicks of each session are foretold; unknown ones are misses."""
        most = state.items.max_clicks + 1
        repeats = state.items.repeats(rows.columns[self.sessions])
        lengths = np.array([len(items) for items in self._whole(rows)]) - repeats
        return np.maximum(np.minimum(lengths, most) - state.least_clicks, 0).astype(np.float64)

    def after_training(self, predicted: Predicted) -> ItemNames:
        """Chooses how much the neighbours count."""
        from lstm_toolkit.targets.scored_sessions import best_blend

        state: ItemNames = predicted.states.target
        return dataclasses.replace(state, blend=best_blend(predicted.outputs, state))

    def signatures(self, trained: Trained) -> dict[str, Signature]:
        """Returns `serving_default`; `recommend` and `lists`, told how many; and `stream`."""
        from lstm_toolkit.targets.recommendation_signatures import recommendation_signatures

        return recommendation_signatures(trained)

    def signature_for(self, options: Any) -> str:
        """Returns `recommend`."""
        return "recommend"

    def arguments(self, options: Any, state: ItemNames) -> Mapping[str, Any]:
        """Returns how many items, and whether those of the session count.

        Raises:
            InputError: If it is less than one item.
        """
        from lstm_toolkit.errors import InputError

        if options.k < 1:
            raise InputError(f"k must be at least 1. Received: k={options.k}")
        return {"k": options.k, "leave_out_seen": options.leave_out_seen}

    def to_json(self, outputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
        """Returns the recommended items with their scores, and names where they are known."""
        from lstm_toolkit.targets.recommendation_answers import to_json

        return to_json(outputs)

    def format_answer(self, answer: Mapping[str, Any]) -> str:
        """Returns the items, the best first, with their names and scores."""
        from lstm_toolkit.targets.recommendation_answers import line_of

        return line_of(answer)

    def answer_columns(self) -> dict[str, Any]:
        """Returns the items with spaces between, and how many clicks were known."""
        return {"items": str, "scores": str, "known_items": int, "unknown_items": int}

    def table_rows(
        self, name: str, cells: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yields one row a session."""
        from lstm_toolkit.targets.recommendation_answers import table_cells

        yield dict(cells), table_cells(answer)

    def evaluate(self, predicted: Predicted) -> dict[str, Any]:
        """Returns recall and mean reciprocal rank over every beginning of every session."""
        from lstm_toolkit.targets.scored_sessions import scores

        return scores(predicted.outputs, predicted.states.target)

    def judge_rows(self, predicted: Predicted) -> JudgedRows:
        """Returns what each session adds."""
        from lstm_toolkit.targets.scored_sessions import judged_rows

        return judged_rows(predicted, self.column)

    def report(self, scores: Mapping[str, Any]) -> str:
        """Returns the scores in two lines."""
        from lstm_toolkit.targets.scored_sessions import report

        return report(scores)

    def baselines(
        self, train: Dataset, test: Dataset, features: Mapping[str, Feature[Any]], state: ItemNames
    ) -> Iterator[tuple[str, partial[dict[str, float]]]]:
        """Yields popularity, a Markov chain, item-kNN and V-SKNN."""
        from lstm_toolkit.metrics.simple_recommendations import METHODS, scored

        known = list(self.numbers(train, state.items))
        asked = list(self.numbers(test, state.items, whole=True))
        for name in METHODS:
            steps = int(self._steps(test, state).sum())
            told = {"least": state.least_clicks, "steps": steps}
            yield name, partial(scored, name, known, asked, state.size, **told)
