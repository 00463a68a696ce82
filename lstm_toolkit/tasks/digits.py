"""Handwritten digits, or any small images, read row by row."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lstm_toolkit.data.inputs.rows import input_reader
from lstm_toolkit.features import Image, ImageFrame, ImageSettings, States
from lstm_toolkit.settings.fields import MODEL, NOT_NEGATIVE, SHARE, Bounds, Settings, settings
from lstm_toolkit.settings.recurrent import RecurrentSettings
from lstm_toolkit.targets import Classes, ClassesSettings, Predicted
from lstm_toolkit.task import Task

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from lstm_toolkit.data.dataset import Source


@settings(
    units=(128, 128),
    dropout=0.3,
    label_format="one_hot",
    label_smoothing=0.1,
    epochs=62,
    batch_size=128,
    learning_rate=0.006,
    schedule="cosine",
    warmup=0.1,
)
class DigitsSettings(ImageSettings, RecurrentSettings, ClassesSettings, Settings):
    """How digits are recognised; the defaults suit the small sample images."""

    shift: Annotated[float, SHARE, MODEL] = 0.125
    """Largest random move of a training image, in shares of its sides."""
    rotation: Annotated[float, Bounds(0, 180), MODEL] = 0.0
    """Largest random turn of a training image, in degrees."""
    zoom: Annotated[float, SHARE, MODEL] = 0.0
    """Largest random change of a training image's size."""
    noise: Annotated[float, NOT_NEGATIVE, MODEL] = 0.1
    """Standard deviation of the noise added to training pixels, which lie in 0 to 1."""
    interpolation: Annotated[Literal["bilinear", "nearest"], MODEL] = "nearest"
    """How moved pixels are filled; nearest keeps images of few pixels sharp."""


def read(
    data: Any, settings: DigitsSettings, states: States | None = None, *, one_size: bool = True
) -> Source:
    """Reads images in any of the forms of `data.read_images`, or a DataFrame."""
    from lstm_toolkit.data import read_images

    frame = settings if states is None else states.only
    sizes = {"height": frame.height, "width": frame.width, "one_size": one_size}
    return read_images(data, label_column=settings.label_column, **sizes)


def build(settings: DigitsSettings, states: States, train: Any = None) -> keras.Model:
    """Builds a stacked classifier that takes one row of pixels a time step."""
    from lstm_toolkit import builders

    frame: ImageFrame = states.only
    return builders.lstm_classifier(
        (frame.height, frame.width),
        classes=len(states.target.names),
        **settings.model_settings(),
    )


def figures(predicted: Predicted) -> dict[str, Figure]:
    """Returns a sheet of the worst mistakes."""
    from lstm_toolkit.figures import plots

    labels, rows = predicted.states.target, predicted.rows
    truth = labels.encode(rows.labels)
    sheet = plots.worst_images(rows.inputs, truth, predicted.outputs, labels.names)
    return {"worst_mistakes": sheet}


def sample(folder: Path) -> tuple[Any, dict[str, str]]:
    """Returns tiny data for the checks, and settings that go with it."""
    import numpy as np

    images = np.random.default_rng(0).integers(0, 40, (60, 6, 5)).astype(np.uint8)
    images[::2, :, 2] = 255
    images[1::2, 3, :] = 255
    path = folder / "bars.npz"
    np.savez(path, x_train=images, y_train=np.tile(["upright", "level"], 30))
    return path, {"units": "8,8", "epochs": "2", "batch_size": "16"}


PRESETS: dict[str, dict[str, Any]] = {
    "plain": {
        "units": (128, 64),
        "bidirectional": False,
        "dropout": 0.2,
        "shift": 0.0,
        "rotation": 0.0,
        "zoom": 0.0,
        "noise": 0.0,
        "label_format": "sparse",
        "label_smoothing": 0.0,
        "epochs": 10,
        "batch_size": 64,
        "learning_rate": 0.001,
        "schedule": "constant",
        "warmup": 0.0,
        "clipnorm": 0.0,
    },
    "mnist": {
        "units": (128, 128),
        "dropout": 0.2,
        "shift": 0.1,
        "rotation": 14.0,
        "zoom": 0.15,
        "interpolation": "bilinear",
        "noise": 0.0,
        "label_format": "sparse",
        "label_smoothing": 0.0,
        "epochs": 18,
        "batch_size": 128,
        "optimizer": "adamw",
        "weight_decay": 0.01,
        "learning_rate": 0.002,
        "warmup": 0.075,
    },
}

TASK = Task(
    name="digits",
    summary="handwritten digits, or any small images, to labels",
    settings=DigitsSettings,
    read=read,
    read_scored=partial(read, one_size=False),
    features={"images": Image()},
    target=Classes(),
    build=build,
    figures=figures,
    presets=PRESETS,
    search={
        "units": "32..192/16",
        "units.layers": "1..3",
        "dropout": "0..0.5",
        "learning_rate": "0.001..0.02:log",
        "batch_size": "64,128,256",
    },
    inputs=input_reader("images.image_inputs"),
    words_are_files=True,
    sample=sample,
)
