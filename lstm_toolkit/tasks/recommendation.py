"""Sessions of clicks to the items that come next: shops, news, music."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.in_order import ByTime
from lstm_toolkit.features import Items, ItemsSettings, States
from lstm_toolkit.settings.fields import (
    MODEL,
    NOT_NEGATIVE,
    POSITIVE,
    READER,
    SHARE,
    Settings,
    settings,
)
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.settings.table_files import TableSettings
from lstm_toolkit.targets import NextItems, NextItemsSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    import keras

    from lstm_toolkit.data.dataset import Source

ALL_ITEMS = 50_000
"""Items up to which each step of a training sums over all of them."""

DRAWN = 8_192
"""Items by which the sum over more of them is estimated."""


@settings(
    units=(100,),
    bidirectional=False,
    dropout=0.2,
    epochs=8,
    batch_size=64,
    optimizer="lazy_adam",
    learning_rate=0.004,
    schedule="cosine",
    test_share=0.1,
)
class RecommendationSettings(
    TableSettings, ItemsSettings, RecurrentSettings, NextItemsSettings, Settings
):
    """How sessions are read and learnt, and items recommended."""

    session_column: Annotated[str, READER] = ""
    """Column that tells sessions apart; empty finds it."""
    item_column: Annotated[str, READER] = ""
    """Column of the items, one a row, or those of a whole session; empty finds it."""
    time_column: Annotated[str, READER] = ""
    """Column of the times of clicks; empty finds it, and without one the order of rows counts."""
    embedding: Annotated[int, POSITIVE, MODEL] = 100
    """Width of an item's vector."""
    input_dropout: Annotated[float, SHARE, MODEL] = 0.2
    """Share of the features of items' vectors dropped in training."""
    negatives: Annotated[int | None, NOT_NEGATIVE, MODEL] = None
    """Items drawn in each step of training, by which the sum over all is estimated; 0 sums over
    all, and none does so up to 50,000 items."""
    own_items: Annotated[bool, MODEL] = True
    """Blend in the items of the session by a gate that is learnt."""

    @property
    def keeps_time(self) -> bool:
        """Whether the last layer gives an output a step."""
        return True

    def mistakes(self) -> Iterator[str]:
        """Yields what is wrong between settings that are each right alone."""
        yield from super().mistakes()
        if self.bidirectional:
            yield (
                "bidirectional must be false: what comes next must not be read. "
                "Received: bidirectional=true"
            )


READ = (
    *("session_column", "item_column", "time_column", "encoding", "sheet", "separator"),
    *("repeated_clicks", "max_clicks"),
)


def read(data: Any, settings: RecommendationSettings, states: States | None = None) -> Source:
    """Reads sessions in any of the forms of `data.read_sessions`."""
    from lstm_toolkit.data import read_sessions

    told = {name: getattr(settings, name) for name in READ}
    return read_sessions(data, labelled=states is None, **told)


def build(settings: RecommendationSettings, states: States, train: Any = None) -> keras.Model:
    """Builds stacked LSTM layers over vectors of items."""
    from lstm_toolkit import builders
    from lstm_toolkit.features.items import click_counts

    size = len(states.only.vocabulary)
    negatives = settings.negatives
    if negatives is None:
        negatives = 0 if size <= ALL_ITEMS else DRAWN
    return builders.session_recommender(
        size,
        negatives=negatives,
        counts=None if train is None else click_counts(train.inputs["session"].rows, size),
        seed=settings.seed,
        **settings.model_settings(but=("negatives", "bidirectional")),
    )


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "sessions.txt"
    lines = (f"a{i % 4} b{i % 4} a{i % 4} c{(i + i // 7) % 4}\n" for i in range(60))
    path.write_text("".join(lines), encoding="utf-8")
    small = {"units": "8", "embedding": "8", "epochs": "2", "batch_size": "16", "max_clicks": "6"}
    return path, {**small, "learning_rate": "0.02", "negatives": "8", "names_file": ""}


TASK = Task(
    name="recommendation",
    summary="sessions of clicks to the items that come next",
    settings=RecommendationSettings,
    read=read,
    features={"session": Items()},
    target=NextItems(),
    build=build,
    splitter=ByTime(or_in_order=True),
    presets={
        # Tens of thousands of items with few clicks each, which a network soon knows by heart.
        "many_items": {
            "dropout": 0.5,
            "input_dropout": 0.5,
            "epochs": 3,
            "batch_size": 128,
            "learning_rate": 0.003,
            "negatives": 4096,
        },
    },
    search={
        "units": "64..256/32",
        "embedding": "64..160/32",
        "dropout": "0..0.5",
        "input_dropout": "0..0.5",
        "learning_rate": "0.0005..0.005:log",
    },
    inputs=input_reader("sessions.session_inputs"),
    sample=sample,
)
