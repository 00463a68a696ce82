"""Sentiment of reviews, or any other sorting of texts into classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.features import States, Text, TextLabelSettings, TextSettings
from lstm_toolkit.settings.fields import MODEL, NOT_NEGATIVE, Formerly, Settings, settings
from lstm_toolkit.settings.sentiment_presets import PRESETS
from lstm_toolkit.settings.text_network import TextNetworkSettings
from lstm_toolkit.targets import ClassesSettings, ExplainedClasses
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source
    from lstm_toolkit.features.feature import Encoded


@settings(
    epochs=6,
    batch_size=32,
    learning_rate=0.003,
    schedule="cosine",
    embedding=100,
    dropout=0.5,
    spatial_dropout=0.4,
    affixes=20_000,
    monitor="val_accuracy",
    test_share=0.1,
)
class SentimentSettings(
    TextSettings, TextLabelSettings, TextNetworkSettings, ClassesSettings, Settings
):
    """How texts are read, divided into tokens, and classified."""

    bigram_embedding: Annotated[int, NOT_NEGATIVE, MODEL, Formerly("pair_embedding")] = 0
    """Width of a bigram's vector, naive_bayes not counted; 0 gives bigrams no more."""
    naive_bayes: Annotated[float, NOT_NEGATIVE, MODEL] = 0.5
    """Scale of one more feature a class in the vectors of tokens and bigrams: for which class
    they speak, as counted in the training split; 0 leaves these features out."""
    pretrained_vectors: Annotated[str, MODEL, Formerly("vectors")] = ""
    """File of GloVe, word2vec or fastText vectors as text to start from; it sets the width."""
    adversarial: Annotated[float, NOT_NEGATIVE, MODEL] = 0.0
    """Norm of the perturbation in adversarial training, as a share of that of the vectors, such
    as 0.2; training takes two to three times as long. 0 trains without."""


def read(
    data: Any,
    settings: SentimentSettings,
    states: States | None = None,
    of_none: Sequence[str] = (),
) -> Source:
    """Reads texts in any of the forms of `data.read_texts`."""
    from lstm_toolkit.data import read_texts

    columns = ("text_column", "label_column", "encoding", "sheet", "separator")
    classes = ("label_kind", "min_rows", "small_classes")
    known = () if states is None else states.target.names
    options = {name: getattr(settings, name) for name in (*columns, *classes)}
    return read_texts(data, known=known, of_none=of_none, **options)


def build(settings: SentimentSettings, states: States, train: Encoded | None = None) -> keras.Model:
    """Builds a stacked classifier of token sequences."""
    from lstm_toolkit import builders
    from lstm_toolkit.features.first_vectors import class_ratios, first_vectors
    from lstm_toolkit.features.wide_start import wide_start

    encoder, classes = states.only, len(states.target.names)
    ratios = class_ratios(encoder, states.target, train, scale=settings.naive_bayes)
    vectors, *more = first_vectors(settings, encoder, ratios)
    fitted = wide_start(encoder, classes, train, seed=settings.seed) if settings.wide else None
    own = ("embedding", "bigram_embedding", "naive_bayes", "pretrained_vectors")
    return builders.text_classifier(
        len(vectors),
        classes=classes,
        embedding=vectors.shape[1],
        vectors=vectors,
        bigrams=0 if encoder.bigrams is None else len(encoder.bigrams),
        bigram_vectors=more[0] if more and more[0].shape[1] else None,
        affixes=[len(vocabulary) for vocabulary in encoder.affixes],
        wide_vectors=fitted.tables if fitted else (),
        wide_bias=fitted.bias if fitted else None,
        **settings.model_settings(but=own),
    )


def choose(model: keras.Model, answer: Any, truth: Any) -> None:
    """Chooses how much the LSTM counts beside the linear path."""
    from lstm_toolkit import builders

    builders.weigh_both(model, answer, truth)


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    path = folder / "texts.csv"
    kinds = (("good", "positive"), ("bad", "negative"))
    lines = (
        f"{word} {'very ' * (i % 4)}thing {i},{label}" for i in range(30) for word, label in kinds
    )
    path.write_text("text,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path, {"units": "4", "embedding": "4", "epochs": "2", "bigrams": "50"}


TASK = Task(
    name="sentiment",
    summary="reviews to positive or negative, or any texts to labels",
    settings=SentimentSettings,
    read=read,
    features={"text": Text()},
    target=ExplainedClasses(),
    build=build,
    choose=choose,
    presets=PRESETS,
    search={
        "units": "32..160/16",
        "units.layers": "1..2",
        "embedding": "50..200/25",
        "pooling": "max,max_mean,attention",
        "dropout": "0.2..0.6",
        "spatial_dropout": "0.2..0.6",
        "learning_rate": "0.001..0.008:log",
    },
    inputs=input_reader("tables.text_inputs"),
    splitter=AtRandom(pools=True),
    sample=sample,
)
