"""A tag for each token: names in a sentence, parts of speech, words of Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.features import States, Words, WordsSettings
from lstm_toolkit.settings.fields import MODEL, POSITIVE, SHARE, Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.settings.tagged_files import TaggedFileSettings
from lstm_toolkit.targets import Tags, TagsSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(
    units=(128,), dropout=0.5, epochs=12, batch_size=16, learning_rate=0.003, schedule="cosine"
)
class TaggingSettings(TaggedFileSettings, WordsSettings, RecurrentSettings, TagsSettings, Settings):
    """How sentences are read, numbered and tagged."""

    embedding: Annotated[int, POSITIVE, MODEL] = 100
    """Width of a word's vector; those of its affixes, kinds of letters and pairs have half."""
    letter_filters: Annotated[int, POSITIVE, MODEL] = 40
    """Filters that read the letters of each token, three at a time."""
    pretrained_vectors: Annotated[str, MODEL] = ""
    """File of GloVe, word2vec or fastText vectors as text to start from; it sets the width."""
    token_dropout: Annotated[float, SHARE, MODEL] = 0.1
    """Share of the tokens that are read as unknown in training."""
    spatial_dropout: Annotated[float, SHARE, MODEL] = 0.3
    """Share of the vectors' features dropped in training, over whole sentences."""

    @property
    def keeps_time(self) -> bool:
        """Whether the last layer gives an output a step."""
        return True


def read(data: Any, settings: TaggingSettings, states: States | None = None) -> Source:
    """Reads sentences in any of the forms of `data.read_tagged`."""
    from lstm_toolkit.data import read_tagged

    names = ("encoding", "token_column", "tag_column", "tokens", "learn")
    return read_tagged(data, **{name: getattr(settings, name) for name in names})


def build(settings: TaggingSettings, states: States, train: Any = None) -> keras.Model:
    """Builds a tagger with a conditional random field."""
    from lstm_toolkit import builders
    from lstm_toolkit.data.tag_schemes import allowed_pairs
    from lstm_toolkit.features.first_vectors import pretrained

    views, names = states.only, states.target.names
    return builders.tagger(
        [len(vocabulary) for vocabulary in views.vocabularies],
        tags=len(names),
        letters=views.letters,
        vectors=pretrained(settings, views.words),
        allowed=allowed_pairs(names),
        **settings.model_settings(but=("pretrained_vectors",)),
    )


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
    presets={
        # Chinese: where words end. Characters are few, so what counts are pairs of them.
        "segmentation": {"learn": "words", "bigrams": 100_000},
        # What a sentence asks for, such as artist and playlist; see docs/my-own-tags.md.
        "slots": {"batch_size": 32},
    },
    search={
        "units": "64..192/32",
        "embedding": "50..150/25",
        "dropout": "0.3..0.6",
        "token_dropout": "0..0.2",
        "learning_rate": "0.001..0.005:log",
    },
    inputs=input_reader("sentences.tokens_inputs"),
    sample=sample,
)
