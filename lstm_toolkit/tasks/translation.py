"""Sentences in one language to sentences in another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.connected import Connected
from lstm_toolkit.features import Sentence, SentencesSettings, States
from lstm_toolkit.settings.encoder_decoder import EncoderDecoderSettings
from lstm_toolkit.settings.fields import NOT_NEGATIVE, NOT_SEARCHED, READER, Settings, settings
from lstm_toolkit.settings.table_files import TableSettings
from lstm_toolkit.settings.translation_presets import PRESETS
from lstm_toolkit.targets import Tokens, TokensSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(
    epochs=10,
    batch_size=32,
    learning_rate=0.004,
    schedule="cosine",
    warmup=0.05,
    ema_momentum=0.99,
    test_share=0.1,
)
class TranslationSettings(
    SentencesSettings, EncoderDecoderSettings, TokensSettings, TableSettings, Settings
):
    """How pairs are read and divided into tokens, the network, and how it writes."""

    source_column: Annotated[str, READER] = ""
    """Column of the sentences to translate; empty finds it."""
    target_column: Annotated[str, READER] = ""
    """Column of their translations; empty finds it."""
    direction: Annotated[str, READER] = ""
    """From which language to which, as in en-zh; empty takes the order of the file."""
    split_by: Annotated[Literal["both", "source"], NOT_SEARCHED] = "both"
    """What stands in one split alone: sentences of both sides, or those of the source, where many
    have the same answer, as prompts and replies do."""
    validation_pairs: Annotated[int, NOT_NEGATIVE, NOT_SEARCHED] = 0
    """Pairs held out for validation, in place of validation_share."""
    test_pairs: Annotated[int, NOT_NEGATIVE, NOT_SEARCHED] = 0
    """Pairs held out for the final score, in place of test_share."""

    @property
    def split_sizes(self) -> tuple[float, float]:
        """Numbers of pairs where they were given, or else shares."""
        return (
            self.validation_pairs or self.validation_share,
            self.test_pairs or self.test_share,
        )


def read(data: Any, settings: TranslationSettings, states: States | None = None) -> Source:
    """Reads pairs in any of the forms of `data.read_pairs`."""
    from lstm_toolkit.data import read_pairs

    names = ("source_column", "target_column", "direction", "encoding", "sheet", "separator")
    chosen = {name: getattr(settings, name) for name in names}
    return read_pairs(data, common_targets=settings.split_by == "source", **chosen)


def splitter(settings: TranslationSettings) -> Connected:
    """Returns how pairs are kept apart."""
    return Connected(both=settings.split_by == "both")


def build(settings: TranslationSettings, states: States, train: Any = None) -> keras.Model:
    """Builds an encoder-decoder."""
    from lstm_toolkit import builders

    return builders.seq2seq(
        len(states.only.vocabulary),
        len(states.target.encoder.vocabulary),
        **settings.model_settings(),
    )


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "pairs.tsv"
    words = (f"{one} {two}" for one in "abcdefgh" for two in "pqrstuvw")
    path.write_text("en\tde\n" + "".join(f"{w}\t{w.upper()}\n" for w in words), encoding="utf-8")
    small = {"units": "8", "embedding": "8", "epochs": "2", "beams": "2"}
    return path, {**small, "source_tokens": "character", "target_tokens": "character"}


TASK = Task(
    name="translation",
    summary="sentences to another language",
    settings=TranslationSettings,
    read=read,
    features={"text": Sentence(side="source")},
    target=Tokens(column="translation", side="target"),
    build=build,
    splitter=Connected(),
    splitter_by_settings=splitter,
    presets=PRESETS,
    search={
        "units": "96..256/32",
        "units.layers": "1..2",
        "embedding": "96..256/32",
        "attention": "luong,scaled_luong,bahdanau",
        "dropout": "0.1..0.5",
        "token_dropout": "0..0.15",
        "learning_rate": "0.001..0.008:log",
    },
    inputs=input_reader("pairs.sentence_inputs"),
    sample=sample,
)
