"""What people want: texts to one of many intents, with a door for what is none of them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from lstm_toolkit.data.dataset import Source
from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.data.splits.parts import fold
from lstm_toolkit.errors import DataError
from lstm_toolkit.features import States, Text
from lstm_toolkit.settings.fields import settings
from lstm_toolkit.targets import KnownClasses, KnownClassesSettings
from lstm_toolkit.targets.known_classes import UNKNOWN_NAMES, unknown_of
from lstm_toolkit.task import Task
from lstm_toolkit.tasks import sentiment


@settings(epochs=14, batch_size=64, units=(128,), embedding=150, dropout=0.5, min_count=1)
class IntentsSettings(KnownClassesSettings, sentiment.SentimentSettings):
    """How texts are read, sorted into intents, and told to be none of them."""


def read(data: Any, settings: IntentsSettings, states: States | None = None) -> Source:
    """Reads texts as `sentiment` does, or made questions to a shop.

    Raises:
        DataError: As there, or if no row has the label that `unknown_label` names.
    """
    if data is None:
        from lstm_toolkit.data.readers.questions.sample import sample_intents

        data = sample_intents()
    told = fold(settings.unknown_label)
    of_none = (told,) if told else UNKNOWN_NAMES
    source = sentiment.read(data, settings, states, of_none)
    if states is not None:
        return source
    labels = [*map(str, source.rows.labels)]
    others = [str(label) for part in source.published for label in part.labels]
    unknown = unknown_of([*labels, *others], settings.unknown_label)
    if settings.unknown_label and not unknown:
        raise DataError(
            "needs rows with the label that unknown_label names. Received: "
            f"unknown_label={settings.unknown_label}, and none among {len(set(labels))} labels"
        )
    if not unknown or unknown in labels:
        return source
    return dataclasses.replace(source, found={**source.found, "unknown_label": unknown})


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "texts.csv"
    kinds = (("send", "delivery"), ("cost", "price"), ("sing", "oos"))
    lines = (
        f"{word} {'very ' * (i % 4)}thing {i},{kind}" for i in range(30) for word, kind in kinds
    )
    path.write_text("text,intent\n" + "\n".join(lines) + "\n", encoding="utf-8")
    small = {"units": "4", "embedding": "4", "epochs": "2", "bigrams": "50", "naive_bayes": "0"}
    return path, {**small, "dropout": "0", "spatial_dropout": "0", "learning_rate": "0.01"}


TASK = Task(
    name="intents",
    summary="texts to one of many intents, or to none of them",
    settings=IntentsSettings,
    read=read,
    features={"text": Text()},
    target=KnownClasses(),
    build=sentiment.build,
    choose=sentiment.choose,
    search=sentiment.TASK.search,
    inputs=input_reader("tables.text_inputs"),
    splitter=AtRandom(pools=True),
    sample=sample,
)
