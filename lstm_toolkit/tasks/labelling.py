"""Several labels a text, such as what a review speaks of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.features import States, Text, TextSettings
from lstm_toolkit.settings.fields import Settings, settings
from lstm_toolkit.settings.text_network import TextNetworkSettings
from lstm_toolkit.targets import MultiLabel, MultiLabelSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(epochs=8, batch_size=32, learning_rate=0.005, schedule="cosine", dropout=0.3, bigrams=0)
class LabellingSettings(TextSettings, TextNetworkSettings, MultiLabelSettings, Settings):
    """How texts are read, divided into tokens, and labelled."""

    label_separator: str = ""
    """What stands between two labels of a text, such as ; or |; empty finds it."""


def read(data: Any, settings: LabellingSettings, states: States | None = None) -> Source:
    """Reads texts with a column of several labels, see `data.read_texts`."""
    from lstm_toolkit.data import read_texts

    columns = ("text_column", "label_column", "encoding", "sheet", "separator", "label_separator")
    options = {name: getattr(settings, name) for name in columns}
    known = () if states is None else states.target.names
    return read_texts(data, known=known, label_kind="several", **options)


def build(settings: LabellingSettings, states: States, train: Any = None) -> keras.Model:
    """Builds a classifier of token sequences with a probability a label."""
    from lstm_toolkit import builders

    encoder = states.only
    return builders.text_classifier(
        len(encoder.vocabulary),
        classes=len(states.target.labels.names),
        bigrams=0 if encoder.bigrams is None else len(encoder.bigrams),
        affixes=[len(vocabulary) for vocabulary in encoder.affixes],
        head="sigmoid",
        **settings.model_settings(),
    )


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "texts.csv"
    parts = [("good soup", "food"), ("kind waiter", "staff"), ("loud room", "room")]
    lines = (f"{a} and {b} {i},{x};{y}" for i in range(6) for a, x in parts for b, y in parts)
    path.write_text("text,labels\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path, {"units": "4", "embedding": "4", "epochs": "2"}


TASK = Task(
    name="labelling",
    summary="texts to several labels each, such as what a review speaks of",
    settings=LabellingSettings,
    read=read,
    features={"text": Text()},
    target=MultiLabel(),
    build=build,
    inputs=input_reader("tables.text_inputs"),
    splitter=AtRandom(within=""),
    search={"units": "32..128/32", "embedding": "32..128/32", "dropout": "0.1..0.5"},
    sample=sample,
)
