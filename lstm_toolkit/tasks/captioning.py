"""Pictures in colour to sentences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.data.splits.groups import ByGroup
from lstm_toolkit.features import Picture, PictureSettings, States
from lstm_toolkit.settings.encoder_decoder import WriterSettings
from lstm_toolkit.settings.fields import (
    MODEL,
    NOT_NEGATIVE,
    POSITIVE,
    READER,
    SHARE,
    Settings,
    settings,
)
from lstm_toolkit.settings.table_files import TableSettings
from lstm_toolkit.targets import Captions, CaptionsSettings, TokensSettings
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras

    from lstm_toolkit.data.dataset import Source


@settings(
    epochs=18,
    batch_size=32,
    learning_rate=0.003,
    schedule="cosine",
    warmup=0.05,
    dropout=0.2,
    embedding_dropout=0.1,
    token_dropout=0.0,
    label_smoothing=0.05,
    test_share=0.1,
)
class CaptioningSettings(
    PictureSettings, CaptionsSettings, WriterSettings, TokensSettings, TableSettings, Settings
):
    """How pictures and captions are read, the network, and how it writes."""

    picture_column: Annotated[str, READER] = ""
    """Column of paths of pictures; empty finds it."""
    caption_column: Annotated[str, READER] = ""
    """Column of captions, several with + between; empty finds them."""
    group_column: Annotated[str, READER] = ""
    """Column of what may not stand in two splits, such as drawings of one thing."""
    filters: Annotated[tuple[int, ...], POSITIVE, MODEL] = (16, 32, 64, 96)
    """Width of each stage of the convolutional network; sides are halved between them."""
    depth: Annotated[int, POSITIVE, MODEL] = 2
    """Convolutions of a stage."""
    picture_dropout: Annotated[float, SHARE, MODEL] = 0.0
    """Share of the channels dropped after each stage in training."""
    shift: Annotated[float, SHARE, MODEL] = 0.0
    """Largest move of a training picture, in shares of its sides."""
    rotation: Annotated[float, NOT_NEGATIVE, MODEL] = 0.0
    """Largest turn of a training picture either way, in degrees."""
    zoom: Annotated[float, SHARE, MODEL] = 0.0
    """Largest change of a training picture's size, as a share of it."""
    colour: Annotated[float, SHARE, MODEL] = 0.0
    """Largest change of a training picture's brightness and contrast, as a share of it."""
    flip: Annotated[bool, MODEL] = False
    """Mirror half of the training pictures; not where captions tell left from right."""


READ = (
    *("picture_column", "caption_column", "group_column"),
    *("encoding", "sheet", "separator", "height", "width"),
)


def read(data: Any, settings: CaptioningSettings, states: States | None = None) -> Source:
    """Reads pictures and captions, see `data.read_captions`; the frame as learnt."""
    from lstm_toolkit.data import read_captions

    values = {name: getattr(settings, name) for name in READ}
    pad = settings.resize == "pad"
    if states is not None:
        frame = states.only.frame
        values |= {"height": frame.height, "width": frame.width}
        pad = frame.pad
    return read_captions(data, pad=pad, **values)


def build(settings: CaptioningSettings, states: States, train: Any = None) -> keras.Model:
    """Builds a convolutional network with a decoder."""
    from lstm_toolkit import builders

    return builders.captioner(
        states.only.frame.size,
        len(states.target.encoder.vocabulary),
        **settings.model_settings(),
    )


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    from PIL import Image

    colours = {"red": (200, 30, 30), "blue": (30, 30, 200), "green": (30, 160, 30)}
    lines = ["picture,caption"]
    for row in range(36):
        (name, colour), side = list(colours.items())[row % 3], 8 + row % 2
        Image.new("RGB", (side, 8 + row // 6), colour).save(folder / f"{row}.png")
        lines += [f"{row}.png,a {name} page", f"{row}.png,a page in {name}"][: 1 + row % 2]
    path = folder / "captions.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    small = {"units": "8", "embedding": "8", "filters": "4,4", "depth": "1", "beams": "2"}
    return path, {**small, "height": "8", "width": "8", "epochs": "2", "group_column": "picture"}


TASK = Task(
    name="captioning",
    summary="pictures to sentences about them",
    settings=CaptioningSettings,
    read=read,
    features={"picture": Picture()},
    target=Captions(),
    build=build,
    splitter=ByGroup(),
    presets={
        "drawings": {
            "filters": (32, 64, 128),
            "units": (192,),
            "epochs": 60,
            "shift": 0.08,
            "rotation": 8.0,
            "zoom": 0.1,
            "colour": 0.1,
            "dropout": 0.4,
            "label_smoothing": 0.1,
        }
    },
    search={
        "units": "64..256/64",
        "units.layers": "1..2",
        "embedding": "64..256/64",
        "attention": "luong,scaled_luong,bahdanau",
        "dropout": "0.1..0.5",
        "picture_dropout": "0..0.3",
        "shift": "0..0.15",
        "learning_rate": "0.0005..0.008:log",
    },
    inputs=input_reader("captions.picture_inputs"),
    words_are_files=True,
    sample=sample,
)
