"""Questions about stories, answered with the sentences that the answer follows from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.by_story import ByStory
from lstm_toolkit.features import States, Story, StorySettings
from lstm_toolkit.settings.fields import MODEL, POSITIVE, SHARE, Settings, settings
from lstm_toolkit.targets import StoryAnswers, StoryAnswersSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(epochs=30, batch_size=32, learning_rate=0.004, schedule="cosine", test_share=0.1)
class StoriesSettings(StorySettings, StoryAnswersSettings, Settings):
    """How stories are read, and questions about them answered."""

    embedding: Annotated[int, POSITIVE, MODEL] = 48
    """Width of a word's vector."""
    units: Annotated[int, POSITIVE, MODEL] = 64
    """Width of the LSTM layers: of words in a sentence, and of sentences in a story."""
    dropout: Annotated[float, SHARE, MODEL] = 0.1
    """Share dropped of words' vectors and before the answer in training."""


def read(data: Any, settings: StoriesSettings, states: States | None = None) -> Source:
    """Reads stories in any of the forms of `data.read_stories`."""
    from lstm_toolkit.data import read_stories

    names = ("encoding", "sheet", "separator")
    return read_stories(data, **{name: getattr(settings, name) for name in names})


def build(settings: StoriesSettings, states: States, train: Any = None) -> keras.Model:
    """Builds a network that looks at sentences with a question in mind."""
    from lstm_toolkit import builders

    return builders.story_reader(
        len(states.only.encoder.vocabulary),
        words=states.only.words,
        classes=len(states.target.names),
        **settings.model_settings(),
    )


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "stories.csv"
    rows = (
        f"{a} ran to the {x}. {b} is in the {y} {i}.,Where is {c}?,{x if c == a else y},{s}"
        for i in range(9)
        for a, b, x, y in (("Ann", "Bo", "hall", "barn"), ("Bo", "Ann", "hall", "barn"))
        for s, c in enumerate((a, b))
    )
    path.write_text("story,question,answer,support\n" + "\n".join(rows) + "\n", encoding="utf-8")
    small = {"units": "8", "embedding": "8", "epochs": "2", "batch_size": "20"}
    return path, {**small, "hops": "2", "dropout": "0", "learning_rate": "0.01"}


TASK = Task(
    name="stories",
    summary="questions about stories to answers, and the sentences they follow from",
    settings=StoriesSettings,
    read=read,
    features={"text": Story()},
    target=StoryAnswers(),
    build=build,
    splitter=ByStory(),
    search={
        "units": "32..96/16",
        "embedding": "32..64/16",
        "hops": "1..4",
        "dropout": "0..0.3",
        "learning_rate": "0.002..0.008:log",
    },
    inputs=input_reader("stories.story_inputs"),
    sample=sample,
)
