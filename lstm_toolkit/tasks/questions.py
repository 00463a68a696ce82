"""Questions to the best of many known answers, or to none: FAQs, and desks that answer them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.paraphrases import Paraphrases
from lstm_toolkit.features import Questions, QuestionsSettings, States
from lstm_toolkit.settings.fields import MODEL, POSITIVE, SHARE, Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.settings.text_network import PoolingSettings
from lstm_toolkit.targets import Answers, AnswersSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source
    from lstm_toolkit.features.feature import Encoded


@settings(
    units=(128,),
    dropout=0.3,
    epochs=8,
    batch_size=64,
    learning_rate=0.002,
    schedule="cosine",
    test_share=0.1,
)
class QuestionsTaskSettings(
    QuestionsSettings, PoolingSettings, RecurrentSettings, AnswersSettings, Settings
):
    """How questions are read, compared and answered."""

    embedding: Annotated[int, POSITIVE, MODEL] = 128
    """Width of a token's vector."""
    pretrained_vectors: Annotated[str, MODEL] = ""
    """File of GloVe, word2vec or fastText vectors as text to start from; it sets the width."""
    spatial_dropout: Annotated[float, SHARE, MODEL] = 0.3
    """Share of the vectors' features dropped in training, over whole texts."""


def read(
    data: Any, settings: QuestionsTaskSettings, states: States | None = None, scored: bool = False
) -> Source:
    """Reads questions and answers in any of the forms of `data.read_questions`."""
    from lstm_toolkit.data import read_questions

    names = ("text_column", "answer_column", "encoding", "sheet", "separator")
    told = {name: getattr(settings, name) for name in names}
    return read_questions(data, scored=scored, **told)


def read_scored(data: Any, settings: QuestionsTaskSettings, states: States | None = None) -> Source:
    """Reads questions alone: an answer finds itself, which would flatter a score."""
    return read(data, settings, states, scored=True)


def build(
    settings: QuestionsTaskSettings, states: States, train: Encoded | None = None
) -> keras.Model:
    """Builds a network that holds questions against each other."""
    from lstm_toolkit import builders
    from lstm_toolkit.features.first_vectors import pretrained
    from lstm_toolkit.features.questions import BUCKETS, inverse_frequencies

    vectors = pretrained(settings, states.only.vocabulary)
    own = ("pretrained_vectors", "embedding")
    return builders.question_matcher(
        len(states.only.vocabulary),
        embedding=settings.embedding if vectors is None else vectors.shape[1],
        buckets=BUCKETS,
        weights=None if train is None else inverse_frequencies(train.inputs["text"].rows),
        vectors=vectors,
        **settings.model_settings(but=own),
    )


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "faq.csv"
    kinds = (("open", "From 9 to 5."), ("cost", "Ten euros."), ("send", "By post."))
    lines = (
        f"when {'very ' * (i % 3)}{word} {i},{answer}" for i in range(12) for word, answer in kinds
    )
    path.write_text("question,answer\n" + "\n".join(lines) + "\n", encoding="utf-8")
    small = {"units": "4", "embedding": "4", "epochs": "2", "batch_size": "30"}
    return path, {**small, "dropout": "0", "spatial_dropout": "0", "learning_rate": "0.01"}


TASK = Task(
    name="questions",
    summary="questions to the best of many known answers, or to none",
    settings=QuestionsTaskSettings,
    read=read,
    read_scored=read_scored,
    features={"text": Questions()},
    target=Answers(),
    build=build,
    splitter=Paraphrases(),
    search={
        "units": "64..192/32",
        "embedding": "64..192/32",
        "dropout": "0.1..0.5",
        "spatial_dropout": "0.1..0.5",
        "learning_rate": "0.001..0.005:log",
    },
    inputs=input_reader("questions.question_inputs"),
    sample=sample,
)
