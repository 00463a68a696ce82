"""A tag for each token: names in a sentence, parts of speech, words of Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.features import States, Words, WordsSettings
from lstm_toolkit.settings.fields import MODEL, POSITIVE, SHARE, Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import Tags, TagsSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(units=(64,), dropout=0.3, epochs=8, batch_size=32, learning_rate=0.005, schedule="cosine")
class TaggingSettings(WordsSettings, RecurrentSettings, TagsSettings, Settings):
    """How sentences are read, numbered and tagged."""

    embedding: Annotated[int, POSITIVE, MODEL] = 64
    """Width of a word's vector; those of its ending and its kinds of letters have a quarter."""
    spatial_dropout: Annotated[float, SHARE, MODEL] = 0.3
    """Share of the vectors' features dropped in training, over whole sentences."""

    @property
    def keeps_time(self) -> bool:
        """Whether the last layer gives an output a step."""
        return True


def read(data: Any, settings: TaggingSettings, states: States | None = None) -> Source:
    """Reads sentences in columns, see `data.read_tagged`."""
    from lstm_toolkit.data import read_tagged

    return read_tagged(data, encoding=settings.encoding)


def build(settings: TaggingSettings, states: States, train: Any = None) -> keras.Model:
    """Builds a tagger with a conditional random field."""
    from lstm_toolkit import builders

    sizes = [len(vocabulary) for vocabulary in states.only.vocabularies]
    return builders.tagger(sizes, tags=len(states.target.names), **settings.model_settings())


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    lines = (
        f"{name} O\nsaw O\n{name.title()}{i} B-X\n\n" for i in range(20) for name in ("a", "b")
    )
    path = folder / "sample.conll"
    path.write_text("".join(lines), encoding="utf-8")
    return path, {"units": "4", "embedding": "4", "epochs": "2", "batch_size": "16"}


TASK = Task(
    name="tagging",
    summary="sentences to a tag for each token, such as names",
    settings=TaggingSettings,
    read=read,
    features={"text": Words()},
    target=Tags(column="tags", text="text"),
    build=build,
    splitter=AtRandom(within=""),
    search={"units": "32..128/32", "embedding": "32..128/32", "dropout": "0.1..0.5"},
    inputs=input_reader("sentences.tokens_inputs"),
    sample=sample,
)
