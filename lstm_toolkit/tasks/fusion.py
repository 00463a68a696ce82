"""Rows of tables with texts, numbers, categories, pictures and series, to a class or a number."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lstm_toolkit.data.inputs.rows import given_reader, input_reader
from lstm_toolkit.data.splits.at_random import AtRandom
from lstm_toolkit.features import MixedColumnsSettings, States
from lstm_toolkit.features.feature import Feature
from lstm_toolkit.settings.fields import (
    MODEL,
    NOT_SEARCHED,
    POSITIVE,
    SHARE,
    TRAINING,
    Settings,
    settings,
)
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import ClassesSettings, ErrorSettings, MixedClasses, MixedNumber
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(
    units=(32,),
    dropout=0.1,
    epochs=20,
    batch_size=16,
    learning_rate=0.003,
    schedule="cosine",
    optimizer="adamw",
    weight_decay=0.01,
    max_tokens=200,
)
class FusionSettings(
    MixedColumnsSettings, RecurrentSettings, ClassesSettings, ErrorSettings, Settings
):
    """How columns are read, encoded and joined."""

    monitor: Annotated[Literal["val_loss"], TRAINING, NOT_SEARCHED] = "val_loss"
    """Which score on the validation split chooses the best weights."""
    embedding: Annotated[int, POSITIVE, MODEL] = 32
    """Width of a token's vector."""
    column_width: Annotated[int, POSITIVE, MODEL] = 32
    """Width of the vector of each column."""
    picture_filters: Annotated[tuple[int, ...], POSITIVE, MODEL] = (16, 32, 64)
    """Width of each stage of convolutions over pictures; between stages their sides are halved."""
    hidden: Annotated[int, POSITIVE, MODEL] = 64
    """Width of the layer over the joined columns."""
    joining: Annotated[Literal["concatenate", "gated_sum"], MODEL] = "concatenate"
    """Put the vectors of columns side by side, or add them up through gates."""
    column_dropout: Annotated[float, SHARE, MODEL] = 0.05
    """Share of the columns that are hidden in training, so that answers survive missing ones."""
    time_pooling: Annotated[Literal["last", "max", "mean", "max_mean", "attention"], MODEL] = (
        "max_mean"
    )
    """What the last recurrent layer's outputs become: the last one, or what all steps give."""


READ = "label_column label_kind unused_columns decimal encoding sheet separator height width resize"


def read(
    data: Any, settings: FusionSettings, states: States | None = None, *, scored: bool = False
) -> Source:
    """Reads a table, see `data.read_mixed`; of a network that is known, its columns."""
    from lstm_toolkit.data import read_mixed
    from lstm_toolkit.data.readers.mixed.names import KINDS

    columns = {kind: getattr(settings, f"{kind}_columns") for kind in KINDS}
    known = None if states is None else states.features
    options = {name: getattr(settings, name) for name in READ.split()}
    if states is not None:
        options["label_kind"] = "numbers" if states.column == "number" else "classes"
    return read_mixed(data, columns=columns, known=known, scored=scored, **options)


def build(settings: FusionSettings, states: States, train: Any = None) -> keras.Model:
    """Builds an encoder for each column, and a head over them."""
    from lstm_toolkit import builders
    from lstm_toolkit.features.cells.specs import column_spec

    labels = getattr(states.target, "names", None)
    return builders.mixed_network(
        {name: column_spec(name, state.inner) for name, state in states.features.items()},
        outputs=len(labels) if labels else 1,
        head="softmax" if labels else "linear",
        **settings.model_settings(),
    )


def feature_named(name: str) -> Feature[Any] | None:
    """Returns the feature of a column by the name of its input."""
    from lstm_toolkit.features.cells.kinds import cell_named

    return cell_named(name)


def splitter(settings: FusionSettings) -> AtRandom:
    """Returns a splitter that keeps the shares of classes, where classes come out."""
    return AtRandom(within="" if settings.label_kind == "numbers" else "label")


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    import numpy as np
    from PIL import Image

    path, rng = folder / "offers.csv", np.random.default_rng(0)
    for place in range(10):
        Image.fromarray(rng.integers(1, 256, (8, 8, 3), np.uint8)).save(folder / f"{place}.png")
    lines = ["title,photo,price,brand,views,label"]
    for row in range(60):
        good, cheap = row % 2, row // 2 % 2
        title = f"{('worn', 'fine')[good]} {'old ' * (row % 3)}thing no {row}"
        views = ";".join(str(row % 5 + step * (1 + good)) for step in range(3 + row % 4))
        price = "" if row % 7 == 0 else f"{10 + 20 * (1 - cheap) + row % 5}.5"
        label = ("slow", "steady", "quick")[good + cheap]
        photo = f"{row % 10}.png" if row % 8 else ""
        lines.append(f"{title},{photo},{price},{'abc'[row % 3]},{views},{label}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    small = {"units": "4", "embedding": "4", "column_width": "4", "hidden": "8", "epochs": "2"}
    return path, {**small, "bins": "3", "picture_filters": "4", "batch_size": "8"}


TASK = Task(
    name="fusion",
    summary="tables of texts, numbers, categories, pictures and series to classes or numbers",
    settings=FusionSettings,
    read=read,
    read_scored=partial(read, scored=True),
    features={},
    feature_named=feature_named,
    target=MixedClasses(),
    other_targets={"number": MixedNumber()},
    build=build,
    splitter_by_settings=splitter,
    search={
        "units": "16..64/16",
        "units.layers": "1..2",
        "column_width": "16..64/16",
        "hidden": "32..128/32",
        "joining": "concatenate,gated_sum",
        "column_dropout": "0..0.3",
        "dropout": "0..0.5",
        "learning_rate": "0.001..0.01:log",
    },
    inputs=input_reader("mixed.mixed_inputs"),
    given_rows=given_reader("mixed.given_rows"),
    sample=sample,
)
