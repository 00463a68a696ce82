"""Texts in the manner of those that were read: stories, verse, tunes, code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.passages import ByDocument
from lstm_toolkit.features import Passage, PassageSettings, States
from lstm_toolkit.settings.fields import MODEL, POSITIVE, SHARE, Settings, settings
from lstm_toolkit.settings.passage_files import PassageFileSettings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import NextToken, WritingSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    import keras

    from lstm_toolkit.data.dataset import Source


@settings(
    units=(256,),
    bidirectional=False,
    dropout=0.1,
    epochs=8,
    batch_size=16,
    learning_rate=0.005,
    schedule="cosine",
    warmup=0.05,
    test_share=0.1,
)
class TextGenerationSettings(
    PassageFileSettings, PassageSettings, RecurrentSettings, WritingSettings, Settings
):
    """How text is read, learnt and written."""

    embedding: Annotated[int, POSITIVE, MODEL] = 128
    """Width of a token's vector."""
    input_dropout: Annotated[float, SHARE, MODEL] = 0.1
    """Share of the features of vectors dropped in training, at all steps of a passage alike."""
    token_dropout: Annotated[float, SHARE, MODEL] = 0.0
    """Share of the tokens whose vectors are left out in training."""
    tied: Annotated[bool, MODEL] = True
    """Score tokens by the vectors that read them."""

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


READ = ("encoding", "unit", "text_column", "sheet", "separator", "window", "context")
SAMPLES = {"verse": "verse", "tune": "tunes"}
"""Which made texts go with a form; stories with others."""


def read(data: Any, settings: TextGenerationSettings, states: States | None = None) -> Source:
    """Reads running text in any of the forms of `data.read_passages`."""
    from lstm_toolkit.data import read_passages

    return read_passages(
        data,
        **{name: getattr(settings, name) for name in READ},
        by_words=settings.tokens != "character",
        tunes_alone=settings.tokens == "abc",
        sample=SAMPLES.get(settings.form, "stories"),
        # What a network is asked to score need not be divided into splits.
        **({} if states is None else {"fewest": 1}),
    )


def build(settings: TextGenerationSettings, states: States, train: Any = None) -> keras.Model:
    """Builds a language model."""
    from lstm_toolkit import builders

    chosen = settings.model_settings(but=("bidirectional",))
    size, cutoffs = len(states.only.vocabulary), states.target.cutoffs
    return builders.language_model(size, cutoffs=cutoffs, **chosen)


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "sample.txt"
    lines = (f"{one} saw {two}.\n" for one in ("Ann", "Bo", "Cy") for two in ("tea", "sun", "ice"))
    path.write_text("".join(lines) * 12, encoding="utf-8")
    tiny = {"units": "8", "embedding": "8", "epochs": "2", "batch_size": "8", "window": "24"}
    return path, {**tiny, "context": "8", "length": "12", "learning_rate": "0.01"}


TASK = Task(
    name="text_generation",
    summary="texts to more of their kind: what comes next",
    settings=TextGenerationSettings,
    read=read,
    features={"text": Passage()},
    target=NextToken(),
    build=build,
    splitter=ByDocument(),
    presets={
        # Regulated Chinese verse: a poem a row, or a line of a file; its form holds.
        "poems": {
            "form": "verse",
            "unit": "line",
            "units": (384,),
            "embedding": 256,
            "dropout": 0.4,
            "window": 80,
            "length": 80,
        },
        # Tunes in ABC, one a row of a table or between blank lines; their bars add up.
        "music": {
            "form": "tune",
            "tokens": "abc",
            "unit": "paragraph",
            "window": 300,
            "context": 100,
            "length": 400,
            "dropout": 0.3,
            "temperature": 0.9,
        },
        # Programs: longer passages, and bolder on what is likely.
        "code": {"window": 256, "context": 64, "temperature": 0.5, "units": (384,)},
    },
    search={
        "units": "128..512/64",
        "units.layers": "1..2",
        "embedding": "64..256/64",
        "dropout": "0.1..0.5",
        "input_dropout": "0..0.3",
        "token_dropout": "0..0.1",
        "learning_rate": "0.001..0.01:log",
    },
    inputs=input_reader("prompts.prompt_inputs"),
    sample=sample,
)
