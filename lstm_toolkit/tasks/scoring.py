"""A number a text, such as the score of a review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.features import States, Text, TextSettings
from lstm_toolkit.settings.fields import Settings, settings
from lstm_toolkit.settings.text_network import TextNetworkSettings
from lstm_toolkit.targets import ErrorSettings, Number
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(epochs=12, batch_size=32, learning_rate=0.005, schedule="cosine", dropout=0.3)
class ScoringSettings(TextSettings, TextNetworkSettings, ErrorSettings, Settings):
    """How texts are read, divided into tokens, and scored."""


def read(data: Any, settings: ScoringSettings, states: States | None = None) -> Source:
    """Reads texts with a column of numbers, see `data.read_texts`."""
    from lstm_toolkit.data import read_texts

    columns = ("text_column", "label_column", "encoding", "sheet", "separator")
    options = {name: getattr(settings, name) for name in columns}
    return read_texts(data, label_kind="numbers", **options)


def build(settings: ScoringSettings, states: States, train: Any = None) -> keras.Model:
    """Builds a network from token sequences to one number."""
    from lstm_toolkit import builders

    encoder = states.only
    return builders.text_classifier(
        len(encoder.vocabulary),
        classes=1,
        bigrams=0 if encoder.bigrams is None else len(encoder.bigrams),
        affixes=[len(vocabulary) for vocabulary in encoder.affixes],
        head="linear",
        **settings.model_settings(),
    )


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "texts.csv"
    words = (("bad", 1.5), ("fair", 3.1), ("good", 4.4))
    lines = (f"{word} {'very ' * (i % 3)}thing {i},{n}" for i in range(20) for word, n in words)
    path.write_text("text,score\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path, {"units": "4", "embedding": "4", "epochs": "2"}


TASK = Task(
    name="scoring",
    summary="texts to a number each, such as the score of a review",
    settings=ScoringSettings,
    read=read,
    features={"text": Text()},
    target=Number(),
    build=build,
    inputs=input_reader("tables.text_inputs"),
    splitter=AtRandom(within=""),
    search={"units": "32..128/32", "embedding": "32..128/32", "dropout": "0.1..0.5"},
    sample=sample,
)
